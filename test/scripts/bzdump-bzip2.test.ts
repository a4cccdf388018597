/** bzdump for hands that know bzip2: its names and options, and what its outputs inherit, compared with the real one. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
} from "node:fs";
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { runCommand } from "../../lib/cli/run-command.ts";
import { COMPRESS } from "../../scripts/bzdump/compress.ts";
import { memorySink } from "../support/memory-sink.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { bzdump, directoryWith, FILE, flip, jsonLines, XML } from "./bzdump-cases.ts";

test("the names and options of bzip2 do what they do there, but the input stays", async () => {
  const cwd = directoryWith({ "a.bz2": FILE, b: XML, "c.bz2": FILE });
  const xml = Buffer.from(XML);
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ["bzcat a.bz2 c.bz2", Buffer.concat([xml, xml]), /^$/],
    ["bzip2 -dc a.bz2", xml, /^$/],
    ["compress -d -c -k -s a.bz2 c.bz2", Buffer.concat([xml, xml]), /^$/],
    ["bunzip2 -kcv a.bz2", xml, /^a\.bz2: \d+ bytes in, \d+ bytes out\n$/],
    ["decompress -z -1 -c b", Buffer.from(compress(XML, { level: 1 })), /^$/],
    ["bzip2 --fast -c b", Buffer.from(compress(XML, { level: 1 })), /^$/],
    ["bzip2 -z --best -c b", Buffer.from(compress(XML, { level: 9 })), /^$/],
    ["decompress -9 -c a.bz2", xml, /^$/],
  ];
  for (const [args, expected, told] of cases) {
    const { code, stdout, stderr } = await bzdump(args, cwd);
    assert.equal(code, 0, `${args}: ${stderr}`);
    assert.ok(expected.equals(stdout), args);
    assert.match(stderr, told, args);
  }
  const tested = await bzdump("bzip2 -tv a.bz2 c.bz2", cwd);
  assert.equal(new TextDecoder().decode(tested.stdout).match(/^[ac]\.bz2: good bzip2/gm)?.length, 2);
  assert.deepEqual(readdirSync(cwd), ["a.bz2", "b", "c.bz2"]);
  for (
    const [args, message] of [["bzip2 -dz b", /--decompress and --compress/], [
      "compress -1 --best b",
      /Only one level/,
    ]]
  ) {
    const { code, stderr } = await bzdump(String(args), cwd);
    assert.equal(code, 2);
    assert.match(stderr, message as RegExp);
  }
});

test("several files: each is worked on, the exit code is that of the first that failed", async () => {
  const cwd = directoryWith({ "a.bz2": FILE, "bad.bz2": flip(FILE, 32 + 50), "z.bz2": FILE });
  for (const threads of ["-n1", "-n2"]) {
    const run = await bzdump(`cat ${threads} a.bz2 bad.bz2 gone.bz2 z.bz2`, cwd);
    assert.deepEqual([run.code, run.stdout.length], [3, 2 * XML.length]);
    const files = await bzdump(`decompress -f ${threads} --json bad.bz2 a.bz2 z.bz2`, cwd);
    assert.equal(files.code, 3);
    const [first, second] = jsonLines(files.stdout);
    assert.deepEqual([first?.["file"], first?.["output"], first?.["bytesOut"]], ["a.bz2", "a", XML.length]);
    assert.deepEqual([first?.["streams"], first?.["trailingBytes"], second?.["file"]], [1, 0, "z.bz2"]);
    assert.ok(!existsSync(join(cwd, "bad")));
  }
});

test("compressed data never goes to a terminal, nor is it typed there, unless forced; with and without threads", async () => {
  const cwd = directoryWith({ plain: XML });
  const signal = new AbortController().signal;
  for (const threads of ["-n1", "-n2"]) {
    const stdout = memorySink({ isTerminal: true });
    const stderr = memorySink();
    const run = (args: readonly string[]): Promise<number> =>
      runCommand(COMPRESS.spec, (invocation) => COMPRESS.run(invocation, signal), { args, stdout, stderr });
    const before = process.exitCode;
    try {
      assert.equal(await run([threads, "-c", join(cwd, "plain")]), 2);
      assert.match(stderr.text(), /Compressed data is not written to a terminal\nUse -o FILE, a pipe, or -f/);
      assert.equal(stdout.text(), "");
      assert.equal(await run([threads, "-c", "-f", join(cwd, "plain")]), 0);
      assert.ok(stdout.text().startsWith("BZh9"));
    } finally {
      process.exitCode = before;
    }
  }
  assert.deepEqual(readdirSync(cwd), ["plain"]);
});

test("compressed data is not read from a terminal", { skip: skipWithoutCommand("script") }, async () => {
  const cwd = directoryWith({});
  const { stdout } = await bzdump("cat", cwd, { shell: 'exec script -qec "$*" /dev/null < /dev/null' });
  assert.match(new TextDecoder().decode(stdout), /Standard input is a terminal, expected a file or a pipe/);
});

const isRoot = process.getuid?.() === 0;

test("owner, permissions and times are kept as bzip2 keeps them", { skip: skipWithoutCommand("bzip2") }, async () => {
  const cwd = directoryWith({ ours: XML, theirs: XML });
  for (const mode of [0o640, 0o444, 0o7751, 0o6755, 0o1600]) {
    for (const name of ["ours", "theirs"]) {
      const path = join(cwd, name);
      if (isRoot) chownSync(path, 1234, 4321);
      chmodSync(path, mode);
      utimesSync(path, 1_000_000_000.25, 1_700_000_000.123456);
    }
    const threads = mode % 2 === 0 ? "-n1" : "-n2";
    assert.equal((await bzdump(`compress -f ${threads} ours`, cwd)).code, 0);
    assert.equal(spawnSync("bzip2", ["-kf", "theirs"], { cwd }).status, 0);
    compareStatus(join(cwd, "ours.bz2"), join(cwd, "theirs.bz2"), mode);
    copyFileSync(join(cwd, "ours.bz2"), join(cwd, "back.bz2"));
    assert.equal((await bzdump(`decompress -f ${threads} ours.bz2 -o back`, cwd)).code, 0);
    compareStatus(join(cwd, "back"), join(cwd, "theirs.bz2"), mode);
    assert.deepEqual(readFileSync(join(cwd, "back")), Buffer.from(XML));
    chmodSync(join(cwd, "ours"), 0o600);
    chmodSync(join(cwd, "theirs"), 0o600);
  }
});

function compareStatus(oursPath: string, theirsPath: string, mode: number): void {
  const ours = statSync(oursPath);
  const theirs = statSync(theirsPath);
  // Where bzip2 may not give the file away, it keeps the bits that lend its rights.
  assert.equal(ours.mode & 0o7777, theirs.mode & (isRoot ? 0o7777 : 0o1777), `mode of ${mode.toString(8)}`);
  assert.deepEqual([ours.uid, ours.gid], [theirs.uid, theirs.gid]);
  assert.equal(Math.floor(ours.mtimeMs / 1000), Math.floor(theirs.mtimeMs / 1000));
  assert.ok(Math.abs(ours.mtimeMs - 1_700_000_000_123.456) < 0.002, `${ours.mtimeMs} ms`);
}

test("an output with -o, a kept name and -k: nothing is lost", async () => {
  const cwd = directoryWith({ "a.bz2": FILE, a: "mine" });
  const refused = await bzdump("bunzip2 -k a.bz2", cwd);
  assert.equal(refused.code, 74);
  assert.match(refused.stderr, /a exists already/);
  assert.equal(readFileSync(join(cwd, "a"), "utf8"), "mine");
  assert.equal((await bzdump("bunzip2 -n2 a.bz2 -o other", cwd)).code, 0);
  assert.equal((await bzdump("bunzip2 -kf a.bz2", cwd)).code, 0);
  assert.deepEqual(readFileSync(join(cwd, "a")), readFileSync(join(cwd, "other")));
  assert.ok(existsSync(join(cwd, "a.bz2")));
});

test("a URL stands wherever a file may; it is written to stdout, unless -o names a file", async () => {
  const server = createServer((request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")!.map(Number);
    const part = FILE.subarray(start, end! + 1);
    response.writeHead(206, { "content-range": `bytes ${start}-${start! + part.length - 1}/${FILE.length}` }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dump.xml.bz2`;
    const cwd = directoryWith({});
    const runs = await Promise.all(
      [`cat ${url}`, `decompress -n2 ${url}`, `test -q ${url}`, `decompress -o out ${url}`, `compress -1 ${url}`].map((
        args,
      ) => bzdump(args, cwd)),
    );
    for (const { code, stderr } of runs) assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(runs[0]!.stdout, Buffer.from(XML));
    assert.deepEqual(runs[1]!.stdout, Buffer.from(XML));
    assert.deepEqual(readFileSync(join(cwd, "out")), Buffer.from(XML));
    assert.deepEqual(decompress(runs[4]!.stdout), FILE);
    const removed = await bzdump(`decompress --rm -o out2 ${url}`, cwd);
    assert.equal(removed.code, 2);
    assert.deepEqual(readdirSync(cwd), ["out"]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
