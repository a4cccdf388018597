import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { findIndexedPages } from "../../../lib/dump/index/find-indexed-page.ts";
import { findPageOrNeighbours, type PageNeighbours, type PagePlace } from "../../../lib/dump/pages/find-page.ts";
import { readIndex } from "../../../lib/dump/index/multistream-index.ts";
import { oldPosition } from "../../../lib/dump/blocks/old-position.ts";
import { PageSearch } from "../../../lib/dump/pages/page-search.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { cutStreams, makeDump, multistream, oneStream } from "../dump-maker.ts";

/** Ids that are far from a straight line. */
const IDS = Array.from({ length: 600 }, (_, i) => Math.floor(2 + i + i * i * i / 5000));
const DUMP = makeDump(IDS, (id) => 200 + (id * 37) % 900);

function idsOf(found: PagePlace | PageNeighbours): (number | undefined)[] {
  return "pageId" in found ? [found.pageId] : [found.below?.pageId, found.above?.pageId];
}

test("findPageOrNeighbours tells the pages before and after one that is not there", async () => {
  for (const bytes of [oneStream(DUMP), cutStreams(DUMP, 3001), multistream(DUMP, 3).bytes]) {
    const source = bytesSource(bytes);
    for (let i = 0; i < IDS.length; i += 37) {
      const [before, id, after] = [IDS[i - 1], IDS[i]!, IDS[i + 1]];
      assert.deepEqual(idsOf(await findPageOrNeighbours(source, id)), [id]);
      if (!IDS.includes(id + 1)) assert.deepEqual(idsOf(await findPageOrNeighbours(source, id + 1)), [id, after]);
      if (!IDS.includes(id - 1)) assert.deepEqual(idsOf(await findPageOrNeighbours(source, id - 1)), [before, id]);
    }
    assert.deepEqual(idsOf(await findPageOrNeighbours(source, 1)), [undefined, 2]);
    assert.deepEqual(idsOf(await findPageOrNeighbours(source, 1e12)), [IDS.at(-1), undefined]);
  }
});

test("a search through ids that are far from a straight line stays below twice the steps of halving", async () => {
  const shapes: ((i: number) => number)[] = [
    (i) => i + 1,
    (i) => i * i + 1,
    (i) => 2 ** (i / 40) * 100 + i,
    (i) => i < 300 ? i + 1 : i * 1e6,
  ];
  for (const shape of shapes) {
    const ids = Array.from({ length: 500 }, (_, i) => Math.floor(shape(i)));
    const source = bytesSource(cutStreams(makeDump(ids, () => 250), 700));
    for (let i = 3; i < ids.length; i += 61) {
      let probes = 0;
      const found = await findPageOrNeighbours(source, ids[i]!, { onProbe: () => probes++ });
      assert.deepEqual(idsOf(found), [ids[i]]);
      assert.ok(probes <= 2 * Math.log2(ids.length) + 6, `page ${ids[i]}: ${probes} blocks`);
    }
  }
});

test("a search in evenly spread pages decodes a handful of blocks", async () => {
  const ids = Array.from({ length: 1500 }, (_, i) => 3 * i + 1);
  const source = bytesSource(cutStreams(makeDump(ids, () => 250), 700));
  let sum = 0;
  let most = 0;
  for (let i = 0; i < 40; i++) {
    let probes = 0;
    await findPageOrNeighbours(source, ids[(i * 977) % ids.length]!, { onProbe: () => probes++ });
    sum += probes;
    most = Math.max(most, probes);
  }
  assert.ok(most <= 12 && sum / 40 < 7, `at most ${most}, ${sum / 40} on the average`);
});

test("PageSearch goes on from a bit in the middle", async () => {
  const bytes = cutStreams(DUMP, 3001);
  const search = new PageSearch(bytesSource(bytes));
  const middle = await search.bounds(IDS[300]!);
  const from = (middle.at ?? middle.below)!.bitOffset;
  const later = await search.bounds(IDS[500]!, from);
  assert.ok((later.at ?? later.below)!.bitOffset > from);
});

test("oldPosition counts as the old tools do", () => {
  assert.deepEqual([32, 33, 39, 40, 1604605 * 8].map(oldPosition), [3, 4, 4, 4, 1604604]);
});

async function indexed(
  bytes: Uint8Array,
  index: string,
  pageIds: readonly number[],
): Promise<(PagePlace | PageNeighbours)[]> {
  const found: (PagePlace | PageNeighbours)[] = [];
  for await (const one of findIndexedPages(bytesSource(bytes), readIndex(new Blob([index]).stream()), pageIds)) {
    found.push(one);
  }
  return found;
}

test("findIndexedPages finds what findPageOrNeighbours finds, also in streams of several blocks", async () => {
  for (const pagesPerStream of [3, 400]) {
    const { bytes, index } = multistream(DUMP, pagesPerStream);
    const wanted = [IDS[0]!, IDS[599]!, IDS[399]!, IDS[400]!, 1, 1e9, IDS[250]! + 1];
    const expected = [];
    for (const id of wanted) expected.push(await findPageOrNeighbours(bytesSource(bytes), id));
    assert.deepEqual(await indexed(bytes, index, wanted), expected);
  }
});

test("findIndexedPages refuses an index of another dump, one that is cut, and one with wrong offsets", async () => {
  const { bytes, index } = multistream(DUMP, 20);
  const other = multistream(makeDump(IDS.map((id) => id + 1), () => 999), 20).index;
  const refused = { name: "DumpFormatError", code: "BAD_INDEX" };
  await assert.rejects(indexed(bytes, other, [IDS[599]! + 1]), refused);
  await assert.rejects(indexed(bytes, index.split("\n").slice(0, 100).join("\n"), [IDS[200]!]), refused);
  const moved = index.replace(/^(\d+):(\d+)/gm, (_, offset: string, id: string) => `${Number(offset) + 1}:${id}`);
  await assert.rejects(indexed(bytes, moved, [IDS[200]!]), refused);
  const swapped = index.replace(/^(\d+):2:/m, `${/^(\d+):.*\n$/m.exec(index.slice(-40))?.[1] ?? "159"}:2:`);
  if (swapped !== index) await assert.rejects(indexed(bytes, swapped, [2]), refused);
  await assert.rejects(indexed(bytes, "no index\n", [2]), refused);
  await assert.rejects(indexed(bytes, `${bytes.length + 100}:2:X\n`, [2]), refused);
});

test("findIndexedPages takes the word of an index where ids fall", async () => {
  const dump = makeDump([90, 80, 70, 60], () => 3000);
  const { bytes, index } = multistream(dump, 1);
  assert.deepEqual((await indexed(bytes, index, [70, 60])).map(idsOf), [[70], [60]]);
  assert.deepEqual((await indexed(bytes, index, [75])).map(idsOf), [[undefined, undefined]]);
});

test("a damaged stream that an index names is told as damage", async () => {
  const { bytes, index } = multistream(DUMP, 20);
  const [, line] = index.split(/\n/).filter((_, i) => i % 20 === 0);
  const [offset, id] = line!.split(":").map(Number) as [number, number];
  const damaged = bytes.slice();
  damaged[offset + 60]! ^= 4;
  await assert.rejects(indexed(damaged, index, [id]), { name: "Bzip2Error" });
  assert.equal(idsOf((await indexed(concatBytes([bytes, compress(new Uint8Array())]), index, [id]))[0]!)[0], id);
});
