import assert from "node:assert/strict";
import { existsSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { fixedRanges } from "../../../lib/farm/layout/fixed-ranges.ts";
import { type PartRange, WHOLE } from "../../../lib/farm/layout/part-range.ts";
import { partsOfSizes } from "../../../lib/farm/layout/parts.ts";
import { planRanges } from "../../../lib/farm/layout/plan-ranges.ts";
import { tilingFault } from "../../../lib/farm/layout/tiling.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import { page, writeStubs } from "./made-pages.ts";

const LIMITS = { revsPerJob: 100, maxRevBytes: 35_000_000_000 };
const text = (ranges: readonly PartRange[]): string =>
  ranges.map(({ part, first, last }) => `${part ?? ""}p${first}p${last}`).join(" ");

const RUN = ["reference", "run", "public", "elwikivoyage"] as const;

test("the reference's elwikivoyage gets the ranges that the reference gave it", {
  skip: skipWithoutShared(...RUN),
}, async () => {
  for (const date of ["20261101", "20261122"]) {
    const stubs = (part: string) => sharedPath(...RUN, date, `elwikivoyage-${date}-stub-meta-history${part}.xml.gz`)!;
    const parts = partsOfSizes([70, 90], 154, "pagesPerChunkHistory");
    for (const stubPaths of [[stubs("")], [stubs("1"), stubs("2")]]) {
      const { ranges, lastPageId, notices } = await planRanges({ stubPaths, parts, limits: LIMITS });
      assert.equal(text(ranges["meta-history"]), "1p1p62 1p63p70 2p71p122 2p123p154");
      assert.equal(text(ranges.articles), "1p1p70 2p71p154");
      assert.equal(text(ranges["meta-current"]), "1p1p70 2p71p154");
      assert.deepEqual([lastPageId, notices], [154, []]);
    }
  }
});

/** 150 pages of two revisions each, in stubs whose time is long past. */
function madeStubs(): { directory: string; stubPaths: string[]; revinfoPath: string } {
  const directory = scratchDirectory("plan-ranges");
  const pages = Array.from({ length: 150 }, (_, index) => page(index + 1, 2, 10));
  const stubPaths = [1, 2].map((part) => join(directory, `stubs${part}.gz`));
  writeStubs(stubPaths[0]!, pages.slice(0, 60));
  writeStubs(stubPaths[1]!, pages.slice(60));
  stubPaths.forEach((path) => utimesSync(path, 1000, 1000));
  return { directory, stubPaths, revinfoPath: join(directory, "revinfo.gz") };
}

const PARTS = partsOfSizes([60, 100], 150, "pagesPerChunkHistory");

test("made-up stubs in two parts get ranges for every content job from one reading", async () => {
  const { stubPaths } = madeStubs();
  const { ranges, lastPageId } = await planRanges({ stubPaths, parts: PARTS, limits: LIMITS });
  assert.equal(text(ranges["meta-history"]), "1p1p49 1p50p60 2p61p109 2p110p150");
  assert.equal(text(ranges.articles), "1p1p60 2p61p150");
  assert.deepEqual(ranges["meta-current"], ranges.articles);
  assert.equal(lastPageId, 150);
});

test("counts are kept, and used instead of the stubs while these are older", async () => {
  const { stubPaths, revinfoPath } = madeStubs();
  const request = { stubPaths, parts: PARTS, limits: LIMITS, revinfoPath };
  const first = await planRanges(request);
  assert.ok(existsSync(revinfoPath));
  // Stubs that cannot be counted any more: who looks at them fails.
  stubPaths.forEach((path) => {
    writeFileSync(path, "gone");
    utimesSync(path, 1000, 1000);
  });
  assert.deepEqual(await planRanges(request), first);
  const now = statSync(revinfoPath).mtime;
  utimesSync(stubPaths[1]!, now, now);
  await assert.rejects(planRanges(request), { code: "CORRUPT" });
});

test("counts that cannot be read are told and made anew", async () => {
  const { stubPaths, revinfoPath } = madeStubs();
  const request = { stubPaths, parts: PARTS, limits: LIMITS, revinfoPath };
  writeFileSync(revinfoPath, "damaged");
  const { ranges, notices } = await planRanges(request);
  assert.equal(text(ranges.articles), "1p1p60 2p61p150");
  assert.equal(notices.length, 1);
  assert.match(notices[0]!, /revinfo\.gz.*counted again$/);
  assert.deepEqual((await planRanges(request)).notices, []);
});

test("where ten pages have to be cut, stubs are counted though there are counts", async () => {
  const { stubPaths, revinfoPath } = madeStubs();
  const limits = { ...LIMITS, maxRevBytes: 75 };
  const request = { stubPaths, parts: PARTS, limits, revinfoPath };
  const first = await planRanges(request);
  assert.equal(text(first.ranges["meta-history"].slice(0, 3)), "1p1p7 1p8p14 1p15p21");
  assert.deepEqual(await planRanges(request), first);
});

test("stubs that are cut leave no counts behind", async () => {
  const { stubPaths, revinfoPath } = madeStubs();
  writeFileSync(stubPaths[1]!, "damaged");
  await assert.rejects(planRanges({ stubPaths, parts: PARTS, limits: LIMITS, revinfoPath }), { code: "CORRUPT" });
  assert.equal(existsSync(revinfoPath), false);
  assert.equal(existsSync(`${revinfoPath}.inprog`), false);
});

test("a wiki without pages has one range in every job", async () => {
  const path = join(scratchDirectory("plan-ranges"), "stubs.gz");
  writeStubs(path, []);
  const { ranges } = await planRanges({ stubPaths: [path], parts: [WHOLE], limits: LIMITS });
  assert.deepEqual(Object.values(ranges).map(text), ["p1p1", "p1p1", "p1p1"]);
});

test("ranges of so many ids lose no page, whatever the step", () => {
  // W3 of the reference: 11..26 by 15.
  assert.equal(text(fixedRanges([{ part: 1, first: 11, last: Infinity }], 26, 15)), "1p11p25 1p26p26");
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 5 }),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 80 }),
    (sizes, lastPageId, step) => {
      const parts = partsOfSizes(sizes, lastPageId, "pagesPerChunkHistory");
      const ranges = fixedRanges(parts, lastPageId, step);
      assert.equal(tilingFault(parts, ranges, lastPageId), undefined);
      assert.ok(ranges.every(({ first, last }) => last - first < step));
      const short = ranges.filter(({ first, last }) => last - first + 1 < step);
      assert.ok(short.length <= parts.length, "only the last of a part is shorter");
    },
  ));
  assert.throws(() => fixedRanges([WHOLE], 1_000_000, 1), { code: "BAD_VALUE" });
});
