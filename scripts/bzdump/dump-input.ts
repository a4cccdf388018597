/**
 * A dump to take pages from: read at random where that is possible (a bzip2 file, or one on a server), else from its start.
 */
import { access } from "node:fs/promises";
import { DumpFormatError } from "../../lib/errors.ts";
import { MultistreamIndex } from "../../lib/dump/multistream-index.ts";
import { openFileSource } from "../../lib/host/file-source.ts";
import { gunzipStream } from "../../lib/host/gzip.ts";
import { countBytes } from "../../lib/streams/count-bytes.ts";
import type { ByteSource, ReadOptions } from "../../lib/streams/byte-source.ts";
import { Bzip2DecoderStream } from "../../lib/streams/bzip2-decoder-stream.ts";
import { cachedSource } from "../../lib/streams/cached-source.ts";
import { type DataFormat, sniff, SNIFF_BYTE_LENGTH, sniffFormat } from "../../lib/streams/sniff.ts";
import { sourceStream } from "../../lib/streams/source-stream.ts";
import { urlSource } from "../../lib/streams/url-source.ts";
import { fileStatus, openInput } from "./input.ts";

/** A dump, opened. */
export type DumpInput =
  | { readonly kind: "source"; readonly source: ByteSource; close(): Promise<void> }
  | { readonly kind: "stream"; readonly xml: ReadableStream<Uint8Array>; close(): Promise<void> };

export interface DumpInputOptions {
  readonly signal: AbortSignal;
  /** Read from the start even if random access is possible. */
  readonly isScanWanted: boolean;
  /** Told how many bytes were read. */
  readonly onRead: (byteLength: number) => void;
}

/** Opens a path, a URL, or "-" for standard input. Throws SourceError, DumpFormatError for data that is no dump. */
export async function openDump(name: string, options: DumpInputOptions): Promise<DumpInput> {
  const { signal, onRead } = options;
  if (isUrl(name)) {
    // Counted below the cache: what goes over the line.
    const source = countingSource(await urlSource(name, { signal }), onRead);
    return await fromSource(cachedSource(source), name, { options, close: nothingToClose });
  }
  if (name !== "-" && (await fileStatus(name)).isFile()) {
    const file = await openFileSource(name);
    return await fromSource(countingSource(file, onRead), name, { options, close: () => file.close() });
  }
  const { stream } = await openInput(name, { signal, isTerminalWelcome: false });
  const sniffed = await sniff(countBytes(stream, onRead));
  return { kind: "stream", xml: plainXml(sniffed.stream, sniffed.format, name), close: nothingToClose };
}

export function isUrl(name: string): boolean {
  return /^https?:\/\//.test(name);
}

async function fromSource(
  source: ByteSource,
  name: string,
  { options, close }: { options: DumpInputOptions; close: () => Promise<void> },
): Promise<DumpInput> {
  const { signal } = options;
  try {
    const format = sniffFormat(await source.read(0, SNIFF_BYTE_LENGTH, { signal }));
    if (format === "bzip2" && !options.isScanWanted) return { kind: "source", source, close };
    return { kind: "stream", xml: plainXml(sourceStream(source, { signal }), format, name), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function nothingToClose(): Promise<void> {
  return Promise.resolve();
}

/** The XML in the data. What is not known goes to the XML reader, which says what it misses. */
function plainXml(data: ReadableStream<Uint8Array>, format: DataFormat, path: string): ReadableStream<Uint8Array> {
  if (format === "bzip2") return data.pipeThrough(new Bzip2DecoderStream());
  if (format === "gzip") return data.pipeThrough(gunzipStream({ path }));
  if (format === "7z" || format === "xz" || format === "zstd") {
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

/** The name that the index of a multistream dump has; undefined for other names. */
export function indexNameFor(dumpName: string): string | undefined {
  const match = /^(.*-multistream)(\d*)\.xml(-p\d+p\d+)?\.bz2$/.exec(dumpName);
  if (match === null) return undefined;
  return `${match[1]}-index${match[2]}.txt${match[3] ?? ""}.bz2`;
}

/** Reads the index that was named (a path or a URL), or the one beside the dump; undefined if there is none. */
export async function openIndex(
  named: string | undefined,
  dumpName: string,
  signal: AbortSignal,
): Promise<{ name: string; index: MultistreamIndex } | undefined> {
  const name = named ?? indexNameFor(dumpName);
  if (name === undefined || (named === undefined && !await exists(name))) return undefined;
  const stream = isUrl(name)
    ? sourceStream(await urlSource(name, { signal }), { signal })
    : (await openInput(name, { signal, isTerminalWelcome: false })).stream;
  return { name, index: await MultistreamIndex.read(stream) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
