/** Reading from the middle of a file of 20 GB on a server costs a few blocks, not the file: what the server sends is counted. */

import assert from "node:assert/strict";
import { type FileHandle, open } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { equalBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { BlockMap } from "../../lib/dump/blocks/block-map.ts";
import { type BlockPosition, decodeFrom, findBlocks, readBlock } from "../../lib/dump/blocks/blocks.ts";
import { readRange } from "../../lib/dump/blocks/read-range.ts";
import type { ByteSource } from "../../lib/streams/byte-source.ts";
import { cachedSource } from "../../lib/streams/cached-source.ts";
import { chunksOf } from "../../lib/streams/stream-from.ts";
import { urlSource } from "../../lib/streams/url-source.ts";
import { randomBytes } from "../support/hard-inputs.ts";
import { scratchDirectory } from "../support/scratch.ts";

const FILE_BYTES = 20 * 1024 ** 3;
const MEGABYTE = 1024 * 1024;
const ALLOWED_BYTES = 3 * 1000 * 1000;

/** The worst case for traffic: bytes that do not compress, in the largest blocks. */
const PLAIN = randomBytes(3_000_000, 20);
const STREAM = compress(PLAIN, { level: 9 });
const SMALL = compress(PLAIN.subarray(0, 50_000));
/** Not on a round number, and beyond what fits into 32 bits. */
const MIDDLE = FILE_BYTES / 2 + 12_345;
const END = FILE_BYTES - SMALL.length;

let file: FileHandle;
let isSparse = false;
let url = "";
const sent = { bytes: 0, requests: 0 };

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  if (range === null) {
    // Who asks for everything gets an answer that breaks the test, not 20 GB.
    response.writeHead(500).end();
    return;
  }
  const [start, last] = [Number(range[1]), Math.min(Number(range[2]), FILE_BYTES - 1)];
  const bytes = new Uint8Array(last + 1 - start);
  await file.read(bytes, 0, bytes.length, start);
  sent.requests++;
  sent.bytes += bytes.length;
  response.writeHead(206, { "content-range": `bytes ${start}-${last}/${FILE_BYTES}`, "content-length": bytes.length });
  response.end(bytes);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error as Error));
});

before(async () => {
  file = await open(join(scratchDirectory("ranges"), "sparse.bz2"), "w+");
  await file.truncate(FILE_BYTES);
  for (const [bytes, at] of [[SMALL, 0], [STREAM, MIDDLE], [SMALL, END]] as const) {
    await file.write(bytes, 0, bytes.length, at);
  }
  isSparse = (await file.stat()).blocks * 512 < 100 * MEGABYTE;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sparse.bz2`;
});
beforeEach(() => {
  sent.bytes = sent.requests = 0;
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await file.close();
});

/** The first block at or after a byte. */
async function blockFrom(source: ByteSource, byteOffset: number): Promise<BlockPosition> {
  for await (const block of findBlocks(source, { fromBit: byteOffset * 8 })) return block;
  assert.fail("no block found");
}

/** The first megabyte of a stream of plain bytes; then the stream is cancelled. */
async function firstMegabyte(plain: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const bytes = new Uint8Array(MEGABYTE);
  let byteLength = 0;
  for await (const chunk of chunksOf(plain)) {
    bytes.set(chunk.subarray(0, MEGABYTE - byteLength), byteLength);
    byteLength += Math.min(chunk.length, MEGABYTE - byteLength);
    if (byteLength === MEGABYTE) break;
  }
  return bytes.subarray(0, byteLength);
}

function assertCheap(): void {
  const figures = `${sent.bytes} bytes in ${sent.requests} requests`;
  assert.ok(sent.bytes <= ALLOWED_BYTES, figures);
  assert.ok(sent.bytes >= MEGABYTE, `the server did not see the reads: ${figures}`);
}

test("a block map reads 1 MB from the middle of 20 GB with at most 3 MB of traffic", async (context) => {
  if (!isSparse) return context.skip("the file system has no sparse files");
  const source = await urlSource(url);
  assert.equal(source.size, FILE_BYTES);
  const local = decompress(STREAM);
  const lines: string[] = [];
  for await (const { bitOffset } of findBlocks(source, { fromBit: MIDDLE * 8, toBit: (MIDDLE + STREAM.length) * 8 })) {
    const block = await readBlock(source, { bitOffset, level: 9 });
    lines.push(`${bitOffset}\t${block.bytes.length}`);
  }
  assert.equal(lines.length, 4);
  for (const start of [0, 500_000, 850_000, local.length - MEGABYTE]) {
    sent.bytes = sent.requests = 0;
    // What is stored is all that a reader has: a new map each time.
    const range = readRange(source, BlockMap.parse(lines.join("\n")), start, start + MEGABYTE);
    const found = new Uint8Array(await new Response(range).arrayBuffer());
    assert.ok(equalBytes(found, local.subarray(start, start + MEGABYTE)), `from ${start}`);
    assertCheap();
  }
});

for (const isCached of [false, true]) {
  const how = isCached ? "with a cache" : "without a cache";

  test(`a search near the middle of 20 GB reads 1 MB with at most 3 MB of traffic, ${how}`, async (context) => {
    if (!isSparse) return context.skip("the file system has no sparse files");
    const plain = await urlSource(url);
    const source = isCached ? cachedSource(plain) : plain;
    // A little before the stream, in the hole; and within its first block, so that the second one is found.
    for (const [byteOffset, skipped] of [[MIDDLE - 100, 0], [MIDDLE + 10, undefined]] as const) {
      sent.bytes = sent.requests = 0;
      const block = await blockFrom(source, byteOffset);
      const found = await firstMegabyte(decodeFrom(source, block));
      assert.equal(found.length, MEGABYTE);
      const start = skipped ?? indexOf(PLAIN, found.subarray(0, 20));
      assert.ok(equalBytes(found, PLAIN.subarray(start, start + MEGABYTE)));
      context.diagnostic(`${sent.bytes} bytes in ${sent.requests} requests`);
      assertCheap();
    }
  });
}

test("the start and the end of 20 GB are read with as little", async (context) => {
  if (!isSparse) return context.skip("the file system has no sparse files");
  const source = await urlSource(url);
  for (const byteOffset of [0, END]) {
    sent.bytes = sent.requests = 0;
    const block = await blockFrom(source, byteOffset);
    assert.equal(block.bitOffset, byteOffset * 8 + 32);
    const bytes = new Uint8Array(await new Response(decodeFrom(source, block)).arrayBuffer());
    assert.ok(equalBytes(bytes, PLAIN.subarray(0, 50_000)));
    assert.ok(sent.bytes <= MEGABYTE, `${sent.bytes} bytes in ${sent.requests} requests`);
  }
  for await (const block of findBlocks(source, { direction: "backward" })) {
    assert.equal(block.bitOffset, END * 8 + 32);
    break;
  }
});

/** Where some bytes stand first. */
function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = 0; at + wanted.length <= bytes.length; at++) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
