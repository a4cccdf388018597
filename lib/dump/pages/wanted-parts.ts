/** The parts of some pages of a dump, whichever way it is read: at random where that is possible, else from its start. */
import type { ByteSource } from "../../streams/byte-source.ts";
import type { DumpPart } from "../../xml/dump-splitter.ts";
import { PageFilter, type PageFilterOptions } from "./page-filter.ts";
import type { PageRange } from "./page-range.ts";
import { scanParts } from "./scan-parts.ts";
import { type SeekOptions, seekParts } from "./seek-parts.ts";

/** Choices of what takes pages out of a dump. */
export interface WantedPartsOptions extends SeekOptions {
  /** "any": page ids do not rise; all of a stream is read. Does not matter for a source. Default "ascending". */
  readonly order?: PageFilterOptions["order"];
  /** Only pages of these namespaces. Default: all. */
  readonly namespaces?: readonly number[] | undefined;
  /** Told the id of every page that is taken. */
  readonly onPage?: ((pageId: number) => void) | undefined;
}

/** A bzip2 file as a source, or XML as a stream: the parts in batches, each read before the next is asked for. */
export function wantedParts(
  dump: ByteSource | ReadableStream<Uint8Array>,
  ranges: PageRange | readonly PageRange[],
  options: WantedPartsOptions,
): AsyncGenerator<Iterable<DumpPart>, void, undefined> {
  const { index, chunks, namespaces, onPage, signal } = options;
  const list = "first" in ranges ? [ranges] : ranges;
  if ("getReader" in dump) {
    const filter = new PageFilter(list, { order: options.order ?? "ascending", namespaces, onPage });
    return scanParts(dump, filter, signal);
  }
  const filter = new PageFilter(list, { order: index === undefined ? "ascending" : "any", namespaces, onPage });
  return seekParts(dump, filter, { index, chunks, signal });
}
