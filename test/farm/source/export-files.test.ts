import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseFiles, findExportFiles, misfitOf } from "../../../lib/farm/source/export-files.ts";
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

test("a part that is there in two packings counts once", () => {
  const names = ["awiki-20260201-pages-meta-history1.xml.bz2", "awiki-20260201-pages-meta-history1.xml.gz"];
  assert.deepEqual(chooseFiles("awiki", names), names.slice(0, 1));
});

test("parts that do not make a whole are refused: one missing, or two with the same pages", () => {
  const part = (rest: string) => `awiki-20260201-pages-meta-history${rest}.bz2`;
  assert.equal(misfitOf([part("1.xml"), part("2.xml")]), undefined);
  assert.equal(misfitOf([part("1.xml-p1p10"), part("1.xml-p15p20"), part("2.xml-p21p30")]), undefined);
  assert.equal(misfitOf(["awiki.xml"]), undefined);
  assert.equal(misfitOf([part("1.xml"), part("3.xml")]), "part 2 is missing");
  assert.equal(misfitOf([part("2.xml-p11p20")]), "part 1 is missing");
  assert.match(misfitOf([part("1.xml-p1p10"), part("2.xml-p11p25"), part("2.xml-p12p20")]) ?? "", /same pages/);
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
  const files = await findExportFiles("awiki", farm.path("full.bz2"));
  assert.deepEqual(files.map(({ path, facts }) => [path, facts.byteLength]), [[farm.path("full.bz2"), 5]]);
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
