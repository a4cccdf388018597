/**
 * The old recompressxml and appendbz2: runs the stored commands of the golden cases through this program under its old names.
 *
 * Our encoder finds other trees than libbz2, and zlib's builds differ, so compressed outputs are compared unpacked, stream by stream: the
 * same plain bytes in each stream, in the same order, empty ones too. An offset of an index counts as the number of the stream that begins
 * there. Plain outputs, and indexes of plain outputs, are compared byte for byte. Where the old tool was wrong, what is done
 * instead is in DIFFERENCES.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Buffer } from "node:buffer";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync, inflateRawSync } from "node:zlib";
import { build } from "esbuild";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";

const CASES = sharedPath("conformance", "mwbzutils", "cases");
const INPUTS = sharedPath("conformance", "mwbzutils", "inputs");
const skip = skipWithoutShared("conformance", "mwbzutils", "cases");

/** A stream of a file: where it begins, and what it holds. */
interface Stream {
  readonly byteOffset: number;
  readonly plain: string;
}

interface Difference {
  readonly why: string;
  readonly exitCode: number;
  readonly stderr: RegExp;
  /** Pages in each stream of `o.bz2`, in place of those of the golden file. */
  readonly pages?: readonly number[];
  /** The number of the stream and the id of each page, in the index. */
  readonly index?: readonly string[];
  /** The plain bytes of `o.bz2` are those of this input. */
  readonly plainOf?: string;
}

const TWELVE = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120];

/** Case → what we do where the golden run is a bug, or a limit that is none here. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  "rcx-noheader-in": {
    why: "all pages were taken for the header; here they are divided, behind an empty stream",
    exitCode: 0,
    stderr: /^$/,
    pages: [0, 5, 5, 2, 0, 0],
    index: TWELVE.map((id, i) => `${1 + Math.floor(i / 5)}:${id}`),
    plainOf: "p12-noheader.xml",
  },
  "rcx-nul": {
    why: "the rest of a line with a NUL was lost; here nothing is",
    exitCode: 0,
    stderr: /^$/,
    pages: [0, 5, 5, 2, 0, 0],
    plainOf: "p12-nul.xml",
  },
  "rcx-p3-comment": {
    why: "a page in a comment counted; here it does not",
    exitCode: 0,
    stderr: /^$/,
    pages: [0, 1, 2, 1, 0, 0, 0],
    index: ["1:10", "2:20", "3:30"],
    plainOf: "p3-comment.xml",
  },
  "rcx-p3-blankintag": {
    why: '"<page >" was not known; here it is a page',
    exitCode: 0,
    stderr: /^$/,
    pages: [0, 1, 1, 1, 0, 0, 0],
    index: ["1:10", "2:20", "3:30"],
    plainOf: "p3-blankintag.xml",
  },
  "rcx-msinput": {
    why: "bzip2 input of several streams never came to an end; here it is read",
    exitCode: 0,
    stderr: /^$/,
    pages: [0, ...new Array<number>(300).fill(5), 0, 0],
    plainOf: "s1.xml.gz",
  },
  "rcx-truncinput": {
    why:
      "cut input counted as good; here all that could be read is written, and the exit code says that it was not all",
    exitCode: 1,
    stderr: /^recompressxml: the input is not whole.*ends/,
    plainOf: "s1-l1-trunc.xml.bz2",
  },
  "rcx-junkinput": { why: "no bzip2 data counted as good", exitCode: 1, stderr: /expected 42 5a 68/ },
  "rcx-badout-gz": { why: "an output that cannot be written was not told", exitCode: 255, stderr: /out\/none\/o\.gz/ },
  "rcx-badout-txt": { why: "a crash", exitCode: 255, stderr: /out\/none\/o\.txt/ },
  "app-b0": { why: "an endless loop", exitCode: 1, stderr: /buffer size/ },
};

let scripts = "";

before(async () => {
  if (skip !== false) return;
  scripts = scratchDirectory("recompress");
  const outfile = join(scripts, "bzdump.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../../scripts/bzdump.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  chmodSync(outfile, 0o755);
});

/** A directory as the golden runs had it. */
function caseDirectory(): string {
  const cwd = mkdtempSync(join(scripts, "case-"));
  mkdirSync(join(cwd, "out"));
  symlinkSync(INPUTS!, join(cwd, "inputs"));
  for (const tool of ["recompressxml", "appendbz2"]) symlinkSync("../bzdump.mjs", join(cwd, tool));
  return cwd;
}

function run(command: string, cwd: string): { status: number | null; stdout: Buffer; stderr: string } {
  const path = `${join(process.execPath, "..")}:${process.env["PATH"]}`;
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command.replace(/\btimeout \d+ /, "timeout 30 ")], {
    cwd,
    env: { ...process.env, PATH: path, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr: stderr.toString() };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function bzip2Streams(file: Uint8Array): Stream[] {
  const streams: Stream[] = [];
  const decoder = new Bzip2Decoder({ trailing: "error" });
  let parts: Uint8Array[] = [];
  let byteOffset = 0;
  for (const event of [...decoder.push(file), ...decoder.finish()]) {
    if (event.type === "stream") byteOffset = event.byteOffset;
    else if (event.type === "block") parts.push(event.bytes);
    else if (event.type === "end") {
      streams.push({ byteOffset, plain: textOf(concatBytes(parts)) });
      parts = [];
    }
  }
  return streams;
}

/** Members without a name and other extras: 10 bytes of header, 8 at the end. */
function gzipStreams(file: Uint8Array): Stream[] {
  const streams: Stream[] = [];
  for (let byteOffset = 0; byteOffset < file.length;) {
    const answer: unknown = inflateRawSync(file.subarray(byteOffset + 10), { info: true });
    const { buffer, engine } = answer as { buffer: Buffer; engine: { bytesWritten: number } };
    streams.push({ byteOffset, plain: textOf(buffer) });
    byteOffset += 18 + engine.bytesWritten;
  }
  return streams;
}

function streamsOf(path: string): Stream[] {
  const file = readFileSync(path);
  return /\.gz\b/.test(path) ? gzipStreams(file) : bzip2Streams(file);
}

function unpacked(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (bytes[0] === 0x42 && bytes[1] === 0x5a) return decompress(bytes);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** Lines of an index, the number of the stream in place of its offset. */
function numbered(index: string, streams: readonly Stream[]): string[] {
  return index.split("\n").filter((line) => line !== "").map((line) => {
    const offset = Number(line.split(":", 1)[0]);
    const number = streams.findIndex(({ byteOffset }) => byteOffset === offset);
    assert.ok(number >= 0, `no stream begins at ${offset}`);
    return `${number}${line.slice(line.indexOf(":"))}`;
  });
}

/** The file of a directory whose name begins so; golden files over 20 kB are packed once more. */
function find(directory: string, start: string): string | undefined {
  const name = existsSync(directory) ? readdirSync(directory).find((one) => one.startsWith(start)) : undefined;
  return name === undefined ? undefined : join(directory, name);
}

function compareFiles(golden: string, ours: string): void {
  const [theirDump, dump] = [find(golden, "o."), find(ours, "o.")];
  const isPacked = theirDump !== undefined && /\.(bz2|gz)/.test(theirDump);
  if (theirDump !== undefined && !isPacked) assert.deepEqual(readFileSync(dump!), readFileSync(theirDump));
  const theirStreams = isPacked ? streamsOf(theirDump) : [];
  const streams = isPacked ? streamsOf(dump!) : [];
  assert.deepEqual(streams.map(({ plain }) => plain), theirStreams.map(({ plain }) => plain));
  const [theirIndex, index] = [find(golden, "i."), find(ours, "i.")];
  assert.equal(index === undefined, theirIndex === undefined);
  if (theirIndex === undefined) return;
  const [their, our] = [theirIndex, index!].map((path) => Buffer.from(unpacked(path)).toString());
  if (isPacked) assert.deepEqual(numbered(our!, streams), numbered(their!, theirStreams));
  else assert.equal(our, their);
}

/** An end of a stream: its blocks, decoded behind a header, and what it states. */
function compareTails(golden: string, ours: string): void {
  const [their, our] = [readFileSync(golden), readFileSync(ours)];
  assert.deepEqual(our.subarray(0, 10), their.subarray(0, 10), "magic and checksum of the block");
  const trailer = (bytes: Uint8Array): string => /177245385090(.{8})/.exec(bits(bytes))![1]!;
  assert.equal(trailer(our), trailer(their));
}

/** All bits from the end magic on, as hex digits, wherever it stands. */
function bits(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const magic = BigInt("0x177245385090").toString(2).padStart(48, "0");
  const end = text.slice(text.lastIndexOf(magic));
  return BigInt(`0b1${end.slice(0, 80)}`).toString(16).slice(1);
}

function checkDifference(difference: Difference, cwd: string): void {
  const out = join(cwd, "out");
  const dump = find(out, "o.");
  if (difference.plainOf === undefined) {
    assert.deepEqual(readdirSync(out), [], "nothing is left");
    return;
  }
  const streams = streamsOf(dump!);
  const plain = streams.map((stream) => stream.plain).join("");
  const input = join(INPUTS!, difference.plainOf);
  if (difference.exitCode === 0) assert.equal(plain, textOf(unpacked(input)));
  else {
    const good: Uint8Array[] = [];
    try {
      for (const event of new Bzip2Decoder().push(readFileSync(input))) {
        if (event.type === "block") good.push(event.bytes);
      }
    } catch {
      // What was good before is what counts.
    }
    assert.equal(plain, textOf(concatBytes(good)));
  }
  if (difference.pages !== undefined) {
    assert.deepEqual(streams.map((stream) => stream.plain.split("</page").length - 1), difference.pages);
  }
  if (difference.index === undefined) return;
  const lines = numbered(readFileSync(find(out, "i.")!, "utf8"), streams);
  assert.deepEqual(lines.map((line) => line.split(":").slice(0, 2).join(":")), difference.index);
}

const names = CASES === undefined ? [] : readdirSync(CASES).filter((name) => /^(rcx|app)-/.test(name));

for (const name of names) {
  const difference = DIFFERENCES[name];
  test(`${name}: ${difference === undefined ? "as the old tool" : `differs: ${difference.why}`}`, {
    skip: skip || skipWithoutCommand("bash"),
  }, () => {
    const golden = join(CASES!, name);
    const cwd = caseDirectory();
    try {
      const { status, stdout, stderr } = run(readFileSync(join(golden, "cmd.txt"), "utf8"), cwd);
      if (difference !== undefined) {
        assert.match(stderr, difference.stderr);
        assert.equal(status, difference.exitCode, stderr);
        checkDifference(difference, cwd);
        return;
      }
      assert.equal(status, Number(readFileSync(join(golden, "exit.txt"), "utf8")), stderr);
      assert.deepEqual(new Uint8Array(stdout), new Uint8Array(readFileSync(join(golden, "stdout"))));
      // Help is in our own words.
      const messages = readFileSync(join(golden, "stderr.txt"), "utf8").split("\n[usage")[0]!.trimEnd();
      assert.equal(stderr.split("\nUsage")[0]!.trimEnd(), messages);
      const out = join(golden, "out");
      if (name.startsWith("app-") && existsSync(out)) compareTails(join(out, "t"), join(cwd, "out", "t"));
      else compareFiles(out, join(cwd, "out"));
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
}

/** Inputs without a golden case: exit code, pages in each stream, and what is told. The old tool told nothing and ended with 0. */
const OTHER_INPUTS: readonly (readonly [string, number, readonly number[], RegExp])[] = [
  // A raw end tag in the middle of a line is text.
  ["p12-longline.xml", 0, [0, 1, 1, 0, 0, 0], /^$/],
  ["p12-junkafter.xml", 0, [0, ...new Array<number>(12).fill(1), 0, 0, 0], /^$/],
  ["rev-nofooter.xml", 0, [0, ...new Array<number>(7).fill(1), 0], /^$/],
  ["p12-crlf.xml", 0, [0, ...new Array<number>(12).fill(1), 0, 0, 0], /^$/],
  ["p12-trunc.xml", 1, [0, 1, 1, 1, 0], /ends early.*the last page is 40/],
  ["text.txt", 1, [0], /the input is not whole/],
];

for (const [input, exitCode, pages, told] of OTHER_INPUTS) {
  test(`recompressxml -p 1 of ${input}: all is there, exit code ${exitCode}`, {
    skip: skip || skipWithoutCommand("bash"),
  }, () => {
    const cwd = caseDirectory();
    const { status, stderr } = run(`./recompressxml -p 1 -b out/i.txt -o out/o.bz2 < inputs/${input}`, cwd);
    assert.equal(status, exitCode, stderr);
    assert.match(stderr, told);
    const streams = streamsOf(join(cwd, "out", "o.bz2"));
    assert.equal(streams.map(({ plain }) => plain).join(""), textOf(readFileSync(join(INPUTS!, input))));
    assert.deepEqual(streams.map(({ plain }) => plain.match(/^ *<\/page>/gm)?.length ?? 0), pages);
    const ids = numbered(readFileSync(join(cwd, "out", "i.txt"), "utf8"), streams).map((line) => line.split(":", 1)[0]);
    assert.deepEqual(ids, ids.map((_, i) => `${i + 1}`));
    rmSync(cwd, { recursive: true });
  });
}
