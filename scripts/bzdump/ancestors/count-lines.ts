/**
 * The counting of revsperpage: by lines, and by the lengths that the dump states.
 */
import { concatBytes } from "../../../lib/bits/bytes.ts";
import type { RevisionCount } from "../../../lib/dump/pages/count-revisions.ts";
import type { Namespace } from "../../../lib/dump/reading/model.ts";
import { readPageHead } from "../../../lib/dump/reading/page-head.ts";
import { readSiteInfo } from "../../../lib/dump/reading/site-info.ts";
import { DumpFormatError } from "../../../lib/errors.ts";
import { contentOf, type DumpLine, dumpLines, numberIn } from "./dump-lines.ts";

/** The pages of a dump. Throws DumpFormatError TRUNCATED after them if the dump ends within a page. */
export async function* countByLines(
  xml: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<RevisionCount, void, undefined> {
  const counter = new LineCounter();
  for await (const lines of dumpLines(xml, signal)) yield* counter.pages(lines);
  counter.finish();
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Longer ones tell no namespaces. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
const BYTES = /\sbytes="(\d{1,15})"/;

class LineCounter {
  #header: Uint8Array[] | undefined = [];
  #headerBytes = 0;
  #namespaces: readonly Namespace[] = [];
  #isInPage = false;
  #head: Uint8Array[] = [];
  #page = newPage();

  *pages(lines: Iterable<DumpLine>): Generator<RevisionCount, void, undefined> {
    for (const line of lines) {
      if (this.#isInPage) {
        if (line.tag !== "") this.#read(line);
        if (line.tag !== "</page") continue;
        this.#isInPage = false;
        yield this.#page;
      } else if (line.tag === "<page") {
        this.#isInPage = true;
        this.#endHeader();
        this.#head = [line.bytes.slice()];
        this.#page = newPage();
      } else this.#keep(line.bytes);
    }
  }

  finish(): void {
    if (!this.#isInPage) return;
    const { pageId } = this.#page;
    throw new DumpFormatError("TRUNCATED", `The dump ends early, within page ${pageId}`, { byteOffset: 0, pageId });
  }

  #read({ bytes, tag }: DumpLine): void {
    const page = this.#page;
    if (tag === "<revision") {
      if (page.revisions === 0) this.#endHead();
      page.revisions++;
      return;
    }
    if (page.revisions === 0) {
      this.#head.push(bytes.slice());
      if (tag === "<title") page.titleXml = decoder.decode(contentOf(bytes));
      else if (tag === "<id") page.pageId = numberIn(bytes) ?? 0;
    } else if (tag === "<text") {
      const end = bytes.indexOf(0x3e);
      const length = Number(BYTES.exec(decoder.decode(end < 0 ? bytes : bytes.subarray(0, end)))?.[1] ?? 0);
      page.textBytes += length;
      page.maxTextBytes = Math.max(page.maxTextBytes, length);
    }
  }

  /** What stands before the first page; a text without pages is not gathered. */
  #keep(bytes: Uint8Array): void {
    if (this.#header === undefined) return;
    this.#headerBytes += bytes.length;
    if (this.#headerBytes > MAX_HEADER_BYTES) this.#header = undefined;
    else this.#header.push(bytes.slice());
  }

  /** The namespace: stated, or told by the title. */
  #endHead(): void {
    const head = concatBytes(this.#head);
    this.#head = [];
    this.#page.namespace = readPageHead(head, 0, this.#namespaces).namespace;
  }

  #endHeader(): void {
    if (this.#header === undefined || this.#header.length === 0) return;
    const header = concatBytes(this.#header);
    this.#header = undefined;
    this.#namespaces = readSiteInfo(header).namespaces;
  }
}

interface CountedPage {
  pageId: number;
  namespace: number;
  title: string;
  titleXml: string;
  revisions: number;
  textBytes: number;
  maxTextBytes: number;
}

function newPage(): CountedPage {
  return { pageId: 0, namespace: 0, title: "", titleXml: "", revisions: 0, textBytes: 0, maxTextBytes: 0 };
}
