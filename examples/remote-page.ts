/**
 * Prints the text of one page of a multistream dump on a server, by its title: reads the index, then a single stream of 100 pages.
 *
 *     npx tsx examples/remote-page.ts https://…/elwiki-latest-pages-articles-multistream.xml.bz2 Αθήνα
 *     deno run --allow-net examples/remote-page.ts https://…-multistream.xml.bz2 "Main Page"
 */
import process from "node:process";
import { decodeFrom, DumpReader, isWikidumpError, readIndex, sourceStream, urlSource } from "wikidump";

const [url, title] = process.argv.slice(2);
if (url === undefined || title === undefined) {
  console.error("Usage: remote-page.ts URL TITLE    (URL ends in -multistream.xml.bz2; its index lies beside it)");
  process.exit(2);
}
const escaped = title.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

async function findText(dumpUrl: string): Promise<string | undefined> {
  const indexUrl = dumpUrl.replace(/-multistream(\d*)\.xml/, "-multistream-index$1.txt");
  for await (const entry of readIndex(sourceStream(await urlSource(indexUrl)))) {
    if (entry.title !== escaped) continue;
    // The first block of a stream follows the four bytes of its header.
    const blocks = decodeFrom(await urlSource(dumpUrl), { bitOffset: (entry.byteOffset + 4) * 8, level: 9 });
    const reader = new DumpReader({ isFragment: true });
    let pageId = 0;
    for await (const bytes of blocks) {
      for (const event of reader.push(bytes)) {
        if (event.type === "page") pageId = event.page.id;
        else if (event.type === "revision" && pageId === entry.pageId) return event.revision.text();
      }
    }
  }
}

const text = await findText(url).catch((error) => {
  if (!isWikidumpError(error)) throw error;
  console.error(`${error.message}\n${error.remedy}`);
  process.exit(1);
});
console[text === undefined ? "error" : "log"](text ?? `There is no page ${title}`);
process.exitCode = text === undefined ? 1 : 0;
