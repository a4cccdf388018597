/** bzdump index search: finds lines of an index by page id, title, or the start of a title. */
import { EXIT } from "../../../lib/cli/exit-codes.ts";
import { writeJson } from "../../../lib/cli/output.ts";
import { lookUpIndex } from "../../../lib/dump/index/index-lookup.ts";
import { type IndexQuery, searchIndex } from "../../../lib/dump/index/index-search.ts";
import { plainTitle } from "../../../lib/dump/index/index-title.ts";
import { formatIndexLine, type IndexEntry } from "../../../lib/dump/index/multistream-index.ts";
import { UsageError } from "../../../lib/errors.ts";
import { SNIFF_BYTE_LENGTH, sniffFormat } from "../../../lib/streams/sniff.ts";
import { nameFile } from "../io/file-error.ts";
import { indexEntries } from "./index-input.ts";
import type { IndexInvocation } from "../index.ts";
import { fileStatus } from "../io/input.ts";
import { isUrl, openSource } from "../io/open-source.ts";

export async function runIndexSearch(
  { options, positionals, stdout, stderr }: IndexInvocation,
  signal: AbortSignal,
): Promise<number> {
  const file = positionals[1] ?? "-";
  const query: IndexQuery = {
    pageIds: options.id.map(readPageId),
    titles: options.title,
    prefixes: options.prefix,
  };
  if (options.id.length + options.title.length + options.prefix.length === 0) {
    throw new UsageError("Nothing to search for, expected --id, --title or --prefix");
  }
  let count = 0;
  for await (const entry of linesFor(file, query, signal)) {
    count++;
    if (options.json) {
      const { byteOffset, pageId, title } = entry;
      await writeJson(stdout, "bzdump/index-search@1", { file, byteOffset, pageId, title: plainTitle(title) });
    } else await stdout.write(formatIndexLine(entry));
    if (count === options.limit) break;
  }
  if (count > 0) return EXIT.DONE;
  if (!options.quiet) await stderr.write(`bzdump index: ${file} has no such page\n`);
  return EXIT.FAILED;
}

/** Ids in a plain index are looked up; all else is a search through it. */
async function* linesFor(
  file: string,
  query: IndexQuery,
  signal: AbortSignal,
): AsyncGenerator<IndexEntry, void, undefined> {
  const { pageIds = [], titles = [], prefixes = [] } = query;
  const isSeekable = isUrl(file) || (file !== "-" && (await fileStatus(file)).isFile());
  if (!isSeekable || titles.length + prefixes.length > 0) {
    return yield* searchIndex(indexEntries(file, { signal }), query);
  }
  const { source, close } = await openSource(file, { signal });
  try {
    const format = sniffFormat(await source.read(0, SNIFF_BYTE_LENGTH, { signal }));
    if (format !== "unknown") return yield* searchIndex(indexEntries(file, { signal }), query);
    for (const pageId of pageIds) {
      const entry = await lookUpIndex(source, pageId, { signal });
      if (entry !== undefined) yield entry;
    }
  } catch (error) {
    throw nameFile(error, file);
  } finally {
    await close();
  }
}

function readPageId(word: string): number {
  const pageId = /^\d+$/.test(word) ? Number(word) : NaN;
  if (Number.isSafeInteger(pageId)) return pageId;
  throw new UsageError(`Not a page id: ${JSON.stringify(word)}, expected a number such as 600`, { option: "id" });
}
