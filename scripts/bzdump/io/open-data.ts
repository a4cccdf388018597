/** The bytes of a file, a URL or standard input, from the start, as they are. */
import { countBytes } from "../../../lib/streams/count-bytes.ts";
import { sourceStream } from "../../../lib/streams/source-stream.ts";
import { openInput } from "./input.ts";
import { isUrl, openSource, type OpenSourceOptions } from "./open-source.ts";

/** Throws SourceError, and UsageError for a terminal. */
export async function openData(name: string, options: OpenSourceOptions): Promise<ReadableStream<Uint8Array>> {
  const { signal, onRead = () => {} } = options;
  if (isUrl(name)) return sourceStream((await openSource(name, options)).source, { signal });
  return countBytes((await openInput(name, { signal, isTerminalWelcome: false })).stream, onRead);
}
