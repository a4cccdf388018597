/**
 * Continues a bzip2 dump that was cut off, after its last whole page: with the missing pages of another dump, or with its end only.
 *
 *     npx tsx examples/resume-dump.ts cut.xml.bz2 whole.xml.bz2 newer.xml.bz2
 *     deno run --allow-read --allow-write examples/resume-dump.ts cut.xml.bz2 closed.xml.bz2
 */
import process from "node:process";
import { appendToDump, Bzip2DecoderStream, findAppendPoint, isWikidumpError } from "wikidump";
import { openFileSource, openFileStream, OutputFile } from "wikidump/node";

const [cut, output, more] = process.argv.slice(2);
if (cut === undefined || output === undefined) {
  console.error("Usage: resume-dump.ts CUT.xml.bz2 OUT.xml.bz2 [MORE.xml.bz2]");
  process.exit(2);
}
let file: OutputFile | undefined;
try {
  const source = await openFileSource(cut);
  const point = await findAppendPoint(source);
  // The file is called OUT.inprog until it is whole.
  file = await OutputFile.create(output);
  const keptBytes = Math.floor(point.keptBitLength / 8);
  if (keptBytes > 0) { for await (const bytes of openFileStream(cut, { end: keptBytes })) await file.write(bytes); }
  const pages = more === undefined ? undefined : openFileStream(more).pipeThrough(new Bzip2DecoderStream());
  let added = 0;
  const onPage = (_: number | undefined, isAdded: boolean) => isAdded && added++;
  for await (const bytes of appendToDump(source, point, { pages, onPage })) await file.write(bytes);
  await file.publish();
  console.log(`Page ${point.lastPageId} was the last whole one, ${added} pages added`);
} catch (error) {
  if (!isWikidumpError(error)) throw error;
  console.error(`${error.message}\n${error.remedy}`);
  process.exitCode = 1;
} finally {
  await file?.discard();
}
