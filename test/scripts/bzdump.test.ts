/** bzdump compress, decompress and test, as processes; and what holds for all verbs. */
import assert from "node:assert/strict";
import process from "node:process";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { FOOTER, multistream } from "../dump/dump-maker.ts";
import {
  bzdump,
  directoryWith,
  DUMP,
  FILE,
  flip,
  HOSTILE,
  hostileFiles,
  jsonLines,
  ROOT,
  XML,
} from "./bzdump-cases.ts";

const encoder = new TextEncoder();

test("test reads every file to its end and says for each what it found", async () => {
  const good = {
    "good.bz2": FILE,
    "multi.bz2": multistream(DUMP, 10).bytes,
    "trailing.bz2": concatBytes([FILE, encoder.encode("more")]),
    "nothing.bz2": compress(new Uint8Array()),
    "good.gz": gzipSync(XML),
    "gzip-inside.bz2": gzipSync(XML),
  };
  const bad = { ...hostileFiles(), "cut.gz": gzipSync(XML).subarray(0, 3000), "flip.gz": flip(gzipSync(XML), 40_000) };
  const cwd = directoryWith({ ...good, ...bad });
  const names = [...Object.keys(good), ...Object.keys(bad), "missing.bz2"];
  const { code, stdout, stderr } = await bzdump(`test --json ${names.join(" ")}`, cwd);
  const reports = new Map(jsonLines(stdout).map((report) => [report["file"], report]));
  const errors = jsonLines(stderr);
  assert.equal(code, 3, "that of the first file that is not good");
  assert.equal(reports.size, names.length - 1);
  for (const name of Object.keys(good)) assert.equal(reports.get(name)?.["isGood"], true, name);
  assert.equal(reports.get("good.bz2")?.["bytesOut"], XML.length);
  assert.equal(reports.get("multi.bz2")?.["streams"], 15);
  assert.equal(reports.get("trailing.bz2")?.["trailingBytes"], 4);
  assert.equal(reports.get("gzip-inside.bz2")?.["format"], "gzip");
  for (const [name, , exitCode, errorCode] of HOSTILE) {
    const report = reports.get(`${name}.bz2`);
    const error = errors.find(({ message }) => String(message).startsWith(`${name}.bz2: `));
    assert.deepEqual([report?.["isGood"], report?.["exitCode"]], [false, exitCode], name);
    assert.match(String(error?.["code"]), new RegExp(errorCode), name);
    assert.equal(error?.["exitCode"], exitCode, name);
    assert.notEqual(error?.["remedy"], "", name);
  }
  assert.equal(reports.get("cut.gz")?.["exitCode"], 4);
  assert.equal(reports.get("flip.gz")?.["exitCode"], 3);
  assert.equal(errors.at(-1)?.["exitCode"], 74, "the missing file");
});

test("test speaks to people too, and is quiet on demand", async () => {
  const cwd = directoryWith({ "a.bz2": FILE, "b.bz2": FILE.subarray(0, -1) });
  const told = await bzdump("test a.bz2 b.bz2", cwd);
  assert.match(
    new TextDecoder().decode(told.stdout),
    /^a\.bz2: good bzip2, 1 stream, \d+ blocks, \d+ bytes hold \d+\n$/,
  );
  assert.match(
    told.stderr,
    /^bzdump test: b\.bz2: .*\(block \d+, stream 0, bit \d+\), at byte \d+, after \d+ good bytes\n.+\n$/,
  );
  assert.equal(told.code, 4);
  const quiet = await bzdump("test -q -", cwd, { input: FILE });
  assert.deepEqual([quiet.code, quiet.stdout.length, quiet.stderr], [0, 0, ""]);
});

test("decompress makes nothing of a hostile file, under no name, and keeps the input", async () => {
  const cwd = directoryWith(hostileFiles());
  const before = readdirSync(cwd).sort();
  const { code, stderr, stdout } = await bzdump(`decompress --json ${before.join(" ")}`, cwd);
  assert.equal(code, HOSTILE.find(([name]) => `${name}.bz2` === before[0])![2]);
  assert.equal(stdout.length, 0);
  const codes = jsonLines(stderr).map(({ exitCode }) => exitCode);
  assert.deepEqual(codes, before.map((file) => HOSTILE.find(([name]) => `${name}.bz2` === file)![2]));
  assert.deepEqual(readdirSync(cwd).sort(), before);
});

test("decompress gives all good bytes of a damaged file to stdout, then the error", async () => {
  const cwd = directoryWith({});
  const damaged = await bzdump("decompress", cwd, { input: concatBytes([FILE, flip(FILE, 32 + 50)]) });
  assert.equal(damaged.code, 3);
  assert.deepEqual(damaged.stdout, Buffer.from(XML));
  assert.match(
    damaged.stderr,
    new RegExp(`standard input: Block checksum mismatch.*stream 1.* after ${XML.length} good bytes`),
  );
  const cut = await bzdump("d -c -", cwd, { input: FILE.subarray(0, -1) });
  assert.equal(cut.code, 4);
  assert.deepEqual(cut.stdout, Buffer.from(XML));
  const trailing = await bzdump("decompress -c -", cwd, { input: concatBytes([FILE, new Uint8Array(9)]) });
  assert.deepEqual([trailing.code, trailing.stdout.length], [0, XML.length]);
  assert.match(trailing.stderr, /9 bytes after the last stream are no bzip2 data, ignored/);
});

test("decompress and compress make files beside theirs, with mode and times, and never half of one", async () => {
  const cwd = directoryWith({
    "a.bz2": FILE,
    "b.tbz2": FILE,
    "c.bz2": FILE,
    c: "mine",
    odd: FILE,
    "rm.bz2": FILE,
    "two.bz2": FILE,
  });
  writeFileSync(join(cwd, "a.bz2"), FILE, { mode: 0o640 });
  utimesSync(join(cwd, "a.bz2"), 1_000_000_000, 1_100_000_000);
  const { code, stderr } = await bzdump("decompress --json a.bz2 b.tbz2 c.bz2 odd", cwd);
  assert.equal(code, 74, stderr);
  const errors = jsonLines(stderr);
  assert.deepEqual(errors.map(({ code }) => code), ["EXISTS", "USAGE"]);
  assert.deepEqual(readFileSync(join(cwd, "a")), Buffer.from(XML));
  assert.deepEqual(readFileSync(join(cwd, "b.tar")), Buffer.from(XML));
  assert.equal(readFileSync(join(cwd, "c"), "utf8"), "mine");
  const [from, to] = [statSync(join(cwd, "a.bz2")), statSync(join(cwd, "a"))];
  assert.deepEqual([to.mode & 0o777, to.mtimeMs], [from.mode & 0o777, 1_100_000_000_000]);
  linkSync(join(cwd, "two.bz2"), join(cwd, "second-name"));
  const forced = await bzdump("decompress -f --rm c.bz2 rm.bz2 two.bz2", cwd);
  assert.equal(forced.code, 74, "the file with two names");
  assert.deepEqual(readFileSync(join(cwd, "c")), Buffer.from(XML));
  assert.deepEqual(["c.bz2", "rm.bz2", "two.bz2", "two"].map((name) => existsSync(join(cwd, name))), [
    false,
    false,
    true,
    false,
  ]);
  const packed = await bzdump("compress -1 --json a c", cwd);
  assert.equal(packed.code, 74, "a.bz2 is there");
  assert.deepEqual(decompress(readFileSync(join(cwd, "c.bz2"))), XML);
  assert.equal(readFileSync(join(cwd, "c.bz2"))[3], 0x31);
  assert.deepEqual(readFileSync(join(cwd, "a.bz2")), Buffer.from(FILE));
  assert.equal(jsonLines(packed.stdout)[0]?.["bytesIn"], XML.length);
  assert.deepEqual(readdirSync(cwd).filter((name) => name.includes("inprog")), []);
});

test("compress passes stdin to stdout at the level that was asked for", async () => {
  const cwd = directoryWith({});
  for (const [option, byte] of [["", 0x39], ["-5", 0x35]] as const) {
    const { code, stdout } = await bzdump(`compress ${option}`.trim(), cwd, { input: XML, isFromSource: true });
    assert.deepEqual([code, stdout[3]], [0, byte]);
    assert.deepEqual(decompress(stdout), XML);
  }
});

test("what cannot be meant is a usage error that names it", async () => {
  const cwd = directoryWith({ "a.bz2": FILE });
  const cases: readonly (readonly [string, RegExp])[] = [
    ["", /VERB is missing/],
    ["decompres a.bz2", /Unknown verb "decompres"\nDid you mean decompress\?/],
    ["pages a.bz2", /RANGE is missing/],
    ["pages a.bz2 9-3", /first page id is bigger/],
    ["pages a.bz2 1 --index x --scan", /does not go together/],
    ["compress -1 -9 a.bz2", /Only one level/],
    ["decompress -c --rm a.bz2", /--rm would remove/],
    ["decompress -o x a.bz2 a.bz2", /takes one file/],
  ];
  const runs = await Promise.all(cases.map(([args]) => bzdump(args, cwd)));
  runs.forEach(({ code, stderr, stdout }, i) => {
    assert.deepEqual([code, stdout.length], [2, 0], cases[i]![0]);
    assert.match(stderr, cases[i]![1]);
  });
});

test("help goes to stdout, fits on a page, and knows the exit codes", async () => {
  const cwd = directoryWith({});
  for (const args of ["--help", "cat --help", "blocks --help", "help compress", "help decompress", "test -h"]) {
    const { code, stdout, stderr } = await bzdump(args, cwd);
    assert.deepEqual([code, stderr], [0, ""], args);
    const lines = new TextDecoder().decode(stdout).split("\n");
    assert.ok(lines[0]!.startsWith("Usage: bzdump") && lines.length <= 41, `${args}: ${lines.length} lines`);
  }
  const { stdout } = await bzdump("help exit-codes", cwd, { isFromSource: true });
  assert.match(new TextDecoder().decode(stdout), /^ +4 +input truncated/m);
});

test("a full disk, a full stdout and a file size limit are told, and leave nothing half-written", async () => {
  const cwd = directoryWith({ "a.bz2": FILE });
  const full = await bzdump("decompress -c a.bz2", cwd, { shell: 'exec "$@" > /dev/full' });
  assert.equal(full.code, 74);
  assert.match(full.stderr, /Cannot write standard output: no space left/);
  const limited = await bzdump("decompress a.bz2", cwd, { shell: 'ulimit -f 100; exec "$@"' });
  assert.equal(limited.code, 74, limited.stderr);
  assert.deepEqual(readdirSync(cwd), ["a.bz2"]);
});

const canMount = process.getuid?.() === 0 && mountTmpfs(join(ROOT, "probe"));

function mountTmpfs(path: string): boolean {
  mkdirSync(path);
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path]).status !== 0) return false;
  return spawnSync("umount", [path]).status === 0;
}

test("a disk that gets full is told, and its space is given back", {
  skip: canMount ? false : "no tmpfs can be mounted here (needs root)",
}, async () => {
  const disk = join(ROOT, "disk");
  mkdirSync(disk);
  const cwd = directoryWith({ "a.bz2": FILE });
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status, 0);
  try {
    const { code, stderr } = await bzdump(`decompress a.bz2 -o ${disk}/a`, cwd);
    assert.equal(code, 74);
    assert.match(stderr, /no space left on the device\nFree some space/);
    const pages = await bzdump(`pages a.bz2 1- -o ${disk}/a.xml`, cwd);
    assert.equal(pages.code, 74);
    assert.deepEqual(readdirSync(disk), []);
  } finally {
    spawnSync("umount", [disk]);
  }
});

test("a signal ends the work, removes what is not whole, and is what the process dies of", async () => {
  const cwd = directoryWith({});
  const { signal, stdout } = await bzdump("compress - -o out.bz2", cwd, {
    input: XML,
    onStart(kill) {
      const timer = setInterval(() => {
        if (!existsSync(join(cwd, "out.bz2.inprog"))) return;
        clearInterval(timer);
        kill("SIGTERM");
      }, 20);
    },
  });
  assert.deepEqual([signal, stdout.length], ["SIGTERM", 0]);
  assert.deepEqual(readdirSync(cwd), []);
});

test("a reader that leaves early is a quiet end", async () => {
  const cwd = directoryWith({ "a.bz2": FILE });
  const { code, stdout, stderr } = await bzdump("decompress -c a.bz2", cwd, {
    shell: '"$@" | head -c 11; exit ${PIPESTATUS:-0}',
  });
  assert.deepEqual([code, new TextDecoder().decode(stdout), stderr], [0, "<mediawiki ", ""]);
  assert.ok(DUMP.xml.endsWith(FOOTER));
});

test("what is no regular file is never replaced, not even with -f, and a link to nowhere only with it", async () => {
  const cwd = directoryWith({ "a.xml.bz2": FILE, "a.xml": XML });
  mkdirSync(join(cwd, "directory"));
  symlinkSync("/dev/null", join(cwd, "device"));
  symlinkSync("nowhere", join(cwd, "dangling"));
  const commands = [
    "decompress -f a.xml.bz2 -o directory",
    "decompress -f a.xml.bz2 -o device",
    "compress -f a.xml -o device",
    "pages a.xml 1 -f -o device",
    "decompress a.xml.bz2 -o dangling",
  ];
  for (const command of commands) {
    const { code, stderr } = await bzdump(command, cwd);
    assert.equal(code, 74, command);
    assert.match(stderr, command.includes("dangling") ? /dangling exists already/ : /is no regular file/);
  }
  assert.deepEqual(readdirSync(cwd).sort(), ["a.xml", "a.xml.bz2", "dangling", "device", "directory"]);
  assert.ok(lstatSync(join(cwd, "device")).isSymbolicLink());
  assert.equal((await bzdump("decompress -f a.xml.bz2 -o dangling", cwd)).code, 0);
  assert.deepEqual(new Uint8Array(readFileSync(join(cwd, "dangling"))), XML);
});

test("what is open already is not replaced, also when it is a regular file", {
  skip: existsSync("/proc/self/fd") ? false : "no /proc here",
}, async () => {
  const cwd = directoryWith({ "a.xml.bz2": FILE });
  const { code, stderr } = await bzdump("decompress -f a.xml.bz2 -o /proc/self/fd/1", cwd, { shell: '"$@" > taken' });
  assert.equal(code, 74);
  assert.match(stderr, /\/proc\/self\/fd\/1 is no regular file/);
  assert.deepEqual(readdirSync(cwd).sort(), ["a.xml.bz2", "taken"]);
});

test("standard output and a file at once are refused", async () => {
  const { code, stdout, stderr } = await bzdump("decompress -c -o out.xml a.bz2", directoryWith({ "a.bz2": FILE }));
  assert.equal(code, 2);
  assert.equal(stdout.length, 0);
  assert.match(stderr, /two places for one output/);
});
