/** bzdump find-page, last-id and index as a user runs them: results, exit codes, messages, and what bad input leads to. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { cutStreams, makeDump, multistream, oneStream } from "../dump/dump-maker.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { runScript, type ScriptOptions } from "./run-script.ts";

const utf8 = new TextEncoder();
const DUMP = makeDump(Array.from({ length: 200 }, (_, i) => 3 * i + 2), () => 1500);
const ONE = oneStream(DUMP);
const { bytes: MULTI, index: INDEX } = multistream(DUMP, 10);
const MULTI_NAME = "xwiki-20260101-pages-articles-multistream.xml.bz2";
const INDEX_NAME = "xwiki-20260101-pages-articles-multistream-index.txt.bz2";
const LAST = DUMP.ids.at(-1)!;

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function bzdump(
  args: string | readonly string[],
  cwd: string,
  options: Partial<ScriptOptions> = {},
): Promise<Run> {
  const words = typeof args === "string" ? args.split(" ") : args;
  const { code, stdout, stderr } = await runScript("bzdump", words, { cwd, ...options });
  return { code, stdout: new TextDecoder().decode(stdout), stderr };
}

function directoryWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = scratchDirectory("find");
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** What no verb takes for a dump: name → content, and the exit codes that are right. */
const BAD: readonly (readonly [string, Uint8Array, readonly number[]])[] = [
  ["empty.bz2", new Uint8Array(), [3]],
  ["text.bz2", utf8.encode("just a text\n"), [3]],
  ["gzip.bz2", gzipSync(utf8.encode(DUMP.xml)), [3]],
  ["header.bz2", ONE.subarray(0, 4), [4]],
  ["cut10.bz2", ONE.subarray(0, 10), [4]],
  ["cut1.bz2", ONE.subarray(0, ONE.length - 1), [4]],
  ["cut12.bz2", ONE.subarray(0, ONE.length - 12), [4]],
  ["half.bz2", ONE.subarray(0, ONE.length >> 1), [4]],
  ["magic.bz2", flip(ONE, 0), [3]],
  ["level.bz2", flip(ONE, 3 * 8 + 2), [3]],
  ["crc.bz2", flip(ONE, (ONE.length - 3) * 8), [0, 3]],
  ["data.bz2", flip(ONE, (ONE.length - 2000) * 8), [3]],
];

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
  return flipped;
}

test("find-page tells the places of several pages, and the neighbours of those that are not there", async () => {
  const cwd = directoryWith({ "a.bz2": cutStreams(DUMP, 3001) });
  const run = await bzdump("find-page a.bz2 2 302 303 1 9999", cwd);
  assert.equal(run.code, 1);
  assert.match(
    run.stdout,
    /^page_id:2 bit:32 byte:4 position:3 first_page_id:2\npage_id:302 bit:\d+ byte:\d+ position:\d+ first_page_id:\d+\n$/,
  );
  assert.match(
    run.stderr,
    /a\.bz2 has no page 303; there is page 302 before it \(block at bit \d+\) and page 305 after it/,
  );
  assert.match(run.stderr, /has no page 1; there is page 2 after it/);
  assert.match(run.stderr, new RegExp(`has no page 9999; there is page ${LAST} before it`));
  assert.equal((await bzdump("find-page a.bz2 302 305 -q", cwd)).code, 0);
});

test("find-page --json gives a line per page with the blocks that were decoded, -v shows them", async () => {
  const cwd = directoryWith({ "a.bz2": cutStreams(DUMP, 3001) });
  const run = await bzdump("find-page a.bz2 302 303 --json -v", cwd);
  const [found, missing] = jsonLines(run.stdout);
  assert.equal(run.code, 1);
  assert.equal(found?.["schema"], "bzdump/find-page@1");
  assert.equal(found?.["isFound"], true);
  assert.equal(found?.["byteOffset"], Math.floor((found?.["bitOffset"] as number) / 8));
  assert.equal((missing?.["below"] as { pageId: number }).pageId, 302);
  assert.equal((missing?.["above"] as { pageId: number }).pageId, 305);
  const shown = run.stderr.trimEnd().split("\n").filter((line) => line.includes("block at bit"));
  assert.equal(shown.length, (found?.["decodedBlocks"] as number) + (missing?.["decodedBlocks"] as number));
});

test("find-page uses the index beside the dump or the one that is named, and finds out one that is wrong", async () => {
  const cwd = directoryWith({
    [MULTI_NAME]: MULTI,
    [INDEX_NAME]: compress(utf8.encode(INDEX)),
    "index.txt": INDEX,
    "index.txt.gz": gzipSync(INDEX),
    "bad.txt": INDEX.replace(/^\d+:302:.*\n/m, ""),
    "moved.txt": INDEX.replaceAll(/^(\d)/gm, "1$1"),
    "none.txt": "no index\n",
  });
  const plain = await bzdump(`find-page ${MULTI_NAME} 302 599 --no-index`, cwd);
  assert.equal(plain.code, 0);
  for (const option of ["", " --index index.txt", " --index index.txt.gz", ` --index ${INDEX_NAME}`]) {
    const run = await bzdump(`find-page ${MULTI_NAME} 302 599 --json${option}`, cwd);
    assert.equal(run.code, 0, run.stderr);
    assert.deepEqual(jsonLines(run.stdout).map((line) => line["decodedBlocks"]), [1, 1]);
    const bits = jsonLines(run.stdout).map((line) => line["bitOffset"]);
    assert.deepEqual(bits, [...plain.stdout.matchAll(/bit:(\d+)/g)].map((match) => Number(match[1])));
  }
  for (const name of ["bad.txt", "moved.txt", "none.txt"]) {
    const run = await bzdump(`find-page ${MULTI_NAME} 302 --index ${name}`, cwd);
    assert.equal(run.code, 3, name);
    assert.match(run.stderr, /index/);
    assert.equal(run.stdout, "");
  }
  assert.equal((await bzdump(`find-page ${MULTI_NAME} 302 --index nowhere.txt`, cwd)).code, 74);
});

test("last-id tells the last page and revision", async () => {
  const cwd = directoryWith({ "a.bz2": ONE, "m.bz2": MULTI });
  for (const file of ["a.bz2", "m.bz2"]) {
    assert.deepEqual(await bzdump(`last-id ${file} page`, cwd), { code: 0, stdout: `page_id:${LAST}\n`, stderr: "" });
    const run = await bzdump(`last-id ${file} revision --json`, cwd);
    const [line] = jsonLines(run.stdout);
    assert.equal(line?.["schema"], "bzdump/last-id@1");
    assert.equal(line?.["id"], LAST * 10);
    assert.ok((line?.["decodedBlocks"] as number) <= 2);
  }
  const empty = directoryWith({ "e.bz2": compress(utf8.encode("<mediawiki>\n</mediawiki>\n")) });
  assert.equal((await bzdump("last-id e.bz2 page", empty)).code, 1);
});

test("last-id refuses a file that is cut, and tells what there is with --incomplete", async () => {
  const cwd = directoryWith({ "cut.bz2": ONE.subarray(0, ONE.length - 3) });
  const refused = await bzdump("last-id cut.bz2 page", cwd);
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /cut\.bz2/);
  assert.equal(refused.stdout, "");
  const run = await bzdump("last-id cut.bz2 page --incomplete", cwd);
  assert.deepEqual([run.code, run.stdout], [4, `page_id:${LAST}\n`]);
  assert.match(run.stderr, /cut or damaged/);
});

test("bad input gives its exit code and a message with the file, for each verb", async () => {
  const cwd = directoryWith(Object.fromEntries(BAD.map(([name, bytes]) => [name, bytes])));
  for (const [name, , codes] of BAD) {
    const last = await bzdump(`last-id ${name} page`, cwd);
    assert.ok(codes.includes(last.code!), `last-id ${name}: ${last.code} ${last.stderr}`);
    const find = await bzdump(`find-page ${name} 100000`, cwd);
    // Damage that the search does not meet is no matter of its.
    assert.ok([...codes, 1].includes(find.code!), `find-page ${name}: ${find.code} ${find.stderr}`);
    const build = await bzdump(`index build ${name} -o out.txt`, cwd);
    assert.ok([3, 4].includes(build.code!), `index build ${name}: ${build.code} ${build.stderr}`);
    for (const run of [last, find, build]) {
      if (run.code !== 0) assert.match(run.stderr, new RegExp(name.replace(".", "\\.")));
    }
    assert.ok(!existsSync(join(cwd, "out.txt")) && !existsSync(join(cwd, "out.txt.inprog")));
  }
});

test("wrong usage gives exit code 2, missing files 74", async () => {
  const cwd = directoryWith({ "a.bz2": ONE });
  for (
    const args of [
      "find-page a.bz2",
      "find-page a.bz2 x",
      "find-page - 5",
      "find-page a.bz2 5 --index x --no-index",
      "last-id a.bz2",
      "last-id a.bz2 title",
      "last-id - page",
      "index",
      "index biuld a.bz2",
      "index build a.bz2",
      "index check a.bz2",
      "index search a.bz2",
      "index search a.bz2 --id x",
      "index build a.bz2 --quick -o x",
      "index convert a.bz2 b.bz2",
    ]
  ) {
    const run = await bzdump(args, cwd, { input: new Uint8Array() });
    assert.equal(run.code, 2, `${args}: ${run.stderr}`);
  }
  for (
    const args of [
      "find-page no.bz2 5",
      "last-id no.bz2 page",
      "index search no.txt --id 5",
      "index build no.bz2 -o x",
      "index build a.bz2 -o no/where.txt",
    ]
  ) {
    assert.equal((await bzdump(args, cwd)).code, 74, args);
  }
});

test("index build writes beside the dump, packs by name, reads stdin, and keeps existing files", async () => {
  const cwd = directoryWith({ [MULTI_NAME]: MULTI });
  const run = await bzdump(`index build ${MULTI_NAME} --json`, cwd);
  assert.equal(run.code, 0, run.stderr);
  assert.equal(jsonLines(run.stdout)[0]?.["pages"], DUMP.ids.length);
  assert.equal(new TextDecoder().decode(decompress(readFileSync(join(cwd, INDEX_NAME)))), INDEX);
  assert.equal((await bzdump(`index build ${MULTI_NAME}`, cwd)).code, 74);
  assert.equal((await bzdump(`index build ${MULTI_NAME} -f`, cwd)).code, 0);
  await bzdump(`index build ${MULTI_NAME} -o x.txt.gz`, cwd);
  assert.equal(gunzipSync(readFileSync(join(cwd, "x.txt.gz"))).toString(), INDEX);
  assert.equal((await bzdump("index build - -o -", cwd, { input: MULTI })).stdout, INDEX);
});

test("a full disk gives exit code 74 and leaves nothing half-written", {
  skip: existsSync("/dev/full") ? false : "this system has no /dev/full",
}, async () => {
  const cwd = directoryWith({ [MULTI_NAME]: MULTI });
  for (const args of [`find-page ${MULTI_NAME} 302`, `last-id ${MULTI_NAME} page`, `index build ${MULTI_NAME} -o -`]) {
    const run = await bzdump(args, cwd, { shell: 'exec "$@" > /dev/full' });
    assert.equal(run.code, 74, `${args}: ${run.stderr}`);
  }
  const limited = await bzdump(`index build ${MULTI_NAME} -o i.txt`, cwd, { shell: 'ulimit -f 1; exec "$@"' });
  assert.equal(limited.code, 74, limited.stderr);
  assert.ok(!existsSync(join(cwd, "i.txt")) && !existsSync(join(cwd, "i.txt.inprog")));
});

test("index check compares all of it or a sample", async () => {
  const cwd = directoryWith({
    [MULTI_NAME]: MULTI,
    [INDEX_NAME]: compress(utf8.encode(INDEX)),
    "bad.txt": INDEX.replace(":302:", ":303:"),
  });
  for (const option of ["", " --quick"]) {
    const good = await bzdump(`index check ${MULTI_NAME}${option}`, cwd);
    assert.deepEqual([good.code, good.stderr], [0, ""]);
    const bad = await bzdump(`index check ${MULTI_NAME} bad.txt --json${option}`, cwd);
    assert.equal(bad.code, 1);
    assert.deepEqual(jsonLines(bad.stdout).map((line) => line["schema"]), [
      "bzdump/index-fault@1",
      "bzdump/index-fault@1",
      "bzdump/index-check@1",
    ]);
  }
});

test("index search finds by id, title and prefix in plain and packed indexes", async () => {
  const cwd = directoryWith({ "i.txt": INDEX, "i.bz2": compress(utf8.encode(INDEX)), "i.gz": gzipSync(INDEX) });
  const line = /^\d+:302:.*\n/m.exec(INDEX)![0];
  for (const name of ["i.txt", "i.bz2", "i.gz"]) {
    assert.equal((await bzdump(`index search ${name} --id 302`, cwd)).stdout, line);
    assert.equal((await bzdump(["index", "search", name, "--title", "Page:_302"], cwd)).stdout, line);
    assert.equal((await bzdump(["index", "search", name, "--prefix", "Page: 30"], cwd)).stdout.split("\n").length, 4);
    const none = await bzdump(`index search ${name} --id 303`, cwd);
    assert.deepEqual([none.code, none.stdout], [1, ""]);
  }
  const piped = await bzdump("index search - --prefix Page --limit 2 --json", cwd, { input: utf8.encode(INDEX) });
  assert.deepEqual(jsonLines(piped.stdout).map((one) => one["title"]), ["Page: 2", "Page: 5"]);
});

test("index convert makes lines of JSON and the same index of them again", async () => {
  const cwd = directoryWith({ "i.txt": INDEX });
  assert.equal((await bzdump("index convert i.txt --to json -o i.jsonl.bz2", cwd)).code, 0);
  assert.equal((await bzdump("index convert i.jsonl.bz2", cwd)).stdout, INDEX);
});

test("a link with the old name is the old tool", async () => {
  const cwd = directoryWith({ "a.bz2": ONE });
  // The bundle that runScript made is started under another name.
  const links = await bzdump("last-id a.bz2 page", cwd, {
    shell: 'ln -s "$2" getlastidinbz2xml; ln -s "$2" findpageidinbz2xml; "$@"',
  });
  assert.equal(links.code, 0, links.stderr);
  for (
    const [command, expected] of [
      ["getlastidinbz2xml -f a.bz2 --type page", `page_id:${LAST}\n`],
      ["getlastidinbz2xml -file a.bz2 -t rev", `rev_id:${LAST * 10}\n`],
      ["findpageidinbz2xml -f a.bz2 -p 2", "position:3 page_id:2\n"],
      ["findpageidinbz2xml --filename=a.bz2 -pageid 3", "position:3 page_id:2\n"],
    ] as const
  ) {
    const run = await bzdump("last-id a.bz2 page", cwd, { shell: `exec "$1" ${command}` });
    assert.equal(run.stdout, expected, `${command}: ${run.stderr}`);
  }
});

test("a link to nowhere is no index beside a dump", async () => {
  const cwd = directoryWith({ [MULTI_NAME]: MULTI });
  symlinkSync("nowhere", join(cwd, INDEX_NAME));
  assert.equal((await bzdump(`find-page ${MULTI_NAME} 302`, cwd)).code, 0);
});

const BIG = cutStreams(makeDump(Array.from({ length: 900 }, (_, i) => 3 * i + 2), () => 9000), 90_000);
let sentBytes = 0;
const server = createServer((request, response) => {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  const [start, end] = range === null
    ? [0, BIG.length]
    : [Number(range[1]), Math.min(Number(range[2]) + 1, BIG.length)];
  const bytes = BIG.subarray(start, end);
  sentBytes += request.method === "HEAD" ? 0 : bytes.length;
  response.writeHead(206, {
    "content-range": `bytes ${start}-${end - 1}/${BIG.length}`,
    "content-length": bytes.length,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
});
let url = "";
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.xml.bz2`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test("find-page and last-id read little of a dump on a server", async () => {
  const cwd = scratchDirectory("find");
  const found = await bzdump(`find-page ${url} 1502`, cwd);
  assert.match(found.stdout, /^page_id:1502 /, found.stderr);
  assert.ok(sentBytes < BIG.length * 0.7, `${sentBytes} of ${BIG.length} bytes`);
  sentBytes = 0;
  assert.equal((await bzdump(`last-id ${url} page`, cwd)).stdout, `page_id:${899 * 3 + 2}\n`);
  assert.ok(sentBytes < BIG.length / 4, `${sentBytes} of ${BIG.length} bytes`);
});
