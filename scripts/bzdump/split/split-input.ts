/**
 * The dump that `bzdump split` cuts: its XML in chunks, and where in the packed file each chunk comes from.
 */
import { UsageError } from "../../../lib/errors.ts";
import { gunzipStream } from "../../../lib/host/gzip.ts";
import { openFileStream } from "../../../lib/host/read-file.ts";
import type { ByteSource } from "../../../lib/streams/byte-source.ts";
import { Bzip2DecoderStream } from "../../../lib/streams/bzip2-decoder-stream.ts";
import { countBytes } from "../../../lib/streams/count-bytes.ts";
import { parallelBzip2Decoder } from "../../../lib/streams/parallel-decoder.ts";
import { type DataFormat, sniff, SNIFF_BYTE_LENGTH, sniffFormat } from "../../../lib/streams/sniff.ts";
import { sourceStream } from "../../../lib/streams/source-stream.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";
import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";
import { decodeCarefully } from "../codec/careful-decoder.ts";
import { fileStatus, openInput } from "../io/input.ts";
import { isUrl, openSource } from "../io/open-source.ts";
import { plainXml } from "../io/open-xml.ts";

/** A piece of the XML, valid until the next one is asked for. `inputOffset`: the byte at which its block begins, of a bzip2 file; undefined otherwise. */
export interface PlacedChunk {
  readonly bytes: Uint8Array;
  readonly inputOffset: number | undefined;
}

export interface SplitInputOptions {
  readonly signal: AbortSignal;
  readonly onRead: (byteLength: number) => void;
}

/** A dump, opened. */
export interface SplitInput {
  readonly format: DataFormat;
  /** What can be read at any place; undefined for standard input and pipes, which can be read once only. */
  readonly source: ByteSource | undefined;
  /** All of its XML. */
  chunks(pool: WorkerPool | undefined): AsyncGenerator<PlacedChunk, void, undefined>;
  close(): Promise<void>;
}

/** Opens a path, a URL, or "-" for standard input. Throws SourceError, DumpFormatError for data that is no dump. */
export async function openSplitInput(name: string, options: SplitInputOptions): Promise<SplitInput> {
  const { signal, onRead } = options;
  if (!isUrl(name) && (name === "-" || !(await fileStatus(name)).isFile())) {
    const input = await openInput(name, { signal, isTerminalWelcome: false });
    const { format, stream } = await sniff(countBytes(input.stream, onRead));
    return {
      format,
      source: undefined,
      chunks: (pool) => placedChunks(stream, format, { name, pool }),
      close: () => Promise.resolve(),
    };
  }
  const { source, close } = await openSource(name, options);
  try {
    const format = sniffFormat(await source.read(0, SNIFF_BYTE_LENGTH, { signal }));
    return {
      format,
      source,
      chunks: (pool) => {
        const data = isUrl(name)
          ? sourceStream(source, { signal })
          : countBytes(openFileStream(name, { signal, chunks: "borrowed" }), onRead);
        return placedChunks(data, format, { name, pool });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* placedChunks(
  data: ReadableStream<Uint8Array>,
  format: DataFormat,
  { name, pool }: { name: string; pool: WorkerPool | undefined },
): AsyncGenerator<PlacedChunk, void, undefined> {
  if (format !== "bzip2") {
    for await (const bytes of chunksOf(plainXml(data, format, name))) yield { bytes, inputOffset: undefined };
    return;
  }
  // A chunk is a block; the decoder tells of a block before it gives the chunk.
  const offsets: number[] = [];
  const onBlock = ({ bitOffset }: { bitOffset: number }): void => void offsets.push(Math.floor(bitOffset / 8));
  for await (const bytes of decodeCarefully(data, pool, { onBlock, chunks: "borrowed" })) {
    yield { bytes, inputOffset: offsets.shift() };
  }
}

/** The XML of a piece that was written. */
export function pieceXml(
  data: ReadableStream<Uint8Array>,
  extension: string,
  { path, pool }: { path: string; pool: WorkerPool | undefined },
): ReadableStream<Uint8Array> {
  if (extension === "gz") return data.pipeThrough(gunzipStream({ path }));
  if (extension !== "bz2") return data;
  // Little look-ahead: while a piece is read back, the next one is cut and packed.
  const decoder = pool === undefined
    ? new Bzip2DecoderStream({ chunks: "borrowed" })
    : parallelBzip2Decoder(pool, { chunks: "borrowed", lookahead: pool.size });
  return data.pipeThrough(decoder);
}

/** Throws UsageError for input that can be read only once. */
export function requireSource({ source }: SplitInput, option: string): ByteSource {
  if (source !== undefined) return source;
  throw new UsageError(
    `Option --${option} needs to know how long the dump is, but standard input and pipes do not tell`,
    {
      option,
      remedy: "Save the data to a file first, or cut it with --bytes or --pages",
    },
  );
}
