/**
 * Counts the pages and revisions of a bzip2 dump, and finds the page with the most; decodes in all processors.
 *
 *     npx tsx examples/count-revisions.ts pages-meta-history1.xml.bz2
 *     deno run --allow-read examples/count-revisions.ts pages-meta-history1.xml.bz2
 */
import process from "node:process";
import { isWikidumpError, parallelBzip2Decoder, readDump } from "wikidump";
import { createWorkerPool, openFileStream } from "wikidump/node";

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error("Usage: count-revisions.ts FILE.bz2");
  process.exit(2);
}
const pool = createWorkerPool();
try {
  const { siteInfo, pages } = await readDump(openFileStream(path).pipeThrough(parallelBzip2Decoder(pool)));
  let pageCount = 0;
  let revisionCount = 0;
  let most = { title: "", count: 0 };
  for await (const page of pages) {
    let count = 0;
    for await (const _ of page.revisions()) count++;
    pageCount++;
    revisionCount += count;
    if (count > most.count) most = { title: page.title, count };
  }
  console.log(`${siteInfo.siteName}: ${pageCount} pages, ${revisionCount} revisions`);
  if (most.count > 0) console.log(`Most revisions: ${most.title} (${most.count})`);
} catch (error) {
  if (!isWikidumpError(error)) throw error;
  console.error(`${error.message}\n${error.remedy}`);
  process.exitCode = 1;
} finally {
  await pool.close();
}
