/** The dump splitter as a stream: bytes of XML in, parts of a dump out. */
import { type DumpPart, DumpSplitter, type DumpSplitterOptions } from "../xml/dump-splitter.ts";
import { pullPair } from "./pull-pair.ts";

/**
 * Cuts the XML of a dump into parts; see `DumpSplitter` for what they are. The stream fails with the splitter's DumpFormatError,
 * after all parts before the trouble were delivered.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { PageSplitterStream } from "wikidump";
 *
 * const xml = "<mediawiki><page><id>7</id></page></mediawiki>";
 * const types: string[] = [];
 * for await (const part of new Blob([xml]).stream().pipeThrough(new PageSplitterStream())) types.push(part.type);
 * assert.deepEqual(types, ["header", "page", "page-end", "footer"]);
 * ```
 */
export class PageSplitterStream implements ReadableWritablePair<DumpPart, Uint8Array> {
  /** The parts. */
  readonly readable: ReadableStream<DumpPart>;
  /** Takes XML. A write is done when all parts that it completes have been read. */
  readonly writable: WritableStream<Uint8Array>;

  constructor(options: DumpSplitterOptions = {}) {
    const { readable, writable } = pullPair<Uint8Array, DumpPart>(new DumpSplitter(options));
    this.readable = readable;
    this.writable = writable;
  }
}
