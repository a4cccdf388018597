/**
 * Every XML file of the shared corpus, read and held against the table of its pages that another parser made.
 *
 * A table gives, for each page: where `<page>` begins, where `</page>` ends, id, namespace, number of revisions, first and last
 * revision id, whether it is a redirect, SHA-1 of the page's bytes, title.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { concatBytes, startsWithBytes } from "../../lib/bits/bytes.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { type DumpEvent, DumpReader } from "../../lib/dump/reading/dump-reader.ts";
import { isWikidumpError } from "../../lib/errors.ts";
import { findPageId } from "../../lib/xml/page-id.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";

const CORPUS = ["conformance", "corpus"] as const;
const skip = skipWithoutShared(...CORPUS);

/** Files with pages that are no dump as MediaWiki writes it, and the code of the error that reading them must give. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  // Templates of MediaWiki's own tests, with another root element and placeholders for ids.
  [/^mediawiki-core\/(dumps\/|import\/.*\.expected\.)/, "NO_MEDIAWIKI"],
  // Written by hand, without page ids or revision ids.
  [/^mediawiki-dump\/(dump|hist-dump-1228)\.xml$/, "BAD_ID"],
  [/\/(xmldumps-phase3-)?export-demo\.xml$/, "BAD_ID"],
  [/^(refinery-source|wikihadoop)\/mediawiki-dump-test\.xml$/, "BAD_ID"],
];

/** Pages without a root element, which are read as a fragment; as a dump they must be refused. */
const FRAGMENTS = /^(sweble\/input-.*-page\.xml|vectors-mwxml\/test_page-.*\.xml)$/;

/** Files without any page: the code of the error, or undefined for a good dump that has none. */
const WITHOUT_PAGES: Readonly<Record<string, string | undefined>> = {
  "gensim/bgwiki-latest-pages-articles-shortened.xml.bz2": "NO_MEDIAWIKI",
  "operations-dumps/pages-articles-sample4.xml-p4606p5340.bz2": "TRUNCATED",
  "mediawiki-core/dumps/SiteInfo.0.10.xml": "NO_MEDIAWIKI",
  "mediawiki-core/import/BadXML.xml": "BAD_TAG",
  "mediawiki-core/import/MissingMediaWikiTag.xml": "NO_MEDIAWIKI",
  "sweble/input-0.5-revision.xml": "NO_MEDIAWIKI",
  "Wikidata-Toolkit/empty-dump.xml": undefined,
  "Wikidata-Toolkit/mock-dump-header.xml": "TRUNCATED",
  "Wikidata-Toolkit/mock-dump-incomplete-revision.xml": "TRUNCATED",
  "Wikidata-Toolkit/sample-dump-20150815.json.gz": "NO_MEDIAWIKI",
  "dbpedia/head.xml": "TRUNCATED",
  "dbpedia/Mapping_ceb.xml": undefined,
  "dbpedia/Mapping_zh.xml": undefined,
  "pywikibot/article-pyrus-utf16.xml": "NO_MEDIAWIKI",
  "vectors-mwxml/test_dump-L193.xml": undefined,
  "vectors-mwxml/test_log_item-L8.xml": "NO_MEDIAWIKI",
  "vectors-mwxml/test_revision-L61.xml": "NO_MEDIAWIKI",
};

interface PageRow {
  start: number;
  end: number;
  id: number;
  namespace: string;
  revisions: number;
  firstRevision: string;
  lastRevision: string;
  redirect: boolean;
  sha1: string;
  title: string;
}

function readTable(name: string): PageRow[] {
  const lines = readFileSync(sharedPath(...CORPUS, "expected", "pages", name)!, "utf8").split("\n").slice(1);
  return lines.filter((line) => line !== "").map((line) => {
    const [start, end, id, namespace, revisions, firstRevision, lastRevision, redirect, sha1, ...title] = line.split(
      "\t",
    );
    return {
      start: Number(start),
      end: Number(end),
      id: Number(id),
      namespace: namespace!,
      revisions: Number(revisions),
      firstRevision: firstRevision!,
      lastRevision: lastRevision!,
      redirect: redirect === "1",
      sha1: sha1!,
      title: title.join("\t"),
    };
  });
}

function readXml(name: string): Uint8Array | undefined {
  const path = sharedPath(...CORPUS, name);
  assert.ok(path, `${name} is listed but missing`);
  const bytes = new Uint8Array(readFileSync(path));
  if (name.endsWith(".7z")) return undefined;
  if (name.endsWith(".gz")) return new Uint8Array(gunzipSync(bytes));
  return name.endsWith(".bz2") ? decompress(bytes) : bytes;
}

function readEvents(xml: Uint8Array, chunkBytes: number, isFragment: boolean): PageRow[] {
  const reader = new DumpReader({ isFragment });
  const rows: PageRow[] = [];
  const parts: Uint8Array[] = [];
  let byteOffset = 0;
  const take = (event: DumpEvent): void => {
    notePage(rows, event, xml, byteOffset);
    byteOffset += event.bytes.length;
    parts.push(event.bytes);
  };
  for (let at = 0; at < xml.length; at += chunkBytes) {
    for (const event of reader.push(xml.subarray(at, at + chunkBytes))) take(event);
  }
  for (const event of reader.finish()) take(event);
  assert.deepEqual(concatBytes(parts), xml);
  return rows;
}

function notePage(rows: PageRow[], event: DumpEvent, xml: Uint8Array, byteOffset: number): void {
  const row = rows.at(-1)!;
  if (event.type === "page") {
    const { id, namespace, title, isRedirect } = event.page;
    assert.equal(findPageId(event.bytes), id);
    const tag = new TextEncoder().encode("<page");
    let start = byteOffset;
    while (!startsWithBytes(xml, tag, start)) start++;
    rows.push({
      start,
      end: 0,
      id,
      namespace: String(namespace),
      revisions: 0,
      firstRevision: "",
      lastRevision: "",
      redirect: isRedirect,
      sha1: "",
      title,
    });
  } else if (event.type === "revision") {
    if (row.revisions++ === 0) row.firstRevision = String(event.revision.id);
    row.lastRevision = String(event.revision.id);
    event.revision.textBytes();
  } else if (event.type === "page-end") {
    row.end = byteOffset + new TextDecoder().decode(event.bytes).trimEnd().length;
    row.sha1 = createHash("sha1").update(xml.subarray(row.start, row.end)).digest("hex");
  }
}

const tables = skip === false ? readdirSync(sharedPath(...CORPUS, "expected", "pages")!) : [];

test("the corpus of pages is there", { skip }, () => {
  assert.ok(tables.length > 150);
});

for (const table of tables) {
  const name = table.replaceAll("__", "/").replace(/\.tsv$/, "");
  const refusal = FRAGMENTS.test(name) ? "NO_MEDIAWIKI" : REFUSED.find(([pattern]) => pattern.test(name))?.[1];

  test(`pages of ${name} are found where another parser finds them`, (context) => {
    const xml = readXml(name);
    if (xml === undefined) return context.skip("no 7z decoder in the project");
    for (const chunkBytes of [xml.length, 4096, 61]) {
      if (refusal !== undefined) assertRefused(xml, chunkBytes, refusal);
      if (refusal !== undefined && !FRAGMENTS.test(name)) continue;
      const expected = readTable(table);
      const found = readEvents(xml, chunkBytes, refusal !== undefined);
      // Before schema 0.6 the table has no namespace; ours comes from the title.
      for (const [i, row] of expected.entries()) if (row.namespace === "" && found[i]) found[i].namespace = "";
      assert.deepEqual(found, expected);
    }
  });
}

for (const [name, refusal] of Object.entries(WITHOUT_PAGES)) {
  test(
    `${name}, which has no pages, ${refusal === undefined ? "is read" : `is refused as ${refusal}`}`,
    { skip },
    () => {
      const xml = readXml(name)!;
      for (const chunkBytes of [xml.length, 61]) {
        if (refusal === undefined) assert.deepEqual(readEvents(xml, chunkBytes, false), []);
        else assertRefused(xml, chunkBytes, refusal);
      }
    },
  );
}

function assertRefused(xml: Uint8Array, chunkBytes: number, code: string): void {
  assert.throws(() => readEvents(xml, chunkBytes, false), (error) => isWikidumpError(error) && error.code === code);
}
