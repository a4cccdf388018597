/** The XML of a stored file, whatever its name says: how it is packed is decided by its first bytes. */
import { gunzipStream } from "../../host/gzip.ts";
import { openFileStream } from "../../host/read-file.ts";
import { Bzip2DecoderStream } from "../../streams/bzip2-decoder-stream.ts";
import { sniff } from "../../streams/sniff.ts";

/** Unpacks what comes in. */
export async function unpack(stored: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const { format, stream } = await sniff(stored);
  if (format === "bzip2") return stream.pipeThrough(new Bzip2DecoderStream());
  if (format === "gzip") return stream.pipeThrough(gunzipStream());
  return stream;
}

/** Opens a file. */
export function openExportXml(path: string, { signal }: { signal: AbortSignal }): Promise<ReadableStream<Uint8Array>> {
  return unpack(openFileStream(path, { signal }));
}
