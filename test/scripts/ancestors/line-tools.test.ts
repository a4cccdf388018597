/** writeuptopageid and revsperpage on lines that no XML reader would take, and on what stands around pages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { batchPages } from "../../../scripts/bzdump/ancestors/batch-pages.ts";
import { copyPages } from "../../../scripts/bzdump/ancestors/copy-pages.ts";
import { countByLines, type CountedPage } from "../../../scripts/bzdump/ancestors/count-lines.ts";
import type { IdRange, PageCopy } from "../../../scripts/bzdump/ancestors/page-copy.ts";
import { chunkings } from "../../support/chunkings.ts";

const HEADER = "<mediawiki>\n  <siteinfo>\n    <sitename>S</sitename>\n  </siteinfo>\n";
const FOOTER = "</mediawiki>\n";
const { signal } = new AbortController();

interface PageParts {
  readonly title?: string;
  readonly ns?: string;
  readonly revisions?: number;
  readonly text?: string;
}

function page(
  id: string | number,
  { title = `P${id}`, ns = "0", revisions = 1, text = 'bytes="3">abc' }: PageParts = {},
): string {
  const revision = `    <revision>\n      <id>900</id>\n      <text ${text}</text>\n    </revision>\n`;
  const namespace = ns === "" ? "" : `    <ns>${ns}</ns>\n`;
  const head = `  <page>\n    <title>${title}</title>\n${namespace}    <id>${id}</id>\n`;
  return `${head}${revision.repeat(revisions)}  </page>\n`;
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller): void {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** What copyPages writes for each range, the same for every chunking. */
async function copied(xml: string, ...ranges: readonly IdRange[]): Promise<string[]> {
  const results: string[][] = [];
  for (const { chunks } of chunkings(new TextEncoder().encode(xml))) {
    const written = ranges.map(() => "");
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const copies = ranges.map((range, i): PageCopy => ({
      range,
      write: (bytes) => {
        written[i] += decoder.decode(bytes);
        return undefined;
      },
      finish: () => Promise.resolve(),
      discard: () => Promise.resolve(),
    }));
    await copyPages(streamOf(chunks), copies, { hasHeader: true, hasFooter: true, signal });
    results.push(written);
  }
  for (const one of results) assert.deepEqual(one, results[0]);
  return results[0]!;
}

test("writeuptopageid: lines between pages go with the page before them, another document's tags and a cut line do not", async () => {
  const note = "<!-- a note\n  <page>\n-->\n\n";
  const [all] = await copied(`${HEADER}${note}${page(1)}${note}${page(2)}${note}${page(3)}${FOOTER}`, {
    start: 1,
    end: 3,
  });
  assert.equal(all, `${HEADER}${page(1)}${note}${page(2)}${note}${FOOTER}`);
  const [first, other] = await copied(
    `${HEADER}${page(1)}a\n${page(2)}b\n${page(3)}c\n${page(4)}${FOOTER}`,
    { start: 1, end: 2 },
    { start: 3, end: 9 },
  );
  assert.deepEqual([first, other], [`${HEADER}${page(1)}a\n${FOOTER}`, `${HEADER}${page(3)}c\n${page(4)}${FOOTER}`]);
  for (const end of [FOOTER, "", `${FOOTER}junk\n`]) {
    const [both] = await copied(`${HEADER}${page(1)}${end}${HEADER}${page(2)}${FOOTER}`, { start: 1, end: 9 });
    assert.equal(both, `${HEADER}${page(1)}${page(2)}${FOOTER}`);
  }
  for (const cut of ["</me", "</mediawiki", "</mediawiki>", "  "]) {
    assert.deepEqual(await copied(`${HEADER}${page(1)}${cut}`, { start: 1, end: 9 }), [`${HEADER}${page(1)}${FOOTER}`]);
  }
});

test("writeuptopageid: a dump that ends in the beginning of a line of markup is cut", async () => {
  for (const cut of ["  <", "<pa", "  <page>", "<mediaw"]) {
    await assert.rejects(copied(`${HEADER}${page(7)}${cut}`, { start: 1, end: 9 }), {
      code: "TRUNCATED",
      message: cut === "  <page>" ? /within page \(id unknown\)/ : /within the line behind page 7$/,
    });
    // Who has all that is wanted does not read to the end.
    assert.deepEqual(await copied(`${HEADER}${page(7)}${page(8)}${cut}`, { start: 1, end: 8 }), [
      `${HEADER}${page(7)}${FOOTER}`,
    ]);
  }
});

test("writeuptopageid: a page ends also behind another tag, where a line looks like its end, and where the next one begins", async () => {
  const joined = (id: number): string => page(id).replace("</revision>\n", "</revision>");
  const xml = HEADER + joined(1) + joined(2) + joined(3) + FOOTER;
  assert.deepEqual(await copied(xml, { start: 2, end: 3 }), [`${HEADER}${joined(2)}${FOOTER}`]);
  const open = page(1).replace("  </page>\n", "");
  assert.deepEqual(await copied(HEADER + open + page(2) + FOOTER, { start: 2, end: 3 }), [HEADER + page(2) + FOOTER]);
  const odd = page(1, { text: 'bytes="3">a\n  <page>b\n</page>c\n' });
  assert.deepEqual(await copied(HEADER + odd + page(2) + FOOTER, { start: 2, end: 3 }), [HEADER + page(2) + FOOTER]);
});

test("pages that are joined by a line are told apart", async () => {
  const pages = (page(1) + page(2) + page(3)).replaceAll("</page>\n  <page>", "</page><page>");
  const [two] = await copied(HEADER + pages + FOOTER, { start: 2, end: 3 });
  assert.equal(two, `${HEADER}${page(2).trim()}${FOOTER}`);
  const counts = await counted(HEADER + pages + FOOTER);
  assert.deepEqual(counts.map((one) => one === "end" ? one : [one.pageId, one.revisions, one.textBytes]), [
    [1, 1, 3],
    [2, 1, 3],
    [3, 1, 3],
    "end",
  ]);
});

test("writeuptopageid: a byte order mark does not hide the header", async () => {
  const xml = `\uFEFF${HEADER}${page(1)}${FOOTER}`;
  assert.deepEqual(await copied(xml, { start: 1, end: 9 }), [xml]);
});

/** What countByLines gives for each chunking. */
async function counted(xml: string | Uint8Array): Promise<(CountedPage | "end")[]> {
  const results: (CountedPage | "end")[][] = [];
  const bytes = typeof xml === "string" ? new TextEncoder().encode(xml) : xml;
  for (const { chunks } of chunkings(bytes)) {
    results.push(await listOf(countByLines(streamOf(chunks), signal)));
  }
  for (const one of results) assert.deepEqual(one, results[0]);
  return results[0]!;
}

const titleOf = ({ titleBytes }: CountedPage): string => new TextDecoder().decode(titleBytes);

test("revsperpage: XML that is not well-formed is counted", async () => {
  const trials: readonly (readonly [string, string])[] = [
    ["<!DOCTYPE mediawiki>\n", page(1, { title: "a<b" })],
    ["<?odd\n", page(1, { title: "a<b</title>" })],
    ["", page(1, { title: "a<b" }).replace("</title>\n", "\r\n")],
    ["", page(1, { title: "a<b" }).replace("</revision>\n", "</revision>")],
  ];
  for (const [before, one] of trials) {
    const [first, end] = await counted(before + HEADER + one + FOOTER);
    assert.ok(first !== undefined && first !== "end" && end === "end");
    assert.deepEqual([first.pageId, titleOf(first), first.revisions, first.textBytes], [1, "a<b", 1, 3]);
  }
});

test("revsperpage: the namespace is that of <ns>, else that of the title; what is no number is not asked for", async () => {
  const header = HEADER.replace("  </site", '      <namespace key="-1" case="x">Spe&amp;cial</namespace>\n  </site');
  const pages = [
    page(1, { ns: "4" }),
    page(2, { ns: "-1" }),
    page(3, { ns: "", title: "spe&amp;cial:x" }),
    page(4, { ns: "", title: "Other:x" }),
    page("five", { ns: "0x" }),
    page("6x"),
  ];
  const found = await counted(header + pages.join("") + FOOTER);
  assert.deepEqual(found.map((one) => one === "end" ? one : [one.pageId, one.namespace]), [
    [1, 4],
    [2, -1],
    [3, -1],
    [4, 0],
    [undefined, 0],
    [undefined, 0],
    "end",
  ]);
});

test("revsperpage: a title keeps its bytes, the length of a text what digits it has", async () => {
  const xml = HEADER + page(1, { title: "QQQ", text: 'xbytes="8" bytes="44x">bytes="9"' }) + FOOTER;
  const bytes = new TextEncoder().encode(xml);
  const at = xml.indexOf("QQQ");
  bytes.set([0xe9, 0xff, 0x80], at);
  const [first] = await counted(bytes);
  assert.ok(first !== undefined && first !== "end");
  assert.deepEqual([...first.titleBytes], [0xe9, 0xff, 0x80]);
  assert.equal(first.textBytes, 44);
});

test("revsperpage: a batch has N pages, also without revisions, and ends with its document", async () => {
  const one = HEADER + page(1, { revisions: 0 }) + page(2) + page(3, { ns: "1" }) + page(4, { revisions: 0 }) + FOOTER;
  const sums = async (size: number, hasAll: boolean): Promise<unknown[]> => {
    const pages = countByLines(new Blob([one + one + page(5, { revisions: 2 })]).stream(), signal);
    const batches = await listOf(batchPages(pages, { size, hasAll }));
    return batches.map(({ pageId, revisions, textBytes }) => [pageId, revisions, textBytes]);
  };
  const both = (...batches: number[][]): number[][] => [...batches, ...batches, [5, 2, 6]];
  assert.deepEqual(await sums(2, true), both([2, 1, 3], [4, 1, 3]));
  assert.deepEqual(await sums(3, true), both([3, 2, 6], [4, 0, 0]));
  assert.deepEqual(await sums(2, false), both([2, 1, 3], [4, 0, 0]));
});
