import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { expectedDocument, makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runScript, type ScriptOptions, type ScriptRun } from "./run-script.ts";

const ROOT = scratchDirectory("split");
const encoder = new TextEncoder();
const DUMP = makeDump(Array.from({ length: 150 }, (_, i) => 2 * i + 7), (id) => id === 101 ? 60_000 : 1500);
const XML = encoder.encode(DUMP.xml);
const FILE = oneStream(DUMP);

function directoryWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = mkdtempSync(join(ROOT, "case-"));
  mkdirSync(join(path, "out"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

function split(args: string, cwd: string, options: Partial<ScriptOptions> = {}): Promise<ScriptRun> {
  return runScript("bzdump", ["split", ...args.split(" ")], { cwd, ...options });
}

function textOf(path: string): string {
  const bytes = readFileSync(path);
  return new TextDecoder().decode(
    path.endsWith(".bz2") ? decompress(bytes) : path.endsWith(".gz") ? gunzipSync(bytes) : bytes,
  );
}

/** That the files of a directory are whole dumps, that their names say what they hold, and that they are all of the dump. */
function checkTiling(directory: string): string[] {
  const files = readdirSync(directory);
  const ranged = files.map((file) => {
    const [, first, last] = /-p(\d+)p(\d+)(?:\.\w+)?$/.exec(file) ?? assert.fail(file);
    return { file, first: Number(first), last: Number(last) };
  }).sort((a, b) => a.first - b.first);
  let next = 0;
  for (const { file, first, last } of ranged) {
    assert.ok(next === 0 || first === next, `${file} begins at ${next}`);
    next = last + 1;
    const text = textOf(join(directory, file));
    assert.equal(text, expectedDocument(DUMP, (id) => id >= first && id <= last), file);
    assert.ok(text.includes(`<id>${first}</id>`) || first < DUMP.ids[0]!, file);
  }
  assert.ok(ranged[0]!.first <= DUMP.ids[0]! && next > DUMP.ids.at(-1)!, "all pages");
  return ranged.map(({ file }) => file);
}

function rowsOf(text: Uint8Array): Record<string, unknown>[] {
  return new TextDecoder().decode(text).trimEnd().split("\n").map((line) =>
    JSON.parse(line) as Record<string, unknown>
  );
}

test("every way to cut, of every kind of file, gives pieces that are all of the dump", async () => {
  const files = {
    "t-20260101-pages-articles.xml.bz2": FILE,
    "t-20260101-pages-articles-multistream.xml-p1p400.bz2": multistream(DUMP, 10).bytes,
    "plain.xml": XML,
    "stubs.xml.gz": gzipSync(XML),
  };
  for (const file of Object.keys(files)) {
    for (const how of ["--pages=40", "--xml-bytes=80K", "--bytes=30k", "--pieces=3"]) {
      if (file.endsWith(".gz") && how.startsWith("--bytes")) continue;
      const cwd = directoryWith(files);
      const planned = await split(`${file} ${how} -d out --dry-run --json`, cwd);
      assert.equal(planned.code, 0, planned.stderr);
      assert.deepEqual(readdirSync(join(cwd, "out")), []);
      const { code, stdout, stderr } = await split(`${file} ${how} -d out --json`, cwd);
      assert.equal(code, 0, stderr);
      const made = checkTiling(join(cwd, "out"));
      assert.ok(made.length >= 3, `${file} ${how}: ${made.length} pieces`);
      const rows = rowsOf(stdout);
      assert.deepEqual(rows.map(({ output }) => output), made.map((name) => `out/${name}`));
      assert.equal(rows.reduce((sum, { pages }) => sum + (pages as number), 0), DUMP.ids.length);
      assert.deepEqual(rowsOf(planned.stdout).map(({ output }) => output), rows.map(({ output }) => output));
    }
  }
});

test("names go on from those of the file, packing is that of the file or what is asked for", async () => {
  const cwd = directoryWith({ "t-20260101-pages-articles-multistream2.xml-p3p500.bz2": FILE });
  const file = "t-20260101-pages-articles-multistream2.xml-p3p500.bz2";
  await split(`${file} --pages=100 -d out`, cwd);
  assert.deepEqual(checkTiling(join(cwd, "out")), [
    "t-20260101-pages-articles2.xml-p3p206.bz2",
    "t-20260101-pages-articles2.xml-p207p500.bz2",
  ]);
  for (const [format, extension] of [["gz", ".gz"], ["xml", ""]] as const) {
    const other = directoryWith({ "a.xml.bz2": FILE });
    await split(`a.xml.bz2 --pages=100 -d out --format=${format} --name=b.xml`, other);
    assert.deepEqual(checkTiling(join(other, "out")), [`b.xml-p7p206${extension}`, `b.xml-p207p305${extension}`]);
  }
});

test("standard input is cut where its length does not matter, and refused where it does", async () => {
  const cwd = directoryWith({});
  const { code, stderr } = await split("- --bytes=50K -d out", cwd, { input: FILE });
  assert.equal(code, 0, stderr);
  assert.ok(checkTiling(join(cwd, "out"))[0]!.startsWith("stdin.xml-p7p"));
  const refused = await split("- --pieces=2 -d out", cwd, { input: FILE });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /needs to know how long the dump is.*\nSave the data to a file first/);
  const gzip = await split("- --bytes=2M -d out", cwd, { input: gzipSync(XML) });
  assert.equal(gzip.code, 2);
  assert.match(gzip.stderr, /Use --xml-bytes/);
});

test("threads do not change the pieces", async () => {
  const cwd = directoryWith({ "a.xml.bz2": FILE });
  mkdirSync(join(cwd, "one"));
  await split("a.xml.bz2 --pieces=4 -d one -n 1", cwd);
  await split("a.xml.bz2 --pieces=4 -d out -n 3", cwd);
  const names = checkTiling(join(cwd, "out"));
  assert.deepEqual(readdirSync(join(cwd, "one")).sort(), [...names].sort());
  for (const name of names) {
    assert.deepEqual(readFileSync(join(cwd, "out", name)), readFileSync(join(cwd, "one", name)));
  }
});

test("a page that is bigger than a piece is a piece, and fewer pieces than wanted are told", async () => {
  const cwd = directoryWith({ "a.xml": XML });
  const { code, stderr } = await split("a.xml --xml-bytes=1 -d out", cwd);
  assert.equal(code, 0, stderr);
  assert.equal(checkTiling(join(cwd, "out")).length, DUMP.ids.length);
  const few = directoryWith({ "a.xml": makeDump([1, 2], () => 10).xml });
  const told = await split("a.xml --pieces=5 -d out", few);
  assert.equal(told.code, 0);
  assert.match(told.stderr, /a\.xml gives 2 of 5 pieces: pages are not cut/);
});

test("existing files are replaced with -f only, and the dump itself never", async () => {
  const cwd = directoryWith({ "a.xml-p7p305.bz2": FILE });
  writeFileSync(join(cwd, "out", "a.xml-p7p206.bz2"), "mine");
  const refused = await split("a.xml-p7p305.bz2 --pages=100 -d out", cwd);
  assert.equal(refused.code, 74);
  assert.match(refused.stderr, /out\/a\.xml-p7p206\.bz2 exists already\nUse -f/);
  assert.deepEqual(readdirSync(join(cwd, "out")), ["a.xml-p7p206.bz2"]);
  assert.equal((await split("a.xml-p7p305.bz2 --pages=100 -d out -f", cwd)).code, 0);
  assert.equal(checkTiling(join(cwd, "out")).length, 2);
  const itself = await split("a.xml-p7p305.bz2 --pieces=1 -f", cwd);
  assert.equal(itself.code, 74);
  assert.match(itself.stderr, /is the dump itself/);
  assert.deepEqual(new Uint8Array(readFileSync(join(cwd, "a.xml-p7p305.bz2"))), FILE);
  assert.deepEqual(readdirSync(cwd).sort(), ["a.xml-p7p305.bz2", "out"]);
});

test("ids that do not rise are refused with their place, and nothing is left", async () => {
  const cwd = directoryWith({ "a.xml.bz2": oneStream(makeDump([4, 9, 6], () => 50)) });
  const { code, stderr } = await split("a.xml.bz2 --pages=1 -d out", cwd);
  assert.equal(code, 3);
  assert.match(stderr, /a\.xml\.bz2: Page 6 follows page 9 at byte \d+ of the XML, expected rising page ids/);
  assert.deepEqual(readdirSync(join(cwd, "out")), []);
});

test("a dump without pages has no pieces, and that is a no", async () => {
  const cwd = directoryWith({ "a.xml.bz2": compress(encoder.encode("<mediawiki>\n</mediawiki>\n")) });
  for (const how of ["--pages=1", "--pieces=2", "--bytes=1M --dry-run"]) {
    const { code, stderr } = await split(`a.xml.bz2 ${how} -d out`, cwd);
    assert.equal(code, 1, how);
    assert.match(stderr, /a\.xml\.bz2 has no pages/);
  }
  assert.deepEqual(readdirSync(join(cwd, "out")), []);
});

test("what cannot be meant is a usage error", async () => {
  const cwd = directoryWith({ "a.xml": XML });
  const cases: readonly (readonly [string, RegExp])[] = [
    ["a.xml", /not said how to cut/],
    ["a.xml --pages=1 --pieces=2", /--pages and --pieces say two ways/],
    ["a.xml --bytes=5Q", /number of bytes such as 500M or 1G, but "5Q"/],
    ["a.xml --xml-bytes=0", /but "0" was given/],
    ["a.xml --pages=0", /whole number from 1/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await split(args, cwd);
    assert.equal(code, 2, args);
    assert.match(stderr, message);
  }
});

test("a signal in the middle leaves nothing", async () => {
  const big = compress(encoder.encode(makeDump(Array.from({ length: 600 }, (_, i) => i + 1), () => 9000).xml));
  const cwd = directoryWith({ "a.xml.bz2": big });
  const { signal } = await split("a.xml.bz2 --pages=100 -d out -n 1", cwd, {
    onStart(kill) {
      const timer = setInterval(() => {
        if (readdirSync(join(cwd, "out")).length < 2) return;
        clearInterval(timer);
        kill("SIGTERM");
      }, 5);
    },
  });
  assert.equal(signal, "SIGTERM");
  assert.deepEqual(readdirSync(join(cwd, "out")), []);
});

test("a dump on a server is cut, and planned with few reads", async () => {
  const dump = makeDump(Array.from({ length: 300 }, (_, i) => i + 1), () => 12_000);
  const file = oneStream(dump);
  let sent = 0;
  const server = createServer((request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")!.map(Number);
    const part = file.subarray(start, end! + 1);
    sent += part.length;
    response.writeHead(206, { "content-range": `bytes ${start}-${start! + part.length - 1}/${file.length}` }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const cwd = directoryWith({});
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/wiki/dump.xml.bz2?x=1`;
    const planned = await split(`${url} --pieces=2 --dry-run`, cwd);
    assert.equal(planned.code, 0, planned.stderr);
    assert.ok(sent < file.length * 0.9, `${sent} of ${file.length} bytes`);
    const { code, stderr } = await split(`${url} --pieces=2 -d out`, cwd);
    assert.equal(code, 0, stderr);
    assert.equal(readdirSync(join(cwd, "out")).length, 2);
    assert.ok(readdirSync(join(cwd, "out")).includes("dump.xml-p1p155.bz2"));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

const DISK = join(ROOT, "disk");
mkdirSync(DISK);
const canMount = process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", DISK]).status === 0 &&
  spawnSync("umount", [DISK]).status === 0;

test("a disk that gets full is told, and its space is given back", {
  skip: canMount ? false : "no tmpfs can be mounted here (needs root)",
}, async () => {
  const cwd = directoryWith({ "a.xml.bz2": FILE });
  assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=48k", "tmpfs", DISK]).status, 0);
  try {
    for (const options of ["--pages=40", "--pages=40 --format=xml", "--pages=40 --format=gz", "--pages=40 -n 2"]) {
      const { code, stderr } = await split(`a.xml.bz2 ${options} -d ${DISK}`, cwd);
      assert.equal(code, 74, `${options}: ${stderr}`);
      assert.match(stderr, /no space left on the device\nFree some space/);
      assert.deepEqual(readdirSync(DISK), [], options);
    }
  } finally {
    spawnSync("umount", [DISK]);
  }
});
