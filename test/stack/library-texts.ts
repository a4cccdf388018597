/** What our own reader sees in a dump: one sum over ids and texts of all revisions. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { readDump } from "../../lib/dump/reading/read-dump.ts";
import { gunzipStream } from "../../lib/host/gzip.ts";
import { readableOf } from "../../lib/host/node-streams.ts";
import { Bzip2DecoderStream } from "../../lib/streams/bzip2-decoder-stream.ts";
import { plainBytes } from "./dump-items.ts";

/** SHA-1 of `page ID`, then `ID TEXT` of each revision, in lines. */
export async function libraryTexts(path: string): Promise<string> {
  const hash = createHash("sha1");
  const { pages } = await readDump(opened(path));
  for await (const page of pages) {
    hash.update(`page ${page.id}\n`);
    for await (const revision of page.revisions()) {
      hash.update(`${revision.id} `);
      hash.update(revision.textBytes());
      hash.update("\n");
    }
  }
  return hash.digest("hex");
}

/** Unpacked by our own decoders; 7z is not ours to read. */
function opened(path: string): ReadableStream<Uint8Array> {
  if (path.endsWith(".7z")) return readableOf(Readable.from(plainBytes(path)));
  const file = readableOf(createReadStream(path));
  if (path.endsWith(".bz2")) return file.pipeThrough(new Bzip2DecoderStream());
  return path.endsWith(".gz") ? file.pipeThrough(gunzipStream({ path })) : file;
}
