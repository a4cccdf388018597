/**
 * The counting of revsperpage: by lines, and by the lengths that the dump states.
 */
import type { Namespace } from "../../../lib/dump/reading/model.ts";
import { namespaceOfTitle } from "../../../lib/dump/reading/page-head.ts";
import { DumpFormatError } from "../../../lib/errors.ts";
import { contentOf, type DumpLine, dumpLines, endsPage, numberIn } from "./dump-lines.ts";

/** What the lines of a page say. */
export interface CountedPage {
  /** Undefined: not a readable one. */
  readonly pageId: number | undefined;
  readonly namespace: number;
  /** As it stands in the XML, whatever its encoding. */
  readonly titleBytes: Uint8Array;
  readonly revisions: number;
  readonly textBytes: number;
  readonly maxTextBytes: number;
}

/** The pages of a dump, and "end" for each `</mediawiki>`. Throws DumpFormatError TRUNCATED if the dump ends within a page. */
export async function* countByLines(
  xml: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<CountedPage | "end", void, undefined> {
  const counter = new LineCounter();
  for await (const lines of dumpLines(xml, signal)) yield* counter.pages(lines);
  counter.finish();
}

const decoder = new TextDecoder();
const MAX_NAMESPACES = 10_000;
const BYTES = /\sbytes="(\d{1,15})/;
const KEY = /\skey="(-?\d{1,9})"/;

interface OpenPage {
  pageId: number | undefined;
  namespace: number | undefined;
  titleBytes: Uint8Array;
  revisions: number;
  textBytes: number;
  maxTextBytes: number;
}

class LineCounter {
  readonly #namespaces: Namespace[] = [];
  #page: OpenPage | undefined;

  *pages(lines: Iterable<DumpLine>): Generator<CountedPage | "end", void, undefined> {
    for (const line of lines) {
      const { bytes, tag } = line;
      if (tag === "") continue;
      if (this.#page === undefined) {
        if (tag === "<page") this.#page = newPage();
        else if (tag === "<namespace") this.#addNamespace(bytes);
        else if (tag === "</mediawiki") yield "end";
      } else {
        readLine(this.#page, tag, bytes);
        if (!endsPage(line)) continue;
        yield this.#finished(this.#page);
        this.#page = undefined;
      }
    }
  }

  finish(): void {
    if (this.#page === undefined) return;
    const { pageId } = this.#page;
    const where = `page ${pageId ?? "(id unknown)"}`;
    throw new DumpFormatError("TRUNCATED", `The dump ends early, within ${where}`, { byteOffset: 0, pageId });
  }

  #addNamespace(bytes: Uint8Array): void {
    const id = KEY.exec(decoder.decode(bytes))?.[1];
    if (id === undefined || this.#namespaces.length === MAX_NAMESPACES) return;
    this.#namespaces.push({ id: Number(id), name: decoder.decode(contentOf(bytes)), caseRule: undefined });
  }

  #finished(page: OpenPage): CountedPage {
    // Old dumps do not state it; then the title tells.
    const namespace = page.namespace ?? namespaceOfTitle(decoder.decode(page.titleBytes), this.#namespaces);
    return { ...page, namespace };
  }
}

function readLine(page: OpenPage, tag: string, bytes: Uint8Array): void {
  if (tag === "<revision") page.revisions++;
  else if (page.revisions > 0) {
    if (tag !== "<text") return;
    const end = bytes.indexOf(0x3e);
    const length = Number(BYTES.exec(decoder.decode(end < 0 ? bytes : bytes.subarray(0, end)))?.[1] ?? 0);
    page.textBytes += length;
    page.maxTextBytes = Math.max(page.maxTextBytes, length);
  } else if (tag === "<title") page.titleBytes = contentOf(bytes).slice();
  else if (tag === "<ns") page.namespace ??= numberIn(bytes);
  else if (tag === "<id") page.pageId ??= numberIn(bytes);
}

function newPage(): OpenPage {
  return {
    pageId: undefined,
    namespace: undefined,
    titleBytes: new Uint8Array(),
    revisions: 0,
    textBytes: 0,
    maxTextBytes: 0,
  };
}
