import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { makeCorpus } from "../../../bench/corpus.ts";
import type { Revision } from "../../../lib/dump/reading/model.ts";
import { type Page, readDump } from "../../../lib/dump/reading/read-dump.ts";
import { DumpFormatError } from "../../../lib/errors.ts";
import { chunkings } from "../../support/chunkings.ts";

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A stream that tells how much was pulled and whether it was cancelled. */
class Source {
  pulled = 0;
  cancelledWith: unknown = "not cancelled";
  readonly stream: ReadableStream<Uint8Array>;

  constructor(chunks: Iterable<Uint8Array>, options: { isEndless?: boolean } = {}) {
    const iterator = chunks[Symbol.iterator]();
    this.stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const { done, value } = iterator.next();
        if (!done) {
          this.pulled++;
          controller.enqueue(value);
        } else if (!options.isEndless) controller.close();
      },
      cancel: (reason) => {
        this.cancelledWith = reason;
      },
    }, { highWaterMark: 0 });
  }
}

function pageOf(id: number, revisions = 2, namespace = 0): string {
  let xml = `<page>\n<title>P${id}</title><ns>${namespace}</ns><id>${id}</id>\n`;
  for (let i = 1; i <= revisions; i++) {
    xml += `<revision><id>${id * 100 + i}</id><text>text ${id}.${i}</text></revision>\n`;
  }
  return xml + "</page>\n";
}

const XML = `<mediawiki version="0.11">\n<siteinfo><sitename>W</sitename></siteinfo>\n${pageOf(1)}${
  pageOf(2, 3, 1)
}<logitem/>${pageOf(3, 0)}${pageOf(4)}</mediawiki>\n`;

async function idsOf(revisions: AsyncIterable<Revision>): Promise<number[]> {
  const ids: number[] = [];
  for await (const revision of revisions) ids.push(revision.id);
  return ids;
}

test("site info, pages and revisions are read, however the stream is cut", async () => {
  for (const { name, chunks } of chunkings(encode(XML))) {
    const { siteInfo, pages } = await readDump(new Source(chunks).stream);
    assert.equal(siteInfo.siteName, "W");
    const found: unknown[] = [];
    for await (const page of pages) found.push([page.id, page.title, page.namespace, await idsOf(page.revisions())]);
    const expected = [[1, "P1", 0, [101, 102]], [2, "P2", 1, [201, 202, 203]], [3, "P3", 0, []], [4, "P4", 0, [
      401,
      402,
    ]]];
    assert.deepEqual(found, expected, name);
  }
});

test("revisions that are not asked for are skipped, also in the middle of a page", async () => {
  const { pages } = await readDump(new Source([encode(XML)]).stream);
  const found: number[] = [];
  for await (const page of pages) {
    if (page.id === 1) continue;
    for await (const revision of page.revisions()) {
      found.push(revision.id);
      break;
    }
  }
  assert.deepEqual(found, [201, 401]);
});

test("a skipped page may hold revisions above the limit", async () => {
  const big = `<page><id>9</id><revision><id>1</id><text>${"x".repeat(5000)}</text></revision></page>`;
  for (const { chunks } of chunkings(encode(`<mediawiki>${big}${pageOf(10)}</mediawiki>`))) {
    const { pages } = await readDump(new Source(chunks).stream, { maxRevisionBytes: 1000 });
    let last: number[] = [];
    for await (const page of pages) if (page.id === 10) last = await idsOf(page.revisions());
    assert.deepEqual(last, [1001, 1002]);
  }
});

test("only pages of the namespaces asked for are given", async () => {
  const { pages } = await readDump(new Source([encode(XML)]).stream, { namespaces: [1, 5] });
  const found: number[] = [];
  for await (const page of pages) found.push(page.id, ...await idsOf(page.revisions()));
  assert.deepEqual(found, [2, 201, 202, 203]);
});

test("pages of several dumps in one stream come one after another", async () => {
  const { pages } = await readDump(new Source([encode(XML + XML)]).stream);
  const found: number[] = [];
  for await (const page of pages) found.push(page.id);
  assert.deepEqual(found, [1, 2, 3, 4, 1, 2, 3, 4]);
});

test("the stream is read no further than is asked", async () => {
  const source = new Source(encodeEach([`<mediawiki>\n`, pageOf(1), pageOf(2), pageOf(3), "</mediawiki>"]));
  const { pages } = await readDump(source.stream);
  assert.equal(source.pulled, 2);
  const { value: page } = await pages.next() as { value: Page };
  assert.equal(source.pulled, 2);
  await page.revisions().next();
  assert.equal(source.pulled, 2);
  await pages.next();
  assert.equal(source.pulled, 3);
  await pages.return();
});

test("leaving the loop, or never entering it, cancels the stream", async () => {
  const left = new Source([encode(XML)], { isEndless: true });
  const { pages } = await readDump(left.stream);
  for await (const _ of pages) break;
  assert.equal(left.cancelledWith, undefined);
  const never = new Source([encode(XML)], { isEndless: true });
  await (await readDump(never.stream)).pages.return();
  assert.equal(never.cancelledWith, undefined);
});

test("a broken dump rejects after its good pages, and cancels the stream with the error", async () => {
  const source = new Source([encode(`<mediawiki>${pageOf(1)}<page><id>x</id></page>`)], { isEndless: true });
  const { pages } = await readDump(source.stream);
  const found: number[] = [];
  const loop = async (): Promise<void> => {
    for await (const page of pages) found.push(page.id);
  };
  await assert.rejects(loop, (error) => error instanceof DumpFormatError && error.code === "BAD_ID");
  assert.deepEqual(found, [1]);
  assert.ok(source.cancelledWith instanceof DumpFormatError);
});

test("a dump that ends early rejects, in the revisions when they are being read", async () => {
  const cut = XML.slice(0, XML.indexOf("text 4.2"));
  const { pages } = await readDump(new Source([encode(cut)]).stream);
  const found: number[] = [];
  const loop = async (): Promise<void> => {
    for await (const page of pages) for await (const revision of page.revisions()) found.push(revision.id);
  };
  await assert.rejects(
    loop,
    (error) => error instanceof DumpFormatError && error.code === "TRUNCATED" && error.pageId === 4,
  );
  assert.deepEqual(found, [101, 102, 201, 202, 203, 401]);
});

test("what is no dump rejects at once", async () => {
  const codeFor = async (text: string): Promise<string> => {
    const error: unknown = await readDump(new Source([encode(text)]).stream).then(() => undefined, (reason) => reason);
    assert.ok(error instanceof DumpFormatError);
    return error.code;
  };
  assert.equal(await codeFor(""), "NO_MEDIAWIKI");
  assert.equal(await codeFor("<html>"), "NO_MEDIAWIKI");
  assert.equal(await codeFor("<mediawiki>"), "TRUNCATED");
});

test("an error of the stream is passed on", async () => {
  const trouble = new Error("disk on fire");
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encode(XML.slice(0, 300))),
    pull: (controller) => controller.error(trouble),
  });
  const loop = async (): Promise<void> => {
    for await (const _ of (await readDump(stream)).pages);
  };
  await assert.rejects(loop, trouble);
});

test("aborting ends a reading that waits for bytes", async () => {
  const source = new Source([encode(`<mediawiki>${pageOf(1)}`)], { isEndless: true });
  const abort = new AbortController();
  const { pages } = await readDump(source.stream, { signal: abort.signal });
  await pages.next();
  const waiting = pages.next();
  await delay(5);
  abort.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(readDump(new Source([encode(XML)]).stream, { signal: abort.signal }), /enough/);
});

test("revisions read too late, twice or two at a time are refused, never short", async () => {
  const { pages } = await readDump(new Source([encode(XML)]).stream);
  const { value: first } = await pages.next() as { value: Page };
  const revisions = first.revisions();
  await revisions.next();
  const { value: second } = await pages.next() as { value: Page };
  await assert.rejects(revisions.next(), TypeError);
  await assert.rejects(first.revisions().next(), TypeError);
  assert.equal((await idsOf(second.revisions())).length, 3);
  await assert.rejects(second.revisions().next(), TypeError);
  await pages.next();
  const { value: last } = await pages.next() as { value: Page };
  const open = last.revisions();
  await open.next();
  assert.ok((await pages.next()).done);
  await assert.rejects(open.next(), TypeError);
});

test("memory stays bounded over a page with very many revisions", async () => {
  const { gc } = globalThis as { gc?: () => void };
  let byteLength = 0;
  let peak = 0;
  let count = 0;
  const measured = function* (): Generator<Uint8Array> {
    for (const chunk of makeCorpus({ byteLength: 60_000_000, kind: "one-page" })) {
      byteLength += chunk.length;
      yield chunk;
    }
  };
  const { pages } = await readDump(new Source(measured()).stream);
  gc?.();
  const base = process.memoryUsage().arrayBuffers;
  for await (const page of pages) {
    for await (const revision of page.revisions()) {
      count++;
      if (count % 200 !== 0) continue;
      assert.ok(revision.id > 0);
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - base);
    }
  }
  assert.ok(byteLength > 60_000_000 && count > 500);
  assert.ok(peak < 48 * 1024 * 1024, `peak of ${peak} bytes over ${byteLength}`);
});

test("pages that are thrown away before the first cancel the stream", async () => {
  for (const leave of ["return", "throw"] as const) {
    let isCancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encode("<mediawiki><page><id>1</id></page>")),
      cancel: () => void (isCancelled = true),
    });
    const { pages } = await readDump(stream);
    await pages[leave](undefined as never).catch(() => {});
    assert.ok(isCancelled, leave);
  }
});

function encodeEach(parts: readonly string[]): Uint8Array[] {
  return parts.map(encode);
}
