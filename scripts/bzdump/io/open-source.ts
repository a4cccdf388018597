/**
 * What a verb reads at any place: a file, or a file on a server. Standard input and pipes have no places.
 */
import { UsageError } from "../../../lib/errors.ts";
import { openFileSource } from "../../../lib/host/file-source.ts";
import type { ByteSource, ReadOptions } from "../../../lib/streams/byte-source.ts";
import { cachedSource } from "../../../lib/streams/cached-source.ts";
import { urlSource } from "../../../lib/streams/url-source.ts";

/** Something to read from at any place. Whoever opened it closes it. */
export interface OpenSource {
  readonly source: ByteSource;
  close(): Promise<void>;
}

export interface OpenSourceOptions {
  readonly signal: AbortSignal;
  /** Told how many bytes were read; of a URL, what went over the line. */
  readonly onRead?: ((byteLength: number) => void) | undefined;
}

/** Opens a path or a URL. Throws SourceError, and UsageError for standard input. */
export async function openSource(name: string, options: OpenSourceOptions): Promise<OpenSource> {
  const { signal, onRead = () => {} } = options;
  if (name === "-") {
    throw new UsageError("Standard input cannot be read at any place, expected a file or a URL", {
      remedy: "Save the data to a file first",
    });
  }
  if (isUrl(name)) {
    // Counted below the cache: what goes over the line.
    const source = countingSource(await urlSource(name, { signal }), onRead);
    return { source: cachedSource(source), close: () => Promise.resolve() };
  }
  const file = await openFileSource(name);
  return { source: countingSource(file, onRead), close: () => file.close() };
}

export function isUrl(name: string): boolean {
  return /^https?:\/\//.test(name);
}

function countingSource(source: ByteSource, onRead: (byteLength: number) => void): ByteSource {
  return {
    size: source.size,
    async read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array> {
      const bytes = await source.read(start, end, options);
      onRead(bytes.length);
      return bytes;
    },
  };
}
