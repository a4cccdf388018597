/** What the decoder tells of good files: events, places, streams, trailing bytes; and how it ends with files that are cut. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { Bzip2Decoder, type DecoderEvent } from "../../lib/bzip2/decoder.ts";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { bits } from "../support/bit-script.ts";
import { chunkings } from "../support/chunkings.ts";
import { decodeChunks, utf8 } from "../support/collect.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { BLOCK_A, crcOf, endAfter, FILE_A, MAP_OF_A, TREES_OF_A } from "../support/small-blocks.ts";

/** Two streams, of two blocks and of one, with an empty one between; labels say where things are. */
const THREE_STREAMS = bits`
  "BZh9" @block0 ${BLOCK_A} @block1 ${BLOCK_A} @end0 ${endAfter(2)} |
  @stream1 "BZh1" @end1 ${endAfter(0)} |
  @stream2 "BZh5" @block2 ${BLOCK_A} @end2 ${endAfter(1)} | @end`;

function expectedEvents(): DecoderEvent[] {
  const { at } = THREE_STREAMS;
  const bitLength = BLOCK_A.text.length;
  const crc = crcOf("a");
  const bytes = utf8("a");
  const block = { bitLength, byteLength: 1, crc } as const;
  const two = (((crc << 1) | (crc >>> 31)) ^ crc) >>> 0;
  return [
    { type: "stream", level: 9, streamIndex: 0, byteOffset: 0 },
    {
      type: "block",
      info: { ...block, streamIndex: 0, blockIndex: 0, bitOffset: at["block0"]!, byteOffset: 0, level: 9 },
      bytes,
    },
    {
      type: "block",
      info: { ...block, streamIndex: 0, blockIndex: 1, bitOffset: at["block1"]!, byteOffset: 1, level: 9 },
      bytes,
    },
    { type: "end", crc: two, bitOffset: at["end0"]!, endByteOffset: at["stream1"]! / 8 },
    { type: "stream", level: 1, streamIndex: 1, byteOffset: at["stream1"]! / 8 },
    { type: "end", crc: 0, bitOffset: at["end1"]!, endByteOffset: at["stream2"]! / 8 },
    { type: "stream", level: 5, streamIndex: 2, byteOffset: at["stream2"]! / 8 },
    {
      type: "block",
      info: { ...block, streamIndex: 2, blockIndex: 2, bitOffset: at["block2"]!, byteOffset: 2, level: 5 },
      bytes,
    },
    { type: "end", crc, bitOffset: at["end2"]!, endByteOffset: at["end"]! / 8 },
  ];
}

test("decoder tells of every stream, block and end, with their places, in any chunks", () => {
  for (const { name, chunks } of chunkings(THREE_STREAMS.bytes)) {
    const { events, error } = decodeChunks(chunks);
    assert.equal(error, undefined, name);
    assert.deepEqual(events, expectedEvents(), name);
  }
});

test("a block comes out as soon as its last bit is there", () => {
  const decoder = new Bzip2Decoder();
  const lastByte = Math.ceil((32 + BLOCK_A.text.length) / 8);
  assert.deepEqual([...decoder.push(FILE_A.bytes.subarray(0, lastByte - 1))].map((event) => event.type), ["stream"]);
  assert.deepEqual([...decoder.push(FILE_A.bytes.subarray(lastByte - 1, lastByte))].map((event) => event.type), [
    "block",
  ]);
});

test("a file of 14 bytes without a block has no plain bytes", () => {
  const { bytes, error, events } = decodeChunks([bits`"BZh9" ${endAfter(0)}`.bytes]);
  assert.equal(error, undefined);
  assert.equal(bytes.length, 0);
  assert.deepEqual(events.map((event) => event.type), ["stream", "end"]);
});

test("each block has a buffer of its own", () => {
  const { events } = decodeChunks([THREE_STREAMS.bytes]);
  const buffers = events.flatMap((event) => event.type === "block" ? [event.bytes.buffer] : []);
  assert.equal(new Set(buffers).size, 3);
  for (const buffer of buffers) assert.equal(buffer.byteLength, 1);
});

test("chunks may be pushed before the events of earlier ones are read", () => {
  const decoder = new Bzip2Decoder();
  const starts = [...THREE_STREAMS.bytes].map((byte) => decoder.push(Uint8Array.of(byte)));
  const events = [...starts, decoder.finish()].flatMap((events) => [...events]);
  assert.deepEqual(events, expectedEvents());
});

test("a reader that stops between two events goes on with the next push", () => {
  const decoder = new Bzip2Decoder();
  const seen: DecoderEvent[] = [];
  for (const event of decoder.push(THREE_STREAMS.bytes.slice())) {
    seen.push(event);
    if (seen.length === 2) break;
  }
  for (const event of decoder.push(new Uint8Array(0))) seen.push(event);
  seen.push(...decoder.finish());
  assert.deepEqual(seen, expectedEvents());
});

test("padding bits between a stream's checksum and the next byte may be anything", () => {
  const script = bits`"BZh9" ${BLOCK_A} ${endAfter(1)} 111111`;
  const padded = script.bytes.slice(0, Math.ceil(FILE_A.bytes.length));
  assert.notDeepEqual(padded, FILE_A.bytes);
  assert.equal(decodeChunks([padded]).error, undefined);
});

test("origins up to ten beyond the level are looked at only when the block is there, as bzip2 does", () => {
  const script = bits`"BZh1" x314159265359 ${
    crcOf("a")
  }:32 0 @here 100010:24 ${MAP_OF_A} 2:3 1:15 0 ${TREES_OF_A} 00 10 |`;
  const { error } = decodeChunks([script.bytes]);
  assert.ok(error instanceof Bzip2Error);
  assert.equal(error.code, "BAD_ORIGIN");
  assert.match(error.message, /not in its block/);
});

test("more selectors than any block can use are read and forgotten", () => {
  const script = bits`"BZh9" x314159265359 ${
    crcOf("a")
  }:32 0 0:24 ${MAP_OF_A} 2:3 32767:15 0*32767 ${TREES_OF_A} 00 10 ${endAfter(1)} |`;
  for (const { name, chunks } of chunkings(script.bytes)) {
    const { error, bytes } = decodeChunks(chunks);
    assert.equal(error, undefined, name);
    assert.deepEqual([...bytes], [0x61], name);
  }
});

test("code lengths may wander up and down for as long as they like, in constant memory", () => {
  const script = bits`"BZh9" x314159265359 ${
    crcOf("a")
  }:32 0 0:24 ${MAP_OF_A} 2:3 1:15 0 2:5 (10 11)*100000 0 0 0 2:5 0 0 0 00 10 ${endAfter(1)} |`;
  assert.deepEqual([...decodeChunks([script.bytes]).bytes], [0x61]);
});

// Trailing bytes. The verdicts are those that bzip2 1.0.8 gave on Debian 12, 2026-11; the test after next asks it again.

const IGNORED: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["a zero byte", Uint8Array.of(0)],
  ["zeros", new Uint8Array(4096)],
  ["text", utf8("trailing text")],
  ["text that starts with B", utf8("But why")],
  ["text that starts with BZ", utf8("BZ2")],
  ["a head of level 0", utf8("BZh0")],
  ["a head of level A and more", utf8("BZhA1AY&SY")],
  ["a head that is not at once there", utf8("xBZh9")],
];

const HEADS_CUT_SHORT = ["B", "BZ", "BZh", "BZh9", "BZh91", "BZh91AY"];

test("bytes after the last stream that start no other one are ignored, and reported once, in any chunks", () => {
  for (const [what, trailing] of IGNORED) {
    const file = bits`${FILE_A} ${trailing}`.bytes;
    for (const { name, chunks } of chunkings(file)) {
      const { error, bytes, events } = decodeChunks(chunks);
      assert.equal(error, undefined, `${what}, ${name}`);
      assert.equal(bytes.length, 1);
      assert.deepEqual(
        events.at(-1),
        { type: "trailing", byteOffset: FILE_A.bytes.length, byteLength: trailing.length },
        `${what}, ${name}`,
      );
      assert.equal(events.filter((event) => event.type === "trailing").length, 1);
    }
  }
});

test("a head that the end of the input cuts short is truncation, not trailing bytes", () => {
  for (const head of HEADS_CUT_SHORT) {
    const { error, bytes } = decodeChunks([bits`${FILE_A} ${utf8(head)}`.bytes]);
    assert.ok(error instanceof Bzip2Error, head);
    assert.equal(error.code, "TRUNCATED", head);
    assert.equal(error.streamIndex, 1);
    assert.equal(error.bytesBefore, 1);
    assert.equal(bytes.length, 1);
  }
});

test("bzip2 1.0.8 gives the same verdicts on trailing bytes", { skip: skipWithoutCommand("bzip2") }, () => {
  for (const [what, trailing] of IGNORED) {
    assert.equal(spawnSync("bzip2", ["-t"], { input: bits`${FILE_A} ${trailing}`.bytes }).status, 0, what);
  }
  for (const head of HEADS_CUT_SHORT) {
    assert.equal(spawnSync("bzip2", ["-t"], { input: bits`${FILE_A} ${utf8(head)}`.bytes }).status, 2, head);
  }
});

test('with trailing: "error", bytes after the last stream are an error at their first byte', () => {
  for (const [what, trailing] of IGNORED) {
    for (const { name, chunks } of chunkings(bits`${FILE_A} ${trailing}`.bytes)) {
      const { error, bytes } = decodeChunks(chunks, { trailing: "error" });
      assert.ok(error instanceof Bzip2Error, `${what}, ${name}`);
      assert.equal(error.code, "TRAILING_DATA");
      assert.equal(error.bitOffset, FILE_A.bytes.length * 8);
      assert.equal(bytes.length, 1);
    }
  }
  assert.equal(decodeChunks([THREE_STREAMS.bytes.slice()], { trailing: "error" }).error, undefined);
});

test("with multistream: false, all that follows the first stream is trailing", () => {
  const { bytes, error, events } = decodeChunks([THREE_STREAMS.bytes.slice()], { multistream: false });
  assert.equal(error, undefined);
  assert.equal(bytes.length, 2);
  const byteOffset = THREE_STREAMS.at["stream1"]! / 8;
  assert.deepEqual(events.at(-1), {
    type: "trailing",
    byteOffset,
    byteLength: THREE_STREAMS.bytes.length - byteOffset,
  });
  const strict = decodeChunks([THREE_STREAMS.bytes.slice()], { multistream: false, trailing: "error" });
  assert.equal((strict.error as Bzip2Error).code, "TRAILING_DATA");
});

// Files that end too early.

test("a file cut at any byte gives its whole blocks, then TRUNCATED at its end; between streams it is good", () => {
  const { bytes: file, at } = THREE_STREAMS;
  const streamEnds = [at["stream1"]! / 8, at["stream2"]! / 8, at["end"]! / 8];
  const blockEnds = [at["block1"]!, at["end0"]!, at["end2"]!];
  for (let length = 1; length <= file.length; length++) {
    const { bytes, error } = decodeChunks([file.slice(0, length)]);
    assert.equal(bytes.length, blockEnds.filter((bit) => bit <= length * 8).length, `cut at ${length}`);
    if (streamEnds.includes(length)) {
      assert.equal(error, undefined, `cut at ${length}`);
      continue;
    }
    assert.ok(error instanceof Bzip2Error, `cut at ${length}`);
    assert.equal(error.code, "TRUNCATED", `cut at ${length}`);
    assert.equal(error.bitOffset, length * 8);
    assert.equal(error.bytesBefore, bytes.length);
    assert.equal(error.blockIndex, bytes.length);
    assert.equal(error.streamIndex, streamEnds.filter((end) => end < length).length);
  }
});

test("what is no bzip2 is named, with what to do about it", () => {
  const kinds: readonly (readonly [start: Uint8Array, name: RegExp, remedy: RegExp])[] = [
    [Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/, /gzip -d/],
    [Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), /xz/, /xz -d/],
    [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), /zstd/, /zstd -d/],
    [Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), /7z/, /7z x/],
    [utf8("PK\x03\x04...."), /zip/, /unzip/],
    [utf8("<mediawiki xmlns="), /XML dump/, /as it is/],
    [utf8('<?xml version="1.0"?>'), /XML/, /as it is/],
    [utf8("\ufeff<mediawiki>"), /XML/, /as it is/],
    [utf8("<!DOCTYPE html>"), /HTML/, /fetch/],
    [utf8("BZ0 from the first bzip"), /version 1/, /bzip 0\.21/],
    [utf8("hello"), /68 65 6c 6c/, /written by bzip2/],
    [utf8("h"), /starts with the bytes 68,/, /written by bzip2/],
    [new Uint8Array(0), /empty/, /fetched/],
  ];
  for (const [start, name, remedy] of kinds) {
    for (const { name: chunking, chunks } of chunkings(start)) {
      const { error } = decodeChunks(chunks);
      assert.ok(error instanceof Bzip2Error, chunking);
      assert.equal(error.code, "NOT_BZIP2");
      assert.match(error.message, name);
      assert.match(error.remedy, remedy);
      assert.equal(error.bitOffset, 0);
    }
  }
});

test("a file that is only a part of a head is truncated", () => {
  for (const head of HEADS_CUT_SHORT) {
    const { error } = decodeChunks([utf8(head)]);
    assert.equal((error as Bzip2Error).code, "TRUNCATED", head);
  }
});

test("bytes that are pushed after the end was told are refused, not ignored", () => {
  const decoder = new Bzip2Decoder();
  for (const events of [decoder.push(FILE_A.bytes), decoder.finish()]) assert.ok([...events].length >= 0);
  assert.throws(() => decoder.push(FILE_A.bytes), TypeError);
});

test("bytes that cannot be compressed, which are decoded in another way, come out in any chunks", () => {
  let state = 1;
  const plain = Uint8Array.from({ length: 20_000 }, (_, i) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    // Some runs in the last column too.
    return i % 1000 < 900 ? state >>> 24 : 7;
  });
  for (const { name, chunks } of chunkings(compress(plain))) {
    const { events, error } = decodeChunks(chunks);
    assert.equal(error, undefined, name);
    const blocks = events.filter((event) => event.type === "block").map(({ bytes }) => bytes);
    assert.deepEqual(concatBytes(blocks), plain, name);
  }
});
