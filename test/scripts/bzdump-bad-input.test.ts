/**
 * Every verb of bzdump with everything that a file can be and should not: exit code, message, remedy, and what is left behind.
 *
 * A table: VERBS says how each verb is called and which exit codes it may give for which file. The list of verbs is read from the
 * source, so a new one fails here until it has a row.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { compress } from "../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../lib/bzip2/decoder.ts";
import type { CommandSpec } from "../../lib/cli/options.ts";
import { runCommand } from "../../lib/cli/run-command.ts";
import type { Verb } from "../../scripts/bzdump/verb.ts";
import { VERBS as NAMED_VERBS } from "../../scripts/bzdump/verbs.ts";
import { makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { memorySink } from "../support/memory-sink.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runScript } from "./run-script.ts";

const ROOT = scratchDirectory("bad-input");
const SCRIPTS = fileURLToPath(new URL("../../scripts/", import.meta.url));
const LIMIT_MS = 10_000;
const encoder = new TextEncoder();

const DUMP = makeDump(Array.from({ length: 64 }, (_, i) => 2 * i + 1), () => 4000);
const XML = encoder.encode(DUMP.xml);
const FILE = oneStream(DUMP);
const LAST_ID = DUMP.ids.at(-1)!;

const MULTISTREAM = multistream(DUMP, 20);
const INDEX = join(ROOT, "index.txt");
writeFileSync(INDEX, MULTISTREAM.index);
const PACKED_INDEX = compress(encoder.encode(MULTISTREAM.index));

interface BadFile {
  readonly bytes: Uint8Array;
  /** What the file is, for the defaults of exit codes. */
  readonly kind: "other" | "cut" | "damaged" | "gzip" | "no dump" | "cut dump";
}

/** What a bzip2 file can be that should be `file`. */
function badFilesOf(file: Uint8Array) {
  const decoder = new Bzip2Decoder();
  const events = [...decoder.push(file), ...decoder.finish()];
  const blocks = events.flatMap((event) => event.type === "block" ? [event.info.bitOffset] : []);
  const ends = events.flatMap((event) => event.type === "end" ? [event.bitOffset] : []);
  const [first, middle, end] = [blocks[0]!, blocks[blocks.length >> 1]!, ends.at(-1)!];
  const flip = (bit: number): Uint8Array => {
    const flipped = file.slice();
    flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
    return flipped;
  };
  return {
    "empty": { bytes: new Uint8Array(), kind: "other" },
    "text": { bytes: encoder.encode("hello, world\n".repeat(100)), kind: "other" },
    "gzip": { bytes: gzipSync(XML), kind: "gzip" },
    "header-only": { bytes: file.subarray(0, 4), kind: "cut" },
    "cut-in-first-magic": { bytes: file.subarray(0, 7), kind: "cut" },
    "cut-in-first-block": { bytes: file.subarray(0, Math.min(500, file.length >> 2)), kind: "cut" },
    "cut-in-the-middle": { bytes: file.subarray(0, (middle >> 3) + Math.min(900, file.length >> 2)), kind: "cut" },
    "cut-after-a-block": { bytes: file.subarray(0, middle >> 3), kind: "cut" },
    "cut-before-the-end": { bytes: file.subarray(0, end >> 3), kind: "cut" },
    "cut-by-one": { bytes: file.subarray(0, -1), kind: "cut" },
    "flip-in-header": { bytes: flip(13), kind: "damaged" },
    "flip-in-level": { bytes: flip(25), kind: "damaged" },
    "flip-in-first-magic": { bytes: flip(first + 20), kind: "damaged" },
    "flip-in-a-magic": { bytes: flip(middle + 20), kind: "damaged" },
    "flip-in-a-crc": { bytes: flip(middle + 60), kind: "damaged" },
    "flip-in-data": { bytes: flip(middle + Math.min(40_000, file.length << 2)), kind: "damaged" },
    "flip-in-end-magic": { bytes: flip(end + 20), kind: "damaged" },
    "flip-in-stream-crc": { bytes: flip(end + 60), kind: "damaged" },
    "no-dump-inside": { bytes: compress(encoder.encode("hello, world\n")), kind: "no dump" },
    "xml-cut": { bytes: compress(XML.subarray(0, XML.length >> 1), { level: 1 }), kind: "cut dump" },
  } as const satisfies Readonly<Record<string, BadFile>>;
}

const FILES = badFilesOf(FILE);
type FileName = keyof typeof FILES;
type Codes = readonly number[];

const RANGE = `p1p${LAST_ID}`;
const BAD_NAME = `bad.xml-${RANGE}.bz2`;
const OUTPUT_NAME = "out.xml.bz2";

/** What a verb is told and what it may answer. */
interface VerbTrial {
  /** `file` is bad; `out` does not exist: a file, or a directory to write to. */
  args(file: string, out: string): readonly string[];
  /** Which codes a kind of file may give. */
  readonly codes: Readonly<Record<BadFile["kind"], Codes>>;
  /** Exceptions. */
  readonly files?: Partial<Readonly<Record<FileName, Codes>>>;
  /** What `out` is. */
  readonly output: "file" | "directory" | "none";
  /** Whether standard input will do: if not, that is told as wrong usage. */
  readonly takesStdin: boolean;
  /** A file that is good for the verb; a dump of one stream without it. */
  readonly good?: Uint8Array;
  /** What the bad files should be, if not that dump. */
  readonly bad?: Readonly<Record<FileName, BadFile>>;
}

/** Of verbs that read bzip2 data to its end, whatever it holds. */
const ALL_DATA: VerbTrial["codes"] = {
  "other": [3],
  "cut": [4],
  "damaged": [3],
  "gzip": [3],
  "no dump": [0],
  "cut dump": [0],
};
/** Of verbs that read a dump to its end. */
const ALL_PAGES: VerbTrial["codes"] = { ...ALL_DATA, "gzip": [0], "no dump": [3], "cut dump": [4] };
/** Of verbs that read a bzip2 dump where they must. */
const SOME_PAGES: VerbTrial["codes"] = { ...ALL_PAGES, "gzip": [3] };
/** Damage in the middle, and checksums of streams, which a verb that looks at some blocks need not see. */
const UNSEEN: NonNullable<VerbTrial["files"]> = {
  "flip-in-first-magic": [0, 3],
  "flip-in-a-magic": [0, 3],
  "flip-in-a-crc": [0, 3],
  "flip-in-data": [0, 3],
  "flip-in-stream-crc": [0, 3],
};

/** Of verbs that read an index, where a dump is none. */
const NO_INDEX: VerbTrial["codes"] = {
  "other": [0, 1, 3],
  "cut": [3, 4],
  "damaged": [3],
  "gzip": [3],
  "no dump": [3],
  "cut dump": [3],
};

/** Verbs, and actions of verbs. */
const VERBS: Readonly<Record<string, VerbTrial>> = {
  "decompress": {
    args: (file, out) => [file, "-o", out],
    codes: ALL_DATA,
    output: "file",
    takesStdin: true,
  },
  "compress": {
    args: (file, out) => [file, "-o", out, "-f"],
    codes: { "other": [0], "cut": [0], "damaged": [0], "gzip": [0], "no dump": [0], "cut dump": [0] },
    output: "file",
    takesStdin: true,
  },
  "cat": { args: (file) => [file], codes: ALL_DATA, output: "none", takesStdin: true },
  "test": { args: (file) => [file], codes: { ...ALL_DATA, gzip: [0] }, output: "none", takesStdin: true },
  "blocks": { args: (file) => [file], codes: ALL_DATA, output: "none", takesStdin: true },
  "pages": { args: (file, out) => [file, "1-", "-o", out], codes: ALL_PAGES, output: "file", takesStdin: true },
  "stats": { args: (file) => [file], codes: ALL_PAGES, output: "none", takesStdin: true },
  "revisions": { args: (file) => [file], codes: ALL_PAGES, output: "none", takesStdin: true },
  "find-page": {
    args: (file) => [file, String(LAST_ID)],
    codes: SOME_PAGES,
    files: { ...UNSEEN, "cut-by-one": [0], "flip-in-end-magic": [0], "no-dump-inside": [3, 4] },
    output: "none",
    takesStdin: false,
  },
  "last-id": {
    args: (file) => [file, "page"],
    codes: SOME_PAGES,
    files: { ...UNSEEN, "no-dump-inside": [3, 4], "xml-cut": [3, 4] },
    output: "none",
    takesStdin: false,
  },
  "check": { args: (file) => [file], codes: ALL_DATA, files: UNSEEN, output: "none", takesStdin: false },
  "check-range": {
    args: (file) => [file],
    codes: ALL_PAGES,
    files: { ...UNSEEN, "no-dump-inside": [3, 4], "xml-cut": [3, 4] },
    output: "none",
    takesStdin: false,
  },
  "last-block": {
    args: (file, out) => [file, "-o", out],
    codes: ALL_DATA,
    files: UNSEEN,
    output: "file",
    takesStdin: false,
  },
  "from-offset": { args: (file, out) => [file, "0", "-o", out], codes: SOME_PAGES, output: "file", takesStdin: false },
  "crcs": {
    args: (file) => [file],
    codes: ALL_DATA,
    files: { "flip-in-data": [0] },
    output: "none",
    takesStdin: false,
  },
  "index build": {
    args: (file, out) => ["build", file, "-o", out],
    codes: ALL_PAGES,
    files: { "gzip": [3] },
    output: "file",
    takesStdin: true,
    good: MULTISTREAM.bytes,
    bad: badFilesOf(MULTISTREAM.bytes),
  },
  "index check": {
    args: (file) => ["check", file, INDEX],
    codes: { ...ALL_PAGES, "gzip": [3], "cut dump": [1] },
    output: "none",
    takesStdin: true,
    good: MULTISTREAM.bytes,
    bad: badFilesOf(MULTISTREAM.bytes),
  },
  "index search": {
    args: (file) => ["search", file, `--id=${LAST_ID}`],
    codes: NO_INDEX,
    // It ends when it has found what it wants.
    files: { "cut-by-one": [0, 4], "flip-in-end-magic": [0, 3], "flip-in-stream-crc": [0, 3] },
    output: "none",
    takesStdin: true,
    good: PACKED_INDEX,
    bad: badFilesOf(PACKED_INDEX),
  },
  "index convert": {
    args: (file, out) => ["convert", file, "--to=json", "-o", out],
    codes: NO_INDEX,
    output: "file",
    takesStdin: true,
    good: PACKED_INDEX,
    bad: badFilesOf(PACKED_INDEX),
  },
  "append": {
    args: (file, out) => [file, "--close", "-o", out],
    // To mend such files is what it is for.
    codes: { ...ALL_DATA, "cut": [0, 4], "damaged": [0, 3], "no dump": [3] },
    output: "file",
    takesStdin: false,
    good: FILES["cut-in-the-middle"].bytes,
  },
  "recompress": { args: (file, out) => [file, "-o", out], codes: ALL_PAGES, output: "file", takesStdin: true },
  "split": {
    args: (file, out) => [file, "--pages=20", "-d", out],
    codes: ALL_PAGES,
    output: "directory",
    takesStdin: true,
  },
};

/** What is known not to be as it should. */
const PENDING: Readonly<Record<string, string>> = {};

/** The verbs that scripts/bzdump/verbs.ts and late.ts import, ready to be run in this process. */
async function readVerbs(): Promise<Map<string, Verb<CommandSpec>>> {
  const source = ["verbs.ts", "late.ts"].map((name) => readFileSync(join(SCRIPTS, "bzdump", name), "utf8")).join("");
  const verbs = new Map<string, Verb<CommandSpec>>();
  for (const [, constant, path] of source.matchAll(/import \{ ([A-Z_]+) \} from "\.\/([\w-]+\.ts)"/g)) {
    const address = new URL(path!, `file://${SCRIPTS}bzdump/`).href;
    const verb = (await import(address) as Record<string, Verb<CommandSpec>>)[constant!]!;
    verbs.set(verb.spec.name.slice("bzdump ".length), verb);
  }
  return verbs;
}

const FOUND = await readVerbs();
const KNOWN = Object.entries(VERBS).filter(([name]) => FOUND.has(verbOf(name)));

function verbOf(name: string): string {
  return name.split(" ")[0]!;
}

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a verb in this process; fails when it takes too long. */
async function run(name: string, args: readonly string[]): Promise<Run> {
  const verb = FOUND.get(verbOf(name))!;
  const [stdout, stderr] = [memorySink(), memorySink()];
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error(`${name} takes too long`)), LIMIT_MS);
  try {
    const code = await runCommand(verb.spec, (invocation) => verb.run(invocation, stop.signal), {
      args: verb.prepare?.(args) ?? args,
      stdout,
      stderr,
    });
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    clearTimeout(timer);
  }
}

/** A directory with one file, and a place for the output. */
function place(bytes: Uint8Array | undefined, { output }: VerbTrial): { file: string; out: string; directory: string } {
  const directory = mkdtempSync(join(ROOT, "case-"));
  const file = join(directory, BAD_NAME);
  if (bytes !== undefined) writeFileSync(file, bytes);
  const out = join(directory, OUTPUT_NAME);
  if (output === "directory") mkdirSync(out);
  return { file, out, directory };
}

/** The files that a verb has left in a directory. */
function leftOvers(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((one) => !one.isDirectory() && one.name !== BAD_NAME).map(({ name }) => name);
}

/** What must hold of every end that is none of success: words for people, and no trace of our own code. */
function checkWords({ code, stderr, stdout }: Run, file: string): void {
  assert.notEqual(code, 70, stderr);
  assert.doesNotMatch(stderr, /^\s+at .+:\d+|This is a bug/m);
  if (code === 0 || code === 1) return;
  assert.ok(`${stderr}${stdout}`.includes(basename(file)), `the name of the file: ${stderr}`);
}

/** Damage has a place, and there is something that can be done. */
/** What is wrong with the very start of a file needs no place. */
const AT_THE_START: readonly FileName[] = ["flip-in-header", "flip-in-level"];

function checkPlace({ stderr, stdout }: Run): void {
  const text = stderr + stdout;
  assert.match(text, /\b(?:byte|bit|block|stream|offset|page)s? \d+|\d+ (?:good )?bytes/, `a place: ${text}`);
}

/** What the XML of a dump misses is said; that the rest must be fetched goes without saying. */
const WITHOUT_REMEDY: readonly FileName[] = ["empty", "xml-cut"];

function checkRemedy({ stderr, stdout }: Run): void {
  const lines = (stderr === "" ? stdout : stderr).trimEnd().split("\n");
  assert.ok(lines.length > 1 && /^[A-Z]/.test(lines.at(-1)!), `a remedy: ${stderr}`);
}

function fileFor(trial: VerbTrial, name: FileName): BadFile {
  return (trial.bad ?? FILES)[name];
}

function codesFor(trial: VerbTrial, name: FileName): Codes {
  return trial.files?.[name] ?? trial.codes[fileFor(trial, name).kind];
}

const DISK = join(ROOT, "disk");
mkdirSync(DISK);
const canMount = process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", DISK]).status === 0 &&
  spawnSync("umount", [DISK]).status === 0;

/** Takes all room that there is. */
function fill(path: string): void {
  try {
    for (;;) appendFileSync(path, new Uint8Array(4096));
  } catch {
    // No more room.
  }
}

afterEach(() => {
  process.exitCode = undefined;
});

test("every verb has a row in this table", () => {
  assert.deepEqual([...FOUND.keys()].sort(), NAMED_VERBS.map(({ name }) => name).sort());
  assert.deepEqual([...FOUND.keys()].filter((name) => !KNOWN.some(([known]) => verbOf(known) === name)), []);
});

for (const [name, trial] of KNOWN) {
  for (const fileName of Object.keys(FILES) as FileName[]) {
    const todo = PENDING[`${name}: ${fileName}`] ?? PENDING[`any: ${fileName}`] ?? false;
    test(`${name}: ${fileName}`, { timeout: 2 * LIMIT_MS, todo }, async () => {
      const { bytes, kind } = fileFor(trial, fileName);
      const { file, out, directory } = place(bytes, trial);
      const outcome = await run(name, trial.args(file, out));
      const told = `${outcome.stderr}${outcome.stdout.slice(0, 300)}`;
      assert.ok(codesFor(trial, fileName).includes(outcome.code), `exit code ${outcome.code}: ${told}`);
      checkWords(outcome, file);
      assert.deepEqual(new Uint8Array(readFileSync(file)), new Uint8Array(bytes), "the input is left alone");
      assert.deepEqual(leftOvers(directory).filter((one) => /inprog|~/.test(one)), []);
      if (outcome.code < 2) return;
      if ((kind === "cut" || kind === "damaged") && !AT_THE_START.includes(fileName)) checkPlace(outcome);
      if (!WITHOUT_REMEDY.includes(fileName)) checkRemedy(outcome);
      if (outcome.code > 1 && name !== "last-block") {
        assert.deepEqual(leftOvers(directory), [], "nothing under a final name");
      }
    });
  }
}

for (const [name, trial] of KNOWN) {
  const content = trial.good ?? FILE;
  const good = join(mkdtempSync(join(ROOT, "good-")), `good.xml-${RANGE}.bz2`);
  writeFileSync(good, content);

  test(`${name}: a good file is good`, async () => {
    const { out, directory } = place(undefined, trial);
    const outcome = await run(name, trial.args(good, out));
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.equal(leftOvers(directory).length > 0, trial.output !== "none");
  });

  test(`${name}: a file that is missing, and a directory`, async () => {
    const { file, out, directory } = place(undefined, trial);
    const inside = join(directory, "in.xml-p1p9.bz2");
    mkdirSync(inside);
    for (const wrong of [file, inside]) {
      const outcome = await run(name, trial.args(wrong, out));
      assert.equal(outcome.code, 74, outcome.stderr);
      checkWords(outcome, wrong);
      checkRemedy(outcome);
      assert.deepEqual(leftOvers(directory), []);
    }
  });

  if (trial.output !== "none") {
    test(`${name}: an output directory that is missing, or is a file`, async () => {
      const { directory } = place(undefined, trial);
      for (const parent of [join(directory, "nowhere"), good]) {
        const out = trial.output === "directory" ? parent : join(parent, OUTPUT_NAME);
        const outcome = await run(name, trial.args(good, out));
        assert.equal(outcome.code, 74, outcome.stderr);
        checkWords(outcome, parent);
        checkRemedy(outcome);
        assert.deepEqual(leftOvers(directory), []);
      }
    });

    test(`${name}: an output that exists stays as it is`, async () => {
      if (name === "compress") return;
      const { out, directory } = place(undefined, trial);
      if (trial.output === "directory") return;
      writeFileSync(out, "mine");
      const outcome = await run(name, trial.args(good, out));
      assert.equal(outcome.code, 74, outcome.stderr);
      checkRemedy(outcome);
      assert.equal(readFileSync(out, "utf8"), "mine");
      assert.deepEqual(leftOvers(directory), [OUTPUT_NAME]);
    });

    test(
      `${name}: a disk that is full`,
      { skip: canMount ? false : "no tmpfs can be mounted here (needs root)" },
      async () => {
        assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", DISK]).status, 0);
        try {
          fill(join(DISK, "filler"));
          const outcome = await run(
            name,
            trial.args(good, trial.output === "directory" ? DISK : join(DISK, OUTPUT_NAME)),
          );
          assert.equal(outcome.code, 74, outcome.stderr);
          assert.match(outcome.stderr, /no space left/);
          checkRemedy(outcome);
          assert.deepEqual(readdirSync(DISK), ["filler"]);
        } finally {
          spawnSync("umount", [DISK]);
        }
      },
    );
  }

  const todo = PENDING[`${name}: standard input`] ?? false;
  test(`${name}: standard input ${trial.takesStdin ? "will do" : "is refused with a remedy"}`, { todo }, async () => {
    const { out, directory } = place(undefined, trial);
    if (!trial.takesStdin) {
      const outcome = await run(name, trial.args("-", out));
      assert.equal(outcome.code, 2, outcome.stderr);
      checkRemedy(outcome);
      assert.match(outcome.stderr, /tandard input/);
      return;
    }
    const { code, stderr } = await runScript("bzdump", [verbOf(name), ...trial.args("-", out)], {
      cwd: directory,
      input: content,
    });
    assert.equal(code, 0, stderr);
  });

  test(`${name}: a full standard output`, async () => {
    if (trial.output !== "none") return;
    const args = [verbOf(name), ...trial.args(good, "")];
    const { code, stderr } = await runScript("bzdump", args, { cwd: ROOT, shell: 'exec "$@" > /dev/full' });
    // What says nothing about a good file cannot fail to say it.
    assert.equal(code, 74, stderr);
    assert.match(stderr, /no space left/);
  });
}

const HERE = join(ROOT, "here-multistream.xml.bz2");
writeFileSync(HERE, MULTISTREAM.bytes);
const WRONG_INDEX = join(ROOT, "wrong-index.txt");
writeFileSync(WRONG_INDEX, multistream(makeDump([1, 3, 127], () => 90), 1).index);

for (const verb of ["pages", "find-page"]) {
  for (const [where, id] of [["below", 0], ["between", 2], ["above", 9999]] as const) {
    test(`${verb}: a page id ${where} those that are there`, async () => {
      for (const more of [[], [`--index=${INDEX}`]]) {
        const outcome = await run(verb, [HERE, String(id), ...more]);
        assert.equal(outcome.code, 1, outcome.stderr);
        assert.match(outcome.stderr, new RegExp(`${basename(HERE)}.*\\b${id}\\b`));
      }
    });
  }

  test(`${verb}: the index of another dump`, async () => {
    const outcome = await run(verb, [HERE, String(LAST_ID), `--index=${WRONG_INDEX}`]);
    assert.equal(outcome.code, 3, outcome.stderr + outcome.stdout.slice(0, 200));
    assert.match(outcome.stderr, /index/);
    checkRemedy(outcome);
  });
}
