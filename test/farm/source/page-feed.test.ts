import assert from "node:assert/strict";
import { test } from "node:test";
import { DumpReader } from "../../../lib/dump/reading/dump-reader.ts";
import { PageFeed } from "../../../lib/farm/source/page-feed.ts";
import type { SourceEvent } from "../../../lib/farm/source/source.ts";
import { tinyDump } from "../../support/tiny-dump.ts";

/** The events of some documents, one after another through one feed. */
function feed(...documents: readonly string[]): { events: SourceEvent[]; feed: PageFeed } {
  const pageFeed = new PageFeed("check");
  const events: SourceEvent[] = [];
  for (const document of documents) {
    const reader = new DumpReader();
    for (const event of [...reader.push(new TextEncoder().encode(document)), ...reader.finish()]) {
      const converted = pageFeed.convert(event);
      if (converted !== undefined) events.push(converted);
    }
  }
  events.push(pageFeed.end());
  return { events, feed: pageFeed };
}

function latestIds(document: string): (number | undefined)[] {
  return feed(document).events.flatMap((event) => (event.type === "page-end" ? [event.page.latest?.revision.id] : []));
}

test("the current revision is the newest by time, whatever its id; of equals the one with the highest id", () => {
  const at = (id: number, timestamp: string) => ({ id, timestamp, text: `${id}` });
  const document = tinyDump([
    { id: 1, title: "Imported", revisions: [at(5, "2020-01-01T00:00:00Z"), at(9, "2010-01-01T00:00:00Z")] },
    { id: 2, title: "Tie", revisions: [at(6, "2020-01-01T00:00:00Z"), at(7, "2020-01-01T00:00:00Z")] },
    { id: 3, title: "Empty", revisions: [] },
  ]);
  assert.deepEqual(latestIds(document), [5, 7, undefined]);
});

test("several documents are one: one start, one end, all pages", () => {
  const first = tinyDump([{ id: 1, title: "A", revisions: [{ id: 1, text: "a" }] }]);
  const second = tinyDump([{ id: 2, title: "B", revisions: [{ id: 2, text: "b" }] }]);
  const { events, feed: pageFeed } = feed(first, second);
  assert.deepEqual(events.map((event) => event.type), [
    "start",
    ...["page", "revision", "page-end"],
    ...["page", "revision", "page-end"],
    "end",
  ]);
  assert.equal(pageFeed.pages, 2);
});

test("page ids out of order are noticed and named, and do no harm", () => {
  const pages = [3, 2, 7].map((id) => ({ id, title: `P${id}`, revisions: [] }));
  const { feed: pageFeed } = feed(tinyDump(pages));
  assert.deepEqual(pageFeed.notices, ["Page 2 follows page 3: ids are out of order"]);
});

test("texts are held against length and SHA-1; what is not stated, hidden or right has no fault", () => {
  const zeros = "0".repeat(31);
  const document = tinyDump([{
    id: 4,
    title: "Checks",
    revisions: [
      { id: 1, text: "right & <proper> 😀" },
      { id: 2, text: "wrong length", textAttributes: 'bytes="11"' },
      { id: 3, text: "wrong sha1", textAttributes: `bytes="10" sha1="${zeros}"` },
      { id: 4, text: "", textAttributes: `bytes="99" sha1="${zeros}" deleted="deleted"` },
    ],
  }]);
  const faults = feed(document).events.flatMap((event) => (event.type === "revision" ? [event.fault?.message] : []));
  assert.deepEqual(faults.slice(0, 2), [
    undefined,
    "Page 4, revision 2: the text has 12 bytes where the dump states 11",
  ]);
  assert.match(
    faults[2]!,
    new RegExp(`^Page 4, revision 3: the text has SHA-1 \\w{31} where the dump states ${zeros}$`),
  );
  assert.equal(faults[3], undefined);
});

test("before schema 0.11 the checksum is that of the revision", () => {
  const document = tinyDump([{ id: 4, title: "Old", revisions: [{ id: 1, text: "abc", textAttributes: "" }] }]);
  const broken = document.replace(/<sha1>\w+<\/sha1>/, `<sha1>${"1".repeat(31)}</sha1>`);
  const faultsOf = (xml: string) =>
    feed(xml).events.flatMap((event) => (event.type === "revision" ? [event.fault] : []));
  assert.deepEqual(faultsOf(document), [undefined]);
  assert.match(faultsOf(broken)[0]!.message, /revision 1: the text has SHA-1/);
});

test("a raw carriage return counts as MediaWiki counts it, and as XML reads it", () => {
  const revisions = [{ id: 1, text: "a\r\nb" }, { id: 2, text: "a\nb" }];
  const document = tinyDump([{ id: 4, title: "Returns", revisions }]).replace(">a\nb<", ">a\r\nb<");
  const faults = feed(document).events.flatMap((event) => (event.type === "revision" ? [event.fault] : []));
  assert.deepEqual(faults, [undefined, undefined]);
});
