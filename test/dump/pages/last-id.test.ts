import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import type { BlockInfo } from "../../../lib/bzip2/format.ts";
import { findLastId, type FindLastIdOptions, type IdKind } from "../../../lib/dump/pages/last-id.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import { cutStreams, FOOTER, HEADER, makeDump, multistream, oneStream, pageXml } from "../dump-maker.ts";

const utf8 = new TextEncoder();

async function lastId(
  bytes: Uint8Array,
  kind: IdKind = "page",
  options: FindLastIdOptions = {},
): Promise<number | undefined> {
  return (await findLastId(bytesSource(bytes), kind, options))?.id;
}

function blocksOf(bytes: Uint8Array): BlockInfo[] {
  const decoder = new Bzip2Decoder();
  const events = [...decoder.push(bytes), ...decoder.finish()];
  return events.flatMap((event) => event.type === "block" ? [event.info] : []);
}

const DUMP = makeDump(Array.from({ length: 80 }, (_, i) => 3 * i + 2), (id) => 300 + id * 17 % 4000);
const LAST = DUMP.ids.at(-1)!;

test("findLastId finds the last page and revision in one stream, in multistreams and in streams cut anywhere", async () => {
  for (
    const bytes of [
      oneStream(DUMP),
      oneStream(DUMP, 9),
      multistream(DUMP, 1).bytes,
      multistream(DUMP, 7).bytes,
      cutStreams(DUMP, 9973, [9, 1, 5]),
      cutStreams(DUMP, 130_001, [1, 9]),
      concatBytes([oneStream(DUMP), compress(new Uint8Array()), compress(new Uint8Array(), { level: 1 })]),
      concatBytes([compress(new Uint8Array()), oneStream(DUMP), utf8.encode("trailing bytes that are no stream")]),
    ]
  ) {
    assert.equal(await lastId(bytes), LAST);
    assert.equal(await lastId(bytes, "revision"), LAST * 10);
  }
});

test("findLastId puts together heads that borders of streams cut at every byte", async () => {
  const dump = makeDump([3, 4, 81], () => 30);
  for (let pieceLength = 1; pieceLength < 130; pieceLength += pieceLength < 20 ? 6 : 1) {
    const bytes = cutStreams(dump, pieceLength);
    assert.equal(await lastId(bytes), 81, `pieces of ${pieceLength}`);
    assert.equal(await lastId(bytes, "revision"), 810, `pieces of ${pieceLength}`);
  }
});

test("findLastId says in which block the page begins, and decodes only the blocks after it", async () => {
  const dump = makeDump([1, 2, 50], (id) => id === 50 ? 2_000_000 : 500_000);
  const bytes = oneStream(dump);
  const blocks = blocksOf(bytes);
  const start = utf8.encode(dump.xml.slice(0, dump.xml.lastIndexOf("<page>"))).length;
  const index = blocks.findLastIndex((block) => block.byteOffset <= start);
  let probes = 0;
  const found = await findLastId(bytesSource(bytes), "page", { onProbe: () => probes++ });
  assert.deepEqual(found, {
    kind: "page",
    id: 50,
    position: { bitOffset: blocks[index]!.bitOffset, level: 9 },
    isComplete: true,
    damage: undefined,
  });
  assert.ok(blocks.length > 10 && probes === blocks.length - index, `${probes} of ${blocks.length} blocks`);
});

test("findLastId takes the page that stands last, not the one with the greatest id", async () => {
  assert.equal(await lastId(oneStream(makeDump([90, 100, 7], () => 300))), 7);
});

test("findLastId finds nothing in dumps without pages, and pages without revisions", async () => {
  for (const xml of [HEADER + FOOTER, '<mediawiki version="0.11" />\n']) {
    assert.equal(await lastId(compress(utf8.encode(xml))), undefined);
    assert.equal(await lastId(compress(utf8.encode(xml)), "revision"), undefined);
  }
  await assert.rejects(lastId(compress(new Uint8Array())), { code: "TRUNCATED" });
  assert.equal(await lastId(compress(new Uint8Array()), "page", { incomplete: "accept" }), undefined);
  const bare = `${HEADER}  <page>\n    <title>A</title>\n    <id>9</id>\n  </page>\n${FOOTER}`;
  assert.equal(await lastId(compress(utf8.encode(bare))), 9);
  assert.equal(await lastId(compress(utf8.encode(bare)), "revision"), undefined);
});

test("findLastId reads CRLF, odd indentation, attributes and comments, and refuses a page without an id", async () => {
  const of = (page: string): Uint8Array => compress(utf8.encode(HEADER + pageXml(5, 100) + page + FOOTER));
  assert.equal(await lastId(of("<page>\r\n\t<title>A</title>\r\n<id> 12 </id>\r\n</page>\r\n")), 12);
  assert.equal(
    await lastId(of('<page x="1"><!-- <id>3</id> --><title></title><ns>-1</ns><id>2147483648</id></page>')),
    2147483648,
  );
  const nameless = of("  <page>\n    <title>A</title>\n<revision><id>4</id></revision>  </page>\n");
  await assert.rejects(lastId(nameless), { code: "BAD_ID" });
  assert.equal(await lastId(nameless, "revision"), 4);
});

test("findLastId refuses a file that is cut, or takes the last id of what can be read", async () => {
  const bytes = oneStream(DUMP);
  const blocks = blocksOf(bytes);
  const last = blocks.at(-1)!;
  for (const cut of [1, 5, 11, 12, 40]) {
    const short = bytes.subarray(0, bytes.length - cut);
    await assert.rejects(lastId(short), { code: "TRUNCATED" }, `cut by ${cut}`);
    const found = await findLastId(bytesSource(short), "page", { incomplete: "accept" });
    assert.equal(found?.isComplete, false);
    assert.ok(found.id <= LAST && found.id > LAST - 80, `cut by ${cut}: ${found.id}`);
    if (cut < 11) assert.equal(found.id, LAST);
  }
  const half = bytes.subarray(0, Math.floor((last.bitOffset + last.bitLength / 2) / 8));
  const text = new TextDecoder().decode(utf8.encode(DUMP.xml).subarray(0, last.byteOffset));
  const expected = Number([...text.matchAll(/<page>\s*<title>[^<]*<\/title>\s*<ns>0<\/ns>\s*<id>(\d+)/g)].at(-1)![1]);
  assert.equal(await lastId(half, "page", { incomplete: "accept" }), expected);
});

test("findLastId sees that streams are missing at the end", async () => {
  const { bytes } = multistream(DUMP, 10);
  const short = bytes.subarray(0, blocksOf(bytes).at(-1)!.bitOffset / 8 - 4);
  await assert.rejects(lastId(short), { name: "DumpFormatError", code: "TRUNCATED", pageId: LAST });
  assert.equal(await lastId(short, "page", { incomplete: "accept" }), LAST);
});

test("findLastId tells damage after the last id, and does not mind it before", async () => {
  const dump = makeDump([1, 2, 50], (id) => id === 50 ? 400_000 : 300_000);
  const bytes = oneStream(dump);
  const blocks = blocksOf(bytes);
  for (const [at, isAfter] of [[-1, true], [-2, true], [1, false]] as const) {
    const block = blocks.at(at)!;
    for (const share of [0, 0.001, 0.5]) {
      const flipped = bytes.slice();
      flipped[Math.floor((block.bitOffset + block.bitLength * share) / 8) + 2]! ^= 4;
      if (isAfter) await assert.rejects(lastId(flipped), { name: "Bzip2Error" }, `block ${at}, ${share}`);
      else assert.equal(await lastId(flipped), 50);
      assert.ok([2, 50].includes((await lastId(flipped, "page", { incomplete: "accept" }))!));
    }
  }
});

test("findLastId is not misled by a block inside of a block", async () => {
  // Bytes that do not compress stand in a block as codes; a magic among them is one only by chance, or by skill as here.
  const inner = compress(utf8.encode("  <page>\n    <title>X</title>\n    <id>999</id>\n"));
  const bytes = concatBytes([oneStream(DUMP), inner.subarray(0, -10)]);
  assert.equal(await lastId(bytes.subarray(0, bytes.length - inner.length + 10)), LAST);
  // A stream without an end behind the dump is no junk.
  await assert.rejects(lastId(bytes), { name: "Bzip2Error" });
});

test("findLastId refuses what is no bzip2 file, without looking through it", async () => {
  for (const bytes of [new Uint8Array(), utf8.encode("<mediawiki>"), new Uint8Array([0x1f, 0x8b, 8, 0])]) {
    await assert.rejects(lastId(bytes), { code: "NOT_BZIP2" });
  }
  await assert.rejects(lastId(oneStream(DUMP).subarray(0, 4)), { code: "TRUNCATED" });
  let readBytes = 0;
  const text = {
    size: 1e12,
    read: (start: number, end: number) => Promise.resolve(new Uint8Array(readBytes += end - start)),
  };
  await assert.rejects(findLastId(text, "page"), { code: "NOT_BZIP2" });
  assert.ok(readBytes < 1e6);
});

test("findLastId ends with the reason of an aborted signal", async () => {
  const reason = new Error("stop");
  await assert.rejects(lastId(oneStream(DUMP), "page", { signal: AbortSignal.abort(reason) }), reason);
});

test("findLastId gives the right answer for the C tools' golden dumps, where they do not", {
  skip: skipWithoutShared("conformance", "mwbzutils", "inputs"),
}, async () => {
  const read = (name: string): Uint8Array =>
    readFileSync(sharedPath("conformance", "mwbzutils", "inputs", `${name}.bz2`)!);
  assert.equal(await lastId(read("p12-ms5")), 120);
  assert.equal(await lastId(read("concat-l1-l9")), 1200);
  assert.equal(await lastId(read("s1-l1-cut1"), "page", { incomplete: "accept" }), 3780);
});
