/**
 * Makes a multistream dump of a bzip2 dump, and its index, in all processors: each page can then be read alone.
 *
 *     npx tsx examples/recompress-multistream.ts pages.xml.bz2 pages-multistream.xml.bz2 pages-multistream-index.txt
 *     deno run --allow-read --allow-write examples/recompress-multistream.ts IN OUT INDEX
 */
import process from "node:process";
import { formatIndexLine, isWikidumpError, parallelBzip2Decoder, recompressDump } from "wikidump";
import { createWorkerPool, openFileStream, OutputFile } from "wikidump/node";

const [input, output, index] = process.argv.slice(2);
if (input === undefined || output === undefined || index === undefined) {
  console.error("Usage: recompress-multistream.ts DUMP.xml.bz2 OUT-multistream.xml.bz2 OUT-multistream-index.txt");
  process.exit(2);
}
const pool = createWorkerPool();
// Each file is called NAME.inprog until both are whole.
const files: OutputFile[] = [];
try {
  files.push(await OutputFile.create(output), await OutputFile.create(index));
  const [dump, lines] = files as [OutputFile, OutputFile];
  const xml = openFileStream(input).pipeThrough(parallelBzip2Decoder(pool));
  for await (const event of recompressDump(xml, { pool, pagesPerStream: 100 })) {
    if (event.type === "bytes") await dump.write(event.bytes);
    else if (event.type === "index") {
      await lines.write(new TextEncoder().encode(event.entries.map(formatIndexLine).join("")));
    } else console.log(`${event.summary.pages} pages in ${event.summary.streams} streams`);
  }
  for (const file of files) await file.publish();
} catch (error) {
  if (!isWikidumpError(error)) throw error;
  console.error(`${error.message}\n${error.remedy}`);
  process.exitCode = 1;
} finally {
  for (const file of files) await file.discard();
  await pool.close();
}
