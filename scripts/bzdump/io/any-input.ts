/**
 * What a verb reads from start to end: a file, standard input for "-", or a file on a server.
 */
import { sourceStream } from "../../../lib/streams/source-stream.ts";
import { urlSource } from "../../../lib/streams/url-source.ts";
import { type Input, type InputOptions, openInput } from "./input.ts";
import { isUrl } from "./open-source.ts";

/** An input and its length, where that is known before. */
export interface AnyInput extends Input {
  readonly byteLength: number | undefined;
}

/** Opens a path, a URL, or standard input. Throws SourceError, and UsageError for a terminal that is not welcome. */
export async function openAnyInput(argument: string, options: InputOptions): Promise<AnyInput> {
  if (!isUrl(argument)) {
    const input = await openInput(argument, options);
    const { status } = input;
    return { ...input, byteLength: status?.isFile() === true ? status.size : undefined };
  }
  const { signal } = options;
  const source = await urlSource(argument, { signal });
  const stream = sourceStream(source, { signal });
  return { name: argument, path: undefined, status: undefined, stream, byteLength: source.size };
}
