/** The small files of a run: pagerangeinfo.json, runsettings.txt, tableinfo.json. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  parsePageRangeInfo,
  plannedRanges,
  readPageRangeInfo,
  renderPageRangeInfo,
  writePageRangeInfo,
} from "../../../lib/farm/layout/page-range-info.ts";
import { WHOLE } from "../../../lib/farm/layout/part-range.ts";
import { partsOfSizes } from "../../../lib/farm/layout/parts.ts";
import { loadRunSettings, parseRunSettings, renderRunSettings } from "../../../lib/farm/layout/run-settings.ts";
import { parseTableInfo, readTableInfo, renderTableInfo, writeTableInfo } from "../../../lib/farm/layout/table-info.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";

const PLACE = { wiki: "awiki", job: "metahistorybz2dump" };
const PARTS = partsOfSizes([70, 90], 154, "pagesPerChunkHistory");
const CHECK = { parts: PARTS, lastPageId: 154, place: PLACE };
const INFO =
  '{"articles": [["1", "70", "1"], ["71", "154", "2"]], "meta-history": [["1", "62", "1"], ["63", "70", "1"], ["71", "154", "2"]]}\n';

test("page ranges are read and written in the reference's form", () => {
  const info = parsePageRangeInfo(INFO, PLACE);
  assert.deepEqual(info["articles"], [{ part: 1, first: 1, last: 70 }, { part: 2, first: 71, last: 154 }]);
  assert.equal(renderPageRangeInfo(info), INFO);
  const whole = { articles: [{ part: undefined, first: 1, last: 9 }] };
  assert.equal(renderPageRangeInfo(whole), '{"articles": [["1", "9", "0"]]}\n');
  assert.deepEqual(parsePageRangeInfo(renderPageRangeInfo(whole), PLACE), whole);
});

test("the reference's own files of a run come out of ours byte for byte", {
  skip: skipWithoutShared("reference", "run", "public"),
}, () => {
  for (const [wiki, date] of [["elwikivoyage", "20261101"], ["elwikivoyage", "20261122"], ["tenwiki", "20261101"]]) {
    const read = (name: string) =>
      readFileSync(sharedPath("reference", "run", "public", wiki!, date!, name)!, "utf8").trim();
    const settings = read(`${wiki}-${date}-runsettings.txt`);
    assert.equal(renderRunSettings(parseRunSettings(settings)!).trim(), settings);
    assert.equal(renderTableInfo(parseTableInfo(read("tableinfo.json"))!).trim(), read("tableinfo.json"));
    if (wiki === "tenwiki") continue;
    const info = parsePageRangeInfo(read("pagerangeinfo.json"), PLACE);
    assert.equal(renderPageRangeInfo(info).trim(), read("pagerangeinfo.json"));
    for (const set of ["articles", "meta-current", "meta-history"] as const) {
      assert.equal(plannedRanges(info, set, CHECK), info[set]);
    }
  }
});

test("page ranges are used again; a set that was not planned is absent", () => {
  const info = parsePageRangeInfo(INFO, PLACE);
  assert.equal(plannedRanges(info, "meta-history", CHECK)?.length, 3);
  assert.equal(plannedRanges(info, "meta-history", { parts: PARTS, place: PLACE })?.length, 3);
  assert.equal(plannedRanges(info, "meta-current", CHECK), undefined);
});

test("page ranges that do not fit the run are refused, with what is wrong and a remedy", () => {
  const cases = [
    ['{"articles": [["1", "69", "1"], ["71", "154", "2"]]}', CHECK, /70 is missing before 71-154/],
    ['{"articles": [["1", "70", "1"], ["71", "150", "2"]]}', CHECK, /151-154 of part 2 is missing/],
    ['{"articles": [["1", "154", "0"]]}', CHECK, /1-154 should be in part 1/],
    ['{"articles": []}', { parts: [WHOLE], place: PLACE }, /1-1 is missing/],
  ] as const;
  for (const [text, check, message] of cases) {
    assert.throws(() => plannedRanges(parsePageRangeInfo(text, PLACE), "articles", check), (error) => {
      const { code, remedy, wiki } = error as { code: string; remedy: string; wiki: string };
      assert.deepEqual([code, wiki], ["LAYOUT", "awiki"]);
      assert.match(remedy, /--cleanup/);
      assert.match((error as Error).message, message);
      return true;
    });
  }
});

test("text that is no list of page ranges is refused", () => {
  for (
    const text of ["", "[]", "null", '{"articles": 5}', '{"articles": [["1", "2"]]}', '{"articles": [["1", "x", "1"]]}']
  ) {
    assert.throws(() => parsePageRangeInfo(text, PLACE), { code: "LAYOUT" }, text);
  }
});

test("the file of page ranges is written whole with its mode, and none is no plan", async () => {
  const path = join(scratchDirectory("run-files"), "pagerangeinfo.json");
  assert.deepEqual(await readPageRangeInfo(path, PLACE), {});
  await writePageRangeInfo(path, parsePageRangeInfo(INFO, PLACE), 0o640);
  assert.equal(readFileSync(path, "utf8"), INFO);
  assert.equal(statSync(path).mode & 0o777, 0o640);
  assert.equal(renderPageRangeInfo(await readPageRangeInfo(path, PLACE)), INFO);
});

const CONFIGURED = {
  chunksEnabled: true,
  pagesPerChunkHistory: [10, 15, 100],
  chunksForPagelogs: 2,
  recombineMetaCurrent: true,
  recombineHistory: false,
  checkpointTime: 720,
};

test("settings of a run are written in the reference's order and read back", () => {
  assert.equal(renderRunSettings(CONFIGURED), '[1, "10,15,100", "0", "2", 1, 0, 720]\n');
  assert.equal(renderRunSettings({ ...CONFIGURED, pagesPerChunkHistory: [] }), '[1, "0", "0", "2", 1, 0, 720]\n');
  fc.assert(fc.property(
    fc.record({
      chunksEnabled: fc.boolean(),
      pagesPerChunkHistory: fc.array(fc.nat(), { minLength: 1 }),
      chunksForPagelogs: fc.nat(),
      recombineMetaCurrent: fc.boolean(),
      recombineHistory: fc.boolean(),
      checkpointTime: fc.nat(),
    }),
    (settings) => assert.deepEqual(parseRunSettings(renderRunSettings(settings)), { ...settings }),
  ));
  assert.deepEqual(parseRunSettings('[true, 5, "0", 0, "1", false, "720"]'), {
    chunksEnabled: true,
    pagesPerChunkHistory: [5],
    chunksForPagelogs: 0,
    recombineMetaCurrent: true,
    recombineHistory: false,
    checkpointTime: 720,
  });
});

test("the settings of the first run of a date hold for its reruns, whatever the configuration says then", async () => {
  const path = join(scratchDirectory("run-files"), "awiki-20260101-runsettings.txt");
  assert.deepEqual(await loadRunSettings(path, CONFIGURED, 0o600), {
    settings: CONFIGURED,
    isKept: false,
    notice: undefined,
  });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const changed = { ...CONFIGURED, pagesPerChunkHistory: [7], checkpointTime: 0 };
  assert.deepEqual(await loadRunSettings(path, changed), { settings: CONFIGURED, isKept: true, notice: undefined });
});

test("settings that make no sense are written anew and told", async () => {
  const path = join(scratchDirectory("run-files"), "awiki-20260101-runsettings.txt");
  for (
    const text of [
      "",
      "[1, 2]",
      "{}",
      '[1, "ten", "0", "0", 1, 1, 0]',
      "[1, null, 0, 0, 1, 1, 0]",
      "[-1, 0, 0, 0, 1, 1, 0]",
    ]
  ) {
    writeFileSync(path, text);
    const { settings, isKept, notice } = await loadRunSettings(path, CONFIGURED);
    assert.deepEqual([settings, isKept], [CONFIGURED, false], text);
    assert.match(notice!, /made no sense/);
    assert.deepEqual(parseRunSettings(readFileSync(path, "utf8")), CONFIGURED);
  }
});

test("the list of tables is kept with the run; one that makes no sense is asked for again", async () => {
  const path = join(scratchDirectory("run-files"), "tableinfo.json");
  assert.equal(await readTableInfo(path), undefined);
  await writeTableInfo(path, ["page", "site_stats"]);
  assert.equal(readFileSync(path, "utf8"), '["page", "site_stats"]\n');
  assert.deepEqual(await readTableInfo(path), ["page", "site_stats"]);
  for (const text of ["", "{}", "[1]", '["page"']) {
    writeFileSync(path, text);
    assert.equal(await readTableInfo(path), undefined, text);
  }
  assert.ok(existsSync(path));
});
