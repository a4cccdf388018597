/**
 * A dump to take pages from: read at random where that is possible (a bzip2 file, or one on a server), else from its start.
 */
import type { ByteSource } from "../../lib/streams/byte-source.ts";
import { SNIFF_BYTE_LENGTH, sniffFormat } from "../../lib/streams/sniff.ts";
import { sourceStream } from "../../lib/streams/source-stream.ts";
import { fileStatus } from "./input.ts";
import { isUrl, openSource, type OpenSourceOptions } from "./open-source.ts";
import { openXml, plainXml } from "./open-xml.ts";

/** A dump, opened. */
export type DumpInput =
  | { readonly kind: "source"; readonly source: ByteSource; close(): Promise<void> }
  | { readonly kind: "stream"; readonly xml: ReadableStream<Uint8Array>; close(): Promise<void> };

export interface DumpInputOptions extends OpenSourceOptions {
  /** Read from the start even if random access is possible. */
  readonly isScanWanted: boolean;
}

/** Opens a path, a URL, or "-" for standard input. Throws SourceError, DumpFormatError for data that is no dump. */
export async function openDump(name: string, options: DumpInputOptions): Promise<DumpInput> {
  if (!isUrl(name) && (name === "-" || !(await fileStatus(name)).isFile())) {
    return { kind: "stream", xml: await openXml(name, options), close: () => Promise.resolve() };
  }
  const { source, close } = await openSource(name, options);
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
