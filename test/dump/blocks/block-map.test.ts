import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import type { BlockInfo, Level } from "../../../lib/bzip2/format.ts";
import { decompress } from "../../../lib/bzip2/whole.ts";
import { BlockMap, BlockMapBuilder } from "../../../lib/dump/blocks/block-map.ts";
import { readRange } from "../../../lib/dump/blocks/read-range.ts";
import { DumpFormatError } from "../../../lib/errors.ts";
import { type ByteSource, bytesSource } from "../../../lib/streams/byte-source.ts";
import { Bzip2DecoderStream } from "../../../lib/streams/bzip2-decoder-stream.ts";
import { chunkings } from "../../support/chunkings.ts";
import { utf8 } from "../../support/collect.ts";
import { randomBytes } from "../../support/hard-inputs.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";

const EMPTY = compress(new Uint8Array());
/** About four blocks of level 1, which do not compress well. */
const TEXT = concatBytes([randomBytes(250_000, 3), new Uint8Array(300_000), randomBytes(120_000, 4)]);
/** Streams of several levels, empty ones at the start, in the middle and at the end, and bytes that are no stream. */
const MIXED = concatBytes([
  EMPTY,
  compress(TEXT, { level: 1 }),
  EMPTY,
  EMPTY,
  compress(utf8("one more"), { level: 9 }),
  compress(TEXT.subarray(0, 150_000), { level: 1 }),
  EMPTY,
  utf8("junk"),
]);

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as BodyInit).arrayBuffer());
}

function infosOf(bytes: Uint8Array): BlockInfo[] {
  const decoder = new Bzip2Decoder();
  const events = [...decoder.push(bytes), ...decoder.finish()];
  return events.flatMap((event) => event.type === "block" ? [event.info] : []);
}

/** The message of the BAD_INDEX error with which `act` ends. */
async function badIndex(act: () => unknown): Promise<string> {
  let caught: unknown;
  try {
    await act();
  } catch (error) {
    caught = error;
  }
  assert.ok(caught instanceof DumpFormatError, String(caught));
  assert.equal(caught.code, "BAD_INDEX");
  assert.match(caught.message, /^[A-Z].*[^.]$/s);
  assert.ok(caught.remedy.length > 0);
  return caught.message;
}

test("a map has the blocks that a decoder meets, the streams with the empty ones, and the size of the file", async () => {
  const map = await BlockMap.build(bytesSource(MIXED));
  assert.deepEqual(map.blocks, infosOf(MIXED));
  assert.equal(map.compressedSize, MIXED.length);
  assert.equal(map.byteLength, decompress(MIXED).length);
  assert.deepEqual(map.streams.map(({ level }) => level), [9, 1, 9, 9, 9, 1, 9]);
  assert.equal(map.streams[0]!.compressedOffset, 0);
  assert.equal(map.streams.at(-1)!.compressedEnd, MIXED.length - 4);
  map.streams.slice(1).forEach(({ compressedOffset }, i) =>
    assert.equal(compressedOffset, map.streams[i]!.compressedEnd)
  );
});

test("a map is made on the side of a decoder and of a decoding stream, in any chunks", async () => {
  const file = concatBytes([EMPTY, compress(utf8("some text")), EMPTY, compress(utf8("more")), utf8("no stream")]);
  const built = await BlockMap.build(bytesSource(file));
  for (const { name, chunks } of chunkings(file)) {
    const decoder = new Bzip2Decoder();
    const builder = new BlockMapBuilder();
    for (const chunk of chunks) for (const event of decoder.push(chunk)) builder.add(event);
    for (const event of decoder.finish()) builder.add(event);
    assert.deepEqual(builder.finish(), built, name);
  }
  const builder = new BlockMapBuilder();
  const decoding = new Bzip2DecoderStream({
    onBlock: (info) => builder.addBlock(info),
    onEvent: (event) => builder.add(event),
  });
  await bytesOf(new Blob([file]).stream().pipeThrough(decoding));
  assert.deepEqual(builder.finish(), built);
});

test("a builder refuses to make a map of half a stream", () => {
  const builder = new BlockMapBuilder();
  for (const event of new Bzip2Decoder().push(EMPTY.subarray(0, 8))) builder.add(event);
  assert.throws(() => builder.finish(), TypeError);
  assert.throws(() => new BlockMapBuilder().add({ type: "end", crc: 0, bitOffset: 32, endByteOffset: 14 }), TypeError);
});

test("a file without plain bytes has a map without blocks", async () => {
  for (const file of [EMPTY, concatBytes([EMPTY, EMPTY]), concatBytes([EMPTY, utf8("junk")])]) {
    const source = bytesSource(file);
    const map = await BlockMap.build(source);
    assert.equal(map.byteLength, 0);
    assert.equal(map.blockAt(0), undefined);
    assert.equal(map.blockAtBit(32), undefined);
    assert.deepEqual(map.blocksIn(0, 10), []);
    assert.equal(String(map), "");
    assert.deepEqual(BlockMap.parse(map.toJsonText()), map);
    assert.equal((await bytesOf(readRange(source, map, 0, 10))).length, 0);
  }
});

test("a map is not made of a damaged file, of something else, or after an abort", async () => {
  await assert.rejects(BlockMap.build(bytesSource(MIXED.subarray(0, 9000))), { name: "Bzip2Error", code: "TRUNCATED" });
  await assert.rejects(BlockMap.build(bytesSource(utf8("text"))), { name: "Bzip2Error", code: "NOT_BZIP2" });
  const reason = new Error("enough");
  await assert.rejects(BlockMap.build(bytesSource(MIXED), { signal: AbortSignal.abort(reason) }), reason);
});

test("both stored forms give the same map back, as far as they go", async () => {
  const map = await BlockMap.build(bytesSource(MIXED));
  assert.deepEqual(BlockMap.parse(map.toJsonText()), map);
  assert.deepEqual(BlockMap.parse(JSON.stringify(map)), map);
  assert.equal((JSON.parse(map.toJsonText()) as { schemaVersion: number }).schemaVersion, 1);
  const short = BlockMap.parse(String(map));
  assert.equal(String(short), String(map));
  assert.deepEqual(BlockMap.parse(String(map).replaceAll("\n", "\r\n")), short);
  assert.deepEqual(BlockMap.parse(String(map).trimEnd()), short);
  assert.deepEqual(
    short.blocks.map((
      { blockIndex, bitOffset, byteOffset, byteLength },
    ) => [blockIndex, bitOffset, byteOffset, byteLength]),
    map.blocks.map((
      { blockIndex, bitOffset, byteOffset, byteLength },
    ) => [blockIndex, bitOffset, byteOffset, byteLength]),
  );
  assert.deepEqual(BlockMap.parse(short.toJsonText()), short);
});

test("every plain byte is in one block, and every bit of the file belongs to one", async () => {
  const map = await BlockMap.build(bytesSource(MIXED));
  let at = 0;
  for (const block of map.blocks) {
    assert.equal(block.byteOffset, at);
    for (const inside of [at, at + 1, at + block.byteLength - 1]) assert.equal(map.blockAt(inside), block);
    at += block.byteLength;
    for (const bit of [0, 1, block.bitLength! - 1]) assert.equal(map.blockAtBit(block.bitOffset + bit), block);
    assert.equal(map.blockAtBit(block.bitOffset - 1), map.blocks[block.blockIndex - 1]);
  }
  assert.equal(at, map.byteLength);
  assert.equal(map.blockAt(at), undefined);
  assert.equal(map.blockAt(-1), undefined);
  assert.equal(map.blockAtBit(0), undefined);
  assert.equal(map.blockAtBit(MIXED.length * 8), map.blocks.at(-1));
});

/** Files of random pieces of the mixed text, at random levels, some pieces empty, perhaps with junk behind. */
const ANY_FILE = fc.record({
  pieces: fc.array(
    fc.record({
      start: fc.nat({ max: TEXT.length }),
      byteLength: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 130_000 }), fc.constant(0)),
      level: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  junk: fc.oneof(fc.constant(0), fc.nat({ max: 3 })),
});

test("ranges of any file are slices of its plain text, with either form of the map", async () => {
  const ranges = fc.array(fc.tuple(fc.double({ min: 0, max: 1.1, noNaN: true }), fc.nat({ max: 150_000 })), {
    minLength: 1,
    maxLength: 3,
  });
  await fc.assert(
    fc.asyncProperty(ANY_FILE, ranges, async ({ pieces, junk }, wanted) => {
      const parts = pieces.map(({ start, byteLength, level }) =>
        compress(TEXT.subarray(start, start + byteLength), { level: level as Level })
      );
      const file = concatBytes([...parts, new Uint8Array(junk)]);
      const plain = decompress(file);
      const source = bytesSource(file);
      const built = await BlockMap.build(source);
      for (const map of [built, BlockMap.parse(String(built)), BlockMap.parse(built.toJsonText())]) {
        assert.equal(map.blocks.reduce((sum, { byteLength }) => sum + byteLength, 0), plain.length);
        for (const [place, byteLength] of wanted) {
          const start = Math.floor(place * plain.length);
          const found = await bytesOf(readRange(source, map, start, start + byteLength));
          assert.ok(
            found.length === plain.slice(start, start + byteLength).length &&
              Buffer.compare(found, plain.slice(start, start + byteLength)) === 0,
            `${start} + ${byteLength} of ${plain.length}`,
          );
        }
      }
    }),
    { numRuns: 12 },
  );
});

/** A source that notes what was asked of it. */
function watched(bytes: Uint8Array): { source: ByteSource; reads: [number, number][] } {
  const inner = bytesSource(bytes);
  const reads: [number, number][] = [];
  return {
    reads,
    source: {
      size: inner.size,
      read(start, end, options) {
        reads.push([start, end]);
        return inner.read(start, end, options);
      },
    },
  };
}

test("a range reads the blocks that hold it, each once, and nothing else", async () => {
  const { source, reads } = watched(MIXED);
  const map = await BlockMap.build(bytesSource(MIXED));
  for (const [first, last] of [[0, 0], [1, 2], [2, 4], [0, map.blocks.length - 1]] as const) {
    reads.length = 0;
    const [from, to] = [map.blocks[first]!, map.blocks[last]!];
    await bytesOf(readRange(source, map, from.byteOffset, to.byteOffset + 1));
    assert.deepEqual(
      reads,
      map.blocks.slice(first, last + 1).map(({ bitOffset, bitLength }) => [
        Math.floor(bitOffset / 8),
        Math.ceil((bitOffset + bitLength!) / 8),
      ]),
    );
  }
  reads.length = 0;
  await bytesOf(readRange(source, map, 10, 10));
  assert.deepEqual(reads, []);
});

test("a range reads ahead by one block only, and a cancelled one ends the read that is under way", async () => {
  const { source, reads } = watched(MIXED);
  const map = await BlockMap.build(bytesSource(MIXED));
  const reader = readRange(source, map, 0, map.byteLength).getReader();
  assert.equal(reads.length, 0);
  await reader.read();
  assert.equal(reads.length, 2);
  await reader.cancel();
  assert.equal(reads.length, 2);
  let isAborted = false;
  const stuck: ByteSource = {
    size: MIXED.length,
    read: (_start, _end, options) =>
      new Promise((_resolve, reject) =>
        options?.signal?.addEventListener("abort", () => {
          isAborted = true;
          reject(options.signal?.reason);
        })
      ),
  };
  const stuckReader = readRange(stuck, map, 0, 10).getReader();
  const pending = stuckReader.read();
  // A new stream asks for its first chunk a turn later.
  await new Promise((resolve) => setTimeout(resolve, 1));
  await stuckReader.cancel();
  assert.equal((await pending).done, true);
  assert.ok(isAborted);
});

test("what is no range of bytes is refused at once", async () => {
  const map = await BlockMap.build(bytesSource(MIXED));
  for (const [start, end] of [[-1, 5], [5, 4], [NaN, 1], [0.5, 1]] as const) {
    assert.throws(() => readRange(bytesSource(MIXED), map, start, end), RangeError);
  }
});

test("a map of another file is refused, and the message says where it does not fit", async () => {
  const file = compress(TEXT, { level: 1 });
  const full = await BlockMap.build(bytesSource(file));
  const short = BlockMap.parse(String(full));
  const read = (bytes: Uint8Array, map: BlockMap, start = 0) => () =>
    bytesOf(readRange(bytesSource(bytes), map, start, start + 1));
  // Another size.
  assert.match(await badIndex(read(concatBytes([file, EMPTY]), full)), new RegExp(`has ${file.length + 14} bytes`));
  // The same size, other blocks: the first one begins at the same bit in every file.
  const other = concatBytes([compress(utf8("other")), new Uint8Array(file.length)]).subarray(0, file.length);
  assert.match(
    await badIndex(read(other, full)),
    /block 0 at bit 32 has the checksum [0-9a-f]{8}, expected [0-9a-f]{8}/,
  );
  assert.match(await badIndex(read(other, short)), /block 0 at bit 32 holds 5 bytes, expected \d+/);
  const second = full.blocks[1]!;
  assert.match(await badIndex(read(other, full, second.byteOffset)), /no block begins at bit \d+, where block 1/);
  assert.match(await badIndex(read(file.subarray(0, 500), short, second.byteOffset)), /it ends before block 1 at bit/);
  // A wrong number in a map that is otherwise right.
  const [first] = full.blocks;
  const wrongLength = new BlockMap({ ...full, blocks: [{ ...first!, bitLength: first!.bitLength! - 9 }] });
  assert.match(await badIndex(read(file, wrongLength)), /is \d+ bits long, expected \d+/);
  const wrongPlace = new BlockMap({ ...full, blocks: [{ ...first!, bitOffset: first!.bitOffset + 1 }] });
  assert.match(await badIndex(read(file, wrongPlace)), /no block begins at bit 33/);
});

test("a damaged block is an error of the file, with its place in it, after the good bytes", async () => {
  const file = compress(TEXT, { level: 1 });
  const map = await BlockMap.build(bytesSource(file));
  const bad = map.blocks[2]!;
  const damaged = file.slice();
  damaged[Math.floor(bad.bitOffset / 8) + 20_000]! ^= 1;
  const reader = readRange(bytesSource(damaged), map, 5, map.byteLength).getReader();
  let good = 5;
  await assert.rejects(
    async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        good += value.length;
      }
    },
    (error: Error & { bitOffset: number; blockIndex: number; streamIndex: number; bytesBefore: number }) => {
      assert.equal(error.name, "Bzip2Error");
      assert.deepEqual([error.blockIndex, error.streamIndex, error.bytesBefore], [2, 0, bad.byteOffset]);
      assert.ok(error.bitOffset >= bad.bitOffset && error.bitOffset <= bad.bitOffset + bad.bitLength!);
      assert.ok(error.message.endsWith(` (block 2, bit ${error.bitOffset})`), error.message);
      return true;
    },
  );
  assert.equal(good, bad.byteOffset);
  const cut = file.subarray(0, Math.floor(bad.bitOffset / 8) + 1000);
  const short = BlockMap.parse(String(map));
  await assert.rejects(bytesOf(readRange(bytesSource(cut), short, bad.byteOffset, bad.byteOffset + 1)), {
    code: "TRUNCATED",
    bitOffset: cut.length * 8,
  });
});

test("texts that are no map are refused, and the message says why", async () => {
  for (
    const [text, message] of [
      ["32", /line 1 is "32"/],
      ["32 5", /line 1/],
      ["32\t5\n\n", /line 2 is ""/],
      ["32\t5\n40\tx", /line 2/],
      ["32\t0\n", /block 0 has wrong numbers/],
      ["32\t5\n32\t5\n", /block 1 begins inside/],
      ["{", /not JSON/],
      ["{}", /schemaVersion is missing, expected 1/],
      ['{"schemaVersion":2,"streams":[],"blocks":[]}', /schemaVersion is 2/],
      ['{"schemaVersion":1,"blocks":[]}', /no lists/],
      ['{"schemaVersion":1,"streams":[null],"blocks":[]}', /no lists/],
      ['{"schemaVersion":1,"compressedSize":-1,"streams":[],"blocks":[]}', /no size/],
    ] as const
  ) assert.match(await badIndex(() => BlockMap.parse(text)), message);
});

test("a map in JSON with any one number changed beyond sense is refused", async () => {
  const map = await BlockMap.build(bytesSource(MIXED));
  const good = JSON.stringify(map);
  for (const list of ["streams", "blocks"] as const) {
    for (const key of Object.keys(map[list][1]!)) {
      for (const value of [-1, 0.5, "1", null, 2 ** 53]) {
        const changed = JSON.parse(good) as Record<string, Record<string, unknown>[]>;
        changed[list]![1]![key] = value;
        await badIndex(() => BlockMap.parse(JSON.stringify(changed)));
      }
    }
  }
});

test("offsets beyond 32 bits are found: a map of a file of many gigabytes", () => {
  const lines = Array.from({ length: 40_000 }, (_, i) => `${32 + i * 4_000_001}\t900000\n`).join("");
  const map = BlockMap.parse(lines);
  assert.equal(map.byteLength, 36e9);
  assert.equal(map.blockAt(20e9)!.blockIndex, Math.floor(20e9 / 900_000));
  assert.equal(map.blockAtBit(32 + 39_999 * 4_000_001)!.byteOffset, 39_999 * 900_000);
  assert.deepEqual(map.blocksIn(20e9, 20e9 + 1_000_000).map(({ blockIndex }) => blockIndex), [22222, 22223]);
  assert.equal(String(map), lines);
});

const CORPUS = ["conformance", "corpus"] as const;
const TABLE = "stream_table[offset,level,crc,blocks[bit,bits,crc,content_bytes]]";
type StreamRow = [number, number, string, [number, number, string, number][]];

test("maps of the corpus have its tables of streams and blocks", { skip: skipWithoutShared(...CORPUS) }, async () => {
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(sharedPath(...CORPUS, name)!));
  const hex = (crc: number): string => crc.toString(16).padStart(8, "0");
  const manifest = JSON.parse(new TextDecoder().decode(read("manifest.json"))) as {
    file: string;
    size: number;
    bzip2?: { d_exit: number; content_size: number; [TABLE]: StreamRow[] };
  }[];
  let checked = 0;
  for (const { file, size, bzip2 } of manifest) {
    if (bzip2 === undefined || bzip2.d_exit !== 0 || bzip2.content_size > 250_000) continue;
    const map = await BlockMap.build(bytesSource(read(file)));
    const table = map.streams.map(({ compressedOffset, level, crc, streamIndex }): StreamRow => [
      compressedOffset,
      level,
      hex(crc),
      map.blocks.filter((block) => block.streamIndex === streamIndex).map((block) => [
        block.bitOffset,
        block.bitLength!,
        hex(block.crc!),
        block.byteLength,
      ]),
    ]);
    assert.deepEqual(table, bzip2[TABLE], file);
    assert.equal(map.compressedSize, size, file);
    assert.equal(map.byteLength, bzip2.content_size, file);
    assert.deepEqual(BlockMap.parse(map.toJsonText()), map, file);
    checked++;
  }
  assert.ok(checked > 400, `only ${checked} files`);
});

test("tables that seek-bzip made are read, and are those that we write", {
  skip: skipWithoutShared(...CORPUS, "seek-bzip"),
}, async () => {
  for (const name of ["sample0", "sample4"]) {
    const read = (suffix: string): Uint8Array =>
      new Uint8Array(readFileSync(sharedPath(...CORPUS, "seek-bzip", name + suffix)!));
    const text = new TextDecoder().decode(read(".bzt"));
    const source = bytesSource(read(".bz2"));
    const map = BlockMap.parse(text);
    assert.equal(String(map), text);
    assert.equal(String(await BlockMap.build(source)), text);
    const plain = read(".ref");
    assert.deepEqual(await bytesOf(readRange(source, map, 0, plain.length)), plain);
    const middle = Math.floor(plain.length / 2);
    assert.deepEqual(await bytesOf(readRange(source, map, middle, middle + 100)), plain.slice(middle, middle + 100));
  }
});
