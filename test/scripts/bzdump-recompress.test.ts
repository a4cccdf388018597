import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { cutStreams, HEADER, makeDump, multistream } from "../dump/dump-maker.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runScript, type ScriptOptions, type ScriptRun } from "./run-script.ts";

const encoder = new TextEncoder();
const ROOT = scratchDirectory("bzdump-recompress");
const DUMP = makeDump(Array.from({ length: 120 }, (_, i) => 2 * i + 1), () => 2000);
const XML = encoder.encode(DUMP.xml);
const EXPECTED = multistream(DUMP, 50);
let directories = 0;

function directoryWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(ROOT, String(directories++));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

function recompress(args: string, cwd: string, options: Partial<ScriptOptions> = {}): Promise<ScriptRun> {
  return runScript("bzdump", ["recompress", ...args.split(" ")], { cwd, ...options });
}

test("recompress makes the same dump and index of every kind of input", async () => {
  const inputs: Readonly<Record<string, Uint8Array>> = {
    "plain.xml": XML,
    "one.bz2": compress(XML, { level: 1 }),
    "many.bz2": cutStreams(DUMP, 30_000, [1, 9]),
    "some.gz": concatBytes([gzipSync(XML.subarray(0, 5000)), gzipSync(XML.subarray(5000))]),
    "wrong-name.bz2": XML,
  };
  const cwd = directoryWith(inputs);
  for (const name of Object.keys(inputs)) {
    const { code, stderr, stdout } = await recompress(`${name} -o ${name}.out.bz2 -i ${name}.txt -p 50 -n 2`, cwd);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.length, 0);
    assert.deepEqual(new Uint8Array(readFileSync(join(cwd, `${name}.out.bz2`))), EXPECTED.bytes, name);
    assert.equal(readFileSync(join(cwd, `${name}.txt`), "utf8"), EXPECTED.index, name);
  }
});

test("recompress reads stdin, writes stdout, and packs the index as its name says", async () => {
  const cwd = directoryWith({});
  const plain = await recompress("-p 50 -i index.txt.bz2 --json", cwd, { input: XML });
  assert.equal(plain.code, 0, plain.stderr);
  assert.deepEqual(new Uint8Array(plain.stdout), EXPECTED.bytes);
  assert.equal(new TextDecoder().decode(decompress(readFileSync(join(cwd, "index.txt.bz2")))), EXPECTED.index);
  assert.deepEqual(JSON.parse(plain.stderr), {
    schema: "bzdump/recompress@1",
    file: "standard input",
    output: "-",
    index: "index.txt.bz2",
    pages: 120,
    streams: 6,
    bytesIn: XML.length,
    plainBytes: XML.length,
    bytesOut: EXPECTED.bytes.length,
    indexBytes: readFileSync(join(cwd, "index.txt.bz2")).length,
  });
  const packed = await recompress("- -o out.gz -i index.gz --pages-per-stream=50", cwd, { input: compress(XML) });
  assert.equal(packed.code, 0, packed.stderr);
  assert.deepEqual(new Uint8Array(gunzipSync(readFileSync(join(cwd, "out.gz")))), XML);
  assert.equal(gunzipSync(readFileSync(join(cwd, "index.gz"))).toString().split("\n").length, 121);
});

test("recompress reads a dump on a server", async () => {
  const data = compress(XML);
  const server = createServer((request, response) => {
    const match = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "");
    if (match === null) return void response.writeHead(200, { "content-length": data.length }).end(data);
    const [start, end] = [Number(match[1]), Math.min(Number(match[2]), data.length - 1)];
    response.writeHead(206, { "content-range": `bytes ${start}-${end}/${data.length}` });
    response.end(data.subarray(start, end + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { code, stdout, stderr } = await recompress(`http://127.0.0.1:${port}/dump.bz2 -p 50`, ROOT);
    assert.equal(code, 0, stderr);
    assert.deepEqual(new Uint8Array(stdout), EXPECTED.bytes);
  } finally {
    server.close();
  }
});

test("recompress leaves header and footer out, at any level", async () => {
  const cwd = directoryWith({ "a.xml": DUMP.xml });
  const { code, stdout } = await recompress("a.xml --no-header --no-footer --level 3", cwd);
  assert.equal(code, 0);
  assert.equal(new TextDecoder().decode(decompress(stdout)), DUMP.pages.join(""));
  assert.equal(new TextDecoder().decode(stdout.subarray(0, 4)), "BZh3");
});

test("what is no whole dump leaves nothing behind, and is told with its place", async () => {
  const good = compress(XML, { level: 1 });
  const flipped = (bit: number): Uint8Array => {
    const bytes = good.slice();
    bytes[bit >> 3]! ^= 0x80 >> (bit & 7);
    return bytes;
  };
  const cases: readonly (readonly [string, Uint8Array, number])[] = [
    ["empty", new Uint8Array(), 3],
    ["text", encoder.encode("hello\n"), 3],
    ["header", encoder.encode(HEADER), 4],
    ["cut-xml", XML.subarray(0, XML.length >> 1), 4],
    ["cut-bz2", good.subarray(0, good.length >> 1), 4],
    ["cut-gz", gzipSync(XML).subarray(0, 9000), 4],
    ["flip-magic", flipped(33), 3],
    ["flip-head", flipped(32 + 100), 3],
    ["flip-data", flipped(good.length * 4), 3],
    ["flip-crc", flipped(good.length * 8 - 20), 3],
    ["xz", Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0), 3],
  ];
  const cwd = directoryWith(Object.fromEntries(cases.map(([name, bytes]) => [name, bytes])));
  for (const [name, , expected] of cases) {
    const { code, stderr } = await recompress(`${name} -o out.bz2 -i out.txt --json`, cwd);
    assert.equal(code, expected, `${name}: ${stderr}`);
    const report = JSON.parse(stderr) as { message: string; remedy: string; exitCode: number };
    assert.equal(report.exitCode, expected);
    assert.ok(report.message.includes(name), report.message);
  }
  assert.deepEqual(readdirSync(cwd).filter((name) => name.startsWith("out")), []);
});

test("an output that cannot be made is told before any work, and is not half there", async () => {
  const cwd = directoryWith({ "a.xml": DUMP.xml, "there.bz2": "x" });
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["a.xml -o there.bz2", 74, /exists already/],
    ["a.xml -o none/o.bz2", 74, /none\/o\.bz2/],
    ["a.xml -o o.bz2 -i none/i.txt", 74, /none\/i\.txt/],
    ["a.xml -o o.bz2 -i o.bz2", 2, /same place/],
    ["a.xml -i -", 2, /same place/],
    ["a.xml -o o.xml", 2, /does not say how to pack/],
    ["a.xml -o o.gz --level 5", 2, /--level/],
    ["a.xml -p 0", 2, /-p needs a whole number/],
    ["a.xml --level 0", 2, /level/],
    ["nope.xml -o o.bz2", 74, /nope\.xml/],
  ];
  for (const [args, expected, message] of cases) {
    const { code, stderr } = await recompress(args, cwd);
    assert.equal(code, expected, `${args}: ${stderr}`);
    assert.match(stderr, message, args);
  }
  assert.deepEqual(readdirSync(cwd).sort(), ["a.xml", "there.bz2"]);
  assert.equal((await recompress("a.xml -o there.bz2 -f", cwd)).code, 0);
});

test("a full disk leaves neither dump nor index", { skip: skipWithoutCommand("bash") }, async () => {
  const cwd = directoryWith({ "a.xml": DUMP.xml });
  // A limit on the length of files stands for the disk: the index fits, the dump does not.
  const { code, stderr } = await recompress("a.xml -o o.bz2 -i i.txt", cwd, { shell: 'ulimit -f 20; exec "$@"' });
  assert.equal(code, 74, stderr);
  assert.deepEqual(readdirSync(cwd), ["a.xml"]);
});

test("an interrupted run leaves nothing behind", async () => {
  const cwd = directoryWith({});
  const { signal } = await recompress("- -o o.bz2 -i i.txt", cwd, {
    input: XML,
    onStart: (kill) => void setTimeout(() => kill("SIGTERM"), 1500),
  });
  assert.equal(signal, "SIGTERM");
  assert.deepEqual(readdirSync(cwd), []);
});

test("bzip2 accepts the file", { skip: skipWithoutCommand("bzip2") }, async () => {
  const cwd = directoryWith({ "a.xml": DUMP.xml });
  await recompress("a.xml -o o.bz2 -n 2", cwd);
  assert.equal(spawnSync("bzip2", ["-t", join(cwd, "o.bz2")]).status, 0);
  assert.ok(!existsSync(join(cwd, "o.bz2.inprog")));
});
