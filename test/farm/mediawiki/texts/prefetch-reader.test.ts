import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { compress } from "../../../../lib/bzip2/compress.ts";
import { PrefetchReader } from "../../../../lib/farm/mediawiki/texts/prefetch-reader.ts";
import { command } from "../../../../lib/farm/process/command.ts";
import { scratchDirectory } from "../../../support/scratch.ts";
import { tinyDump, type TinyPage } from "../../../support/tiny-dump.ts";

const PAGES: readonly TinyPage[] = [3, 5, 8, 9].map((id) => ({
  id,
  title: `P${id}`,
  revisions: [1, 4, 6].map((nth) => ({ id: id * 10 + nth, text: `text & "${id}" ${nth} ${"x".repeat(300)}` })),
}));
const encoder = new TextEncoder();

function write(name: string, bytes: Uint8Array): string {
  const path = `${scratchDirectory("prefetch")}/${name}`;
  writeFileSync(path, bytes);
  return path;
}

function dump(pages: readonly TinyPage[]): Uint8Array<ArrayBuffer> {
  return encoder.encode(tinyDump(pages));
}

function open(files: readonly string[], more: Partial<ConstructorParameters<typeof PrefetchReader>[0]> = {}) {
  const notices: string[] = [];
  const signal = new AbortController().signal;
  return {
    notices,
    reader: new PrefetchReader({ files, signal, onNotice: (notice) => notices.push(notice), ...more }),
  };
}

async function texts(
  reader: PrefetchReader,
  ids: readonly (readonly [number, number])[],
): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for (const [pageId, revisionId] of ids) {
    const bytes = await reader.textOf(pageId, revisionId);
    found.push(bytes === undefined ? undefined : new TextDecoder().decode(bytes).slice(0, 14));
  }
  await reader.close();
  return found;
}

/** Everything, with pages and revisions between that the dump has not. */
const IDS = [2, 3, 4, 5, 6, 8, 9, 10].flatMap((id) => [0, 1, 2, 4, 5, 6, 7].map((nth) => [id, id * 10 + nth] as const));

function expected(pages: readonly TinyPage[]): (string | undefined)[] {
  const all = new Map(
    pages.flatMap(({ revisions }) => revisions.map(({ id, text }) => [id, text.slice(0, 14)] as const)),
  );
  return IDS.map(([, revisionId]) => all.get(revisionId));
}

test("texts come by page and revision, from any packing; what is not there is undefined", async () => {
  const packings = { plain: dump(PAGES), gz: gzipSync(dump(PAGES)), bz2: compress(dump(PAGES)) };
  for (const [name, bytes] of Object.entries(packings)) {
    const { reader, notices } = open([write(`file.${name}`, new Uint8Array(bytes))]);
    assert.deepEqual(await texts(reader, IDS), expected(PAGES), name);
    assert.deepEqual(notices, []);
  }
});

test("pages and revisions can be left out", async () => {
  const { reader } = open([write("file.bz2", compress(dump(PAGES)))]);
  assert.deepEqual(await texts(reader, [[5, 54], [9, 91], [9, 96]]), [
    'text & "5" 4 x',
    'text & "9" 1 x',
    'text & "9" 6 x',
  ]);
});

test("files of parts are read one after another; of a range, only what is needed", async () => {
  const files = [PAGES.slice(0, 1), [], PAGES.slice(1, 3), PAGES.slice(3)].map((pages, index) =>
    write(`part${index}.bz2`, compress(dump(pages)))
  );
  assert.deepEqual(await texts(open(files).reader, IDS), expected(PAGES));
  const { reader } = open([write("whole.bz2", compress(dump(PAGES)))], { pages: { first: 8, last: 9 } });
  assert.deepEqual(await texts(reader, IDS.filter(([pageId]) => pageId >= 8)), expected(PAGES).slice(35));
});

test("a 7z file is unpacked by the program that is named; without one it is told of", async () => {
  const packed = write("file.7z", Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 0));
  const plain = write("plain.xml", dump(PAGES));
  const { reader } = open([packed], { sevenZip: () => command("cat", plain) });
  assert.deepEqual(await texts(reader, IDS), expected(PAGES));
  const without = open([packed, write("rest.xml", dump(PAGES.slice(2)))]);
  assert.deepEqual(await texts(without.reader, IDS), expected(PAGES.slice(2)));
  assert.match(without.notices.join("\n"), /^No more texts are taken from .*file\.7z: .*no program/);
  const broken = open([packed, write("rest.xml", dump(PAGES.slice(2)))], { sevenZip: () => command("false") });
  assert.deepEqual(await texts(broken.reader, IDS), expected(PAGES.slice(2)));
  assert.equal(broken.notices.length, 1);
});

test("a broken file is told of once; what is good in it and in the others is used", async () => {
  const good = dump(PAGES.slice(0, 2));
  const rest = write("rest.xml", dump(PAGES.slice(2)));
  for (let end = 0; end < good.length; end += 97) {
    const { reader, notices } = open([write("cut.xml", good.slice(0, end)), rest]);
    const found = await texts(reader, IDS);
    const full = expected(PAGES);
    found.forEach((text, index) =>
      assert.ok(text === undefined || text === full[index], `cut at ${end}, ${IDS[index]}`)
    );
    assert.deepEqual(found.slice(35), full.slice(35), `cut at ${end}`);
    assert.equal(notices.length, 1, `cut at ${end}`);
  }
  const garbage = open([write("garbage.bz2", encoder.encode("BZh9 what is this?")), rest, "/no/such/file.bz2"]);
  assert.deepEqual((await texts(garbage.reader, IDS)).slice(35), expected(PAGES).slice(35));
  assert.equal(garbage.notices.length, 2);
});

test("texts that are hidden or empty are not there", async () => {
  const pages = [{
    id: 1,
    title: "A",
    revisions: [{ id: 1, text: "" }, { id: 2, text: "", textAttributes: 'bytes="5" deleted="deleted"' }],
  }];
  assert.deepEqual(await texts(open([write("a.xml", dump(pages))]).reader, [[1, 1], [1, 2]]), [undefined, undefined]);
});

test("the signal ends it", async () => {
  const controller = new AbortController();
  const { reader } = open([write("a.xml", dump(PAGES))], { signal: controller.signal });
  controller.abort(new Error("stop"));
  await assert.rejects(reader.textOf(3, 31), /stop/);
});
