/** Made-up pages with counts, as batches and as stubs. */
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { PageBatch, PageCount } from "../../../lib/farm/layout/page-counts.ts";
import { type PartRange, WHOLE } from "../../../lib/farm/layout/part-range.ts";
import { partsOfSizes } from "../../../lib/farm/layout/parts.ts";

export const HEADER = `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
  <siteinfo>
    <sitename>Test</sitename>
    <dbname>testwiki</dbname>
  </siteinfo>
`;

/** A page with so many revisions; its bytes all stand at the first. */
export function page(lastPageId: number, revisionCount: number, byteLength = 0): PageCount {
  return { lastPageId, revisionCount, byteLength };
}

/** Pages in batches of ten. */
export function batchesOf(pages: readonly PageCount[]): PageBatch[] {
  const batches: PageBatch[] = [];
  for (let at = 0; at < pages.length; at += 10) {
    const some = pages.slice(at, at + 10);
    batches.push({
      lastPageId: some.at(-1)!.lastPageId,
      revisionCount: some.reduce((sum, each) => sum + each.revisionCount, 0),
      byteLength: some.reduce((sum, each) => sum + each.byteLength, 0),
      pages: some,
    });
  }
  return batches;
}

/** The XML of stubs of these pages. */
export function stubXml(pages: readonly PageCount[]): string {
  return `${HEADER}${pages.map(pageXml).join("")}</mediawiki>\n`;
}

function pageXml({ lastPageId, revisionCount, byteLength }: PageCount): string {
  const revisions = Array.from(
    { length: revisionCount },
    (_, index) =>
      `    <revision>\n      <id>${
        lastPageId * 1000 + index
      }</id>\n      <timestamp>2020-01-01T00:00:00Z</timestamp>\n` +
      `      <contributor>\n        <username>U</username>\n        <id>${
        lastPageId + 7
      }</id>\n      </contributor>\n` +
      `      <text bytes="${
        index === 0 ? byteLength : 0
      }" location="tt:${lastPageId}" id="${lastPageId}" />\n    </revision>\n`,
  );
  return `  <page>\n    <title>P ${lastPageId}</title>\n    <ns>0</ns>\n    <id>${lastPageId}</id>\n${
    revisions.join("")
  }  </page>\n`;
}

/** Writes gzipped stubs: header, body and footer in a member each, as the worker does. */
export function writeStubs(path: string, pages: readonly PageCount[]): void {
  const body = pages.map(pageXml).join("");
  writeFileSync(path, Buffer.concat([HEADER, body, "</mediawiki>\n"].map((text) => gzipSync(text))));
}

/** Pages with gaps between their ids; most are small, some are not. */
export const somePages: fc.Arbitrary<PageCount[]> = fc.array(
  fc.record({
    gap: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 40 }) }),
    revisions: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }) },
      { weight: 1, arbitrary: fc.integer({ min: 20, max: 300 }) },
    ),
    bytes: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 50 }) },
      { weight: 1, arbitrary: fc.integer({ min: 100, max: 2000 }) },
    ),
  }),
  { minLength: 1, maxLength: 250 },
).map((steps) => {
  let id = 0;
  return steps.map(({ gap, revisions, bytes }) => page(id += gap, revisions, bytes));
});

/** Parts: none, of one size, or of several. */
export const someParts: fc.Arbitrary<readonly PartRange[]> = fc.oneof(
  fc.constant([WHOLE]),
  fc.tuple(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 500 }))
    .map(([sizes, lastId]) => partsOfSizes(sizes, lastId, "pagesPerChunkHistory")),
);
