import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { tinyDump } from "../support/tiny-dump.ts";
import { runScript, type ScriptOptions, type ScriptRun } from "./run-script.ts";

const encoder = new TextEncoder();
const XML = tinyDump();
const PACKED = compress(encoder.encode(XML), { level: 1 });
/** More than a megabyte packed, so that threads are used without being asked for. */
const NOISE = Array.from({ length: 300_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1).toString(36)).join(" ");
const LARGE = compress(encoder.encode(tinyDump([{ id: 1, title: "A", revisions: [{ id: 1, text: NOISE }] }])), {
  level: 1,
});

function files(content: Readonly<Record<string, Uint8Array | string>>): string {
  const path = scratchDirectory("check-deep");
  for (const [name, bytes] of Object.entries(content)) writeFileSync(join(path, name), bytes);
  return path;
}

function check(args: string, cwd: string, options: Partial<ScriptOptions> = {}): Promise<ScriptRun> {
  return runScript("bzdump", ["check", "--deep", ...args.split(" ")], { cwd, ...options });
}

function text(run: ScriptRun): string {
  return new TextDecoder().decode(run.stdout);
}

test("a good dump gets one line, whatever it is packed with, and exit code 0", async () => {
  const cwd = files({ "a.xml.bz2": PACKED, "b.xml.gz": gzipSync(XML), "c.xml": XML, "d.xml.bz2": LARGE });
  const run = await check("a.xml.bz2 b.xml.gz c.xml d.xml.bz2", cwd);
  assert.deepEqual([run.code, run.stderr], [0, ""]);
  const [a, b, c, d] = text(run).split("\n");
  const content = "5 pages (1 to 12), 6 revisions, 5 texts compared";
  assert.ok(a?.startsWith(`a.xml.bz2: good bzip2 dump: ${content}, 1 stream, 1 block, ${PACKED.length} bytes hold`), a);
  assert.ok(b?.startsWith(`b.xml.gz: good gzip dump: ${content}, `), b);
  assert.ok(c?.startsWith(`c.xml: good xml dump: ${content}, `), c);
  assert.ok(d?.startsWith("d.xml.bz2: good bzip2 dump: 1 page (1 to 1), 1 revision, 1 text compared"), d);
  const quiet = await check("-q a.xml.bz2", cwd);
  assert.deepEqual([quiet.code, text(quiet), quiet.stderr], [0, "", ""]);
});

test("exit codes say what kind of trouble it is, and each problem has a line with its place", async () => {
  const flipped = PACKED.slice();
  flipped[10]! ^= 1;
  const cwd = files({
    "wrong.xml": XML.replace("a question", "a puestion"),
    "cut.xml.bz2": LARGE.subarray(0, LARGE.length - 50_000),
    "damaged.xml.bz2": flipped,
    "text.bz2": "hello\n",
    "empty.bz2": "",
    "trailing.bz2": concatBytes([PACKED, encoder.encode("more")]),
    "good.xml": XML,
  });
  const expected: readonly (readonly [string, number, RegExp])[] = [
    [
      "wrong.xml",
      1,
      /^bzdump check: wrong\.xml: TEXT_SHA1: .* \(page 2, revision 2, byte \d+ of the XML, line \d+\)$/m,
    ],
    [
      "cut.xml.bz2",
      4,
      /^bzdump check: cut\.xml\.bz2: TRUNCATED: .* \(page 1, .*block \d+, bit \d+\); .*compressed bytes lost/m,
    ],
    ["damaged.xml.bz2", 3, /^bzdump check: damaged\.xml\.bz2: BLOCK_CRC: .*block 0, bit 32\)/m],
    ["text.bz2", 3, /NO_MEDIAWIKI/],
    ["empty.bz2", 3, /NO_MEDIAWIKI/],
    ["trailing.bz2", 3, /TRAILING_DATA: 4 bytes/],
    ["missing.bz2", 74, /missing\.bz2/],
  ];
  for (const [name, code, message] of expected) {
    const run = await check(`${name} good.xml`, cwd);
    assert.equal(run.code, code, name);
    assert.match(run.stderr, message);
    assert.match(text(run), /^good\.xml: good/, "the next file is checked all the same");
  }
  const { stderr } = await check("wrong.xml", cwd);
  assert.match(
    stderr,
    /^bzdump check: wrong\.xml: wrong: 1 error; the last page before the first error is 1, which ends at byte \d+ of the XML\. Read: 5 pages/m,
  );
});

test("--json gives one object for each file, with problems as an array", async () => {
  const cwd = files({ "good.xml": XML, "wrong.xml": XML.replace("a question", "a  question") });
  const run = await check("--json good.xml wrong.xml", cwd);
  const [good, wrong] = text(run).trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(run.code, 1);
  assert.deepEqual([good?.["schema"], good?.["isDeep"], good?.["isGood"], good?.["exitCode"]], [
    "bzdump/check@1",
    true,
    true,
    0,
  ]);
  assert.deepEqual([good?.["pages"], good?.["revisions"], good?.["problems"]], [5, 6, []]);
  assert.deepEqual([wrong?.["file"], wrong?.["verdict"], wrong?.["exitCode"], wrong?.["errors"]], [
    "wrong.xml",
    "wrong",
    1,
    2,
  ]);
  const [problem] = wrong?.["problems"] as { code: string; place: Record<string, unknown> }[];
  assert.deepEqual([problem?.code, problem?.place["pageId"], problem?.place["revisionId"]], ["TEXT_LENGTH", 2, 2]);
});

test("options: no texts, a limit of errors, threads", async () => {
  const cwd = files({
    "wrong.xml": XML.replace("a question", "a puestion"),
    "many.xml": XML.replaceAll(/bytes="\d+"/g, 'bytes="77"'),
    "a.bz2": LARGE,
  });
  assert.equal((await check("--no-texts wrong.xml", cwd)).code, 0);
  assert.match((await check("--max-errors 2 many.xml", cwd)).stderr, /wrong: 2 errors, and not read further/);
  assert.match((await check("--max-errors 0 many.xml", cwd)).stderr, /wrong: 6 errors;/);
  for (const threads of [1, 2, 3]) assert.equal((await check(`-n ${threads} a.bz2`, cwd)).code, 0);
  assert.equal((await check("-n 0 a.bz2", cwd)).code, 2);
});

test("standard input and a server do as well as a file", async () => {
  const cwd = files({});
  const piped = await check("-", cwd, { input: LARGE });
  assert.deepEqual([piped.code, piped.stderr], [0, ""]);
  assert.match(text(piped), /^standard input: good bzip2 dump: 1 page/);
  const server = createServer((request, response) => {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
    if (request.method === "HEAD" || from === undefined) {
      response.writeHead(200, { "content-length": LARGE.length, "accept-ranges": "bytes", etag: '"1"' });
      return void response.end(request.method === "HEAD" ? undefined : LARGE);
    }
    const end = Math.min(Number(to), LARGE.length - 1);
    response.writeHead(206, { "content-range": `bytes ${from}-${end}/${LARGE.length}`, etag: '"1"' });
    response.end(LARGE.subarray(Number(from), end + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/d.xml.bz2`;
  const remote = await check(url, cwd);
  server.close();
  server.closeAllConnections();
  assert.deepEqual([remote.code, remote.stderr], [0, ""]);
});
