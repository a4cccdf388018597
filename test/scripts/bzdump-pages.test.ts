/** bzdump pages, as a process. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { expectedDocument, makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { bzdump, directoryWith, DUMP, FILE, flip, jsonLines, XML } from "./bzdump-cases.ts";
import { runScript } from "./run-script.ts";

const encoder = new TextEncoder();

test("pages takes pages out of every kind of dump, to stdout and to files of every kind", async () => {
  const multi = multistream(DUMP, 10);
  const cwd = directoryWith({
    "one.xml.bz2": FILE,
    "x-multistream.xml.bz2": multi.bytes,
    "x-multistream-index.txt.bz2": compress(encoder.encode(multi.index)),
    "plain.xml": XML,
    "gz.xml.gz": gzipSync(XML),
  });
  const wanted = (id: number): boolean => id === 5 || (id >= 100 && id <= 120) || id >= 235;
  const expected = Buffer.from(expectedDocument(DUMP, wanted));
  const ranges = "5,100-120,235-";
  const runs = await Promise.all([
    bzdump(`pages one.xml.bz2 ${ranges}`, cwd),
    bzdump(`pages x-multistream.xml.bz2 ${ranges} --summary`, cwd),
    bzdump(`pages x-multistream.xml.bz2 ${ranges} --summary --no-index`, cwd),
    bzdump(`pages plain.xml ${ranges}`, cwd),
    bzdump(`pages gz.xml.gz ${ranges}`, cwd),
    bzdump(`pages - ${ranges} --scan`, cwd, { input: FILE }),
  ]);
  for (const { code, stdout, stderr } of runs) {
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout, expected);
  }
  assert.deepEqual(jsonLines(runs[1]!.stderr)[0]?.["method"], "index");
  assert.deepEqual(jsonLines(runs[2]!.stderr)[0]?.["method"], "search");
  const outputs = await Promise.all(
    ["out.xml", "out.xml.bz2", "out.xml.gz"].map((name) => bzdump(`pages one.xml.bz2 ${ranges} -o ${name}`, cwd)),
  );
  assert.deepEqual(outputs.map(({ code }) => code), [0, 0, 0]);
  assert.deepEqual(readFileSync(join(cwd, "out.xml")), expected);
  assert.deepEqual(decompress(readFileSync(join(cwd, "out.xml.bz2"))), new Uint8Array(expected));
  assert.deepEqual(gunzipSync(readFileSync(join(cwd, "out.xml.gz"))), expected);
});

test("pages tells ranges without pages, writes a valid document all the same, and exits with 1", async () => {
  const cwd = directoryWith({ "a.bz2": FILE });
  const { code, stdout, stderr } = await bzdump("pages a.bz2 5,6,1000-2000", cwd);
  assert.equal(code, 1);
  assert.deepEqual(stdout, Buffer.from(expectedDocument(DUMP, (id) => id === 5)));
  assert.match(stderr, /a\.bz2 has no page with an id in 6, 1000-2000/);
  const none = await bzdump("pages a.bz2 0 -o none.xml", cwd);
  assert.equal(none.code, 1);
  assert.equal(readFileSync(join(cwd, "none.xml"), "utf8"), expectedDocument(DUMP, () => false));
});

test("pages publishes nothing when the dump, its index or the output is no good", async () => {
  const multi = multistream(DUMP, 10);
  const files = {
    "cut.bz2": FILE.subarray(0, FILE.length >> 1),
    "flip.bz2": flip(FILE, FILE.length * 4),
    "text.bz2": encoder.encode("hello"),
    "nodump.bz2": compress(encoder.encode("hello")),
    "cut.xml": XML.subarray(0, XML.length >> 1),
    "7z.bz2": Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0),
    "cut.gz": gzipSync(XML).subarray(0, 9000),
    "y-multistream.xml.bz2": multi.bytes,
    "y-multistream-index.txt.bz2": compress(
      encoder.encode(multi.index.replace(/^(\d+)/gm, (n) => String(Number(n) + 1))),
    ),
    "bad.idx": "no index\n",
    "exists.xml": "mine",
  };
  const cwd = directoryWith(files);
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["cut.bz2 1- -o out.xml", 4, /cut\.bz2: .*\(bit \d+\), at byte \d+/],
    ["flip.bz2 1- -o out.xml.bz2", 3, /flip\.bz2: /],
    ["text.bz2 1- -o out.xml", 3, /text\.bz2: /],
    ["nodump.bz2 1- -o out.xml", 3, /nodump\.bz2: /],
    ["cut.xml 1- -o out.xml.gz", 4, /cut\.xml: /],
    // The native tool says what is wrong with it, if it is there.
    ["7z.bz2 1- -o out.xml", 7, /Command \S*7z|7z archives need/],
    ["cut.gz 1- -o out.xml", 4, /cut\.gz is truncated/],
    ["y-multistream.xml.bz2 1- -o out.xml", 3, /index does not fit the dump/],
    ["y-multistream.xml.bz2 1- -o out.xml --index bad.idx", 3, /bad\.idx: Not a line of a multistream index/],
    ["y-multistream.xml.bz2 1- -o out.xml --index gone.idx", 74, /gone\.idx: no such file/],
    ["cut.bz2 1 -o nowhere/out.xml", 74, /nowhere\/out\d+\.xml/],
    ["cut.bz2 1 -o exists.xml", 74, /exists\.xml exists already/],
    ["missing.bz2 1", 74, /missing\.bz2: no such file/],
    [". 1", 74, /is a directory/],
  ];
  const runs = await Promise.all(
    cases.map(([args], i) => bzdump(`pages ${args.replace("out.xml", `out${i}.xml`)}`, cwd)),
  );
  runs.forEach(({ code, stderr }, i) => {
    assert.equal(code, cases[i]![1], `${cases[i]![0]}: ${stderr}`);
    assert.match(stderr, cases[i]![2]);
  });
  assert.deepEqual(readdirSync(cwd).sort(), Object.keys(files).sort());
  assert.equal(readFileSync(join(cwd, "exists.xml"), "utf8"), "mine");
});

test("pages reads a dump on a server, asking for parts of it only", async () => {
  let sent = 0;
  const server = createServer((request, response) => {
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")!.map(Number);
    const part = BIG.subarray(start, end! + 1);
    sent += part.length;
    response.writeHead(206, { "content-range": `bytes ${start}-${start! + part.length - 1}/${BIG.length}` }).end(part);
  });
  const dump = makeDump(Array.from({ length: 300 }, (_, i) => i + 1), () => 12_000);
  const BIG = oneStream(dump);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dump.xml.bz2`;
    const { code, stdout, stderr } = await bzdump(`pages ${url} 300`, directoryWith({}));
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout, Buffer.from(expectedDocument(dump, (id) => id === 300)));
    assert.ok(sent < BIG.length * 0.8, `${sent} of ${BIG.length} bytes`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test(
  "pipes with a name are read, as dump, as index and as compressed file",
  { skip: skipWithoutCommand("mkfifo") },
  async () => {
    const { bytes, index } = multistream(DUMP, 10);
    const cwd = directoryWith({ "a.bz2": bytes, "a.idx": index });
    assert.equal(spawnSync("mkfifo", ["pipe"], { cwd }).status, 0);
    for (const [name, command] of [["a.bz2", "pages pipe 21"], ["a.idx", "pages a.bz2 21 --index pipe"]] as const) {
      const run = runScript("bzdump", command.split(" "), { cwd });
      spawn("sh", ["-c", `cat ${name} > pipe`], { cwd });
      const { code, stdout, stderr } = await run;
      assert.equal(code, 0, stderr);
      assert.equal(new TextDecoder().decode(stdout), expectedDocument(DUMP, (id) => id === 21));
    }
    const run = bzdump("decompress -c pipe", cwd);
    spawn("sh", ["-c", "cat a.bz2 > pipe"], { cwd });
    assert.deepEqual(new Uint8Array((await run).stdout), XML);
  },
);

test("a range without a first id needs no --", async () => {
  const cwd = directoryWith({ "a.xml": XML });
  const plain = await bzdump("pages a.xml 1-20", cwd);
  for (const command of ["pages a.xml -20", "pages a.xml -- -20", "pages -q a.xml -19,20", "pages a.xml -20 -o -"]) {
    const { code, stdout, stderr } = await bzdump(command, cwd);
    assert.equal(code, command.includes(",") ? 1 : 0, stderr);
    assert.deepEqual(stdout, plain.stdout, command);
  }
});

test("the help of pages fits on a page", async () => {
  const { stdout } = await bzdump("pages --help", directoryWith({}));
  const lines = new TextDecoder().decode(stdout).split("\n");
  assert.ok(lines.length <= 41, `${lines.length} lines`);
});
