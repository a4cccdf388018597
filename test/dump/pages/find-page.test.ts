import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import type { BlockInfo } from "../../../lib/bzip2/format.ts";
import { findPage } from "../../../lib/dump/pages/find-page.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import { cutStreams, type MadeDump, makeDump, multistream, oneStream, randomFrom } from "../dump-maker.ts";

interface Place {
  readonly pageId: number;
  readonly bitOffset: number;
}

/** Where the pages begin, found by decoding everything. */
function placesOf(bytes: Uint8Array): { blocks: BlockInfo[]; places: Place[] } {
  const decoder = new Bzip2Decoder();
  const blocks: BlockInfo[] = [];
  const parts: string[] = [];
  for (const event of [...decoder.push(bytes), ...decoder.finish()]) {
    if (event.type !== "block") continue;
    blocks.push(event.info);
    parts.push(new TextDecoder("latin1").decode(event.bytes));
  }
  const places = [...parts.join("").matchAll(/<page>\s*<title>[^<]*<\/title>\s*(?:<ns>[^<]*<\/ns>\s*)?<id>(\d+)</g)]
    .map((match) => {
      const block = blocks.findLast(({ byteOffset, byteLength }) => byteLength > 0 && byteOffset <= match.index)!;
      return { pageId: Number(match[1]), bitOffset: block.bitOffset };
    });
  return { blocks, places };
}

async function bitOf(bytes: Uint8Array, pageId: number): Promise<{ bitOffset: number | undefined; probes: number }> {
  let probes = 0;
  const place = await findPage(bytesSource(bytes), pageId, { onProbe: () => probes++ });
  return { bitOffset: place?.position.bitOffset, probes };
}

/** Compares some pages, and ids that do not exist, with what decoding everything says. */
async function check(
  name: string,
  bytes: Uint8Array,
  choose: (places: readonly Place[]) => readonly Place[],
): Promise<void> {
  const { blocks, places } = placesOf(bytes);
  const ids = new Set(places.map(({ pageId }) => pageId));
  for (const { pageId, bitOffset } of choose(places)) {
    const found = await bitOf(bytes, pageId);
    assert.equal(found.bitOffset, bitOffset, `${name}: page ${pageId}`);
    assert.ok(
      found.probes <= blocks.length + 8,
      `${name}: page ${pageId}: ${found.probes} probes in ${blocks.length} blocks`,
    );
    if (!ids.has(pageId + 1)) {
      assert.equal((await bitOf(bytes, pageId + 1)).bitOffset, undefined, `${name}: no ${pageId + 1}`);
    }
  }
  for (const missing of [0, (places[0]?.pageId ?? 1) - 1, (places.at(-1)?.pageId ?? 0) + 1, 1e9]) {
    if (!ids.has(missing)) assert.equal((await bitOf(bytes, missing)).bitOffset, undefined, `${name}: no ${missing}`);
  }
}

function some<T>(count: number): (all: readonly T[]) => readonly T[] {
  return (all) => all.filter((_, i) => i < 2 || i > all.length - 3 || i % Math.ceil(all.length / count) === 0);
}

/** Ids with gaps; most pages short, a few longer than ten blocks of level 1. */
function unevenDump(): MadeDump {
  const random = randomFrom(7);
  const ids: number[] = [];
  for (let id = 5; ids.length < 90; id += 1 + Math.floor(random() * 9)) ids.push(id);
  const giants = new Map([[ids[0]!, 350_000], [ids[40]!, 1_200_000], [ids[41]!, 450_000], [ids[89]!, 300_000]]);
  return makeDump(ids, (id) => giants.get(id) ?? 300 + (id * 37) % 4000);
}

const UNEVEN = unevenDump();

test("findPage finds pages of all lengths in one stream, and knows which are missing", async () => {
  await check("one stream", oneStream(UNEVEN), some(10));
});

test("findPage finds pages in streams that are cut anywhere, of mixed levels, with an empty one between", async () => {
  await check("cut streams", cutStreams(UNEVEN, 130_001, [1, 9, 2]), some(8));
});

test("findPage finds pages in streams of different levels that have several blocks each", async () => {
  await check("levels 1 and 4", cutStreams(UNEVEN, 900_000, [1, 4]), some(8));
  await check("levels 4 and 1", cutStreams(UNEVEN, 900_000, [4, 1]), some(8));
});

test("findPage finds every page where each tag is cut by a border of streams somewhere", async () => {
  const dump = makeDump([3, 4, 8, 9, 10, 20], () => 40);
  for (let pieceLength = 90; pieceLength < 130; pieceLength++) {
    await check(`pieces of ${pieceLength}`, cutStreams(dump, pieceLength), (places) => places);
  }
});

test("findPage finds pages in a multistream dump without its index", async () => {
  const dump = makeDump(Array.from({ length: 60 }, (_, i) => 2 * i + 1), () => 500);
  await check("multistream", multistream(dump, 5).bytes, some(20));
});

test("findPage decodes few blocks of many", async () => {
  const dump = makeDump(Array.from({ length: 700 }, (_, i) => i * i + 1), () => 300);
  const bytes = cutStreams(dump, 700);
  const { blocks, places } = placesOf(bytes);
  let most = 0;
  for (const { pageId, bitOffset } of some<Place>(15)(places)) {
    const found = await bitOf(bytes, pageId);
    assert.equal(found.bitOffset, bitOffset);
    most = Math.max(most, found.probes);
  }
  const limit = 2 * Math.ceil(Math.log2(blocks.length)) + 3;
  assert.ok(
    blocks.length > 400 && most <= limit,
    `${most} probes in ${blocks.length} blocks, expected at most ${limit}`,
  );
});

test("findPage finds the neighbours of a page that is most of the dump without decoding all of it", async () => {
  const dump = makeDump([1, 2, 50, 60, 61], (id) => id === 50 ? 5_000_000 : 500);
  const bytes = oneStream(dump);
  const { blocks, places } = placesOf(bytes);
  for (const { pageId, bitOffset } of places) {
    const found = await bitOf(bytes, pageId);
    assert.equal(found.bitOffset, bitOffset, `page ${pageId}`);
    assert.ok(found.probes < blocks.length / 2, `page ${pageId}: ${found.probes} of ${blocks.length} blocks`);
  }
});

test("findPage tells damage and a cut where the page should be, and does not mind them elsewhere", async () => {
  const dump = makeDump(Array.from({ length: 300 }, (_, i) => i + 1), () => 2000);
  const bytes = oneStream(dump);
  const { blocks, places } = placesOf(bytes);
  const middle = blocks[Math.floor(blocks.length / 2)]!;
  const damaged = bytes.slice();
  damaged[Math.floor((middle.bitOffset + middle.bitLength / 2) / 8)]! ^= 16;
  const inside = places.filter(({ bitOffset }) => bitOffset === middle.bitOffset)[3]!;
  await assert.rejects(bitOf(damaged, inside.pageId), { name: "Bzip2Error" });
  for (const { pageId, bitOffset } of [places[0]!, places[100]!, places.at(-1)!]) {
    assert.equal((await bitOf(damaged, pageId)).bitOffset, bitOffset);
  }
  const cut = bytes.subarray(0, Math.floor(middle.bitOffset / 8) + 500);
  await assert.rejects(bitOf(cut, inside.pageId), { code: "TRUNCATED" });
  assert.equal((await bitOf(cut, 5)).bitOffset, 32);
});

test("findPage refuses what is no bzip2 data, and finds nothing in a dump without pages", async () => {
  await assert.rejects(bitOf(new TextEncoder().encode("<mediawiki>"), 1), { code: "NOT_BZIP2" });
  await assert.rejects(bitOf(new Uint8Array(), 1), { code: "NOT_BZIP2" });
  assert.equal((await bitOf(oneStream(makeDump([], () => 0)), 1)).bitOffset, undefined);
});

test("findPage does not take falling ids for missing pages", async () => {
  const falling = makeDump([90, 80, 70, 60, 50, 40, 30, 20, 10], () => 300);
  for (const bytes of [oneStream(falling), cutStreams(falling, 700)]) {
    let good = 0;
    for (const pageId of falling.ids) {
      const found = await bitOf(bytes, pageId).catch((error: { code: string }) => assert.equal(error.code, "ID_ORDER"));
      // A lucky probe may hit the page itself.
      if (found !== undefined && found.bitOffset !== undefined) good++;
      else assert.equal(found, undefined, `page ${pageId}`);
    }
    assert.ok(good < falling.ids.length);
  }
});

test("findPage ends with the reason of an aborted signal", async () => {
  const reason = new Error("stop");
  await assert.rejects(findPage(bytesSource(oneStream(UNEVEN)), 5, { signal: AbortSignal.abort(reason) }), reason);
});

test("findPage finds the pages of the C tools' golden dumps", {
  skip: skipWithoutShared("conformance", "mwbzutils", "inputs"),
}, async () => {
  for (const name of ["mrev-l1", "concat-l1-l9", "block2-shift3", "emptyfirst", "p12-ms5"]) {
    const bytes = readFileSync(sharedPath("conformance", "mwbzutils", "inputs", `${name}.bz2`)!);
    await check(name, bytes, some(3));
  }
});
