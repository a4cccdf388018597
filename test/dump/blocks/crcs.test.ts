import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import { type CrcEvent, scanCrcs, type ScanCrcsOptions } from "../../../lib/dump/blocks/crcs.ts";
import { MarkerSearch } from "../../../lib/dump/blocks/marker-search.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { bits } from "../../support/bit-script.ts";
import { BLOCK_A, endAfter } from "../../support/small-blocks.ts";
import { cutStreams, makeDump, multistream, oneStream } from "../dump-maker.ts";

const DUMP = makeDump(Array.from({ length: 60 }, (_, i) => i + 1), () => 5000);
const EMPTY = compress(new Uint8Array());
const FILES: readonly (readonly [string, Uint8Array])[] = [
  ["one stream", oneStream(DUMP)],
  ["streams cut anywhere", cutStreams(DUMP, 2000, [1, 9])],
  ["multistream", multistream(DUMP, 4).bytes],
  ["nothing but empty streams", concatBytes([EMPTY, EMPTY])],
  ["nine small blocks at all alignments", bits`"BZh1" (${BLOCK_A})*9 ${endAfter(9)} |`.bytes],
];

async function crcsOf(file: Uint8Array, options?: ScanCrcsOptions): Promise<CrcEvent[]> {
  const events: CrcEvent[] = [];
  for await (const event of scanCrcs(bytesSource(file), options)) events.push(event);
  return events;
}

/** The same from a decoder that reads the file from its start. */
function expectedOf(file: Uint8Array): CrcEvent[] {
  const decoder = new Bzip2Decoder();
  let blocks = 0;
  let streamIndex = 0;
  return [...decoder.push(file), ...decoder.finish()].flatMap((event): CrcEvent[] => {
    if (event.type === "stream") {
      blocks = 0;
      streamIndex = event.streamIndex;
      return [{ type: "stream", streamIndex, byteOffset: event.byteOffset, level: event.level }];
    }
    if (event.type === "block") {
      blocks++;
      const { blockIndex, bitOffset, crc } = event.info;
      return [{ type: "block", blockIndex, streamIndex, bitOffset, crc, fault: undefined }];
    }
    if (event.type === "trailing") return [];
    const { crc, bitOffset } = event;
    return [{ type: "end", streamIndex, blocks, computed: crc, stated: crc, bitOffset }];
  });
}

function flip(file: Uint8Array, bit: number): Uint8Array {
  const damaged = file.slice();
  damaged[Math.floor(bit / 8)]! ^= 0x80 >> (bit % 8);
  return damaged;
}

for (const [name, file] of FILES) {
  for (const verify of [false, true]) {
    test(`${name}: all blocks and streams${verify ? ", verified" : ""}`, async () => {
      assert.deepEqual(await crcsOf(file, { verify }), expectedOf(file));
    });
  }
}

test("a flipped bit in the checksum of a block or of a stream shows", async () => {
  const file = oneStream(DUMP);
  const good = expectedOf(file);
  const block = good.find((event) => event.type === "block")!;
  const end = good.at(-1)!;
  for (let bit = 48; bit < 80; bit++) {
    const inBlock = (await crcsOf(flip(file, block.bitOffset + bit))).at(-1)!;
    assert.ok(inBlock.type === "end" && inBlock.stated !== inBlock.computed);
    assert.ok(end.type === "end");
    const inEnd = (await crcsOf(flip(file, end.bitOffset! + bit))).at(-1)!;
    assert.ok(inEnd.type === "end" && inEnd.stated !== inEnd.computed);
    assert.equal(inEnd.computed, end.computed);
  }
});

test("damage inside of a block is seen when it is decoded, and its blocks are all still listed", async () => {
  const file = oneStream(DUMP);
  const good = expectedOf(file);
  const second = good.filter((event) => event.type === "block")[1]!;
  const damaged = flip(file, second.bitOffset + 120_000);
  assert.deepEqual(await crcsOf(damaged), good);
  const events = await crcsOf(damaged, { verify: true });
  assert.deepEqual(events.map(({ type }) => type), good.map(({ type }) => type));
  const faults = events.flatMap((event) => event.type === "block" && event.fault !== undefined ? [event] : []);
  assert.deepEqual(faults.map(({ blockIndex }) => blockIndex), [1]);
});

test("damage in the head of a block does not hide it from verify", async () => {
  const file = oneStream(DUMP);
  const good = expectedOf(file);
  const second = good.filter((event) => event.type === "block")[1]!;
  for (let bit = 81; bit < 400; bit += 7) {
    const events = await crcsOf(flip(file, second.bitOffset + bit), { verify: true });
    const faults = events.flatMap((event) => event.type === "block" && event.fault !== undefined ? [event] : []);
    assert.deepEqual(faults.map(({ blockIndex }) => blockIndex), [1], `bit ${bit}`);
  }
});

test("a damaged magic, of a block and of an end: the stream's checksums differ, or its end is missing", async () => {
  const file = oneStream(DUMP);
  const good = expectedOf(file);
  const second = good.filter((event) => event.type === "block")[1]!;
  const lost = (await crcsOf(flip(file, second.bitOffset + 3))).at(-1)!;
  assert.ok(lost.type === "end" && lost.stated !== undefined && lost.stated !== lost.computed);
  const end = good.at(-1)!;
  assert.ok(end.type === "end");
  const open = (await crcsOf(flip(file, end.bitOffset! + 3))).at(-1)!;
  assert.ok(open.type === "end" && open.stated === undefined && open.computed === end.computed);
});

test("the end of one stream is damaged: the next one is still a stream of its own", async () => {
  const file = multistream(DUMP, 20).bytes;
  const good = expectedOf(file);
  const firstEnd = good.find((event) => event.type === "end")!;
  const events = await crcsOf(flip(file, firstEnd.bitOffset! + 3));
  const streams = (list: CrcEvent[]): number => list.filter(({ type }) => type === "stream").length;
  assert.equal(streams(events), streams(good));
  const ends = events.filter((event) => event.type === "end");
  assert.deepEqual(ends.map((end) => end.stated === end.computed), ends.map((_, i) => i !== 0));
});

test("magics inside of a block that is not there by chance only: none counts that is none", async () => {
  // Zeros behind a magic: no block. An end magic in the middle of a stream: none.
  const file = oneStream(DUMP);
  const events = expectedOf(file);
  const junk = concatBytes([
    file,
    Uint8Array.of(0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 1, 2, 3, 4, 0, 0, 0, 0),
    new Uint8Array(6000),
    Uint8Array.of(0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 1, 2, 3, 4, 0),
    new Uint8Array(50),
  ]);
  const found = await crcsOf(junk);
  assert.deepEqual(found.slice(0, events.length), events);
  assert.ok(!found.slice(events.length).some(({ type }) => type === "block"));
});

test("a file that is cut off: the blocks so far, and no end", async () => {
  const file = oneStream(DUMP);
  const good = expectedOf(file);
  const blocks = good.filter((event) => event.type === "block");
  const last = blocks.at(-1)!;
  const cut = file.subarray(0, Math.floor(last.bitOffset / 8) + 300);
  const events = await crcsOf(cut);
  assert.deepEqual(events.slice(0, -1), good.slice(0, -1));
  assert.deepEqual({ ...events.at(-1) }, { ...good.at(-1), stated: undefined, bitOffset: undefined });
  const verified = await crcsOf(cut, { verify: true });
  const damaged = verified.at(-2)!;
  assert.ok(damaged.type === "block" && damaged.fault?.code === "TRUNCATED");
  assert.deepEqual(await crcsOf(new Uint8Array()), []);
});

test("markers are found wherever the pieces of the search end", async () => {
  const file = bits`"BZh1" (${BLOCK_A})*9 ${endAfter(9)} |`.bytes;
  const expected = expectedOf(file).flatMap((event) => "bitOffset" in event ? [event.bitOffset] : []);
  for (let pieceBytes = 1; pieceBytes < 40; pieceBytes++) {
    const search = new MarkerSearch(bytesSource(file), { bytesBefore: 4, bytesBehind: 11, pieceBytes });
    const found: number[] = [];
    for (let at = await search.next(0); at !== undefined; at = await search.next(at.bitOffset + 1)) {
      found.push(at.bitOffset);
      const byte = Math.floor(at.bitOffset / 8);
      assert.deepEqual(search.around(byte - 4, byte + 7), file.subarray(byte - 4, byte + 7));
    }
    assert.deepEqual(found, expected, `pieces of ${pieceBytes}`);
  }
});

test("a stream whose header is damaged is told, and its blocks are found", async () => {
  const { bytes } = multistream(DUMP, 20);
  const [first, second, ...others] = (await crcsOf(bytes)).filter(({ type }) => type === "stream");
  assert.ok(first?.type === "stream" && second?.type === "stream" && others.length > 0);
  const damaged = await crcsOf(flip(bytes, second.byteOffset * 8 + 9));
  assert.deepEqual(
    damaged,
    (await crcsOf(bytes)).map((event) =>
      event.type === "stream" && event.streamIndex === 1 ? { ...event, level: undefined } : event
    ),
  );
});
