import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { buildIndex } from "../../../lib/dump/index/index-build.ts";
import { checkIndex, checkIndexSample, type IndexFault } from "../../../lib/dump/index/index-check.ts";
import { formatIndexJson, readIndexJson } from "../../../lib/dump/index/index-json.ts";
import { lookUpIndex } from "../../../lib/dump/index/index-lookup.ts";
import { type IndexQuery, searchIndex } from "../../../lib/dump/index/index-search.ts";
import { formatIndexLine, type IndexEntry, readIndex } from "../../../lib/dump/index/multistream-index.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { chunkings } from "../../support/chunkings.ts";
import { streamFrom } from "../../../lib/streams/stream-from.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import { cutStreams, FOOTER, HEADER, makeDump, multistream, oneStream } from "../dump-maker.ts";

const utf8 = new TextEncoder();
const DUMP = makeDump(Array.from({ length: 230 }, (_, i) => 3 * i + 2), (id) => 100 + (id * 37) % 900);

function streamOf(bytes: Uint8Array | string): ReadableStream<Uint8Array> {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
}

function entriesOf(index: string): AsyncGenerator<IndexEntry, void, undefined> {
  return readIndex(streamOf(index));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function* inTurn<T>(items: Iterable<T>): AsyncGenerator<T, void, undefined> {
  yield* items;
}

async function built(bytes: Uint8Array): Promise<string> {
  return (await collect(buildIndex(streamOf(bytes)))).map(formatIndexLine).join("");
}

test("buildIndex makes the index that belongs to a multistream dump, whatever the chunks", async () => {
  for (const pagesPerStream of [1, 7, 10, 500]) {
    const { bytes, index } = multistream(DUMP, pagesPerStream);
    assert.equal(await built(bytes), index);
  }
  const { bytes, index } = multistream(makeDump([1, 2, 3], () => 20), 2);
  for (const { name, chunks } of chunkings(bytes)) {
    const lines = await collect(buildIndex(streamFrom(inTurn(chunks))));
    assert.equal(lines.map(formatIndexLine).join(""), index, name);
  }
});

test("buildIndex keeps titles as the XML has them, and takes pages that share a stream with header and footer", async () => {
  const page = "  <page>\n    <title>A &amp; B: &quot;3&quot;</title>\n    <id>7</id>\n  </page>\n";
  const empty = compress(new Uint8Array());
  const whole = compress(utf8.encode(HEADER + page + FOOTER));
  assert.equal(await built(concatBytes([empty, whole, empty])), `${empty.length}:7:A &amp; B: &quot;3&quot;\n`);
  // Blanks before a page may stand at the end of the stream before.
  const first = compress(utf8.encode(`${HEADER}  `));
  const rest = compress(utf8.encode(page.trimStart() + FOOTER));
  assert.match(await built(concatBytes([first, rest])), new RegExp(`^${first.length}:7:A`));
});

test("buildIndex refuses dumps whose pages do not lie in streams, damaged ones and what is no dump", async () => {
  await assert.rejects(built(cutStreams(DUMP, 5000)), { code: "BAD_INDEX" });
  const { bytes } = multistream(DUMP, 10);
  await assert.rejects(built(bytes.subarray(0, bytes.length - 60)), { code: "TRUNCATED" });
  const damaged = bytes.slice();
  damaged[3000]! ^= 1;
  await assert.rejects(built(damaged), { name: "Bzip2Error" });
  await assert.rejects(built(utf8.encode("text")), { code: "NOT_BZIP2" });
  await assert.rejects(built(new Uint8Array()), { name: "Bzip2Error" });
  await assert.rejects(built(compress(utf8.encode("text"))), { name: "DumpFormatError" });
});

test("buildIndex makes the golden indexes of the C tool's multistream dumps", {
  skip: skipWithoutShared("conformance", "mwbzutils", "inputs"),
}, async () => {
  const { index } = multistream(DUMP, 10);
  assert.ok(index.length > 0);
  const bytes = readFileSync(sharedPath("conformance", "mwbzutils", "inputs", "s1-ms100.bz2")!);
  const lines = (await built(bytes)).trimEnd().split("\n");
  assert.equal(lines.findIndex((line) => line.startsWith("19080:273:")), 100);
});

async function faultsOf(bytes: Uint8Array, index: string): Promise<IndexFault[]> {
  return await collect(checkIndex(streamOf(bytes), entriesOf(index)));
}

async function sampled(bytes: Uint8Array, index: string, sampleCount?: number): Promise<IndexFault[]> {
  return await collect(checkIndexSample(bytesSource(bytes), () => entriesOf(index), { sampleCount }));
}

const kindsOf = (faults: readonly IndexFault[]): string[] => faults.map(({ kind }) => kind);

test("an index that fits its dump has no faults", async () => {
  for (const pagesPerStream of [1, 23, 500]) {
    const { bytes, index } = multistream(DUMP, pagesPerStream);
    assert.deepEqual(await faultsOf(bytes, index), []);
    assert.deepEqual(await sampled(bytes, index), []);
    assert.deepEqual(await sampled(bytes, index, 1), []);
  }
  const one = oneStream(DUMP);
  assert.deepEqual(await faultsOf(one, await built(one)), []);
  assert.deepEqual(await sampled(one, await built(one)), []);
});

test("each fault of an index is found, by all of it and by a sample of all streams", async () => {
  const { bytes, index } = multistream(DUMP, 23);
  const lines = index.trimEnd().split("\n");
  const without = (at: number): string => lines.filter((_, i) => i !== at).join("\n");
  const changed = (at: number, change: (line: string) => string): string =>
    lines.map((line, i) => i === at ? change(line) : line).join("\n");
  for (const at of [0, 22, 23, 40, 229]) {
    for (const check of [faultsOf, sampled]) {
      assert.deepEqual(kindsOf(await check(bytes, without(at))), ["missing-page"], `${check.name} ${at}`);
      assert.deepEqual(kindsOf(await check(bytes, changed(at, (line) => `${line}x`))), ["wrong-title"]);
      const doubled = changed(
        at,
        (line) => `${line}\n${line.replace(/:\d+:/, (id) => `:${Number(id.slice(1, -1)) + 1}:`)}`,
      );
      assert.deepEqual(kindsOf(await check(bytes, doubled)), ["extra-page"]);
    }
    const moved = await faultsOf(
      bytes,
      changed(at, (line) => line.replace(/^\d+/, (offset) => String(Number(offset) + 1))),
    );
    assert.deepEqual(kindsOf(moved), ["wrong-offset"]);
    assert.ok(
      (await sampled(bytes, changed(at, (line) => `${Number(line.split(":")[0]) + 1}${line.slice(line.indexOf(":"))}`)))
        .length > 0,
    );
  }
});

test("an index of another dump, of a part, or with offsets behind the end is found out by a sample", async () => {
  const { bytes, index } = multistream(DUMP, 10);
  const other = multistream(makeDump(DUMP.ids, () => 555), 10).index;
  assert.ok((await sampled(bytes, other, 3)).length > 0);
  const lines = index.trimEnd().split("\n");
  assert.deepEqual(kindsOf(await sampled(bytes, lines.slice(0, 100).join("\n"), 2)), ["missing-stream"]);
  assert.deepEqual(kindsOf(await sampled(bytes, lines.filter((_, i) => i < 50 || i >= 60).join("\n"))), [
    "missing-stream",
  ]);
  const kinds = kindsOf(await sampled(bytes, `${index}5000000000:9999:Z\n`));
  assert.ok(kinds.includes("order") && kinds.includes("no-stream"), kinds.join());
  assert.equal((await faultsOf(bytes, "")).length, DUMP.ids.length);
  await assert.rejects(faultsOf(bytes, "no index"), { code: "BAD_INDEX" });
  await assert.rejects(sampled(bytes, "no index"), { code: "BAD_INDEX" });
});

test("checkIndex can be left early", async () => {
  const { bytes, index } = multistream(DUMP, 10);
  for await (const fault of checkIndex(streamOf(bytes), entriesOf(index.replaceAll("Page", "page")))) {
    assert.equal(fault.kind, "wrong-title");
    break;
  }
});

const INDEX = "654:5:A &amp; B\n654:7:Help: &quot;C&quot;\n9120:12:Ωmega\n8589934592:900:A\n8589934592:901:A b\n";

async function idsFor(query: IndexQuery): Promise<number[]> {
  return (await collect(searchIndex(entriesOf(INDEX), query))).map(({ pageId }) => pageId);
}

test("searchIndex finds lines by id, by plain title and by the start of titles", async () => {
  assert.deepEqual(await idsFor({ pageIds: [901, 5, 6] }), [5, 901]);
  assert.deepEqual(await idsFor({ titles: ["A & B", 'Help:_"C"', "a"] }), [5, 7]);
  assert.deepEqual(await idsFor({ titles: ["A &amp; B"] }), []);
  assert.deepEqual(await idsFor({ prefixes: ["A"] }), [5, 900, 901]);
  assert.deepEqual(await idsFor({ prefixes: ["A_"] }), [5, 901]);
  assert.deepEqual(await idsFor({ prefixes: ["Ωm"], titles: ["A"], pageIds: [7] }), [7, 12, 900]);
});

test("searchIndex stops reading when everything was found", async () => {
  let read = 0;
  async function* lines(): AsyncGenerator<IndexEntry, void, undefined> {
    for await (const entry of entriesOf(INDEX)) {
      read++;
      yield entry;
    }
  }
  await collect(searchIndex(lines(), { pageIds: [7], titles: ["A & B"] }));
  assert.equal(read, 2);
});

test("lookUpIndex finds every id in a big index with few reads, and knows which are missing", async () => {
  let text = "";
  for (let id = 1; id < 60_000; id++) {
    text += `${Math.floor(id / 100) * 9e7}:${id * 2}:Title ${"é".repeat(id % 50)} ${id}\n`;
  }
  const bytes = utf8.encode(text);
  const whole = bytesSource(bytes);
  let reads = 0;
  const counting = {
    size: whole.size,
    read: (start: number, end: number) => {
      reads++;
      return whole.read(start, end);
    },
  };
  for (const id of [1, 2, 3, 777, 30_000, 59_998, 59_999]) {
    reads = 0;
    const entry = await lookUpIndex(counting, id * 2);
    assert.equal(entry?.pageId, id * 2);
    assert.equal(entry.byteOffset, Math.floor(id / 100) * 9e7);
    assert.ok(reads < 15, `${reads} reads`);
  }
  assert.equal(await lookUpIndex(whole, 0), undefined);
  assert.equal(await lookUpIndex(whole, 777), undefined);
  assert.equal(await lookUpIndex(whole, 1e9), undefined);
});

test("lookUpIndex finds pages where ids do not rise, and in short indexes without a line end", async () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 20_011 + 1);
  const source = bytesSource(utf8.encode(ids.map((id) => `100:${id}:T${id}\n`).join("")));
  for (const id of [ids[0]!, ids[5000]!, ids[12_345]!, ids.at(-1)!]) {
    assert.equal((await lookUpIndex(source, id))?.pageId, id);
  }
  assert.equal((await lookUpIndex(bytesSource(utf8.encode("0:7:A")), 7))?.title, "A");
  assert.equal(await lookUpIndex(bytesSource(new Uint8Array()), 7), undefined);
  await assert.rejects(lookUpIndex(bytesSource(utf8.encode("no index\n")), 7), { code: "BAD_INDEX" });
});

test("an index as lines of JSON comes back byte by byte", async () => {
  const index = `${INDEX}9999999999:77:It&#039;s &amp;c. &unknown; \\ "\n`;
  const json = (await collect(entriesOf(index))).map(formatIndexJson).join("");
  assert.match(json, /"title":"A & B"\}/);
  const back = (await collect(readIndexJson(streamOf(json)))).map(formatIndexLine).join("");
  assert.equal(back, index);
  for (
    const bad of [
      "[]",
      "{",
      '{"byteOffset":-1,"pageId":1,"title":""}',
      '{"byteOffset":1,"pageId":1,"title":"a\\nb"}',
      "null",
    ]
  ) {
    await assert.rejects(collect(readIndexJson(streamOf(`${bad}\n`))), { code: "BAD_INDEX" }, bad);
  }
});
