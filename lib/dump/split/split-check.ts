/** Reads a piece of a dump back, to prove that it holds what was cut. */
import { chunksOf } from "../../streams/stream-from.ts";
import { type DumpPart, DumpSplitter } from "../../xml/dump-splitter.ts";
import { type PieceTally, risingPageId, TallyBuilder } from "./split-tally.ts";

const NOTHING = new Uint8Array(0);

/** Reads a dump to its end and counts what it holds. Throws DumpFormatError, among others ID_ORDER, and the errors of the stream. */
export async function tallyDump(
  xml: ReadableStream<Uint8Array>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<PieceTally> {
  const splitter = new DumpSplitter();
  const builder = new TallyBuilder();
  let byteOffset = 0;
  function count(parts: Iterable<DumpPart>): void {
    for (const part of parts) {
      if (part.type === "page") builder.addPage(risingPageId(part.bytes, builder.lastPageId, byteOffset));
      byteOffset += part.bytes.length;
      if (part.type === "header" || part.type === "footer") continue;
      builder.addPart(part);
      builder.addBytes(part.bytes);
    }
  }
  for await (const chunk of chunksOf(xml)) {
    options.signal?.throwIfAborted();
    count(splitter.push(chunk));
    // The chunk's memory may soon be somebody else's: the splitter must not look at it again.
    count(splitter.push(NOTHING));
  }
  count(splitter.finish());
  return builder.finish();
}

/** In what two tallies differ, for a message: "pages 5, expected 6"; undefined if they are the same. */
export function tallyDifference(found: PieceTally, expected: PieceTally): string | undefined {
  const names = ["firstPageId", "lastPageId", "pages", "revisions", "bodyByteLength", "bodyCrc"] as const;
  const name = names.find((one) => found[one] !== expected[one]);
  return name === undefined ? undefined : `${name} ${found[name]}, expected ${expected[name]}`;
}
