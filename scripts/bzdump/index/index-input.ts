/** Reads a multistream index: a file, a URL or standard input; plain, bzip2 or gzip. */
import { type IndexEntry, readIndex } from "../../../lib/dump/index/multistream-index.ts";
import { nameFile } from "../io/file-error.ts";
import type { OpenSourceOptions } from "../io/open-source.ts";
import { openXml } from "../io/open-xml.ts";

/** The lines of an index. Throws SourceError, Bzip2Error, GzipError and DumpFormatError BAD_INDEX, with the name of the index. */
export async function* indexEntries(
  name: string,
  options: OpenSourceOptions,
): AsyncGenerator<IndexEntry, void, undefined> {
  try {
    // What unpacks a dump unpacks its index.
    yield* readIndex(await openXml(name, options));
  } catch (error) {
    throw nameFile(error, name === "-" ? "standard input" : name);
  }
}
