import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { PrefetchReader } from "../../../../lib/farm/mediawiki/texts/prefetch-reader.ts";
import { TextFetcher } from "../../../../lib/farm/mediawiki/texts/text-fetcher.ts";
import { TextReading, type TextReadingOptions } from "../../../../lib/farm/mediawiki/texts/text-reading.ts";
import type { TextCounts } from "../../../../lib/farm/mediawiki/texts/text-supply.ts";
import { command } from "../../../../lib/farm/process/command.ts";
import type { SourceConsumer, SourceEvent } from "../../../../lib/farm/source/source.ts";
import type { PageRange } from "../../../../lib/dump/pages/page-range.ts";
import { concatBytes } from "../../../../lib/bits/bytes.ts";
import { scratchDirectory } from "../../../support/scratch.ts";
import { dumpOf, programPages, stubsOf } from "./tiny-stubs.ts";

const PROGRAM = fileURLToPath(new URL("./fetch-text-program.mjs", import.meta.url));

function scratchFile(name: string, content: string | Uint8Array): string {
  const path = `${scratchDirectory("reading")}/${name}`;
  writeFileSync(path, content);
  return path;
}

function stubFile(stubs: string): { path: string; byteLength: number } {
  const packed = gzipSync(stubs);
  return { path: scratchFile("stubs.xml.gz", packed), byteLength: packed.length };
}

async function read(
  options: Partial<TextReadingOptions> & Pick<TextReadingOptions, "stubs">,
  consumer?: SourceConsumer,
  wanted?: readonly PageRange[],
) {
  const events: SourceEvent[] = [];
  const directory = scratchDirectory("reading");
  let counts: TextCounts | undefined;
  const reading = new TextReading({
    openFetcher: (signal) =>
      new TextFetcher({ signal, absentPauseMs: 10, command: () => command(process.execPath, PROGRAM, directory) }),
    onTexts: (now) => counts = now,
    ...options,
  });
  const collect = { take: (event: SourceEvent) => void events.push(event) };
  const summary = await reading.run([collect, ...(consumer === undefined ? [] : [consumer])], {
    revisions: "all",
    pages: wanted,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  const xml = new TextDecoder().decode(concatBytes(events.map((event) => event.bytes)));
  const faults = events.flatMap((event) => (event.type === "revision" ? event.fault ?? [] : []));
  return { events, xml, summary, counts: counts!, faults };
}

test("stubs and texts make the dump, with few or many texts in flight", async () => {
  const pages = programPages(40);
  const dump = dumpOf(pages);
  const stubs = [stubFile(stubsOf(dump, (id) => `tt:${id}`))];
  for (const limits of [{}, { maxAhead: 1 }, { maxAheadBytes: 1 }]) {
    const { xml, summary, counts, faults } = await read({ stubs, ...limits });
    assert.equal(xml, dump);
    assert.deepEqual(summary, { pages: 40, revisions: 120, notices: [] });
    assert.deepEqual(counts, { prefetched: 0, fetched: 118, empty: 2, faulty: 0 });
    assert.deepEqual(faults, []);
  }
});

test("the events are those of an export's reading: places, values, others, current revision", async () => {
  const dump = dumpOf(programPages(2)).replaceAll(
    "  </page>",
    '    <upload>\n      <filename>"A".png</filename>\n    </upload>\n  </page>',
  )
    .replace('"A"', "&quot;A&quot;").replace('"A"', "&quot;A&quot;");
  const stubs = stubsOf(dump, (id) => `tt:${id}`);
  const current = stubs.replaceAll(
    / {4}<revision>\n {6}<id>([0-9]+)<[^]*?<\/revision>\n/g,
    (match, id: string) => ["2", "6"].includes(id) ? match : "",
  );
  const { events, xml } = await read({ stubs: [stubFile(stubs)], currentStubs: [stubFile(current).path] });
  assert.equal(xml, dump);
  const page = ["page", "revision", "revision", "revision", "other", "page-end"];
  assert.deepEqual(events.map((event) => event.type), ["start", ...page, ...page, "end"]);
  const ends = events.flatMap((event) => (event.type === "page-end" ? [event.page] : []));
  assert.deepEqual(ends.map(({ latest }) => latest?.revision.id), [2, 6]);
  assert.equal(ends[1]!.others.length, 1);
  for (const event of events) {
    if (event.type !== "revision") continue;
    const { revision, bytes, text } = event;
    assert.equal(
      revision.text(),
      revision.id === 50 ? "" : new TextDecoder().decode(bytes.subarray(text.contentStart, text.contentEnd)),
    );
    assert.equal(revision.textByteLength, revision.textBytes().length);
  }
});

test("only the pages of a range; several files are one", async () => {
  const pages = programPages(10);
  const stub = (from: number, to: number) => stubFile(stubsOf(dumpOf(pages.slice(from, to)), (id) => `tt:${id}`));
  assert.equal((await read({ stubs: [stub(0, 4), stub(4, 10)] })).xml, dumpOf(pages));
  const range = await read({ stubs: [stub(0, 4), stub(4, 10)], pages: { first: 4, last: 10 } });
  assert.equal(range.xml, dumpOf(pages.slice(2, 5)));
  assert.deepEqual(range.summary.pages, 3);
  assert.equal((await read({ stubs: [stub(0, 10)], pages: { first: 400, last: Infinity } })).xml, dumpOf([]));
  assert.equal((await read({ stubs: [stub(0, 0)] })).xml, dumpOf([]));
});

test("of pages that no consumer looks at, no text is fetched", async () => {
  const dump = dumpOf(programPages(20));
  const stubs = [stubFile(stubsOf(dump, (id) => `tt:${id}`))];
  const ids = (await read({ stubs })).events.flatMap((event) => (event.type === "page" ? [event.page.id] : []));
  const wanted = [{ first: ids[3]!, last: ids[4]! }, { first: ids[8]!, last: ids[8]! + 1 }];
  const { events, counts } = await read({ stubs }, undefined, wanted);
  const found = events.flatMap((event) => (event.type === "page" ? [event.page.id] : []));
  assert.deepEqual(found, [ids[3], ids[4], ids[8]]);
  const revisions = events.filter(({ type }) => type === "revision").length;
  assert.equal(counts.fetched + counts.empty, revisions);
  assert.ok(revisions > 0 && revisions < 20);
});

test("texts of an earlier run are used where they are right, and only there", async () => {
  const pages = programPages(20);
  const dump = dumpOf(pages);
  // Another text for every fourth revision, of the same length; every fifth revision is missing.
  const old = dump.replaceAll(
    / {4}<revision>\n {6}<id>([0-9]+)<[^]*?<\/revision>\n/g,
    (match, id: string) => Number(id) % 5 === 0 ? "" : Number(id) % 4 === 0 ? match.replaceAll("with", "wiht") : match,
  );
  const file = scratchFile("old.xml", old);
  const { xml, counts, faults } = await read({
    stubs: [stubFile(stubsOf(dump, (id) => `tt:${id}`))],
    openPrefetch: (signal) => new PrefetchReader({ files: [file], signal }),
  });
  assert.equal(xml, dump);
  assert.deepEqual(faults, []);
  assert.equal(counts.prefetched, 60 - 1 - 11 - 12);
  assert.equal(counts.fetched, 23);
});

test("a schema without SHA-1 in the text uses the one of the revision", async () => {
  const dump = dumpOf(programPages(3)).replaceAll(/ sha1="[^"]*"/g, "");
  const stubs = [stubFile(stubsOf(dump, (id) => `tt:${id}`))];
  const file = scratchFile("old.xml", dump);
  const openPrefetch = (signal: AbortSignal) => new PrefetchReader({ files: [file], signal });
  const { xml, counts } = await read({ stubs, openPrefetch });
  assert.equal(xml, dump);
  assert.equal(counts.prefetched, 9);
});

test("what cannot be had or is wrong is a fault that names page and revision, and never stops the rest", async () => {
  const dump = dumpOf(programPages(5));
  const addresses: Record<number, string> = { 2: "absent", 5: "die-99", 8: "tt:9", 11: "swapped-1" };
  const stubs = [stubFile(stubsOf(dump, (id) => addresses[id] ?? `tt:${id}`))];
  const { xml, faults, counts } = await read({ stubs });
  const messages = faults.map((fault) => fault.message);
  assert.equal(messages.length, 4, messages.join("\n"));
  assert.match(messages[0]!, /^Page 1, revision 2: the text cannot be had: there is no text at absent$/);
  assert.match(messages[1]!, /^Page 3, revision 5: the text cannot be had: .* ended with exit code 1.*, 3 times$/);
  assert.match(messages[2]!, /^Page 5, revision 8: the text has [0-9]+ bytes where the stub states [0-9]+$/);
  assert.match(messages[3]!, /^Page 7, revision 11: the text has [0-9]+ bytes/);
  assert.equal(counts.faulty, 4);
  // What could not be had stands there as an empty element with what it should be.
  const bytes = /<text bytes="([0-9]+)" sha1="[0-9a-z]+" \/>/g;
  assert.equal([...xml.matchAll(bytes)].length, 2);
});

test("a slow consumer holds the reading back", async () => {
  const dump = dumpOf(programPages(200));
  const stubs = stubFile(stubsOf(dump, (id) => `tt:${id}`));
  const seen: number[] = [];
  let isSlow = true;
  const consumer: SourceConsumer = {
    take: async (event) => {
      if (event.type !== "revision" || !isSlow) return;
      isSlow = false;
      await new Promise((resolve) => setTimeout(resolve, 300));
      seen.push(begun);
    },
  };
  let begun = 0;
  const directory = scratchDirectory("reading");
  await read({
    stubs: [stubs],
    maxAhead: 20,
    openFetcher: (signal) => {
      const fetcher = new TextFetcher({ signal, command: () => command(process.execPath, PROGRAM, directory) });
      const fetch = fetcher.fetch.bind(fetcher);
      fetcher.fetch = (...args) => {
        begun++;
        return fetch(...args);
      };
      return fetcher;
    },
  }, consumer);
  assert.ok(seen[0]! <= 25, `${seen[0]} begun while nothing was taken`);
  assert.ok(begun > 500);
});

test("cut stubs are an error after all that was good; so is what a consumer throws; no program is left", async () => {
  const dump = dumpOf(programPages(20));
  const packed = gzipSync(stubsOf(dump, (id) => `tt:${id}`));
  const cut = scratchFile("cut.xml.gz", packed.subarray(0, packed.length - 400));
  const ids: number[] = [];
  const consumer = { take: (event: SourceEvent) => void (event.type === "revision" && ids.push(event.revision.id)) };
  await assert.rejects(read({ stubs: [{ path: cut }] }, consumer), { code: "TRUNCATED" });
  assert.ok(ids.length > 10 && ids.every((id, index) => id === index + 1));
  const failing = { take: () => Promise.reject(new Error("disk full")) };
  await assert.rejects(read({ stubs: [{ path: scratchFile("a.gz", packed) }] }, failing), /disk full/);
});

test("the signal ends it", async (t: TestContext) => {
  const stubs = [stubFile(stubsOf(dumpOf(programPages(20)), (id) => (id === 30 ? "hang-99" : `tt:${id}`)))];
  const directory = scratchDirectory("reading");
  const controller = new AbortController();
  const reading = new TextReading({
    stubs,
    openFetcher: (signal) => new TextFetcher({ signal, command: () => command(process.execPath, PROGRAM, directory) }),
  });
  const reason = new Error("stop");
  // The text that hangs comes after some that do not.
  const take = (event: SourceEvent) =>
    void (event.type === "revision" && setTimeout(() => controller.abort(reason), 50));
  await assert.rejects(
    reading.run([{ take }], { revisions: "all", signal: controller.signal, onProgress: () => {} }),
    reason,
  );
  const pid = Number(readFileSync(`${directory}/starts`, "utf8").trim());
  t.diagnostic(`the program was ${pid}`);
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});
