/**
 * Prints the titles of a dump, be it plain XML, gzip or bzip2; of the given namespaces only, if there are any.
 *
 *     npx tsx examples/page-titles.ts pages-articles.xml.bz2 0 14 | head
 *     deno run --allow-read examples/page-titles.ts stub-articles.xml.gz
 */
import process from "node:process";
import { Bzip2DecoderStream, isWikidumpError, readDump, sniff } from "wikidump";
import { gunzipStream, openFileStream } from "wikidump/node";

const [path, ...namespaces] = process.argv.slice(2);
if (path === undefined) {
  console.error("Usage: page-titles.ts FILE [NAMESPACE…]");
  process.exit(2);
}
// A reader that has enough (| head) is no error.
process.stdout.on("error", () => process.exit());
try {
  const { format, stream } = await sniff(openFileStream(path));
  const unpack = { bzip2: () => new Bzip2DecoderStream(), gzip: () => gunzipStream({ path }) }[format as string];
  const xml = unpack === undefined ? stream : stream.pipeThrough(unpack());
  const { pages } = await readDump(xml, namespaces.length > 0 ? { namespaces: namespaces.map(Number) } : {});
  for await (const { title } of pages) console.log(title);
} catch (error) {
  if (!isWikidumpError(error)) throw error;
  console.error(`${error.message}\n${error.remedy}`);
  process.exitCode = 1;
}
