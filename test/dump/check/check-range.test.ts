import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { compress } from "../../../lib/bzip2/compress.ts";
import { checkRange, rangeOfName } from "../../../lib/dump/check/check-range.ts";
import { gunzipStream } from "../../../lib/host/gzip.ts";
import { type ByteSource, bytesSource } from "../../../lib/streams/byte-source.ts";
import { FOOTER, HEADER, makeDump, multistream, oneStream } from "../dump-maker.ts";

const encoder = new TextEncoder();
const DUMP = makeDump(Array.from({ length: 200 }, (_, i) => 5 * i + 12), () => 3000);
const LAST = 5 * 199 + 12;
const NAME = "xwiki-20260101-pages-meta-history3.xml";

test("the range is read from names of every kind", () => {
  assert.deepEqual(rangeOfName(`${NAME}-p1p41242.bz2`), { first: 1, last: 41242 });
  assert.deepEqual(rangeOfName(`${NAME}-p000000010p000030302-shortened.bz2`), { first: 10, last: 30302 });
  assert.deepEqual(rangeOfName(`${NAME}-p7p7.7z.inprog`), { first: 7, last: 7 });
  assert.equal(rangeOfName(`${NAME}.bz2`), undefined);
  assert.equal(rangeOfName("xwiki-p5x.bz2"), undefined);
});

test("pages may lie anywhere in the range, or must fit it exactly", async () => {
  const cases: readonly (readonly [range: string, isWithin: boolean, isExact: boolean])[] = [
    [`p12p${LAST}`, true, true],
    [`p1p${LAST + 50}`, true, false],
    [`p13p${LAST}`, false, false],
    [`p12p${LAST - 1}`, false, false],
    ["p1p2", false, false],
    [`p${LAST + 1}p${LAST + 9}`, false, false],
  ];
  const packed = [oneStream(DUMP), multistream(DUMP, 10).bytes, gzipSync(DUMP.xml), encoder.encode(DUMP.xml)];
  for (const bytes of packed) {
    for (const [range, isWithin, isExact] of cases) {
      const options = { makeGunzip: gunzipStream };
      const name = `${NAME}-${range}.bz2`;
      const check = await checkRange(bytesSource(bytes), name, options);
      assert.deepEqual([check.isGood, check.found], [isWithin, { first: 12, last: LAST }], range);
      assert.equal((await checkRange(bytesSource(bytes), name, { ...options, isExact: true })).isGood, isExact, range);
      assert.equal(check.properName, `${NAME}-p12p${LAST}.bz2`);
    }
  }
});

test("ids that were filled up with zeros still are in the proper name", async () => {
  const check = await checkRange(bytesSource(oneStream(DUMP)), `${NAME}-p000000001p000000009.bz2`);
  assert.equal(check.properName, `${NAME}-p000000012p00000${LAST}.bz2`);
});

test("only the ends of a bzip2 file are read", async () => {
  const dump = makeDump(Array.from({ length: 3000 }, (_, i) => i + 1), () => 3000);
  const bytes = oneStream(dump);
  let read = 0;
  const source: ByteSource = {
    size: bytes.length,
    read: (start, end) => {
      const piece = bytes.subarray(start, end);
      read += piece.length;
      return Promise.resolve(piece);
    },
  };
  assert.equal((await checkRange(source, `${NAME}-p1p3000.bz2`)).isGood, true);
  assert.ok(read < bytes.length / 3, `${read} of ${bytes.length}`);
});

test("a dump without pages fits no range", async () => {
  for (const bytes of [compress(encoder.encode(HEADER + FOOTER)), encoder.encode(HEADER + FOOTER)]) {
    const check = await checkRange(bytesSource(bytes), `${NAME}-p1p2.bz2`);
    assert.deepEqual([check.isGood, check.found, check.properName], [false, undefined, `${NAME}-p1p2.bz2`]);
  }
});

test("files that are cut or damaged, and names without a range, are errors", async () => {
  const name = `${NAME}-p1p2.bz2`;
  const bytes = oneStream(DUMP);
  await assert.rejects(checkRange(bytesSource(bytes.subarray(0, -20)), name), { code: "TRUNCATED" });
  await assert.rejects(checkRange(bytesSource(bytes.subarray(0, 50)), name), { code: "TRUNCATED" });
  await assert.rejects(checkRange(bytesSource(encoder.encode("hello")), name), { code: "NO_MEDIAWIKI" });
  await assert.rejects(checkRange(bytesSource(new Uint8Array()), name), { code: "NO_MEDIAWIKI" });
  await assert.rejects(checkRange(bytesSource(bytes), `${NAME}.bz2`), RangeError);
});
