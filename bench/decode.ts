/**
 * Compares decompression with `bzip2 -dc`: whole processes, the same file, by turns, the median of five runs each.
 *
 *     npx tsx bench/decode.ts [FILE.bz2 ...]
 *
 * "time" is our time by that of bzip2: below 1 is faster. Without files: real pages of the shared corpus when it is here,
 * a history from bench/corpus.ts, and random bytes, 30 MB of each. Our program is bundled first, so that what is timed is
 * node, the decoder, reading and writing. The last line is the same as JSON.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
const PAGES = "conformance/corpus/gensim/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2";

const PROGRAM = `
  import { openSync, readSync, writeSync } from "node:fs";
  import { Bzip2Decoder } from "../lib/bzip2/decoder.ts";
  const input = openSync(process.argv[2], "r");
  const decoder = new Bzip2Decoder();
  for (;;) {
    const chunk = new Uint8Array(256 * 1024);
    const length = readSync(input, chunk);
    if (length === 0) break;
    writeBlocks(decoder.push(chunk.subarray(0, length)));
  }
  writeBlocks(decoder.finish());
  function writeBlocks(events) {
    for (const event of events) {
      if (event.type !== "block") continue;
      for (let at = 0; at < event.bytes.length;) at += writeSync(1, event.bytes, at);
    }
  }
`;

interface Result {
  readonly file: string;
  readonly megabytes: number;
  readonly ours: number;
  readonly bzip2: number;
  readonly time: number;
}

function samplePages(): Uint8Array | undefined {
  const shared = process.env["WIKIDUMP_SHARED"] ?? fileURLToPath(new URL("../../shared", import.meta.url));
  try {
    return decompress(readFileSync(join(shared, PAGES)));
  } catch {
    return undefined;
  }
}

function repeat(unit: Uint8Array): Uint8Array {
  return concatBytes(new Array(Math.ceil(PLAIN_BYTES / unit.length)).fill(unit));
}

function writeInputs(directory: string): string[] {
  const pages = samplePages();
  let state = 5;
  const inputs: readonly (readonly [name: string, plain: Uint8Array])[] = [
    ...pages === undefined ? [] : [["pages.xml", repeat(pages)] as const],
    ["history.xml", concatBytes([...makeCorpus({ byteLength: PLAIN_BYTES })])],
    [
      "random.bin",
      Uint8Array.from({ length: PLAIN_BYTES }, () => (state = Math.imul(state, 1_664_525) + 1_013_904_223) >>> 24),
    ],
  ];
  return inputs.map(([name, plain]) => {
    const path = join(directory, `${name}.bz2`);
    const packed = spawnSync("bzip2", ["-9"], { input: plain, maxBuffer: 2 ** 31 });
    writeFileSync(path, packed.status === 0 ? packed.stdout : compress(plain));
    return path;
  });
}

function timeOf(command: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`${command} failed: ${String(stderr)}`);
  return performance.now() - start;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

function compare(path: string, program: string): Result {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    ours.push(timeOf(process.execPath, [program, path]));
    theirs.push(timeOf("bzip2", ["-dc", path]));
  }
  const time = median(ours) / median(theirs);
  return {
    file: basename(path),
    megabytes: statSync(path).size / 1e6,
    ours: median(ours),
    bzip2: median(theirs),
    time,
  };
}

async function main(files: readonly string[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-bench-"));
  try {
    const program = join(directory, "program.mjs");
    const resolveDir = fileURLToPath(new URL(".", import.meta.url));
    await build({
      stdin: { contents: PROGRAM, resolveDir, loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program,
      logLevel: "error",
    });
    const results: Result[] = [];
    console.log(
      "input".padEnd(28) + ["packed MB", "ours ms", "bzip2 ms", "time"].map((name) => name.padStart(11)).join(""),
    );
    for (const path of files.length > 0 ? files : writeInputs(directory)) {
      const result = compare(path, program);
      const columns = [
        result.megabytes.toFixed(1),
        result.ours.toFixed(0),
        result.bzip2.toFixed(0),
        result.time.toFixed(2),
      ];
      console.log(result.file.padEnd(28) + columns.map((column) => column.padStart(11)).join(""));
      results.push(result);
    }
    console.log(JSON.stringify({ bench: "decode", machine: cpus()[0]?.model, node: process.version, results }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

await main(process.argv.slice(2));
