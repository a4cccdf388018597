/** Every way in which a file can be malformed: which error, where it is said to be, and what came out before it. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { bits, type BitScript } from "../support/bit-script.ts";
import { chunkings } from "../support/chunkings.ts";
import { decodeChunks } from "../support/collect.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { BLOCK_A, crcOf, endAfter, FILE_A, MAP_OF_A, TREES_OF_A } from "../support/small-blocks.ts";

interface Case {
  readonly name: string;
  /** The label @here says where the error is. */
  readonly script: BitScript;
  readonly code: string;
  readonly streamIndex?: number;
  readonly blockIndex?: number;
  readonly bytesBefore?: number;
}

/** Magic and checksum of a block, up to the origin. */
const HEAD = bits`x314159265359 ${crcOf("a")}:32 0`;
const HEAD_AND_ORIGIN = bits`${HEAD} 0:24`;
const HEAD_AND_MAP = bits`${HEAD_AND_ORIGIN} ${MAP_OF_A}`;
const HEAD_AND_TREES = bits`${HEAD_AND_MAP} 2:3 1:15 0 ${TREES_OF_A}`;
/** What is enough for bzip2 to see more than a file that ends too early. */
const MORE = bits`0*800`;
const MANY = bits`1*2000`;

const MAP_OF_AB = bits`0000001000000000 0110000000000000`;
/** Tables for four symbols (RUNA, RUNB, the second byte, end): 00, 01, 10, 11. */
const TREES_OF_AB = bits`(2:5 0 0 0 0)*2`;
const HEAD_AND_TREES_OF_AB = bits`${HEAD_AND_ORIGIN} ${MAP_OF_AB} 2:3 1:15 0 ${TREES_OF_AB}`;

/** The codes 00 and 01 of the digits that count so many bytes. */
function digitsOf(run: number): BitScript {
  let codes = bits``;
  for (; run > 0; run = (run - 1) >> 1) codes = run % 2 === 1 ? bits`${codes} 00` : bits`${codes} 01`;
  return codes;
}

const CASES: readonly Case[] = [
  { name: "nothing at all", script: bits`@here`, code: "NOT_BZIP2" },
  { name: "other text", script: bits`@here "hello, world"`, code: "NOT_BZIP2" },
  { name: "one wrong byte in the head", script: bits`@here "BZz9" ${BLOCK_A} ${endAfter(1)}`, code: "NOT_BZIP2" },
  { name: "level 0", script: bits`"BZh" @here "0" ${BLOCK_A} ${endAfter(1)}`, code: "BAD_LEVEL" },
  { name: "level A", script: bits`"BZh" @here "A" ${BLOCK_A} ${endAfter(1)}`, code: "BAD_LEVEL" },
  { name: "neither block nor end", script: bits`"BZh9" @here x314159265358 ${MORE}`, code: "BAD_MAGIC" },
  {
    name: "rubbish after a good block",
    script: bits`"BZh9" ${BLOCK_A} @here x0123456789ab ${MORE}`,
    code: "BAD_MAGIC",
    blockIndex: 1,
    bytesBefore: 1,
  },
  {
    name: "rubbish after the head of a second stream",
    script: bits`${FILE_A} "BZh5" @here "rubbish" ${MORE}`,
    code: "BAD_MAGIC",
    streamIndex: 1,
    blockIndex: 1,
    bytesBefore: 1,
  },
  {
    name: "an origin beyond the level",
    script: bits`"BZh1" ${HEAD} @here 100011:24 ${MORE}`,
    code: "BAD_ORIGIN",
  },
  {
    name: "an origin beyond the block",
    script: bits`"BZh9" ${HEAD} @here 1:24 ${MAP_OF_A} 2:3 1:15 0 ${TREES_OF_A} 00 10 ${endAfter(1)} |`,
    code: "BAD_ORIGIN",
  },
  {
    name: "a block without bytes",
    script: bits`"BZh9" ${HEAD} @here 0:24 ${MAP_OF_A} 2:3 1:15 0 ${TREES_OF_A} 10 ${endAfter(1)} |`,
    code: "BAD_ORIGIN",
  },
  {
    name: "a symbol map without sixteenths",
    script: bits`"BZh9" ${HEAD_AND_ORIGIN} @here 0*16 ${MORE}`,
    code: "BAD_SYMBOL_MAP",
  },
  {
    name: "a symbol map with sixteenths that are empty",
    script: bits`"BZh9" ${HEAD_AND_ORIGIN} @here 1*16 0*256 ${MORE}`,
    code: "BAD_SYMBOL_MAP",
  },
  { name: "no tables", script: bits`"BZh9" ${HEAD_AND_MAP} @here 0:3 ${MORE}`, code: "BAD_TREE_COUNT" },
  { name: "one table", script: bits`"BZh9" ${HEAD_AND_MAP} @here 1:3 ${MORE}`, code: "BAD_TREE_COUNT" },
  { name: "seven tables", script: bits`"BZh9" ${HEAD_AND_MAP} @here 7:3 ${MORE}`, code: "BAD_TREE_COUNT" },
  { name: "no selectors", script: bits`"BZh9" ${HEAD_AND_MAP} 2:3 @here 0:15 ${MORE}`, code: "BAD_SELECTOR" },
  {
    name: "a selector of a table that is not there",
    script: bits`"BZh9" ${HEAD_AND_MAP} 2:3 3:15 0 10 @here 110 ${MORE}`,
    code: "BAD_SELECTOR",
  },
  {
    name: "a selector of a seventh table",
    script: bits`"BZh9" ${HEAD_AND_MAP} 6:3 3:15 0 10 @here 1111110 ${MORE}`,
    code: "BAD_SELECTOR",
  },
  {
    name: "a first code length of 0",
    script: bits`"BZh9" ${HEAD_AND_MAP} 2:3 1:15 0 @here 0:5 ${MORE}`,
    code: "BAD_CODE_LENGTH",
  },
  {
    name: "a first code length of 21",
    script: bits`"BZh9" ${HEAD_AND_MAP} 2:3 1:15 0 @here 21:5 ${MORE}`,
    code: "BAD_CODE_LENGTH",
  },
  {
    name: "a code length that grows to 21",
    script: bits`"BZh9" ${HEAD_AND_MAP} 2:3 1:15 0 19:5 0 10 @here 10 ${MORE}`,
    code: "BAD_CODE_LENGTH",
  },
  {
    name: "a code length that shrinks to 0, in the second table",
    script: bits`"BZh9" ${HEAD_AND_MAP} 2:3 1:15 0 2:5 0 0 0 2:5 11 @here 11 ${MORE}`,
    code: "BAD_CODE_LENGTH",
  },
  {
    name: "bits that are no code",
    script: bits`"BZh9" ${HEAD_AND_TREES} 00 @here 11 ${MANY}`,
    code: "BAD_SYMBOL",
  },
  {
    name: "more groups than selectors",
    script: bits`"BZh9" ${HEAD_AND_TREES_OF_AB} (10)*50 @here 10 ${MORE}`,
    code: "BAD_SELECTOR",
  },
  {
    name: "more bytes than the level",
    script: bits`"BZh1" ${HEAD_AND_ORIGIN} ${MAP_OF_AB} 2:3 2001:15 0*2001 ${TREES_OF_AB} (10)*100000 @here 10 ${MORE}`,
    code: "BLOCK_TOO_LONG",
  },
  {
    name: "one byte more than the level, after a run",
    // 100000 in the digits 1 and 2, lowest first.
    script: bits`"BZh1" ${HEAD_AND_TREES_OF_AB} ${digitsOf(100_000)} @here 10 ${MORE}`,
    code: "BLOCK_TOO_LONG",
  },
  {
    name: "a run longer than the level, and what follows it",
    script: bits`"BZh1" ${HEAD_AND_TREES} 00*17 @here 10 ${MORE}`,
    code: "BLOCK_TOO_LONG",
  },
  {
    name: "a run of very many digits",
    script: bits`"BZh9" ${HEAD_AND_TREES} 00*21 @here 00 00*27 ${MORE}`,
    code: "BLOCK_TOO_LONG",
  },
  {
    name: "a wrong block checksum",
    script: bits`"BZh9" ${BLOCK_A} @here x314159265359 ${
      crcOf("b")
    }:32 0 0:24 ${MAP_OF_A} 2:3 1:15 0 ${TREES_OF_A} 00 10 ${endAfter(2)} |`,
    code: "BLOCK_CRC",
    blockIndex: 1,
    bytesBefore: 1,
  },
  {
    name: "four equal bytes without a count at the end of a block",
    script: bits`"BZh9" @here ${HEAD_AND_TREES} 01 00 10 ${endAfter(1)} |`,
    code: "BAD_SYMBOL",
  },
  {
    name: "a wrong stream checksum",
    script: bits`"BZh9" ${BLOCK_A} @here x177245385090 ${crcOf("b")}:32 |`,
    code: "STREAM_CRC",
    blockIndex: 1,
    bytesBefore: 1,
  },
  {
    name: "a wrong checksum of a stream without blocks",
    script: bits`"BZh9" @here x177245385090 1:32 |`,
    code: "STREAM_CRC",
  },
  {
    name: "a wrong checksum in the second stream",
    script: bits`${FILE_A} "BZh1" ${BLOCK_A} @here x177245385090 ${crcOf("b")}:32 |`,
    code: "STREAM_CRC",
    streamIndex: 1,
    blockIndex: 2,
    bytesBefore: 2,
  },
];

for (const { name, script, code, streamIndex = 0, blockIndex = 0, bytesBefore = 0 } of CASES) {
  test(`decoder reports ${name} as ${code}, after the good bytes, in any chunks`, () => {
    for (const { name: chunking, chunks } of chunkings(script.bytes)) {
      const { error, bytes } = decodeChunks(chunks);
      assert.ok(error instanceof Bzip2Error, `${chunking}: ${String(error)}`);
      const { code: found, bitOffset, streamIndex: stream, blockIndex: block, bytesBefore: before } = error;
      assert.deepEqual(
        { code: found, bitOffset, stream, block, before, delivered: bytes.length },
        {
          code,
          bitOffset: script.at["here"],
          stream: streamIndex,
          block: blockIndex,
          before: bytesBefore,
          delivered: bytesBefore,
        },
        `${chunking}: ${error.message}`,
      );
      assert.ok(error.remedy.length > 0);
      assert.match(error.message, /^[A-Z].*[^.]$/);
    }
  });
}

test("bzip2 1.0.8 refuses the same files", { skip: skipWithoutCommand("bzip2") }, () => {
  for (const { name, script } of CASES) {
    const { status } = spawnSync("bzip2", ["-t"], { input: script.bytes });
    assert.equal(status, 2, name);
  }
});

test("a decoder that has failed fails again, in the same way", () => {
  const bad = bits`"BZh9" x000000000000`.bytes;
  const decoder = new Bzip2Decoder();
  const errors = [() => decoder.push(bad), () => decoder.push(FILE_A.bytes), () => decoder.finish()].map((start) => {
    try {
      return [...start()];
    } catch (error) {
      return error;
    }
  });
  assert.ok(errors[0] instanceof Bzip2Error);
  assert.equal(errors[1], errors[0]);
  assert.equal(errors[2], errors[0]);
});

test("without verify, wrong checksums are passed over, and events carry those of the file", () => {
  const wrong = bits`"BZh9" x314159265359 7:32 0 0:24 ${MAP_OF_A} 2:3 1:15 0 ${TREES_OF_A} 00 10 x177245385090 9:32 |`;
  const { error, bytes, events } = decodeChunks([wrong.bytes], { verify: false });
  assert.equal(error, undefined);
  assert.deepEqual([...bytes], [0x61]);
  assert.deepEqual(
    events.map((event) => event.type === "block" ? event.info.crc : event.type === "end" ? event.crc : ""),
    [
      "",
      7,
      9,
    ],
  );
});
