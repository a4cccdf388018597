/** bzdump index convert: an index as lines of JSON, or back; and packed in another way. */
import { EXIT } from "../../../lib/cli/exit-codes.ts";
import { writeJson } from "../../../lib/cli/output.ts";
import { formatIndexJson, readIndexJson } from "../../../lib/dump/index/index-json.ts";
import { formatIndexLine, type IndexEntry, readIndex } from "../../../lib/dump/index/multistream-index.ts";
import { sniff } from "../../../lib/streams/sniff.ts";
import { chunksOf, streamFrom } from "../../../lib/streams/stream-from.ts";
import { nameFile } from "../io/file-error.ts";
import { openLinesOutput } from "./index-lines.ts";
import type { IndexInvocation } from "../index.ts";
import { openXml } from "../io/open-xml.ts";

const OPENING_BRACE = 0x7b;

export async function runIndexConvert(
  { options, positionals, stdout, stderr }: IndexInvocation,
  signal: AbortSignal,
): Promise<number> {
  const file = positionals[1] ?? "-";
  const format = options.to === "json" ? formatIndexJson : formatIndexLine;
  const path = options.output ?? "-";
  const output = await openLinesOutput(path, { isForced: options.force, stdout });
  let pages = 0;
  async function* lines(): AsyncGenerator<string, void, undefined> {
    for await (const entry of await openLines(file, signal)) {
      pages++;
      yield format(entry);
    }
  }
  try {
    await output.write(lines());
  } catch (error) {
    throw nameFile(error, file === "-" ? "standard input" : file);
  }
  if (options.json) {
    const value = { file, output: path, pages, bytesOut: output.byteLength };
    await writeJson(path === "-" ? stderr : stdout, "bzdump/index-convert@1", value);
  }
  return EXIT.DONE;
}

/** An index or lines of JSON, as their first byte tells. */
async function openLines(file: string, signal: AbortSignal): Promise<AsyncIterable<IndexEntry>> {
  const { stream } = await sniff(await openXml(file, { signal }));
  const chunks = chunksOf(stream);
  const first = await chunks.next();
  async function* again(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      if (first.done !== true) yield first.value;
      yield* chunks;
    } finally {
      // Also when it ends before it got there: the file is closed.
      await chunks.return();
    }
  }
  const isJson = first.done !== true && first.value[0] === OPENING_BRACE;
  return isJson ? readIndexJson(streamFrom(again())) : readIndex(streamFrom(again()));
}
