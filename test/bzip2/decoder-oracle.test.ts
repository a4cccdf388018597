/**
 * The decoder against others: libbz2 (as bzip2 and in Python) and compressjs.
 *
 * Damaged files are the hard part. Each is compared as it is, and once more with its checksums repaired: then damage that
 * leaves a readable block must give the same bytes on both sides.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import { test } from "node:test";
import fc from "fast-check";
import { combineCrc, CRC_START, finishCrc, updateCrc } from "../../lib/bits/crc32-bzip2.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import type { Level } from "../../lib/bzip2/format.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { chunkings } from "../support/chunkings.ts";
import { decodeChunks, type Decoded, utf8 } from "../support/collect.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { pythonDecode, skipWithoutPythonBz2 } from "../support/python-bz2.ts";

const { Bzip2: compressjs } = createRequire(import.meta.url)("compressjs") as {
  Bzip2: { compressFile(input: Uint8Array, output?: undefined, level?: number): Uint8Array };
};

/** Numbers that look random, the same on every machine. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to below `end`. */
  below(end: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * end);
  }
}

/** Texts that reach the corners of the format: runs, all bytes, few symbols, repetition, text. */
function* texts(dice: Dice): Generator<Uint8Array, void, undefined> {
  const words = Array.from({ length: 200 }, (_, i) => `w${(i * 7919) % 1000}${"ing".slice(0, i % 4)}`);
  yield utf8("a");
  yield utf8("banana bandana");
  yield new Uint8Array(1000);
  yield Uint8Array.from({ length: 3000 }, (_, i) => i & 0xff);
  yield Uint8Array.from({ length: 5000 }, () => dice.below(256));
  yield Uint8Array.from({ length: 4000 }, (_, i) => (i >> dice.below(5)) & 1);
  yield utf8(Array.from({ length: 5000 }, () => words[dice.below(words.length)]).join(" "));
  yield utf8(Array.from({ length: 500 }, () => " ".repeat(dice.below(300)) + "x".repeat(dice.below(7))).join("\n"));
  yield utf8("0123456789".repeat(700));
}

function damage(file: Uint8Array, dice: Dice): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(file);
  // Heads and tables are short beside the data, and more interesting: hit them half of the time.
  const reach = dice.below(2) === 0 ? Math.min(bytes.length, 120) : bytes.length;
  switch (dice.below(5)) {
    case 0:
      return bytes.slice(0, dice.below(bytes.length));
    case 1: {
      const at = dice.below(reach);
      bytes.copyWithin(at, dice.below(bytes.length), bytes.length);
      return bytes;
    }
    default:
      for (let flips = 1 + dice.below(3); flips > 0; flips--) bytes[dice.below(reach)]! ^= 1 << dice.below(8);
      return bytes;
  }
}

/** Writes 32 bits at any bit. */
function putCrc(bytes: Uint8Array, bitOffset: number, crc: number): void {
  for (let i = 0; i < 32; i++) {
    const at = bitOffset + i;
    const mask = 0x80 >> (at & 7);
    bytes[at >> 3] = (crc >>> (31 - i)) & 1 ? bytes[at >> 3]! | mask : bytes[at >> 3]! & ~mask;
  }
}

/** The file with the checksums that its blocks really have, as far as it can be read. */
function repairChecksums(file: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const repaired = file.slice();
  let streamCrc = 0;
  for (const event of decodeChunks([file], { verify: false, multistream: false }).events) {
    if (event.type === "block") {
      const crc = finishCrc(updateCrc(CRC_START, event.bytes));
      putCrc(repaired, event.info.bitOffset + 48, crc);
      streamCrc = combineCrc(streamCrc, crc);
    } else if (event.type === "end") {
      putCrc(repaired, event.bitOffset + 48, streamCrc);
    }
  }
  return repaired;
}

function verdictOf({ error }: Decoded): "good" | "short" | "bad" {
  if (error === undefined) return "good";
  assert.ok(error instanceof Bzip2Error, String(error));
  return error.code === "TRUNCATED" ? "short" : "bad";
}

test("damaged files get the verdict of libbz2, and what is still good gives the same bytes", {
  skip: skipWithoutPythonBz2(),
}, () => {
  const dice = new Dice(20_261_122);
  const files: Uint8Array<ArrayBuffer>[] = [];
  for (let round = 0; round < 120; round++) {
    for (const text of texts(dice)) {
      const damaged = damage(compress(text, { level: (1 + dice.below(9)) as Level }), dice);
      files.push(damaged, repairChecksums(damaged));
    }
  }
  const counts = { good: 0, short: 0, bad: 0 };
  pythonDecode(files).forEach(({ verdict, bytes }, i) => {
    const ours = decodeChunks([files[i]!], { multistream: false });
    const found = verdictOf(ours);
    const name = `file ${i}: ${Buffer.from(files[i]!).toString("hex").slice(0, 400)} ${String(ours.error)}`;
    // An empty input is "short" for libbz2 and, on purpose, no bzip2 for us.
    if (files[i]!.length > 0) assert.equal(found, verdict, name);
    if (verdict === "good") assert.ok(bytes.equals(ours.bytes), name);
    counts[verdict]++;
  });
  assert.ok(counts.good > 100 && counts.short > 100 && counts.bad > 100, JSON.stringify(counts));
});

test("what bzip2 makes at any level comes back, in any chunks", { skip: skipWithoutCommand("bzip2") }, () => {
  const dice = new Dice(7);
  for (const text of texts(dice)) {
    const level = 1 + dice.below(9);
    const { stdout } = spawnSync("bzip2", [`-${level}`], { input: text, maxBuffer: 1 << 28 });
    for (const { name, chunks } of chunkings(stdout)) {
      const { bytes, error } = decodeChunks(chunks);
      assert.equal(error, undefined, name);
      assert.ok(Buffer.from(bytes).equals(text), name);
    }
  }
});

test("a text of several blocks made by bzip2 comes back", { skip: skipWithoutCommand("bzip2") }, () => {
  const dice = new Dice(8);
  const parts: Uint8Array[] = [];
  for (let i = 0; i < 12; i++) parts.push(...texts(dice));
  const text = Buffer.concat(parts);
  const { stdout } = spawnSync("bzip2", ["-1"], { input: text, maxBuffer: 1 << 28 });
  const { bytes, error, events } = decodeChunks([stdout]);
  assert.equal(error, undefined);
  assert.ok(Buffer.from(bytes).equals(text));
  assert.ok(events.filter((event) => event.type === "block").length > 5);
});

test("what compressjs makes comes back", () => {
  const dice = new Dice(9);
  for (const text of texts(dice)) {
    const file = Uint8Array.from(compressjs.compressFile(text, undefined, 1 + dice.below(9)));
    assert.ok(Buffer.from(decompress(file)).equals(text));
  }
});

test("any bytes that compressjs packed come back in any two chunks", () => {
  const input = fc.record({
    text: fc.uint8Array({ maxLength: 2000 }),
    times: fc.integer({ min: 1, max: 20 }),
    cut: fc.nat(),
  });
  fc.assert(
    fc.property(input, ({ text, times, cut }) => {
      const plain = Buffer.concat(new Array(times).fill(text));
      const file = Uint8Array.from(compressjs.compressFile(plain, undefined, 1));
      const at = cut % (file.length + 1);
      const { bytes, error } = decodeChunks([file.subarray(0, at), file.subarray(at)]);
      assert.equal(error, undefined);
      assert.ok(plain.equals(bytes));
    }),
    { numRuns: 60 },
  );
});
