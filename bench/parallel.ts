/**
 * Compares two workers with `lbzip2 -n2`, unpacking and packing at level 9: whole processes, the same file, by turns, the median of
 * five runs each. Without lbzip2 the ratio is left out.
 *
 *     npx tsx bench/parallel.ts [FILE ...]
 *
 * "time" is our time by that of lbzip2: below 1 is faster; "alone" is the time of our own decoder or encoder without workers.
 * Files are plain bytes; without any: real pages of the shared corpus when it is here, a history, and random bytes, 30 MB of each.
 * "MB" is the memory of our process at its largest. The last line is the same as JSON.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { concatBytes } from "../lib/bits/bytes.ts";
import { compress } from "../lib/bzip2/compress.ts";
import { decompress } from "../lib/bzip2/whole.ts";
import { makeCorpus } from "./corpus.ts";

const RUNS = 5;
const PLAIN_BYTES = 30_000_000;
const WORKERS = 2;
const PAGES = "conformance/corpus/gensim/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2";

/** Reads a file, writes to stdout, and tells its memory on stderr. */
const PROGRAM = `
  import { readSync, openSync, writeSync } from "node:fs";
  import { createWorkerPool } from "../lib/host/worker-pool.ts";
  import { Bzip2DecoderStream } from "../lib/streams/bzip2-decoder-stream.ts";
  import { Bzip2EncoderStream } from "../lib/streams/bzip2-encoder-stream.ts";
  import { parallelBzip2Decoder } from "../lib/streams/parallel-decoder.ts";
  import { parallelBzip2Encoder } from "../lib/streams/parallel-encoder.ts";
  const [what, size, path] = process.argv.slice(2);
  const pool = size === "0" ? undefined : createWorkerPool({ size: Number(size) });
  const pair = what === "decode"
    ? pool ? parallelBzip2Decoder(pool) : new Bzip2DecoderStream()
    : pool ? parallelBzip2Encoder(pool) : new Bzip2EncoderStream();
  const input = openSync(path, "r");
  const source = new ReadableStream({
    pull(controller) {
      const chunk = new Uint8Array(256 * 1024);
      const length = readSync(input, chunk);
      if (length === 0) controller.close();
      else controller.enqueue(chunk.subarray(0, length));
    },
  }, { highWaterMark: 0 });
  for await (const bytes of source.pipeThrough(pair)) {
    for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
  }
  await pool?.close();
  process.stderr.write(String(process.resourceUsage().maxRSS));
`;

interface Result {
  readonly what: string;
  readonly file: string;
  readonly ours: number;
  readonly alone: number;
  readonly lbzip2: number | undefined;
  readonly time: number | undefined;
  readonly megabytes: number;
}

function samplePages(): Uint8Array | undefined {
  const shared = process.env["WIKIDUMP_SHARED"] ?? fileURLToPath(new URL("../../shared", import.meta.url));
  try {
    return decompress(readFileSync(join(shared, PAGES)));
  } catch {
    return undefined;
  }
}

function writeInputs(directory: string): string[] {
  const pages = samplePages();
  let state = 5;
  const inputs: [name: string, plain: Uint8Array][] = [
    ["history.xml", concatBytes([...makeCorpus({ byteLength: PLAIN_BYTES })])],
    [
      "random.bin",
      Uint8Array.from({ length: PLAIN_BYTES }, () => (state = Math.imul(state, 1_664_525) + 1_013_904_223) >>> 24),
    ],
  ];
  if (pages !== undefined) {
    inputs.unshift(["pages.xml", concatBytes(new Array(Math.ceil(PLAIN_BYTES / pages.length)).fill(pages))]);
  }
  return inputs.map(([name, plain]) => {
    const path = join(directory, name);
    writeFileSync(path, plain);
    return path;
  });
}

function run(command: string, args: readonly string[]): { ms: number; stderr: string } {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} failed: ${stderr}`);
  return { ms: performance.now() - start, stderr };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

function compare(what: "decode" | "encode", path: string, program: string): Result {
  const hasPeer = spawnSync("lbzip2", ["--version"]).status === 0;
  const [ours, alone, theirs, memory]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let i = 0; i < RUNS; i++) {
    const { ms, stderr } = run(process.execPath, [program, what, String(WORKERS), path]);
    ours.push(ms);
    memory.push(Number(stderr) / 1024);
    alone.push(run(process.execPath, [program, what, "0", path]).ms);
    const args = [`-n${WORKERS}`, what === "decode" ? "-dc" : "-9c", path];
    if (hasPeer) theirs.push(run("lbzip2", args).ms);
  }
  const lbzip2 = hasPeer ? median(theirs) : undefined;
  const time = lbzip2 === undefined ? undefined : median(ours) / lbzip2;
  const megabytes = Math.max(...memory);
  return { what, file: basename(path), ours: median(ours), alone: median(alone), lbzip2, time, megabytes };
}

function print({ what, file, ours, alone, lbzip2, time, megabytes }: Result): void {
  const columns = [ours.toFixed(0), alone.toFixed(0), lbzip2?.toFixed(0), time?.toFixed(2), megabytes.toFixed(0)];
  console.log(`${what} ${file}`.padEnd(28) + columns.map((column) => (column ?? "-").padStart(11)).join(""));
}

async function main(files: readonly string[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-bench-"));
  try {
    const program = join(directory, "program.mjs");
    await build({
      stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program,
      logLevel: "error",
    });
    const results: Result[] = [];
    const titles = ["ours ms", "alone ms", "lbzip2 ms", "time", "MB"];
    console.log(`${WORKERS} workers`.padEnd(28) + titles.map((title) => title.padStart(11)).join(""));
    for (const path of files.length > 0 ? files : writeInputs(directory)) {
      const packed = `${path}.bz2`;
      const copy = files.length > 0 ? join(directory, basename(packed)) : packed;
      const { status, stdout } = spawnSync("bzip2", ["-9c", path], { maxBuffer: 2 ** 31 });
      writeFileSync(copy, status === 0 ? stdout : compress(readFileSync(path)));
      for (const result of [compare("decode", copy, program), compare("encode", path, program)]) {
        print(result);
        results.push(result);
      }
    }
    console.log(JSON.stringify({ bench: "parallel", machine: cpus()[0]?.model, node: process.version, results }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

await main(process.argv.slice(2));
