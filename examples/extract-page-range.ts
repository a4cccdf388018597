/**
 * Takes pages out of a bzip2 dump, on disk or on a server, reading only where they are.
 *
 *     npx tsx examples/extract-page-range.ts pages-articles.xml.bz2 1000-2000 > some.xml
 *     deno run --allow-read --allow-net examples/extract-page-range.ts https://…/pages-articles.xml.bz2 12,15
 */
import { once } from "node:events";
import process from "node:process";
import { cachedSource, extractRange, isWikidumpError, parsePageRanges, urlSource } from "wikidump";
import { openFileSource } from "wikidump/node";

const [name, ranges] = process.argv.slice(2);
if (name === undefined || ranges === undefined) {
  console.error("Usage: extract-page-range.ts FILE|URL RANGE    (RANGE: 12, 1000-2000, 5000- or several with commas)");
  process.exit(2);
}
// A reader that has enough (| head) is no error.
process.stdout.on("error", () => process.exit());
let pages = 0;
try {
  const source = /^https?:/.test(name) ? cachedSource(await urlSource(name)) : await openFileSource(name);
  for await (const xml of extractRange(source, parsePageRanges(ranges), { onPage: () => pages++ })) {
    if (!process.stdout.write(xml)) await once(process.stdout, "drain");
  }
  console.error(`${pages} pages`);
} catch (error) {
  if (!isWikidumpError(error)) throw error;
  console.error(`${error.message}\n${error.remedy}`);
  process.exitCode = 1;
}
