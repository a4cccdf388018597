/**
 * How long decoding takes beside `bzip2 -dc`: whole processes, the same file, taking turns.
 *
 *     npx tsx bench/decode.ts [file.bz2]
 *
 * Prints the median of five runs of each and their ratio (ours / bzip2: below 1 is faster than bzip2), as a line and as
 * JSON. Without a file it packs a text of about 30 MB: pages of the shared corpus when they are here, else made-up words.
 * What runs is bench/decode-file.ts as one bundled file, the way users have it, so compiling TypeScript is not in the time.
 */

import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { compress } from "../lib/bzip2/compress.ts";
import { decompress } from "../lib/bzip2/whole.ts";

const RUNS = 5;
const PLAIN_BYTES = 30_000_000;
const PAGES = "conformance/corpus/gensim/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2";

await compare(process.argv[2]);

async function compare(path: string | undefined): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-bench-"));
  try {
    const input = path ?? packSample(join(directory, "sample.bz2"));
    const program = join(directory, "decode.mjs");
    const entry = fileURLToPath(new URL("decode-file.ts", import.meta.url));
    await build({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", outfile: program });
    report(input, measure(input, [process.execPath, program, input]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Measured {
  readonly ours: readonly number[];
  readonly bzip2: readonly number[];
}

function measure(input: string, ours: readonly string[]): Measured {
  const theirs = ["bzip2", "-dc", input];
  const times = { ours: [] as number[], bzip2: [] as number[] };
  for (let run = 0; run < RUNS; run++) {
    times.ours.push(secondsOf(ours));
    times.bzip2.push(secondsOf(theirs));
  }
  return times;
}

function secondsOf([command, ...args]: readonly string[]): number {
  const start = performance.now();
  const { status, error } = spawnSync(command!, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}`);
  return (performance.now() - start) / 1000;
}

function report(input: string, { ours, bzip2 }: Measured): void {
  const [ourMedian, theirMedian] = [median(ours), median(bzip2)];
  const ratio = ourMedian / theirMedian;
  const megabytes = statSync(input).size / 1e6;
  console.log(
    `decode ${megabytes.toFixed(1)} MB of bzip2: ours ${ourMedian.toFixed(3)} s, bzip2 -dc ${theirMedian.toFixed(3)} s, ` +
      `ratio ${ratio.toFixed(2)}`,
  );
  const machine = `${cpus()[0]?.model ?? "?"}, node ${process.version}`;
  console.log(JSON.stringify({ bench: "decode", input, megabytes, ours, bzip2, ratio, machine }));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function packSample(path: string): string {
  const unit = samplePages() ?? madeUpWords();
  const plain = new Uint8Array(Math.ceil(PLAIN_BYTES / unit.length) * unit.length);
  for (let at = 0; at < plain.length; at += unit.length) plain.set(unit, at);
  writeFileSync(path, compress(plain));
  return path;
}

function samplePages(): Uint8Array | undefined {
  const shared = process.env["WIKIDUMP_SHARED"] ?? fileURLToPath(new URL("../../shared", import.meta.url));
  try {
    return decompress(readFileSync(join(shared, PAGES)));
  } catch {
    return undefined;
  }
}

/** Words whose lengths and frequencies are somewhat like those of text. */
function madeUpWords(): Uint8Array {
  let state = 1;
  const below = (end: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
  const words = Array.from(
    { length: 20_000 },
    () => Array.from({ length: 2 + below(8) }, () => "etaoinshrdlucmfwyp"[Math.min(below(18), below(18))]).join(""),
  );
  const text: string[] = [];
  for (let length = 0; length < 5_000_000; length += text.at(-1)!.length) {
    text.push(words[Math.min(below(20_000), below(20_000), below(20_000))]!, below(12) === 0 ? ".\n" : " ");
  }
  return new TextEncoder().encode(text.join(""));
}
