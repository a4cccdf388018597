/**
 * Takes a range of pages out of a bzip2 dump, on disk or on a server, reading only where they are.
 *
 *     npx tsx examples/extract-page-range.ts pages-articles.xml.bz2 1000 2000 > some.xml
 *     deno run --allow-read --allow-net examples/extract-page-range.ts https://…/pages-articles.xml.bz2 12 12
 */
import { once } from "node:events";
import process from "node:process";
import { extractRange } from "../lib/dump/extract-range.ts";
import { openFileSource } from "../lib/host/file-source.ts";
import type { ByteSource } from "../lib/streams/byte-source.ts";
import { cachedSource } from "../lib/streams/cached-source.ts";
import { urlSource } from "../lib/streams/url-source.ts";

const [name = "", first = "1", last = "Infinity"] = process.argv.slice(2);
const source: ByteSource = name.startsWith("http") ? cachedSource(await urlSource(name)) : await openFileSource(name);

// A reader that has enough (| head) is no error.
process.stdout.on("error", () => process.exit());
let pages = 0;
const xml = extractRange(source, { first: Number(first), last: Number(last) }, { onPage: () => pages++ });
for await (const bytes of xml) {
  if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
}
console.error(`${pages} pages`);
