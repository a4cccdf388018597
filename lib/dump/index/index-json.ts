/**
 * A multistream index as lines of JSON, for jq, DuckDB and the like, and back.
 *
 *     654:12:A &amp; B    ⇄    {"byteOffset":654,"pageId":12,"title":"A & B"}
 *
 * Titles are plain. One that MediaWiki would not write into XML in the same way comes with its spelling in the index
 * (`indexTitle`), so that the way back gives the same bytes.
 */
import { DumpFormatError } from "../../errors.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import { indexTitle, plainTitle } from "./index-title.ts";
import type { IndexEntry } from "./multistream-index.ts";

const MAX_LINE_CHARACTERS = 64 * 1024;

/**
 * A line of an index as a line of JSON, with its line end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatIndexJson } from "wikidump";
 *
 * const line = formatIndexJson({ byteOffset: 654, pageId: 12, title: "A &amp; B" });
 * assert.equal(line, '{"byteOffset":654,"pageId":12,"title":"A & B"}\n');
 * ```
 */
export function formatIndexJson({ byteOffset, pageId, title }: IndexEntry): string {
  const plain = plainTitle(title);
  const spelling = indexTitle(plain) === title ? {} : { indexTitle: title };
  return `${JSON.stringify({ byteOffset, pageId, title: plain, ...spelling })}\n`;
}

/**
 * Reads what `formatIndexJson` writes, line by line. Throws DumpFormatError BAD_INDEX.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readIndexJson } from "wikidump";
 *
 * const lines = new Blob(['{"byteOffset":654,"pageId":12,"title":"A & B"}\n']);
 * for await (const entry of readIndexJson(lines.stream())) assert.equal(entry.title, "A &amp; B");
 * ```
 */
export async function* readIndexJson(data: ReadableStream<Uint8Array>): AsyncGenerator<IndexEntry, void, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  let lineNumber = 0;
  for await (const bytes of chunksOf(data)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    if (rest.length > MAX_LINE_CHARACTERS) throw badLine(lineNumber + lines.length + 1, rest);
    for (const line of lines) {
      lineNumber++;
      if (line.trim() !== "") yield parseLine(line, lineNumber);
    }
  }
  rest += decoder.decode();
  if (rest.trim() !== "") yield parseLine(rest, lineNumber + 1);
}

function parseLine(line: string, lineNumber: number): IndexEntry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw badLine(lineNumber, line);
  }
  const { byteOffset, pageId, title, indexTitle: spelling } = (value ?? {}) as Record<string, unknown>;
  const isWhole = isCount(byteOffset) && isCount(pageId) && typeof title === "string";
  if (!isWhole || (spelling !== undefined && typeof spelling !== "string")) throw badLine(lineNumber, line);
  const found = spelling ?? indexTitle(title);
  if (/[\r\n]/.test(found)) throw badLine(lineNumber, line);
  return { byteOffset, pageId, title: found };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function badLine(lineNumber: number, line: string): DumpFormatError {
  const shown = JSON.stringify(line.slice(0, 80));
  const message = `Line ${lineNumber} is no line of an index as JSON: ${shown}; expected byteOffset, pageId and title`;
  return new DumpFormatError("BAD_INDEX", message, { byteOffset: 0 });
}
