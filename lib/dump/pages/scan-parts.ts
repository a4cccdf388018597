/** The parts of some pages of a dump that is read from its start. */
import { chunksOf } from "../../streams/stream-from.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { DUMP_END } from "../reading/dump-end.ts";
import type { PageFilter } from "./page-filter.ts";

/** The header, the parts that the filter lets through, and a footer; chunk by chunk, each read before the next is asked for. */
export async function* scanParts(
  xml: ReadableStream<Uint8Array>,
  filter: PageFilter,
  signal: AbortSignal | undefined,
): AsyncGenerator<Iterable<DumpPart>, void, undefined> {
  const splitter = new DumpSplitter();
  for await (const chunk of chunksOf(xml)) {
    signal?.throwIfAborted();
    yield filter.take(splitter.push(chunk));
    if (filter.isDone && filter.hasHeader) return yield [END];
  }
  yield filter.take(splitter.finish());
  yield [END];
}

const END: DumpPart = { type: "footer", bytes: DUMP_END };
