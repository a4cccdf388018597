import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compress } from "../../../lib/bzip2/compress.ts";
import {
  formatIndexLine,
  type IndexEntry,
  MultistreamIndex,
  parseIndexLine,
  readIndex,
} from "../../../lib/dump/index/multistream-index.ts";
import { chunkings } from "../../support/chunkings.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";

const LINES = "268:10:Main Page\n268:30:A &amp; B: &quot;3&quot; &lt;\n9000:12:Hilfe:Ü\n9000:40:x\n123456789012:50::\n";
const BYTES = new TextEncoder().encode(LINES);

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function entriesOf(...chunks: readonly Uint8Array[]): Promise<IndexEntry[]> {
  const entries: IndexEntry[] = [];
  for await (const entry of readIndex(streamOf(chunks))) entries.push(entry);
  return entries;
}

test("lines are split at their first two colons, and written as they were", () => {
  assert.deepEqual(parseIndexLine("9000:12:Hilfe:Ü: x\n"), { byteOffset: 9000, pageId: 12, title: "Hilfe:Ü: x" });
  assert.deepEqual(parseIndexLine("1:2:"), { byteOffset: 1, pageId: 2, title: "" });
  for (const line of LINES.split(/(?<=\n)/)) assert.equal(formatIndexLine(parseIndexLine(line)), line);
});

test("what is no line of an index is refused with what was expected", () => {
  for (const line of ["", "1:2", "x:2:a", "1:-2:a", "1.5:2:a", ":1:a", "99999999999999999999:1:a"]) {
    assert.throws(() => parseIndexLine(line), { code: "BAD_INDEX", message: /expected offset:id:title/ }, line);
  }
});

test("an index is read plain or compressed, however it is cut, with or without the last line end", async () => {
  const expected = LINES.trimEnd().split("\n").map(parseIndexLine);
  for (const bytes of [BYTES, BYTES.subarray(0, -1), compress(BYTES)]) {
    for (const { name, chunks } of chunkings(bytes)) assert.deepEqual(await entriesOf(...chunks), expected, name);
  }
  assert.deepEqual(await entriesOf(), []);
});

test("an index that is cut inside its compressed data, or is something else, is an error", async () => {
  await assert.rejects(entriesOf(compress(BYTES).subarray(0, 40)), { code: "TRUNCATED" });
  await assert.rejects(entriesOf(new TextEncoder().encode("<mediawiki>")), { code: "BAD_INDEX", message: /xml data/ });
  await assert.rejects(entriesOf(Uint8Array.of(0x1f, 0x8b, 8)), { code: "BAD_INDEX", message: /gzip data/ });
  await assert.rejects(entriesOf(new Uint8Array(100_000).fill(65)), { code: "BAD_INDEX", message: /too long/ });
});

test("MultistreamIndex keeps where streams are and which pages they hold, in whatever order", async () => {
  const index = await MultistreamIndex.read(streamOf([BYTES]));
  assert.deepEqual(index.streams, [
    { byteOffset: 268, endByteOffset: 9000, pageCount: 2, lowestPageId: 10, highestPageId: 30 },
    { byteOffset: 9000, endByteOffset: 123456789012, pageCount: 2, lowestPageId: 12, highestPageId: 40 },
    { byteOffset: 123456789012, endByteOffset: undefined, pageCount: 1, lowestPageId: 50, highestPageId: 50 },
  ]);
  const offsets = (first: number, last: number): number[] =>
    index.streamsFor([{ first, last }]).map(({ byteOffset }) => byteOffset);
  assert.deepEqual(offsets(1, 9), []);
  assert.deepEqual(offsets(10, 11), [268]);
  assert.deepEqual(offsets(20, 20), [268, 9000]);
  assert.deepEqual(offsets(41, Infinity), [123456789012]);
});

test("an index whose offsets go back is refused", async () => {
  const lines = new TextEncoder().encode("500:1:a\n100:2:b\n");
  await assert.rejects(MultistreamIndex.read(streamOf([lines])), {
    code: "BAD_INDEX",
    message: /back from offset 500 to 100/,
  });
});

test("the index of the C tool is read", { skip: skipWithoutShared("conformance", "mwbzutils", "inputs") }, async () => {
  const index = await MultistreamIndex.read(
    streamOf([readFileSync(sharedPath("conformance", "mwbzutils", "inputs", "p12-ms5.idx")!)]),
  );
  assert.equal(index.streams.reduce((sum, { pageCount }) => sum + pageCount, 0), 12);
});
