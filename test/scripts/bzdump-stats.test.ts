import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { compress } from "../../lib/bzip2/compress.ts";
import { TINY_PAGES, tinyDump, tinyHeader, tinyPage } from "../support/tiny-dump.ts";
import { bzdump, directoryWith, DUMP, FILE, flip, jsonLines, XML } from "./bzdump-cases.ts";

const encoder = new TextEncoder();
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("stats prints a table, for files of every kind and for standard input", async () => {
  const xml = encoder.encode(tinyDump());
  const cwd = directoryWith({ "a.xml": xml, "a.gz": gzipSync(xml), "a.bz2": compress(xml) });
  const runs = await Promise.all([
    bzdump("stats a.xml", cwd),
    bzdump("stats a.gz", cwd),
    bzdump("stats a.bz2 -n 2", cwd),
    bzdump("stats", cwd, { input: compress(xml) }),
  ]);
  const tables = runs.map(({ code, stdout, stderr }) => {
    assert.equal(code, 0, stderr);
    const text = textOf(stdout);
    assert.match(text, /^file +\S/);
    return text.slice(text.indexOf("\n"));
  });
  assert.deepEqual(new Set(tables).size, 1);
  assert.match(tables[0]!, /wiki +tinywiki, Tiny\n/);
  assert.match(tables[0]!, /page ids +1 to 12\n/);
  assert.match(tables[0]!, /\n +1 {2}Talk +1 +0 +1 +10\n/);
  assert.match(tables[0]!, /\n +all +5 +0 +6 +\d+\n$/);
});

test("stats --json prints one line per file, and goes on after a bad one", async () => {
  const [first, second] = TINY_PAGES.map(tinyPage);
  const cwd = directoryWith({
    "a.bz2": FILE,
    "cut.xml": XML.subarray(0, 5000),
    "fall.xml": `${tinyHeader()}${second}${first}</mediawiki>`,
  });
  const { code, stdout, stderr } = await bzdump("stats --json a.bz2 cut.xml fall.xml", cwd);
  assert.equal(code, 4);
  const [good, falling, ...none] = jsonLines(stdout);
  assert.deepEqual(none, []);
  const { schema, file, pages, revisions, isAscending, pageIds, bytesIn } = good!;
  assert.deepEqual([schema, file, pages, revisions, isAscending, bytesIn], [
    "bzdump/stats@1",
    "a.bz2",
    120,
    120,
    true,
    FILE.length,
  ]);
  assert.deepEqual(pageIds, { first: DUMP.ids[0], last: DUMP.ids.at(-1) });
  assert.equal(falling!["isAscending"], false);
  assert.equal(jsonLines(stderr)[0]?.["code"], "TRUNCATED");
  assert.match(textOf((await bzdump("stats fall.xml", cwd)).stdout), /do not rise/);
});

test("stats refuses what is no whole dump, says where, and prints no figures", async () => {
  const cwd = directoryWith({
    "empty.bz2": "",
    "text.bz2": "hello\n",
    "gzip.bz2": gzipSync(XML),
    "header.bz2": FILE.subarray(0, 4),
    "cut.bz2": FILE.subarray(0, FILE.length >> 1),
    "crc.bz2": flip(FILE, 32 + 50),
    "page.xml": textOf(XML).replace("</page>", ""),
  });
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["missing.bz2", 74, /missing\.bz2/],
    ["empty.bz2", 3, /empty\.bz2.*empty/],
    ["text.bz2", 3, /text\.bz2.*hello/],
    ["header.bz2", 4, /header\.bz2.*too early/],
    ["cut.bz2", 4, /cut\.bz2.*too early.*byte \d+/],
    ["crc.bz2", 3, /crc\.bz2.*block 0/i],
    ["page.xml", 3, /page\.xml.*Page 1 is not closed/],
    [".", 74, /directory/],
  ];
  const runs = await Promise.all(cases.map(([name]) => bzdump(`stats ${name}`, cwd)));
  for (const [i, [name, expected, message]] of cases.entries()) {
    const { code, stdout, stderr } = runs[i]!;
    assert.deepEqual([code, textOf(stdout)], [expected, ""], `${name}: ${stderr}`);
    assert.match(stderr, message);
  }
  // What it is, is decided by its first bytes.
  assert.equal((await bzdump("stats gzip.bz2 -q", cwd)).code, 0);
});
