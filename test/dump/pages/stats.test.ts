import assert from "node:assert/strict";
import { test } from "node:test";
import { batchRevisions } from "../../../lib/dump/pages/batch-revisions.ts";
import { countRevisions } from "../../../lib/dump/pages/count-revisions.ts";
import { dumpStats } from "../../../lib/dump/pages/stats.ts";
import { streamFrom } from "../../../lib/streams/stream-from.ts";
import { chunkings } from "../../support/chunkings.ts";
import { TINY_PAGES, tinyDump, tinyHeader, tinyPage } from "../../support/tiny-dump.ts";

const encoder = new TextEncoder();

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

test("dumpStats adds up pages, redirects, revisions and bytes, in all and per namespace", async () => {
  const xml = tinyDump().replace("    <id>9</id>\n", '    <id>9</id>\n    <redirect title="Home" />\n');
  for (const { name, chunks } of chunkings(encoder.encode(xml))) {
    const stats = await dumpStats(streamFrom(each(chunks)));
    const bytesIn = (namespace: number): number =>
      TINY_PAGES.filter((page) => (page.namespace ?? 0) === namespace).flatMap(({ revisions }) => revisions)
        .reduce((sum, { text }) => sum + encoder.encode(text).length, 0);
    assert.deepEqual(stats.namespaces, [
      { namespace: 0, name: "", pages: 2, redirects: 1, revisions: 3, textBytes: bytesIn(0) },
      { namespace: 1, name: "Talk", pages: 1, redirects: 0, revisions: 1, textBytes: bytesIn(1) },
      { namespace: 2, name: "User", pages: 1, redirects: 0, revisions: 1, textBytes: bytesIn(2) },
      { namespace: 10, name: "Template", pages: 1, redirects: 0, revisions: 1, textBytes: 0 },
    ], name);
    assert.deepEqual([stats.pages, stats.redirects, stats.revisions], [5, 1, 6]);
    assert.equal(stats.xmlBytes, encoder.encode(xml).length);
    assert.deepEqual([stats.pageIds, stats.revisionIds], [{ first: 1, last: 12 }, { first: 1, last: 9 }]);
    assert.deepEqual(stats.timestamps, { first: "2026-01-01T00:00:01Z", last: "2026-01-01T00:00:09Z" });
    assert.equal(stats.isAscending, true);
    assert.deepEqual([stats.largestPage?.id, stats.largestPage?.title], [1, "Home"]);
    assert.equal(stats.siteInfo.dbName, "tinywiki");
  }
});

test("dumpStats says that ids do not rise, and knows a dump without pages", async () => {
  const [first, second] = TINY_PAGES.map(tinyPage);
  const falling = await dumpStats(new Blob([`${tinyHeader()}${second}${first}</mediawiki>`]).stream());
  assert.deepEqual([falling.isAscending, falling.pageIds], [false, { first: 1, last: 2 }]);
  const empty = await dumpStats(new Blob([`${tinyHeader()}</mediawiki>`]).stream());
  assert.deepEqual([empty.pages, empty.namespaces, empty.pageIds, empty.timestamps, empty.largestPage], [
    0,
    [],
    undefined,
    undefined,
    undefined,
  ]);
});

test("dumpStats and countRevisions fail on a dump that is cut; countRevisions after the pages before", async () => {
  const xml = tinyDump().slice(0, tinyDump().indexOf("<title>User:Ann"));
  await assert.rejects(dumpStats(new Blob([xml]).stream()), { code: "TRUNCATED" });
  const ids: number[] = [];
  await assert.rejects(async () => {
    for await (const { pageId } of countRevisions(new Blob([xml]).stream())) ids.push(pageId);
  }, { code: "TRUNCATED" });
  assert.deepEqual(ids, [1, 2]);
});

test("countRevisions counts page by page, of some namespaces or all", async () => {
  const seen = [];
  for await (const page of countRevisions(new Blob([tinyDump()]).stream(), { namespaces: [0] })) {
    seen.push([page.pageId, page.revisions, page.title, page.titleXml]);
  }
  assert.deepEqual(seen, [[1, 2, "Home", "Home"], [9, 1, 'A <b>: "c"', "A &lt;b&gt;: &quot;c&quot;"]]);
});

test("batchRevisions adds up pages, leaves out those without revisions, and gives the rest also before an error", async () => {
  const pages = [1, 2, 3, 4, 5].map((id) =>
    tinyPage({
      id,
      title: `P${id}`,
      revisions: id === 2 ? [] : [{ id, text: "x".repeat(id) }, { id: id + 50, text: "" }],
    })
  );
  const whole = `${tinyHeader()}${pages.join("")}</mediawiki>`;
  const rows = [];
  for await (const batch of batchRevisions(countRevisions(new Blob([whole]).stream()), 3)) {
    rows.push([batch.pageId, batch.pages, batch.revisions, batch.textBytes, batch.maxTextBytes]);
  }
  assert.deepEqual(rows, [[4, 3, 6, 8, 4], [5, 1, 2, 5, 5]]);
  const cut = batchRevisions(countRevisions(new Blob([tinyHeader() + pages[0]]).stream()), 3);
  assert.equal((await cut.next()).value?.pageId, 1);
  await assert.rejects(cut.next(), { code: "TRUNCATED" });
});

test("an aborted signal ends the counting with its reason", async () => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  await assert.rejects(dumpStats(new Blob([tinyDump()]).stream(), { signal }), reason);
  await assert.rejects(countRevisions(new Blob([tinyDump()]).stream(), { signal }).next(), reason);
});
