/**
 * A dump that is read from its start: whatever it is packed with, its XML.
 */
import { DumpFormatError } from "../../../lib/errors.ts";
import { gunzipStream } from "../../../lib/host/gzip.ts";
import { countBytes } from "../../../lib/streams/count-bytes.ts";
import { type DataFormat, sniff } from "../../../lib/streams/sniff.ts";
import { sourceStream } from "../../../lib/streams/source-stream.ts";
import { streamFrom } from "../../../lib/streams/stream-from.ts";
import { decodeCarefully } from "../codec/careful-decoder.ts";
import { openInput } from "./input.ts";
import { isUrl, openSource, type OpenSourceOptions } from "./open-source.ts";

export interface OpenXmlOptions extends OpenSourceOptions {
  /** "borrowed": a chunk is valid only until the next one is asked for, which needs less memory; else each is one's own. */
  readonly chunks?: "own" | "borrowed";
}

/** Opens a path, a URL, or "-" for standard input, and unpacks it. Throws SourceError, DumpFormatError for data that is no dump. */
export async function openXml(name: string, options: OpenXmlOptions): Promise<ReadableStream<Uint8Array>> {
  const { signal, onRead } = options;
  const data = isUrl(name)
    ? sourceStream((await openSource(name, options)).source, { signal })
    : countBytes((await openInput(name, { signal, isTerminalWelcome: false })).stream, onRead ?? (() => {}));
  const { stream, format } = await sniff(data);
  return format === "bzip2"
    ? streamFrom(decodeCarefully(stream, undefined, { chunks: options.chunks ?? "own" }))
    : plainXml(stream, format, name);
}

/** The XML in data that are no bzip2. What is not known goes to the XML reader, which says what it misses. */
export function plainXml(
  data: ReadableStream<Uint8Array>,
  format: Exclude<DataFormat, "bzip2">,
  path: string,
): ReadableStream<Uint8Array> {
  if (format === "gzip") return data.pipeThrough(gunzipStream({ path }));
  if (format === "7z" || format === "xz" || format === "zstd") {
    data.cancel().catch(() => {});
    throw new DumpFormatError("NO_MEDIAWIKI", `The data is ${format}, expected bzip2, gzip or plain XML`, {
      byteOffset: 0,
    }, {
      remedy: `Unpack it with ${
        format === "7z" ? "7z x -so" : `${format} -dc`
      } and pass the output on: … | bzdump pages - RANGE`,
    });
  }
  return data;
}
