/**
 * The names of dump files: put together and taken apart.
 *
 *     tewiki-20260101-pages-meta-history2.xml-p11p25.bz2
 *     wiki   date     dumpName         part type range  extension
 *
 * Grammar: wiki "-" date "-" dumpName [part] ["." type] ["-p" first "p" last] ["." extension] [suffix], with the suffixes
 * ".inprog", ".truncated", ".empty" and "-tmp" for files that are not finished. A wiki's name has no "-".
 */

/** What a dump file's name says. */
export interface DumpFileName {
  readonly wiki: string;
  /** YYYYMMDD. */
  readonly date: string;
  /** Such as "pages-meta-history", without part number. */
  readonly dumpName: string;
  /** Number of the part, from 1; undefined for a whole file. */
  readonly part?: number | undefined;
  /** "xml", "sql", "json", "txt", or undefined. */
  readonly type?: string | undefined;
  /** First and last page id. */
  readonly range?: { readonly first: number; readonly last: number } | undefined;
  /** "gz", "bz2", "7z" …, or undefined. */
  readonly extension?: string | undefined;
}

const TYPES = new Set(["xml", "sql", "json", "txt"]);
const UNFINISHED = /(?:\.inprog|\.truncated|\.empty|-tmp)$/;
const NAME = /^([^/-]+)-(\d{8})-([^./]+)((?:\.[^./]+)*)$/;
const RANGE = /^(.*)-p(\d+)p(\d+)$/;

/** Dump names that end in a digit of their own, which is no part number. */
const NUMBERED_NAMES = new Set(["all-titles-in-ns0", "siteinfo2-namespacesv2"]);

/**
 * The file name for a description.
 *
 * @example
 * ```ts
 * import { formatDumpFileName } from "wikidump";
 * import assert from "node:assert/strict";
 *
 * const name = formatDumpFileName({ wiki: "tewiki", date: "20260101", dumpName: "pages-articles", type: "xml", extension: "bz2" });
 * assert.equal(name, "tewiki-20260101-pages-articles.xml.bz2");
 * ```
 */
export function formatDumpFileName(name: DumpFileName): string {
  const part = name.part === undefined ? "" : String(name.part);
  const type = name.type === undefined ? "" : `.${name.type}`;
  const range = name.range === undefined ? "" : `-p${name.range.first}p${name.range.last}`;
  const extension = name.extension === undefined ? "" : `.${name.extension}`;
  return `${name.wiki}-${name.date}-${name.dumpName}${part}${type}${range}${extension}`;
}

/**
 * What a file name says, or undefined if it is not the name of a dump file. A suffix of an unfinished file is left out.
 *
 * @example
 * ```ts
 * import { parseDumpFileName } from "wikidump";
 * import assert from "node:assert/strict";
 *
 * const parsed = parseDumpFileName("tewiki-20260101-pages-meta-history2.xml-p11p25.bz2");
 * assert.equal(parsed?.dumpName, "pages-meta-history");
 * assert.equal(parsed?.part, 2);
 * assert.deepEqual(parsed?.range, { first: 11, last: 25 });
 * ```
 */
export function parseDumpFileName(fileName: string): DumpFileName | undefined {
  const match = NAME.exec(fileName.replace(UNFINISHED, ""));
  if (match === null) return undefined;
  const [, wiki, date, base, dotted] = match as unknown as [string, string, string, string, string];
  const { type, range, extension } = parseExtensions(dotted);
  const { dumpName, part } = splitPart(base);
  return { wiki, date, dumpName, part, type, range, extension };
}

function parseExtensions(dotted: string): Pick<DumpFileName, "type" | "range" | "extension"> {
  const words = dotted.split(".").slice(1);
  let type: string | undefined;
  let range: DumpFileName["range"];
  const first = words[0];
  if (first !== undefined) {
    const ranged = RANGE.exec(first);
    const word = ranged === null ? first : ranged[1]!;
    if (TYPES.has(word)) {
      type = word;
      words.shift();
      if (ranged !== null) range = { first: Number(ranged[2]), last: Number(ranged[3]) };
    }
  }
  return { type, range, extension: words.length === 0 ? undefined : words.join(".") };
}

function splitPart(base: string): { dumpName: string; part: number | undefined } {
  if (NUMBERED_NAMES.has(base)) return { dumpName: base, part: undefined };
  const digits = /\d+$/.exec(base);
  if (digits === null) return { dumpName: base, part: undefined };
  return { dumpName: base.slice(0, digits.index), part: Number(digits[0]) };
}
