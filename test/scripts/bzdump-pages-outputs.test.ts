/** bzdump pages: several outputs, lines of JSON, 7z, and how much of a file on a server is fetched. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { decompress } from "../../lib/bzip2/whole.ts";
import { expectedDocument, makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { hasCommand } from "../support/oracle.ts";
import { tinyDump } from "../support/tiny-dump.ts";
import { bzdump, directoryWith, DUMP, FILE, jsonLines, XML } from "./bzdump-cases.ts";

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const between = (first: number, last: number): string => expectedDocument(DUMP, (id) => first <= id && id <= last);

test("pages writes several ranges to several files and to stdout, in one pass", async () => {
  const multi = multistream(DUMP, 10);
  const cwd = directoryWith({
    "a.bz2": FILE,
    "a.xml": XML,
    "x-multistream.xml.bz2": multi.bytes,
    "index": multi.index,
  });
  const arguments_ = "-20=low.xml 15-40,100=mid.xml.gz 90-95=b.xml.bz2 200- 235- --summary";
  for (const input of ["a.bz2 -n 2", "a.xml", "x-multistream.xml.bz2 --index index"]) {
    const { code, stdout, stderr } = await bzdump(`pages ${input} ${arguments_} -f`, cwd);
    assert.equal(code, 1, stderr);
    assert.equal(textOf(stdout), between(200, Infinity));
    assert.equal(readFileSync(join(cwd, "low.xml"), "utf8"), between(1, 20));
    const middle = gunzipSync(readFileSync(join(cwd, "mid.xml.gz"))).toString();
    assert.equal(middle, expectedDocument(DUMP, (id) => (15 <= id && id <= 40) || id === 100));
    assert.equal(textOf(decompress(readFileSync(join(cwd, "b.xml.bz2")))), between(90, 95));
    const [summary] = jsonLines(stderr);
    assert.deepEqual([summary!["schema"], summary!["emptyRanges"]], ["bzdump/pages-summary@1", ["100"]]);
  }
});

test("pages publishes none of several files when the dump or one of them fails", async () => {
  const cwd = directoryWith({ "cut.bz2": FILE.subarray(0, -500), "a.bz2": FILE, "there.xml": "mine" });
  const cases = [
    ["pages cut.bz2 1-50=one.xml 51-=two.xml.gz", 4],
    ["pages a.bz2 1-50=one.xml 51-=none/two.xml", 74],
    ["pages a.bz2 1-50=one.xml 51-=there.xml", 74],
    ["pages a.bz2 1-50=one.xml.bz2 51-=/dev/full -f", 74],
    ["pages a.bz2 1-50=", 2],
    ["pages a.bz2 x=one.xml", 2],
    ["pages a.bz2 1=one.xml -o two.xml", 2],
    ["pages a.bz2 1=one.json 2=two.json --json", 2],
    ["pages a.bz2 --namespace x", 2],
    ["pages a.bz2", 2],
  ] as const;
  for (const [args, expected] of cases) {
    const { code, stderr } = await bzdump(args, cwd);
    assert.equal(code, expected, `${args}: ${stderr}`);
    assert.deepEqual(readdirSync(cwd).sort(), ["a.bz2", "cut.bz2", "there.xml"], args);
  }
  // The limit is met when the last bytes are written: what was finished before stays.
  const limited = await bzdump("pages a.bz2 11-=two.xml 1-10=one.xml", cwd, { shell: 'ulimit -f 100; exec "$@"' });
  assert.equal(limited.code, 74, limited.stderr);
  assert.deepEqual(readdirSync(cwd).sort(), ["a.bz2", "cut.bz2", "there.xml"]);
});

test("pages --json prints a page a line, --revisions a revision, --text with the text; all of them or some", async () => {
  const cwd = directoryWith({ "a.bz2": FILE, "t.xml": tinyDump() });
  const lines = async (args: string): Promise<Record<string, unknown>[]> => {
    const { code, stdout, stderr } = await bzdump(args, cwd, { input: new TextEncoder().encode(tinyDump()) });
    assert.equal(code, 0, stderr);
    return jsonLines(stdout);
  };
  assert.deepEqual((await lines("pages a.bz2 101-111 --json")).map(({ id }) => id), [101, 103, 105, 107, 109, 111]);
  assert.equal((await lines("pages a.bz2 --json")).length, 120);
  const [home, , , odd] = await lines("pages t.xml --json");
  assert.deepEqual([home!["schema"], home!["revisions"], odd!["title"]], ["bzdump/pages@1", 2, 'A <b>: "c"']);
  assert.deepEqual((await lines("pages - --revisions")).map(({ id }) => id), [1, 4, 2, 3, 7, 9]);
  const [text] = await lines("pages - 9 --text");
  assert.deepEqual([text!["schema"], text!["pageId"], text!["text"]], ["bzdump/pages-revision@1", 9, "Ελληνικά 😀"]);
  assert.deepEqual((await lines("pages t.xml --json --namespace 1,2 --namespace 10")).map(({ id }) => id), [2, 5, 12]);
  const filtered = await bzdump("pages t.xml --namespace 2", cwd);
  assert.match(
    textOf(filtered.stdout),
    /^<mediawiki[^]*<\/siteinfo>\n *<page>\n *<title>User:Ann[^]*<\/page>\n<\/mediawiki>\n$/,
  );
  assert.equal((await bzdump("pages a.bz2 --json -o pages.ndjson.gz", cwd)).code, 0);
  assert.equal(jsonLines(gunzipSync(readFileSync(join(cwd, "pages.ndjson.gz")))).length, 120);
  const none = await bzdump("pages t.xml 5 --namespace 0 --json", cwd);
  assert.deepEqual([none.code, textOf(none.stdout)], [1, ""]);
  assert.match(none.stderr, /no page of namespace 0 with an id in 5/);
});

test("pages --json gives what it can before an error", async () => {
  const cwd = directoryWith({ "cut.xml": XML.subarray(0, 9000) });
  const { code, stdout, stderr } = await bzdump("pages cut.xml --json", cwd);
  assert.equal(code, 4);
  assert.match(stderr, /cut\.xml: The dump ends early/);
  assert.deepEqual(textOf(stdout), "");
});

const skip = hasCommand("7z") ? false : "no 7z";

test("pages writes and reads 7z archives by the native tool", { skip }, async () => {
  const cwd = directoryWith({ "a.bz2": FILE });
  const made = await bzdump("pages a.bz2 20-40=some.xml.7z 50-60=other.xml", cwd);
  assert.equal(made.code, 0, made.stderr);
  assert.deepEqual(readdirSync(cwd).sort(), ["a.bz2", "other.xml", "some.xml.7z"]);
  assert.equal(spawnSync("7z", ["x", "-so", "some.xml.7z"], { cwd }).stdout.toString(), between(20, 40));
  assert.match(spawnSync("7z", ["l", "some.xml.7z"], { cwd }).stdout.toString(), / some\.xml\n/);
  assert.equal(textOf((await bzdump("pages some.xml.7z 30-35", cwd)).stdout), between(30, 35));
  assert.match(textOf((await bzdump("stats some.xml.7z", cwd)).stdout), /page ids +21 to 39/);
  writeFileSync(join(cwd, "bad.7z"), readFileSync(join(cwd, "some.xml.7z")).subarray(0, 500));
  const bad = await bzdump("stats bad.7z", cwd);
  assert.equal(bad.code, 7, bad.stderr);
});

test("without the native tool, 7z is told before any work, and nothing is left behind", async () => {
  const cwd = directoryWith({ "a.bz2": FILE });
  const shell = 'PATH=/nowhere; exec "$@"';
  assert.ok(process.execPath.startsWith("/"));
  const { code, stderr } = await bzdump("pages a.bz2 1-9=one.xml 20-40=some.xml.7z", cwd, { shell });
  assert.equal(code, 7, stderr);
  assert.match(stderr, /7z, which is not in PATH[^]*Install/);
  assert.deepEqual(readdirSync(cwd), ["a.bz2"]);
});

test("several ranges of a file on a server cost a few blocks each", async () => {
  const dump = makeDump(Array.from({ length: 1200 }, (_, i) => i + 1), () => 12_000);
  const big = oneStream(dump);
  let sent = 0;
  const server = createServer((request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")!.map(Number);
    const part = big.subarray(start, end! + 1);
    sent += part.length;
    response.writeHead(206, { "content-range": `bytes ${start}-${start! + part.length - 1}/${big.length}` }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const cwd = directoryWith({});
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dump.xml.bz2`;
    const { code, stderr } = await bzdump(`pages ${url} 100=low.xml 1000-1001=high.xml`, cwd);
    assert.equal(code, 0, stderr);
    assert.equal(
      readFileSync(join(cwd, "high.xml"), "utf8"),
      expectedDocument(dump, (id) => id === 1000 || id === 1001),
    );
    assert.ok(sent < big.length / 2, `${sent} of ${big.length} bytes`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
