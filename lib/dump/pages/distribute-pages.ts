/**
 * Pages of a dump to several outputs, in one pass.
 *
 * Each output becomes a dump of its own: header, the pages of its ranges, footer. Ranges may overlap; a page then goes to each.
 */
import type { ByteSource } from "../../streams/byte-source.ts";
import type { DumpPart } from "../../xml/dump-splitter.ts";
import { findPageId } from "../../xml/page-id.ts";
import { joinNeighbours } from "../reading/join-parts.ts";
import { isInPageRanges, type PageRange } from "./page-range.ts";
import { wantedParts, type WantedPartsOptions } from "./wanted-parts.ts";

/** Where some pages go to. */
export interface PagesOutput {
  readonly ranges: PageRange | readonly PageRange[];
  /** Gets XML; closed at the end, aborted after an error. */
  readonly writable: WritableStream<Uint8Array>;
}

/** Choices of `distributePages`. With `chunks: "borrowed"`, no writable keeps anything of a chunk when its write is done. */
export type DistributePagesOptions = WantedPartsOptions;

/**
 * Writes pages of a dump to outputs. The dump is a bzip2 file, read where the pages are, or a stream of XML, read from its start.
 *
 * A slow output slows the reading. When the dump or one output fails, all outputs are aborted. Rejects with the errors of
 * `extractRange` and `takePages`, or with that of the output.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { distributePages } from "wikidump";
 *
 * const xml = "<mediawiki>\n<page><id>1</id></page>\n<page><id>2</id></page>\n<page><id>9</id></page>\n</mediawiki>\n";
 * const low = new TransformStream<Uint8Array, Uint8Array>();
 * const high = new TransformStream<Uint8Array, Uint8Array>();
 * const texts = Promise.all([new Response(low.readable).text(), new Response(high.readable).text()]);
 * await distributePages(new Blob([xml]).stream(), [
 *   { ranges: { first: 1, last: 2 }, writable: low.writable },
 *   { ranges: { first: 3, last: 9 }, writable: high.writable },
 * ]);
 * assert.equal((await texts)[1], "<mediawiki>\n<page><id>9</id></page>\n</mediawiki>\n");
 * ```
 */
export async function distributePages(
  dump: ByteSource | ReadableStream<Uint8Array>,
  outputs: readonly PagesOutput[],
  options: DistributePagesOptions = {},
): Promise<void> {
  const targets = outputs.map(({ ranges, writable }) => ({
    ranges: "first" in ranges ? [ranges] : ranges,
    writer: writable.getWriter(),
  }));
  // An output that fails while nothing is written to it must not end the program: the next write tells.
  for (const { writer } of targets) writer.closed.catch(() => {});
  const router = new Router(targets);
  const write = options.chunks === "borrowed" ? writeLent : writeTo;
  try {
    for await (const batch of wantedParts(dump, targets.flatMap(({ ranges }) => ranges), options)) {
      for (const { bytes, writers } of router.pieces(batch)) {
        await Promise.all(writers.map((writer) => write(writer, bytes)));
      }
    }
    await Promise.all(targets.map(({ writer }) => writer.close()));
  } catch (error) {
    await Promise.all(targets.map(({ writer }) => writer.abort(error).catch(() => {})));
    throw error;
  }
}

type Writer = WritableStreamDefaultWriter<Uint8Array>;

/** Resolves when there is room for more, or rejects with what the output failed with. */
async function writeTo(writer: Writer, bytes: Uint8Array): Promise<void> {
  await writer.ready;
  // Not waited for: when it is done, there is room again, and when it fails, the writer does.
  writer.write(bytes).catch(() => {});
  await writer.ready;
}

/** Resolves when the output is through with the bytes, or rejects with what it failed with. */
async function writeLent(writer: Writer, bytes: Uint8Array): Promise<void> {
  await writer.write(bytes);
}

/** Bytes and where they go to. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly writers: readonly Writer[];
}

/** Knows which part goes where. */
class Router {
  readonly #targets: readonly { readonly ranges: readonly PageRange[]; readonly writer: Writer }[];
  readonly #all: readonly Writer[];
  /** Where the page at hand goes. */
  #writers: readonly Writer[] = [];

  constructor(targets: readonly { readonly ranges: readonly PageRange[]; readonly writer: Writer }[]) {
    this.#targets = targets;
    this.#all = targets.map(({ writer }) => writer);
  }

  /** The bytes of the parts; neighbours that go the same way come as one. */
  *pieces(parts: Iterable<DumpPart>): Generator<Piece, void, undefined> {
    let run: Piece | undefined;
    for (const part of parts) {
      const writers = this.#writersFor(part);
      if (part.bytes.length === 0) continue;
      const joined = run !== undefined && isSame(run.writers, writers)
        ? joinNeighbours(run.bytes, part.bytes)
        : undefined;
      if (joined === undefined && run !== undefined) yield run;
      run = { bytes: joined ?? part.bytes, writers };
    }
    if (run !== undefined) yield run;
  }

  #writersFor(part: DumpPart): readonly Writer[] {
    if (part.type === "header" || part.type === "footer") return this.#all;
    if (part.type === "page") {
      const pageId = findPageId(part.bytes)!;
      this.#writers = this.#targets.filter(({ ranges }) => isInPageRanges(ranges, pageId)).map(({ writer }) => writer);
    }
    return this.#writers;
  }
}

function isSame(a: readonly Writer[], b: readonly Writer[]): boolean {
  return a === b || (a.length === b.length && a.every((writer, i) => writer === b[i]));
}
