import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseFiles, findExportFiles } from "../../../lib/farm/source/export-files.ts";
import { TemporaryFarm } from "../../support/temporary-farm.ts";

test("a file named after the wiki wins, plain before bzip2 before gzip", () => {
  const names = ["awiki-20260101-pages-meta-history.xml.bz2", "awiki.xml.gz", "awiki.xml.bz2", "bwiki.xml"];
  assert.deepEqual(chooseFiles("awiki", names), ["awiki.xml.bz2"]);
});

test("else the newest history dump: whole if there is a whole one, else its parts in page order", () => {
  const old = ["awiki-20260101-pages-meta-history.xml.bz2"];
  const parts = [10, 2, 1].map((part) => `awiki-20260201-pages-meta-history${part}.xml-p${part}00p${part}99.bz2`);
  assert.deepEqual(chooseFiles("awiki", [...old, ...parts]), [...parts].reverse());
  const whole = "awiki-20260201-pages-meta-history.xml.gz";
  assert.deepEqual(chooseFiles("awiki", [...old, ...parts, whole]), [whole]);
});

test("unfinished files, other jobs and other wikis are left alone", () => {
  const names = [
    "awiki-20260201-pages-meta-history.xml.bz2.inprog",
    "awiki-20260201-pages-articles.xml.bz2",
    "awiki-20260201-stub-meta-history.xml.gz",
    "awiki-20260201-pages-meta-history.xml.7z",
    "aawiki.xml",
  ];
  assert.deepEqual(chooseFiles("awiki", names), []);
});

test("a location that is a file is the export, whatever its name", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.write("full.bz2", "12345");
  assert.deepEqual(await findExportFiles("awiki", farm.path("full.bz2")), [{
    path: farm.path("full.bz2"),
    byteLength: 5,
  }]);
});

test("nothing there is an error that names the place and says what to do", async (t) => {
  const farm = new TemporaryFarm(t);
  await assert.rejects(findExportFiles("awiki", farm.path("nosuch")), {
    code: "NO_EXPORT",
    message: /awiki.*nosuch does not exist/,
  });
  await assert.rejects(findExportFiles("awiki", farm.root), {
    code: "NO_EXPORT",
    message: /awiki\.xml\.bz2/,
    remedy: /export=/,
  });
});
