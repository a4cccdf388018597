/**
 * Both directions against every other bzip2 on the machine: what we write they read, what they write we read.
 *
 * Inputs are those on which sorters and run-length coders trip, in one block and in several, and those around empty. A tool that is
 * not there is skipped. Damaged data is compared in test/bzip2/decoder-oracle.test.ts.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { installedVersion, type PeerCodec, PEERS } from "../../bench/peers/packages.ts";
import { concatBytes } from "../../lib/bits/bytes.ts";
import type { Level } from "../../lib/bzip2/format.ts";
import { Bzip2DecoderStream, Bzip2EncoderStream, compress, decompress, parallelBzip2Encoder } from "../../lib/mod.ts";
import { createWorkerPool } from "../../lib/node.ts";
import { collectStream, utf8 } from "../support/collect.ts";
import { hardInputs } from "../support/hard-inputs.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { skipWithoutPythonBz2 } from "../support/python-bz2.ts";

interface Case {
  readonly name: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly level: Level;
}

/** A program that reads stdin and writes stdout. */
interface Tool {
  readonly name: string;
  readonly skip: string | false;
  readonly unpack: readonly string[];
  pack(level: Level): readonly string[];
}

const PYTHON = "import bz2, sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write";
const TOOLS: readonly Tool[] = [
  {
    name: "bzip2",
    skip: skipWithoutCommand("bzip2"),
    unpack: ["bzip2", "-dc"],
    pack: (level) => ["bzip2", `-${level}c`],
  },
  {
    name: "lbzip2",
    skip: skipWithoutCommand("lbzip2"),
    unpack: ["lbzip2", "-n2", "-dc"],
    pack: (level) => ["lbzip2", "-n2", `-${level}c`],
  },
  {
    name: "python3",
    skip: skipWithoutPythonBz2(),
    unpack: ["python3", "-c", `${PYTHON}(bz2.decompress(data))`],
    pack: (level) => ["python3", "-c", `${PYTHON}(bz2.compress(data, ${level}))`],
  },
];

function* cases(): Generator<Case, void, undefined> {
  for (const text of ["", "a", "aaaa", "aaaaa", "a".repeat(255), "a".repeat(259), "ab".repeat(1000)]) {
    yield { name: `${text.length} bytes of ${JSON.stringify(text.slice(0, 4))}`, plain: utf8(text), level: 9 };
  }
  for (const { name, bytes } of hardInputs(20_000)) yield { name, plain: bytes, level: 5 };
  for (const { name, bytes } of hardInputs(230_000)) yield { name: `${name}, several blocks`, plain: bytes, level: 1 };
}

function pipe([command, ...args]: readonly string[], input: Uint8Array): Uint8Array {
  const { status, stdout, stderr } = spawnSync(command!, args, { input, maxBuffer: 1 << 28 });
  assert.equal(status, 0, `${command}: ${String(stderr)}`);
  return stdout;
}

function assertSame(found: Uint8Array, expected: Uint8Array, name: string): void {
  assert.equal(found.length, expected.length, name);
  assert.ok(found.every((byte, at) => byte === expected[at]), `${name}: other bytes`);
}

const all = [...cases()];

for (const { name, skip, unpack, pack } of TOOLS) {
  test(`${name} reads what we write`, { skip }, () => {
    for (const { name: input, plain, level } of all) assertSame(pipe(unpack, compress(plain, { level })), plain, input);
  });

  test(`we read what ${name} writes`, { skip }, () => {
    for (const { name: input, plain, level } of all) assertSame(decompress(pipe(pack(level), plain)), plain, input);
  });

  test(`${name} reads what our streams write, with one thread and with two, and we read its pack through a stream`, {
    skip,
  }, async () => {
    const pool = createWorkerPool({ size: 2 });
    after(() => pool.close());
    const plain = concatBytes(all.map((one) => one.plain));
    for (const encoder of [new Bzip2EncoderStream({ level: 2 }), parallelBzip2Encoder(pool, { level: 2 })]) {
      const { values, error } = await collectStream(new Blob([plain]).stream().pipeThrough(encoder));
      assert.equal(error, undefined);
      assertSame(pipe(unpack, concatBytes(values)), plain, "all inputs together");
    }
    const theirs = new Blob([new Uint8Array(pipe(pack(3), plain))]);
    const { values, error } = await collectStream(theirs.stream().pipeThrough(new Bzip2DecoderStream()));
    assert.equal(error, undefined);
    assertSame(concatBytes(values), plain, "all inputs together");
  });
}

/** In this process: inputs are good, and nobody here ends it. */
for (const { name, packageName, canEncode, load } of PEERS) {
  const skip = installedVersion(packageName) === undefined && `${packageName} is not installed`;
  describe(`${name}`, { skip }, () => {
    let codec: PeerCodec;
    before(async () => void (codec = await load()));

    test("reads what we write", { skip: name === "bz2" && "see below" }, async () => {
      for (const { name: input, plain, level } of all) {
        assertSame(await codec.decode(compress(plain, { level }), plain.length + 1000), plain, input);
      }
    });

    test("writes what we read", { skip: !canEncode && "it only decodes" }, () => {
      // compressjs takes seconds for 200 kB of some inputs.
      for (const { name: input, plain } of all.filter((one) => one.level !== 1)) {
        assertSame(decompress(codec.encode!(plain)), plain, input);
      }
    });
  });
}

// docs/coming-from.md says so.
test("bz2 gives wrong bytes for a long run, without an error, and refuses a good file; we read both", {
  skip: installedVersion("bz2") !== "1.0.1" && "this is about bz2 1.0.1",
}, async () => {
  const { decode } = await PEERS.find(({ name }) => name === "bz2")!.load();
  const run = new Uint8Array(1000).fill(0x61);
  assert.notDeepEqual(new Uint8Array(await decode(compress(run), 0)), run);
  assertSame(decompress(compress(run)), run, "a long run");
  const ramps = Uint8Array.from({ length: 20_000 }, (_, i) => 255 - (i & 255));
  assert.throws(() => decode(compress(ramps), 0), /CRC mismatch/);
  assertSame(decompress(compress(ramps)), ramps, "ramps");
});
