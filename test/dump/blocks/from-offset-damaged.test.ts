/** Dumps that were damaged at random: a part of one is right, or there is an error. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import type { BlockInfo } from "../../../lib/bzip2/format.ts";
import { isWikidumpError } from "../../../lib/errors.ts";
import { checkEnds } from "../../../lib/dump/blocks/check-ends.ts";
import { scanCrcs } from "../../../lib/dump/blocks/crcs.ts";
import { readFromOffset } from "../../../lib/dump/blocks/from-offset.ts";
import { findLastBlock } from "../../../lib/dump/blocks/last-block.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { cutStreams, HEADER, makeDump, multistream, oneStream, randomFrom, textOf } from "../dump-maker.ts";

const DUMP = makeDump(Array.from({ length: 60 }, (_, i) => 2 * i + 1), () => 400);
const FORMS = [cutStreams(DUMP, 500), cutStreams(DUMP, 3000), multistream(DUMP, 4).bytes, oneStream(DUMP)];
const BLOCKS = FORMS.map(blocksOf);
const ROUNDS = 600;

function blocksOf(file: Uint8Array): BlockInfo[] {
  const decoder = new Bzip2Decoder();
  return [...decoder.push(file), ...decoder.finish()].flatMap((event) => event.type === "block" ? [event.info] : []);
}

/** The bytes with some bits flipped, cut short, with a piece left out, or with a piece of zeros. */
function damage(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const kind = random();
  if (kind < 0.2) return bytes.subarray(0, at);
  if (kind < 0.4) {
    const end = Math.min(bytes.length, at + Math.floor(random() * 900));
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(end)]);
  }
  const damaged = bytes.slice();
  if (kind < 0.55) damaged.fill(0, at, at + Math.floor(random() * 300));
  else damaged[at]! ^= 1 << Math.floor(random() * 8);
  return damaged;
}

function commonLength(one: Uint8Array, other: Uint8Array): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

/** The pages that begin in blocks which begin in a range of bits. */
function pagesIn(blocks: readonly BlockInfo[], fromBit: number, untilBit: number): string {
  const begin = blocks.find(({ bitOffset }) => bitOffset >= fromBit)?.byteOffset ?? Infinity;
  const end = blocks.find(({ bitOffset }) => bitOffset >= untilBit)?.byteOffset ?? Infinity;
  let at = HEADER.length;
  return DUMP.pages.filter((page) => {
    const tag = at + page.indexOf("<");
    at += page.length;
    return tag >= begin && tag < end;
  }).join("");
}

test(`of ${ROUNDS} damaged dumps, parts that begin before the damage are right, or there is an error`, async () => {
  const random = randomFrom(21);
  let good = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const form = round % FORMS.length;
    const file = damage(FORMS[form]!, random);
    const goodBits = commonLength(file, FORMS[form]!) * 8;
    const fromBit = Math.floor(random() * goodBits);
    const untilBit = round % 3 === 0 ? Infinity : fromBit + Math.floor(random() * (goodBits - fromBit));
    try {
      const text = await textOf(readFromOffset(bytesSource(file), fromBit, { untilBit, form: "pages" }));
      const expected = pagesIn(BLOCKS[form]!, fromBit, untilBit);
      assert.ok(text === expected, `round ${round}, form ${form}: bits ${fromBit} to ${untilBit}, good to ${goodBits}`);
      good++;
    } catch (error) {
      if (!isWikidumpError(error)) throw error;
    }
  }
  assert.ok(good > ROUNDS / 5 && good < ROUNDS, `${good} good ones`);
});

test("damaged files do not upset the other tools", async () => {
  const random = randomFrom(22);
  for (let round = 0; round < 200; round++) {
    const source = bytesSource(damage(FORMS[round % FORMS.length]!, random));
    const { block } = await findLastBlock(source);
    const { fault, lastBlock } = await checkEnds(source);
    if (fault === undefined) assert.equal(lastBlock?.bitOffset, block?.bitOffset);
    for await (const event of scanCrcs(source, { verify: round % 2 === 0 })) assert.ok(event.streamIndex >= 0);
  }
});
