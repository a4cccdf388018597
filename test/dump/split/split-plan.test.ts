import assert from "node:assert/strict";
import { test } from "node:test";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import { DumpCutter } from "../../../lib/dump/split/split-cutter.ts";
import { planSplit } from "../../../lib/dump/split/split-plan.ts";
import { parseSplitName, pieceName, tilingRanges } from "../../../lib/dump/split/split-name.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { cutStreams, makeDump, multistream, oneStream } from "../dump-maker.ts";

/** The first pages of the pieces when the file is read from its start. */
function cutStarts(file: Uint8Array, inputBytes: number): { firstPageId: number; inputOffset: number }[] {
  const cutter = new DumpCutter({ inputBytes });
  const decoder = new Bzip2Decoder();
  const starts: { firstPageId: number; inputOffset: number }[] = [];
  function take(events: ReturnType<DumpCutter["push"]>): void {
    for (const event of events) {
      if (event.type !== "end") continue;
      starts.push({ firstPageId: event.piece.firstPageId, inputOffset: event.piece.inputOffset });
    }
  }
  for (const events of [decoder.push(file), decoder.finish()]) {
    for (const event of events) {
      if (event.type === "block") take(cutter.push(event.bytes, Math.floor(event.info.bitOffset / 8)));
    }
  }
  take(cutter.finish());
  return starts;
}

const MANY = makeDump(Array.from({ length: 160 }, (_, i) => 3 * i + 1), (id) => id === 100 ? 600_000 : 3000);
const FILES: readonly (readonly [string, Uint8Array])[] = [
  ["one stream", oneStream(MANY)],
  ["streams cut anywhere", cutStreams(MANY, 70_001, [1, 9, 3])],
  ["tiny streams", cutStreams(MANY, 7_001)],
  ["multistream", multistream(MANY, 10).bytes],
  ["one block", compress(new TextEncoder().encode(makeDump([1, 2, 3], () => 20).xml))],
];

test("a plan is what a pass over the dump would cut, whatever the size of the pieces", async () => {
  for (const [name, file] of FILES) {
    for (const inputBytes of [1, 997, 20_000, 100_000.5, file.length / 3, file.length, 10 * file.length]) {
      const plan = await planSplit(bytesSource(file), inputBytes);
      const found = plan.map(({ firstPageId, position }) => ({
        firstPageId,
        inputOffset: Math.floor(position.bitOffset / 8),
      }));
      assert.deepEqual(found, cutStarts(file, inputBytes), `${name}, every ${inputBytes} bytes`);
      assert.deepEqual(plan.map(({ pieceIndex }) => pieceIndex), plan.map((_, i) => i));
    }
  }
});

test("a plan reads near its borders only", async () => {
  const file = oneStream(makeDump(Array.from({ length: 400 }, (_, i) => i + 1), () => 10_000));
  let blocks = 0;
  const plan = await planSplit(bytesSource(file), file.length / 4, { onBlock: () => blocks++ });
  assert.equal(plan.length, 4);
  assert.ok(blocks <= 8, `${blocks} blocks`);
});

test("a plan refuses ids that fall, and what is no bzip2 data", async () => {
  const falling = oneStream(makeDump([100, 200, 5, 6, 7], () => 100_000));
  await assert.rejects(planSplit(bytesSource(falling), 100), { code: "ID_ORDER" });
  await assert.rejects(planSplit(bytesSource(new TextEncoder().encode("no dump")), 100), { code: "NOT_BZIP2" });
  const empty = compress(new TextEncoder().encode("<mediawiki>\n</mediawiki>\n"));
  assert.deepEqual(await planSplit(bytesSource(empty), 100), []);
});

test("pieces are named as a farm names page ranges, and their ranges touch", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["tewiki-20260101-pages-articles.xml.bz2", "bz2", "tewiki-20260101-pages-articles.xml-p10p19.bz2"],
    ["tewiki-20260101-pages-meta-history2.xml-p1p99.bz2", "gz", "tewiki-20260101-pages-meta-history2.xml-p10p19.gz"],
    ["x-20260101-pages-articles-multistream3.xml-p1p9.bz2", "bz2", "x-20260101-pages-articles3.xml-p10p19.bz2"],
    ["dump.xml", "", "dump.xml-p10p19"],
    ["stubs.xml.gz", "bz2", "stubs.xml-p10p19.bz2"],
  ];
  for (const [name, extension, expected] of cases) {
    assert.equal(pieceName(parseSplitName(name), { first: 10, last: 19 }, extension), expected);
  }
  const pieces = [{ firstPageId: 12 }, { firstPageId: 50 }, { firstPageId: 70 }];
  assert.deepEqual(tilingRanges(pieces, { first: 1, last: 99 }), [
    { first: 1, last: 49 },
    { first: 50, last: 69 },
    { first: 70, last: 99 },
  ]);
  assert.deepEqual(tilingRanges([{ firstPageId: 4 }], { first: Infinity, last: 9 }), [{ first: 4, last: 9 }]);
});
