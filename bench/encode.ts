/**
 * Compares compression with `bzip2 -9`: whole processes, the same file, by turns, the median of five runs each.
 *
 *     npx tsx bench/encode.ts [--bytes 10000000] [--runs 5] [FILE...]
 *
 * Without files: wiki-like XML, a history from bench/corpus.ts, English-like text and random bytes, all from seeds.
 * "time" is our time by that of bzip2, "size" our size by that of bzip2; below 1 is better. Our program is bundled first,
 * so that what is timed is node, the encoder, reading and writing.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { concatBytes } from "../lib/bits/bytes.ts";
import { makeCorpus } from "./corpus.ts";

const PROGRAM = `
  import { closeSync, openSync, readSync, writeSync } from "node:fs";
  import { Bzip2Encoder } from "../lib/bzip2/encoder.ts";
  const input = openSync(process.argv[2], "r");
  const output = openSync(process.argv[3], "w");
  const chunk = new Uint8Array(256 * 1024);
  const encoder = new Bzip2Encoder({ level: 9 });
  for (let length; (length = readSync(input, chunk)) > 0;) {
    for (const bytes of encoder.push(chunk.subarray(0, length))) writeSync(output, bytes);
  }
  for (const bytes of encoder.finish()) writeSync(output, bytes);
  closeSync(output);
`;

/** A small generator of random whole numbers. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Words as if of a language: few are frequent, most are rare, and which follows depends on the one before. */
function* makeWords(seed: number): Generator<string, never, undefined> {
  const random = makeRandom(seed);
  const letters = "eeeeeetttttaaaaoooiiinnnsssrrrhhhlllddduuccmmffppggwwyybbvk";
  const words = Array.from({ length: 12_000 }, (_, rank) => {
    const length = 1 + random(2 + Math.min(10, Math.ceil(Math.log2(rank + 2))));
    return Array.from({ length }, () => letters[random(letters.length)]).join("");
  });
  for (let word = 0;;) {
    const rank = Math.floor(words.length ** (random(1 << 20) / 2 ** 20)) - 1;
    word = random(3) === 0 ? (word * 31 + random(4)) % words.length : rank;
    yield words[word]!;
  }
}

function makeText(byteLength: number, words: Iterator<string>, random: (below: number) => number): string {
  const parts: string[] = [];
  let isStart = true;
  for (let length = 0; length < byteLength;) {
    const word = String(words.next().value);
    const end = random(12) === 0 ? random(6) === 0 ? ".\n\n" : ". " : random(14) === 0 ? ", " : " ";
    const part = (isStart ? word.charAt(0).toUpperCase() + word.slice(1) : word) + end;
    isStart = end.startsWith(".");
    parts.push(part);
    length += part.length;
  }
  return parts.join("");
}

function makeWikiXml(byteLength: number): string {
  const random = makeRandom(11);
  const words = makeWords(12);
  const parts = ["<mediawiki>\n"];
  for (let id = 1, length = 0; length < byteLength; id++) {
    const pageWords = makeText(300 + random(200) * random(60), words, random).split(" ");
    const text = pageWords.map((word) => random(9) === 0 ? `[[${word}]]` : random(40) === 0 ? `'''${word}'''` : word)
      .join(
        " ",
      );
    const part =
      `  <page>\n    <title>${pageWords[0]} ${id}</title>\n    <ns>0</ns>\n    <id>${id}</id>\n    <revision>\n` +
      `      <id>${id * 7}</id>\n      <timestamp>20${10 + random(9)}-0${1 + random(9)}-1${random(9)}T1${
        random(9)
      }:22:33Z</timestamp>\n` +
      `      <contributor>\n        <username>User ${random(500)}</username>\n        <id>${
        random(500)
      }</id>\n      </contributor>\n` +
      `      <model>wikitext</model>\n      <format>text/x-wiki</format>\n      <text bytes="${text.length}" xml:space="preserve">` +
      `{{Infobox|name=${pageWords[1]}|born=${random(2000)}}}\n${text}\n[[Category:${
        pageWords[2]
      }]]</text>\n    </revision>\n  </page>\n`;
    parts.push(part);
    length += part.length;
  }
  return parts.join("") + "</mediawiki>\n";
}

function writeInputs(directory: string, byteLength: number): string[] {
  const random = makeRandom(5);
  const inputs: Record<string, string | Uint8Array> = {
    "wiki.xml": makeWikiXml(byteLength),
    "history.xml": concatBytes([...makeCorpus({ byteLength })]),
    "text.txt": makeText(byteLength, makeWords(3), makeRandom(4)),
    "random.bin": Uint8Array.from({ length: byteLength }, () => random(256)),
  };
  return Object.entries(inputs).map(([name, content]) => {
    const path = join(directory, name);
    writeFileSync(path, content);
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

function compare(path: string, program: string, runs: number): string {
  const directory = dirname(program);
  const [ours, theirs] = [join(directory, "ours.bz2"), join(directory, "theirs.bz2")];
  const ourMs: number[] = [];
  const theirMs: number[] = [];
  for (let i = 0; i < runs; i++) {
    ourMs.push(timeOf(process.execPath, [program, path, ours]));
    theirMs.push(timeOf("sh", ["-c", `exec bzip2 -9c "$1" > "$2"`, "sh", path, theirs]));
  }
  const plain = readFileSync(path);
  const again = spawnSync("bzip2", ["-dc", ours], { maxBuffer: 2 ** 31 }).stdout;
  if (!plain.equals(again)) throw new Error(`${path} did not come out again`);
  const [time, size] = [median(ourMs) / median(theirMs), statSync(ours).size / statSync(theirs).size];
  const columns = [
    plain.length,
    median(ourMs).toFixed(0),
    median(theirMs).toFixed(0),
    time.toFixed(2),
    size.toFixed(4),
  ];
  return basename(path).padEnd(28) + columns.map((column) => String(column).padStart(10)).join("");
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { bytes: { type: "string", default: "10000000" }, runs: { type: "string", default: "5" } },
  });
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
    const paths = positionals.length > 0 ? positionals : writeInputs(directory, Number(values.bytes));
    console.log(`node ${process.version}, ${values.runs} runs each`);
    console.log(
      "input".padEnd(28) + ["bytes", "ours ms", "bzip2 ms", "time", "size"].map((name) => name.padStart(10)).join(""),
    );
    for (const path of paths) console.log(compare(path, program, Number(values.runs)));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

await main();
