/**
 * Every field of the format, cut off by the end of the input: before its first bit, in its middle, and after its last bit.
 *
 * A file ends on a byte and a field at any bit. So a good block goes before the one that is cut, of a length that brings the
 * cut to a byte: it also shows that what is good comes out.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Bzip2Error } from "../../lib/errors.ts";
import { bits, type BitScript } from "../support/bit-script.ts";
import { chunkings } from "../support/chunkings.ts";
import { decodeChunks } from "../support/collect.ts";
import { pythonDecode, skipWithoutPythonBz2 } from "../support/python-bz2.ts";
import { crcOf, endAfter, FILE_A, MAP_OF_A } from "../support/small-blocks.ts";

/** A field: its name and its bits. */
type Field = readonly [name: string, script: BitScript];

/** A block that holds "a", with so many selectors of one bit each: so its length can be any. */
function blockFields(selectors: number): readonly Field[] {
  return [
    ["block magic, first half", bits`x314159`],
    ["block magic, second half", bits`x265359`],
    ["block checksum", bits`${crcOf("a")}:32`],
    ["randomised", bits`0`],
    ["origin", bits`0:24`],
    ["map of sixteenths", script(MAP_OF_A.text.slice(0, 16))],
    ["map of a sixteenth", script(MAP_OF_A.text.slice(16))],
    ["number of tables", bits`2:3`],
    ["number of selectors", bits`${selectors}:15`],
    ["selectors", script("0".repeat(selectors))],
    ["first length of table 0", bits`2:5`],
    ["steps of table 0", bits`000`],
    ["first length of table 1", bits`2:5`],
    // One more and one less: steps of two bits.
    ["steps of table 1", bits`10 0 11 0 0`],
    ["code of a byte", bits`00`],
    ["code of the end", bits`10`],
  ];
}

function script(text: string): BitScript {
  return { ...bits``, text };
}

const END_FIELDS = (blocks: number): readonly Field[] => [
  ["end magic, first half", bits`x177245`],
  ["end magic, second half", bits`x385090`],
  ["stream checksum", script(endAfter(blocks).text.slice(48))],
];

function textOf(fields: readonly Field[]): string {
  return fields.map(([, { text }]) => text).join("");
}

interface Cut {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly streamIndex: number;
  readonly blockIndex: number;
  /** Whether what is there is a whole file: the cut is behind the stream. */
  readonly isWhole: boolean;
}

/** The bits before the block under test: perhaps a whole stream, a head, a block whose length can be chosen. */
interface Ground {
  readonly name: string;
  readonly head: string;
  readonly streamIndex: number;
  readonly blocksBefore: number;
}

const GROUNDS: readonly Ground[] = [
  { name: "second block of the first stream", head: bits`"BZh9"`.text, streamIndex: 0, blocksBefore: 1 },
  { name: "third block, in the second stream", head: bits`${FILE_A} "BZh1"`.text, streamIndex: 1, blocksBefore: 2 },
];

/** The cut at a bit of the text made of `fields`, brought to a byte by the length of the block before. */
function cutAt(ground: Ground, fields: readonly Field[], bit: number): Uint8Array<ArrayBuffer> {
  for (let selectors = 1; selectors <= 8; selectors++) {
    const before = ground.head + textOf(blockFields(selectors));
    if ((before.length + bit) % 8 === 0) return bits`${script(before + textOf(fields).slice(0, bit))}`.bytes;
  }
  throw new Error("no length brings this bit to a byte");
}

function* cuts(): Generator<Cut, void, undefined> {
  for (const ground of GROUNDS) {
    const { streamIndex, blocksBefore } = ground;
    const fieldsBefore = blockFields(3);
    const blocksOfStream = blocksBefore - streamIndex;
    for (
      const [what, fields, isEnd] of [
        ["block", fieldsBefore, false],
        ["end", END_FIELDS(blocksOfStream), true],
      ] as const
    ) {
      let start = 0;
      for (const [field, { text }] of fields) {
        const places = [["before", start], ["inside", start + (text.length >> 1)], [
          "after",
          start + text.length,
        ]] as const;
        for (const [where, bit] of places) {
          if (where === "inside" && text.length === 1) continue;
          const isBlockWhole = !isEnd && bit === textOf(fields).length;
          yield {
            name: `${where} ${field} (${what}, ${ground.name})`,
            bytes: cutAt(ground, fields, bit),
            streamIndex,
            blockIndex: blocksBefore + (isBlockWhole ? 1 : 0),
            isWhole: isEnd && bit === textOf(fields).length,
          };
        }
        start += text.length;
      }
    }
  }
}

const CUTS = [...cuts()];

test("there are cuts of every field", () => {
  assert.equal(new Set(CUTS.map(({ name }) => name)).size, CUTS.length);
  // 16 fields of a block, of which one is a single bit, and 3 of an end, each cut three times, on two grounds.
  assert.equal(CUTS.length, ((16 + 3) * 3 - 1) * 2);
});

for (const { name, bytes, streamIndex, blockIndex, isWhole } of CUTS) {
  test(`a file cut ${name} is ${isWhole ? "whole" : "TRUNCATED at its end"}, after the good bytes`, () => {
    const expected = isWhole
      ? "no error"
      : { code: "TRUNCATED", bitOffset: bytes.length * 8, streamIndex, blockIndex, bytesBefore: blockIndex };
    for (const { name: chunking, chunks } of chunkings(bytes)) {
      const { error, bytes: plain } = decodeChunks(chunks);
      assert.deepEqual(error === undefined ? "no error" : placeOf(error), expected, `${chunking}: ${String(error)}`);
      assert.equal(new TextDecoder().decode(plain), "a".repeat(blockIndex), chunking);
    }
  });
}

function placeOf(error: unknown): unknown {
  assert.ok(error instanceof Bzip2Error, String(error));
  const { code, bitOffset, streamIndex, blockIndex, bytesBefore } = error;
  return { code, bitOffset, streamIndex, blockIndex, bytesBefore };
}

/** Heads of streams, cut: on a byte anyhow. */
const HEADS = [
  { name: "before the first head", script: bits``, code: "NOT_BZIP2", bitOffset: 0 },
  { name: "inside the first head, after 1 byte", script: bits`"B"`, code: "TRUNCATED", bitOffset: 8 },
  { name: "inside the first head, after 2 bytes", script: bits`"BZ"`, code: "TRUNCATED", bitOffset: 16 },
  { name: "before the first level", script: bits`"BZh"`, code: "TRUNCATED", bitOffset: 24 },
  { name: "after the first level", script: bits`"BZh9"`, code: "TRUNCATED", bitOffset: 32 },
] as const;

for (const { name, script: head, code, bitOffset } of HEADS) {
  test(`a file cut ${name} is ${code}`, () => {
    for (const { name: chunking, chunks } of chunkings(head.bytes)) {
      const expected = { code, bitOffset, streamIndex: 0, blockIndex: 0, bytesBefore: 0 };
      assert.deepEqual(placeOf(decodeChunks(chunks).error), expected, chunking);
    }
  });
}

for (const headBytes of [0, 1, 2, 3, 4]) {
  const name = headBytes === 0
    ? "before the second head is whole"
    : `after ${headBytes} bytes of the second head is TRUNCATED`;
  test(`a file cut ${name}`, () => {
    const file = bits`${FILE_A} ${bits`"BZh1"`.bytes.subarray(0, headBytes)}`.bytes;
    for (const { name: chunking, chunks } of chunkings(file)) {
      const { error, bytes } = decodeChunks(chunks);
      assert.equal(bytes.length, 1, chunking);
      if (headBytes === 0) assert.equal(error, undefined, chunking);
      else {
        const place = { bitOffset: file.length * 8, streamIndex: 1, blockIndex: 1, bytesBefore: 1 };
        assert.deepEqual(placeOf(error), { code: "TRUNCATED", ...place }, chunking);
      }
    }
  });
}

test("the zero bits that fill the last byte of a stream may be anything, and are part of it", () => {
  for (let selectors = 1; selectors <= 8; selectors++) {
    const stream = bits`"BZh9" ${script(textOf(blockFields(selectors)))} ${endAfter(1)}`;
    const padding = (8 - stream.text.length % 8) % 8;
    const file = bits`${stream} ${script("1".repeat(padding))} ${FILE_A}`;
    const { bytes, error, events } = decodeChunks([file.bytes]);
    assert.equal(error, undefined);
    assert.equal(new TextDecoder().decode(bytes), "aa");
    const end = events.find(({ type }) => type === "end");
    assert.equal(end?.type === "end" && end.endByteOffset, Math.ceil(stream.text.length / 8));
  }
});

test("libbz2 wants more of the same files", { skip: skipWithoutPythonBz2() }, () => {
  // Python decodes one stream at a time.
  const first = CUTS.filter(({ streamIndex }) => streamIndex === 0);
  pythonDecode(first.map(({ bytes }) => bytes)).forEach(({ verdict }, i) => {
    assert.equal(verdict, first[i]!.isWhole ? "good" : "short", first[i]!.name);
  });
});
