/**
 * The old tools that look at blocks, against what the reference did: the golden cases of the shared material.
 *
 * Where the reference is wrong, DIFFERENT says what we do and why; those cases are checked against that.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { Bzip2Decoder, type DecoderEvent } from "../../lib/bzip2/decoder.ts";
import { type AncestorIo, runAncestor } from "../../scripts/bzdump/ancestors/ancestor.ts";
import { findAncestor } from "../../scripts/bzdump/ancestors/table.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { memorySink } from "../support/memory-sink.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";

const TOOLS = [
  "checkforbz2footer",
  "showcrcs",
  "show_byte_aligned_crcs",
  "munge_crc_info",
  "dumplastbz2block",
  "dumpbz2filefromoffset",
];
const PREFIXES = ["cff", "crc", "last", "off", "sba", "mci"];
const GOLDEN = sharedPath("conformance", "mwbzutils");
const skip = skipWithoutShared("conformance", "mwbzutils");

interface Result {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

interface Difference {
  readonly why: string;
  readonly exitCode: number;
  /** What is written instead; undefined: the same. */
  readonly stdout?: () => Uint8Array | string;
}

function goldenOutput(name: string): Uint8Array {
  const path = join(GOLDEN!, "cases", name, "stdout");
  return existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`));
}

/** The blocks of a file as a decoder finds them that reads it from its start, as far as it is good. */
function blocksOf(name: string): { text: Uint8Array; place: number; bitOffset: number }[] {
  const decoder = new Bzip2Decoder();
  const blocks: { text: Uint8Array; place: number; bitOffset: number }[] = [];
  const add = (events: Iterable<DecoderEvent>): void => {
    for (const event of events) {
      if (event.type !== "block") continue;
      blocks.push({ text: event.bytes, place: event.info.byteOffset, bitOffset: event.info.bitOffset });
    }
  };
  try {
    add(decoder.push(readFileSync(join(GOLDEN!, "inputs", name))));
    add(decoder.finish());
  } catch {
    // The rest is not good.
  }
  return blocks;
}

const lastOf = (name: string) => () => blocksOf(name).at(-1)!.text;

/** Header, and all from the first page that begins in or behind a block at an old offset on. */
function dumpFrom(name: string, oldOffset: number): () => Uint8Array {
  return () => {
    const blocks = blocksOf(name);
    const text = new TextDecoder("latin1").decode(concatBytes(blocks.map((block) => block.text)));
    const first = blocks.find(({ bitOffset }) => bitOffset > oldOffset * 8);
    const header = text.slice(0, text.indexOf("  </siteinfo>\n") + "  </siteinfo>\n".length);
    const page = first === undefined ? -1 : text.indexOf("  <page>", first.place);
    const rest = first === undefined ? "" : page < 0 ? "</mediawiki>\n" : text.slice(page);
    return Uint8Array.from(header + rest, (letter) => letter.charCodeAt(0));
  };
}

/** Where the reference is wrong: what is right. */
const DIFFERENT: Readonly<Record<string, Difference>> = {
  "cff-shift1-flip40": { why: "all 48 bits are compared", exitCode: 255 },
  "cff-shift4-flip40": { why: "all 48 bits are compared", exitCode: 255 },
  "cff-shift7-flip40": { why: "all 48 bits are compared", exitCode: 255 },
  "last-dist1040": { why: "the search has no holes", exitCode: 0, stdout: lastOf("lastblock-dist1040.bz2") },
  "last-dist1043": { why: "the search has no holes", exitCode: 0, stdout: lastOf("lastblock-dist1043.bz2") },
  "last-falsemagic500": {
    why: "a magic by chance hides nothing",
    exitCode: 0,
    stdout: lastOf("falsemagic-lastblock-at500.bz2"),
  },
  "last-cut1": { why: "works without an end", exitCode: 0, stdout: lastOf("s1-l1-cut1.bz2") },
  "last-cut9": { why: "works without an end", exitCode: 0, stdout: lastOf("s1-l1-cut9.bz2") },
  "last-cut100": { why: "the last whole block", exitCode: 0, stdout: lastOf("s1-l1-cut100.bz2") },
  "last-half": { why: "the last whole block", exitCode: 0, stdout: lastOf("s1-l1-half.bz2") },
  "last-flip-eos": { why: "works with a damaged end", exitCode: 0, stdout: lastOf("s1-l1-flip-eos-bit3.bz2") },
  "last-concat-l1-l9": { why: "any level", exitCode: 0, stdout: lastOf("concat-l1-l9.bz2") },
  "last-garbage": { why: "works with other data behind", exitCode: 0, stdout: lastOf("trailing-garbage.bz2") },
  "off-ms-268": { why: "goes on over the borders of streams", exitCode: 0, stdout: dumpFrom("s1-ms100.bz2", 268) },
  "off-hdrlen-5007": { why: "the document once", exitCode: 0, stdout: dumpFrom("hdrlen-5007.bz2", 0) },
  "off-hdrlen-5013": { why: "the document once", exitCode: 0, stdout: dumpFrom("hdrlen-5013.bz2", 0) },
  "off-nopages": { why: "nothing is lost", exitCode: 0, stdout: dumpFrom("nopages-bigheader.xml.bz2", 0) },
  "off-huge-lastpage": {
    why: "no page, so header and end tag",
    exitCode: 0,
    stdout: dumpFrom("huge-lastpage.bz2", 29180),
  },
  "off-falsemagic": {
    why: "a magic by chance is passed over",
    exitCode: 0,
    stdout: dumpFrom("falsemagic-middle.bz2", 9900),
  },
  "off-cut9": { why: "all of a block that is whole", exitCode: 0, stdout: dumpFrom("s1-l1-cut9.bz2", 270000) },
  "off-trunc-at-block2": {
    why: "all of a block that is whole",
    exitCode: 0,
    stdout: dumpFrom("s1-l1-trunc-at-block2.bz2", 0),
  },
  "off-xmldecl": {
    why: "an XML declaration is part of the header",
    exitCode: 0,
    stdout: dumpFrom("p12-xmldecl.bz2", 0),
  },
  "sba-4093": {
    why: "no borders in the search",
    exitCode: 0,
    stdout: () =>
      "Block_CRC: 0x1020304 ( 16909060 ), Cumul_CRC: 0x1020304 ( 16909060 ) Offset: 4093\n" +
      "No crc retrieved for the file\nAnd now the big finish, the computed crc\nFile CRC: 0x1020304\n",
  },
  "sba-eof": { why: "a cut checksum is none", exitCode: 0, stdout: () => NO_ALIGNED_BLOCK },
  "sba-halfcrc": { why: "a cut checksum is none", exitCode: 0, stdout: () => NO_ALIGNED_BLOCK },
  "mci-onefield": { why: "a message instead of a traceback", exitCode: 1, stdout: () => "" },
  "mci-blank": {
    why: "blank lines are passed over",
    exitCode: 0,
    stdout: () => "And now the big finish, the final computed crc\nFile CRC: 0x0\n",
  },
  "mci-pipe-v": {
    why: "the output of showcrcs -v is understood",
    exitCode: 0,
    stdout: () => goldenOutput("mci-pipe"),
  },
};

const NO_ALIGNED_BLOCK = "No crc retrieved for the file\nAnd now the big finish, the computed crc\nFile CRC: 0x0\n";

function casesOf(prefix: string): readonly string[] {
  if (GOLDEN === undefined) return [];
  return readdirSync(join(GOLDEN, "cases")).filter((name) => name.startsWith(`${prefix}-`)).sort();
}

function read(name: string, file: string): string {
  return readFileSync(join(GOLDEN!, "cases", name, file), "utf8");
}

function byteSink(chunks: Uint8Array[]): OutputSink {
  return {
    ...memorySink(),
    write: (data) => {
      chunks.push(typeof data === "string" ? new TextEncoder().encode(data) : data.slice());
      return Promise.resolve();
    },
  };
}

/** Runs a plain command line within this process. */
async function runHere(words: readonly string[]): Promise<Result> {
  const [tool = "", ...args] = words[0] === "python3" ? words.slice(1) : words;
  const ancestor = findAncestor(tool.split("/").at(-1)!)!;
  const chunks: Uint8Array[] = [];
  const stderr = memorySink();
  const io: AncestorIo = { stdout: byteSink(chunks), stderr };
  const before = process.exitCode;
  const exitCode = await runAncestor(ancestor, args, new AbortController().signal, io);
  process.exitCode = before;
  return { exitCode, stdout: concatBytes(chunks), stderr: stderr.text() };
}

let farm: string | undefined;

/** A directory with the tools as links, as the golden runs had it. */
async function toolDirectory(): Promise<string> {
  if (farm !== undefined) return farm;
  farm = scratchDirectory("old-tools");
  const bundle = join(farm, "bzdump.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../../scripts/bzdump.ts", import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  chmodSync(bundle, 0o755);
  mkdirSync(join(farm, "scripts"));
  mkdirSync(join(farm, "out"));
  symlinkSync(join(GOLDEN!, "inputs"), join(farm, "inputs"));
  for (const tool of TOOLS) {
    symlinkSync(bundle, join(farm, tool));
    symlinkSync(bundle, join(farm, "scripts", `${tool}.py`));
  }
  return farm;
}

async function runInShell(command: string): Promise<Result> {
  const cwd = await toolDirectory();
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command.replaceAll("python3 scripts/", "./scripts/")], {
    cwd,
    maxBuffer: 1 << 26,
  });
  return { exitCode: status ?? -1, stdout, stderr: stderr.toString() };
}

async function runCase(name: string): Promise<Result> {
  const command = read(name, "cmd.txt").trim();
  return /[|<>;]/.test(command) ? await runInShell(command) : await runHere(command.split(/\s+/));
}

function describe(bytes: Uint8Array): string {
  return `${bytes.length} bytes: ${JSON.stringify(new TextDecoder().decode(bytes.slice(0, 300)))}`;
}

const home = process.cwd();
if (GOLDEN !== undefined) process.chdir(GOLDEN);
after(() => process.chdir(home));

for (const prefix of PREFIXES) {
  test(`golden cases ${prefix}-*: the same output and exit code, or the right ones`, { skip }, async (t) => {
    const cases = casesOf(prefix);
    assert.ok(cases.length > 0);
    for (const name of cases) {
      await t.test(name, async () => {
        const different = DIFFERENT[name];
        const { exitCode, stdout, stderr } = await runCase(name);
        const wanted = different?.stdout === undefined ? goldenOutput(name) : different.stdout();
        const bytes = typeof wanted === "string" ? new TextEncoder().encode(wanted) : wanted;
        assert.equal(describe(stdout), describe(bytes), stderr);
        assert.deepEqual(Array.from(stdout), Array.from(bytes));
        assert.equal(exitCode, different?.exitCode ?? Number(read(name, "exit.txt")), stderr);
        if (different === undefined) assert.equal(stderr !== "", read(name, "stderr.txt") !== "", stderr);
      });
    }
  });
}
