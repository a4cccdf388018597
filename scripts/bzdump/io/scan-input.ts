/**
 * A dump that is read from its start to its end: whatever it is packed with, its XML; bzip2 in several threads.
 */
import { countBytes } from "../../../lib/streams/count-bytes.ts";
import { type DataFormat, sniff } from "../../../lib/streams/sniff.ts";
import { streamFrom } from "../../../lib/streams/stream-from.ts";
import { decodeCarefully } from "../codec/careful-decoder.ts";
import { openAnyInput } from "./any-input.ts";
import type { OpenSourceOptions } from "./open-source.ts";
import { plainXml } from "./open-xml.ts";
import { readSevenZip } from "./seven-zip.ts";
import type { Threads } from "./threads.ts";

/** Blocks that decode to much more than this are not gathered: what is read ahead of the XML reader would fill the memory. */
const PIECE_BYTES = 4 * 1024;

export interface ScanInputOptions extends OpenSourceOptions {
  readonly threads: Threads;
  /** "borrowed": nothing of a chunk is kept when the next one is asked for. Default "own". */
  readonly chunks?: "own" | "borrowed";
}

/** XML, and how long the packed input is, if that is known. */
export interface ScanInput {
  readonly xml: ReadableStream<Uint8Array>;
  readonly byteLength: number | undefined;
}

/** Opens a path, a URL, or "-" for standard input. Throws SourceError, CommandError, DumpFormatError for data that is no dump. */
export async function openScan(name: string, options: ScanInputOptions): Promise<ScanInput> {
  const { signal, onRead = () => {}, threads, chunks = "own" } = options;
  const { stream, path, status, byteLength } = await openAnyInput(name, { signal, isTerminalWelcome: false, chunks });
  const sniffed = await sniff(countBytes(stream, onRead));
  if (sniffed.format === "7z" && path !== undefined && status?.isFile() === true) {
    await sniffed.stream.cancel();
    return { xml: readSevenZip(path, signal), byteLength: undefined };
  }
  return {
    xml: unpacked(sniffed.stream, sniffed.format, { name, threads, byteLength, chunks }),
    byteLength,
  };
}

export interface UnpackOptions {
  readonly name: string;
  readonly threads: Threads;
  readonly byteLength: number | undefined;
  /** "borrowed": nothing of a chunk is kept when the next one is asked for. Default "own". */
  readonly chunks?: "own" | "borrowed" | undefined;
}

/** The XML in data of a format. */
export function unpacked(
  data: ReadableStream<Uint8Array>,
  format: DataFormat,
  options: UnpackOptions,
): ReadableStream<Uint8Array> {
  if (format !== "bzip2") return plainXml(data, format, options.name);
  const { threads, byteLength, chunks = "own" } = options;
  const pool = threads.poolFor(byteLength);
  return streamFrom(decodeCarefully(data, pool, { pieceBytes: PIECE_BYTES, chunks }));
}
