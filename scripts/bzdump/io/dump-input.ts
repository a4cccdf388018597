/**
 * A dump to take pages from: read at random where that is possible (a bzip2 file, or one on a server), else from its start.
 */
import type { ByteSource } from "../../../lib/streams/byte-source.ts";
import { SNIFF_BYTE_LENGTH, sniffFormat } from "../../../lib/streams/sniff.ts";
import { fileStatus } from "./input.ts";
import { isUrl, openSource } from "./open-source.ts";
import { openScan, type ScanInputOptions } from "./scan-input.ts";

/** A dump, opened. */
export type DumpInput =
  | { readonly kind: "source"; readonly dump: ByteSource; close(): Promise<void> }
  | { readonly kind: "stream"; readonly dump: ReadableStream<Uint8Array>; close(): Promise<void> };

export interface DumpInputOptions extends ScanInputOptions {
  /** Read from the start even if random access is possible. */
  readonly isScanWanted: boolean;
}

/** Opens a path, a URL, or "-" for standard input. Throws SourceError, CommandError, DumpFormatError for data that is no dump. */
export async function openDump(name: string, options: DumpInputOptions): Promise<DumpInput> {
  const isSource = isUrl(name) || (name !== "-" && (await fileStatus(name)).isFile());
  if (isSource && !options.isScanWanted) {
    const { source, close } = await openSource(name, options);
    try {
      const format = sniffFormat(await source.read(0, SNIFF_BYTE_LENGTH, { signal: options.signal }));
      if (format === "bzip2") return { kind: "source", dump: source, close };
    } catch (error) {
      await close();
      throw error;
    }
    await close();
  }
  const { xml } = await openScan(name, options);
  return { kind: "stream", dump: xml, close: () => Promise.resolve() };
}
