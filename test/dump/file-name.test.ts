import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDumpFileName, parseDumpFileName } from "../../lib/dump/file-name.ts";

for (
  const [name, expected] of [
    ["tewiki-20260101-page.sql.gz", { dumpName: "page", type: "sql", extension: "gz" }],
    ["tewiki-20260101-all-titles-in-ns0.gz", { dumpName: "all-titles-in-ns0", extension: "gz" }],
    ["tewiki-20260101-stub-meta-history3.xml.gz", {
      dumpName: "stub-meta-history",
      part: 3,
      type: "xml",
      extension: "gz",
    }],
    [
      "tewiki-20260101-pages-meta-history2.xml-p11p25.bz2",
      { dumpName: "pages-meta-history", part: 2, type: "xml", range: { first: 11, last: 25 }, extension: "bz2" },
    ],
    [
      "tewiki-20260101-pages-articles-multistream-index1.txt-p1p10.bz2",
      {
        dumpName: "pages-articles-multistream-index",
        part: 1,
        type: "txt",
        range: { first: 1, last: 10 },
        extension: "bz2",
      },
    ],
    ["tewiki-20260101-siteinfo2-namespacesv2.json.gz", {
      dumpName: "siteinfo2-namespacesv2",
      type: "json",
      extension: "gz",
    }],
    ["be_x_oldwiki-20260101-abstract.xml", { wiki: "be_x_oldwiki", dumpName: "abstract", type: "xml" }],
  ] as const
) {
  test(`${name} is taken apart and put together again`, () => {
    const parsed = parseDumpFileName(name);
    assert.deepEqual(
      { ...parsed },
      {
        wiki: "tewiki",
        date: "20260101",
        part: undefined,
        type: undefined,
        range: undefined,
        extension: undefined,
        ...expected,
      },
    );
    assert.equal(formatDumpFileName(parsed!), name);
  });
}

test("suffixes of unfinished files are left out", () => {
  for (const suffix of [".inprog", ".truncated", ".empty", "-tmp"]) {
    assert.equal(parseDumpFileName(`tewiki-20260101-pages-articles.xml.bz2${suffix}`)?.extension, "bz2", suffix);
  }
});

test("other names are not dump files", () => {
  for (
    const name of [
      "index.html",
      "tewiki-latest-page.sql.gz",
      "tewiki-2026-page.sql.gz",
      "a/tewiki-20260101-page.sql.gz",
      "",
    ]
  ) {
    assert.equal(parseDumpFileName(name), undefined, name);
  }
});
