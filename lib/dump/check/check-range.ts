/**
 * Whether the pages of a dump are those that its name states, as in "…pages-articles1.xml-p1p41242.bz2". · check_bz2_pagerange.py
 *
 * Only the two ends of a bzip2 file are read. What cannot be read from its end (gzip, plain XML) is read whole.
 */
import { DumpFormatError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { Bzip2DecoderStream } from "../../streams/bzip2-decoder-stream.ts";
import { SNIFF_BYTE_LENGTH, sniffFormat } from "../../streams/sniff.ts";
import { sourceStream } from "../../streams/source-stream.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import { DumpSplitter } from "../../xml/dump-splitter.ts";
import { findPageId } from "../../xml/page-id.ts";
import { findLastId } from "../pages/last-id.ts";
import type { PageRange } from "../pages/page-range.ts";

/** How to look. */
export interface CheckRangeOptions {
  /**
   * The first and the last page must have the very ids of the name. Else they must lie between them: a page of that id need not exist.
   *
   * @default {false}
   */
  readonly isExact?: boolean | undefined;
  /** Makes a decoder for gzip, such as `gunzipStream` of "wikidump/node". Without it, gzip is refused. */
  readonly makeGunzip?: (() => ReadableWritablePair<Uint8Array, Uint8Array>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a name states, and what is there. */
export interface RangeCheck {
  readonly isGood: boolean;
  readonly stated: PageRange;
  /** First and last page of the file; undefined if it has no pages. */
  readonly found: PageRange | undefined;
  /** The name that the file should have: the same where that is so. */
  readonly properName: string;
}

const RANGE = /-p(\d+)p(\d+)(?=$|[.-])/;

/**
 * The page range that a file name states; undefined if it states none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rangeOfName } from "wikidump";
 *
 * assert.deepEqual(rangeOfName("enwiki-20260101-pages-articles1.xml-p1p41242.bz2"), { first: 1, last: 41242 });
 * assert.equal(rangeOfName("enwiki-20260101-pages-articles.xml.bz2"), undefined);
 * ```
 */
export function rangeOfName(fileName: string): PageRange | undefined {
  const match = RANGE.exec(fileName);
  return match === null ? undefined : { first: Number(match[1]), last: Number(match[2]) };
}

/**
 * Holds the first and the last page of a dump against the range in its name.
 *
 * Throws RangeError for a name without a range; DumpFormatError BAD_ID for a page without an id, TRUNCATED; Bzip2Error for a file that is
 * damaged or cut at its ends; and the errors of the source.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, checkRange, compress } from "wikidump";
 *
 * const xml = "<mediawiki><page><title>A</title><ns>0</ns><id>7</id></page></mediawiki>";
 * const source = bytesSource(compress(new TextEncoder().encode(xml)));
 * const check = await checkRange(source, "tewiki-20260101-pages-articles1.xml-p1p5.bz2");
 * assert.equal(check.isGood, false);
 * assert.deepEqual(check.found, { first: 7, last: 7 });
 * assert.equal(check.properName, "tewiki-20260101-pages-articles1.xml-p7p7.bz2");
 * ```
 */
export async function checkRange(
  source: ByteSource,
  fileName: string,
  options: CheckRangeOptions = {},
): Promise<RangeCheck> {
  const stated = rangeOfName(fileName);
  if (stated === undefined) {
    throw new RangeError(
      `The name ${fileName} states no page range, as enwiki-20260101-pages-articles1.xml-p1p41242.bz2 does`,
    );
  }
  const found = await pagesOf(source, options);
  const isExact = found?.first === stated.first && found.last === stated.last;
  const isWithin = found !== undefined && stated.first <= found.first && found.last <= stated.last &&
    found.first <= found.last;
  const isGood = options.isExact === true ? isExact : isWithin;
  return { isGood, stated, found, properName: found === undefined ? fileName : nameWith(fileName, found) };
}

/** The name with another range; ids that were filled up with zeros still are. */
function nameWith(fileName: string, { first, last }: PageRange): string {
  const filled = (id: number, before: string): string => before.startsWith("0") ? pad(id, before.length) : String(id);
  return fileName.replace(
    RANGE,
    (_, a: string, b: string) => `-p${filled(first, a)}p${filled(last, a[0] === "0" ? a : b)}`,
  );
}

function pad(id: number, length: number): string {
  return String(id).padStart(length, "0");
}

async function pagesOf(source: ByteSource, options: CheckRangeOptions): Promise<PageRange | undefined> {
  const { signal, makeGunzip } = options;
  const format = sniffFormat(await source.read(0, SNIFF_BYTE_LENGTH, { signal }));
  const stream = sourceStream(source, { signal, chunkByteLength: 64 * 1024 });
  if (format === "bzip2") {
    const first = (await idsOf(stream.pipeThrough(new Bzip2DecoderStream()), "first"))?.first;
    if (first === undefined) return undefined;
    const last = await findLastId(source, "page", { signal });
    return last === undefined ? undefined : { first, last: last.id };
  }
  if (format === "gzip" && makeGunzip !== undefined) return await idsOf(stream.pipeThrough(makeGunzip()), "both");
  return await idsOf(stream, "both");
}

/** Ids of the first page and the last one; with "first" nothing is read after the first, which is then both. */
async function idsOf(xml: ReadableStream<Uint8Array>, which: "first" | "both"): Promise<PageRange | undefined> {
  const splitter = new DumpSplitter();
  let byteOffset = 0;
  let found: PageRange | undefined;
  for await (const chunk of chunksOf(xml)) {
    for (const part of splitter.push(chunk)) {
      if (part.type === "page") {
        const id = requireId(part.bytes, byteOffset);
        found = { first: found?.first ?? id, last: id };
        if (which === "first") return found;
      }
      byteOffset += part.bytes.length;
    }
  }
  for (const part of splitter.finish()) byteOffset += part.bytes.length;
  return found;
}

function requireId(head: Uint8Array, byteOffset: number): number {
  const id = findPageId(head);
  if (id !== undefined) return id;
  throw new DumpFormatError("BAD_ID", `A page without an id at byte ${byteOffset}`, { byteOffset });
}
