import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { Bzip2Encoder } from "../../lib/bzip2/encoder.ts";
import type { Bytes, Level } from "../../lib/bzip2/format.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { chunkings } from "../support/chunkings.ts";
import { hardInputs, randomBytes } from "../support/hard-inputs.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";

const LEVELS: readonly Level[] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const SAMPLE = ["conformance", "mwbzutils", "inputs", "upstream", "sample-pages-articles.xml.bz2"];

/** Compares by bytes: assert's own comparison is slow on long arrays, and its report useless. */
function assertSameBytes(actual: Uint8Array, expected: Uint8Array, name: string): void {
  assert.ok(
    Buffer.compare(actual, expected) === 0,
    `${name}: ${actual.length} bytes, but not the ${expected.length} expected`,
  );
}

function run(command: string, args: readonly string[], input: Uint8Array): Uint8Array {
  const { status, stdout, stderr } = spawnSync(command, args, { input, maxBuffer: 1 << 28 });
  assert.equal(status, 0, `${command} failed: ${stderr.toString()}`);
  return stdout;
}

function encodeChunks(encoder: Bzip2Encoder, chunks: Iterable<Uint8Array>): Bytes {
  const parts: Bytes[] = [];
  for (const chunk of chunks) parts.push(...encoder.push(chunk));
  parts.push(...encoder.finish());
  return concatBytes(parts);
}

/** Text with words that repeat, so that all stages have work. */
function wordyBytes(byteLength: number, seed: number): Bytes {
  const random = randomBytes(byteLength, seed);
  const words = Array.from(
    { length: 200 },
    (_, i) => Array.from(randomBytes(2 + i % 9, i + 1), (b) => "etaoinshrdlu"[b % 12]),
  );
  let text = "";
  for (let i = 0; text.length < byteLength; i++) text += words[(random[i]! * random[i + 1]!) % 200]!.join("") + " ";
  return new TextEncoder().encode(text.slice(0, byteLength));
}

/** Where the blocks of a file begin in the plain bytes. */
function blockStarts(file: Uint8Array): number[] {
  const decoder = new Bzip2Decoder();
  const starts: number[] = [];
  for (const event of [...decoder.push(file), ...decoder.finish()]) {
    if (event.type === "block") starts.push(event.info.byteOffset);
  }
  return starts;
}

test("nothing becomes the empty stream of bzip2, at every level", () => {
  for (const level of LEVELS) {
    const expected = Uint8Array.of(0x42, 0x5a, 0x68, 0x30 + level, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0);
    assert.deepEqual(encodeChunks(new Bzip2Encoder({ level }), []), expected);
    assert.deepEqual(encodeChunks(new Bzip2Encoder({ level }), [new Uint8Array(0)]), expected);
  }
});

test("a level that is none is refused with a RangeError", () => {
  for (const level of [0, 10, -1, 1.5, Number.NaN, "9", null, {}]) {
    assert.throws(() => new Bzip2Encoder({ level: level as Level }), RangeError, String(level));
  }
  assert.throws(
    () => new Bzip2Encoder({ level: 0 as Level }),
    /Level of bzip2 is 0, but it must be a whole number from 1 to 9/,
  );
});

test("level 9 is the default", () => {
  assert.deepEqual(encodeChunks(new Bzip2Encoder(), [Uint8Array.of(1)]), compress(Uint8Array.of(1), { level: 9 }));
});

test("whatever goes in comes out again, at every level", () => {
  const input = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    fc.uint8Array({ maxLength: 500, max: 3 }),
    fc.array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 600 })), { maxLength: 20 })
      .map((runs) => Uint8Array.from(runs.flatMap(([byte, length]) => new Array<number>(length).fill(byte)))),
  );
  fc.assert(fc.property(input, fc.constantFrom(...LEVELS), (bytes, level) => {
    assertSameBytes(decompress(compress(bytes, { level })), bytes, `level ${level}`);
  }));
});

test("hard inputs of several blocks come out again", () => {
  for (const { name, bytes } of hardInputs(250_000)) {
    assertSameBytes(decompress(compress(bytes, { level: 1 })), bytes, name);
  }
});

test("hard inputs of 1 to 300 bytes come out again", () => {
  for (const byteLength of [1, 2, 3, 4, 5, 16, 49, 50, 51, 100, 254, 255, 256, 257, 300]) {
    for (const { name, bytes } of hardInputs(byteLength)) {
      assertSameBytes(decompress(compress(bytes)), bytes, `${name}, ${byteLength} bytes`);
    }
  }
});

test("runs around all lengths that matter come out again", () => {
  for (const length of [3, 4, 5, 254, 255, 256, 258, 259, 260, 509, 510, 511, 514, 515, 65_536]) {
    for (const around of [[], [1], [0, 0, 0, 0]]) {
      const bytes = Uint8Array.from([...around, ...new Uint8Array(length).fill(9), ...around]);
      assertSameBytes(decompress(compress(bytes, { level: 1 })), bytes, `${length} within ${around.length}`);
    }
  }
});

test("inputs around the limit of a block are divided and come out again", () => {
  const noise = randomBytes(100_100, 5);
  for (let i = 1; i < noise.length; i++) if (noise[i] === noise[i - 1]) noise[i]! ^= 1;
  for (const byteLength of [99_979, 99_980, 99_981, 99_982, 99_983, 99_999, 100_000, 100_001]) {
    const bytes = noise.subarray(0, byteLength);
    const file = compress(bytes, { level: 1 });
    assertSameBytes(decompress(file), bytes, `${byteLength} bytes`);
    assert.deepEqual(blockStarts(file), byteLength <= 99_981 ? [0] : [0, 99_981]);
  }
});

test("the same bytes give the same file, however they are cut", () => {
  for (const bytes of [wordyBytes(210_000, 3), wordyBytes(300, 4), new Uint8Array(330).fill(7)]) {
    const encoder = new Bzip2Encoder({ level: 1 });
    const expected = compress(bytes, { level: 1 });
    for (const { name, chunks } of chunkings(bytes)) assertSameBytes(encodeChunks(encoder, chunks), expected, name);
  }
});

test("a chunk may be overwritten once it has been pushed", () => {
  const bytes = wordyBytes(5000, 6);
  const encoder = new Bzip2Encoder();
  const parts: Bytes[] = [];
  const chunk = new Uint8Array(100);
  for (let start = 0; start < bytes.length; start += chunk.length) {
    chunk.set(bytes.subarray(start, start + chunk.length));
    parts.push(...encoder.push(chunk));
    chunk.fill(0xee);
  }
  assertSameBytes(concatBytes([...parts, ...encoder.finish()]), compress(bytes), "file");
});

test("blocks come out as they become full, not all at the end", () => {
  const encoder = new Bzip2Encoder({ level: 1 });
  const parts = [...encoder.push(randomBytes(350_000, 2))];
  assert.equal(parts.length, 3);
  assert.ok(concatBytes(parts).length > 300_000);
});

test("streams follow each other, and each is what a new encoder gives", () => {
  const encoder = new Bzip2Encoder({ level: 2 });
  const inputs = [
    wordyBytes(300_000, 1),
    new Uint8Array(0),
    Uint8Array.of(1),
    wordyBytes(1000, 2),
    randomBytes(2000, 3),
  ];
  const streams = inputs.map((input) => encodeChunks(encoder, [input]));
  streams.forEach((stream, i) => assertSameBytes(stream, compress(inputs[i]!, { level: 2 }), `stream ${i}`));
  assertSameBytes(decompress(concatBytes(streams)), concatBytes(inputs), "all streams");
});

test("bytes that were given are not changed by what the encoder does next", () => {
  const encoder = new Bzip2Encoder({ level: 1 });
  const parts = [...encoder.push(randomBytes(120_000, 8))];
  const copies = parts.map((part) => part.slice());
  [...encoder.push(wordyBytes(400_000, 9)), ...encoder.finish()].forEach((part) => part.fill(0));
  assert.deepEqual(parts, copies);
});

/** A sort that degrades takes a hundred times as long; how much it really is, bench/encode.ts says. */
const CLIFF = 15;

test("hard inputs fall off no cliff", () => {
  const byteLength = 400_000;
  // Processor time: what else the machine does must not count.
  const timeOf = (bytes: Uint8Array): number => {
    const times = [0, 1, 2].map(() => {
      const start = process.cpuUsage();
      compress(bytes);
      return process.cpuUsage(start).user;
    });
    return Math.min(...times);
  };
  const text = wordyBytes(byteLength, 1);
  timeOf(text);
  const typical = timeOf(text);
  for (const { name, bytes } of hardInputs(byteLength)) {
    const found = timeOf(bytes);
    assert.ok(found <= CLIFF * typical, `${name}: ${found} µs of processor time, text: ${typical} µs`);
  }
});

test("bzip2 reads what the encoder writes", { skip: skipWithoutCommand("bzip2") }, () => {
  for (const { name, bytes } of hardInputs(250_000)) {
    for (const level of [1, 9] as const) {
      assertSameBytes(run("bzip2", ["-dc"], compress(bytes, { level })), bytes, name);
    }
  }
  for (const { name, bytes } of hardInputs(77)) assertSameBytes(run("bzip2", ["-dc"], compress(bytes)), bytes, name);
});

test("python reads what the encoder writes, also several streams", { skip: skipWithoutCommand("python3") }, () => {
  const script = "import bz2,sys; sys.stdout.buffer.write(bz2.decompress(sys.stdin.buffer.read()))";
  const inputs = [...hardInputs(60_000)].map(({ bytes }) => bytes);
  const encoder = new Bzip2Encoder({ level: 1 });
  const file = concatBytes(inputs.map((input) => encodeChunks(encoder, [input])));
  assertSameBytes(run("python3", ["-c", script], file), concatBytes(inputs), "python3");
});

test("compressjs reads what the encoder writes", () => {
  const { Bzip2 } = createRequire(import.meta.url)("compressjs") as {
    Bzip2: { decompressFile(file: Uint8Array): Uint8Array };
  };
  for (const { name, bytes } of hardInputs(30_000)) {
    assertSameBytes(Uint8Array.from(Bzip2.decompressFile(compress(bytes, { level: 1 }))), bytes, name);
  }
});

test("files are hardly longer than those of bzip2, and blocks begin at the same bytes", {
  skip: skipWithoutCommand("bzip2"),
}, () => {
  const inputs = [...hardInputs(250_000), { name: "words", bytes: wordyBytes(1_000_000, 7) }, {
    name: "few words",
    bytes: wordyBytes(3000, 7),
  }];
  for (const { name, bytes } of inputs) {
    for (const level of [1, 9] as const) {
      const theirs = run("bzip2", [`-${level}c`], bytes);
      const ours = compress(bytes, { level });
      assert.ok(ours.length <= 1.005 * theirs.length + 64, `${name}: ${ours.length} bytes, bzip2 ${theirs.length}`);
      assert.deepEqual(blockStarts(ours), blockStarts(theirs), name);
    }
  }
});

test("a real dump is not longer than from bzip2", {
  skip: skipWithoutCommand("bzip2") || skipWithoutShared(...SAMPLE),
}, () => {
  const plain = run("bzip2", ["-dc", sharedPath(...SAMPLE)!], new Uint8Array(0)).subarray(0, 4_000_000);
  const ours = compress(plain);
  const theirs = run("bzip2", ["-9c"], plain);
  assert.ok(ours.length <= 1.005 * theirs.length, `${ours.length} bytes, bzip2 ${theirs.length}`);
  assertSameBytes(decompress(ours), plain, "dump");
});

test("bytes are not lost when a generator is left early, or never asked", () => {
  const bytes = randomBytes(250_000, 11);
  const encoder = new Bzip2Encoder({ level: 1 });
  const parts: Bytes[] = [];
  encoder.push(bytes.subarray(0, 10));
  for (const part of encoder.push(bytes.subarray(10))) {
    parts.push(part);
    break;
  }
  parts.push(...encoder.finish());
  assertSameBytes(concatBytes(parts), compress(bytes, { level: 1 }), "left early");
});
