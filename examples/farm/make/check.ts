/**
 * Looks into the exports as they lie there, without MediaWiki, and says whether everything is in them that the farm is meant to
 * show: `npx tsx examples/farm/make/check.ts`. Prints the table of figures for the README; ends with 1 if something is missing.
 */
import process from "node:process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Contents, type Golden, selection, textPassForm, titleLists } from "./expected-dumps.ts";
import { type ExportFile, readExports } from "./read-exports.ts";
import { TRAITS } from "./traits.ts";

const MAX_PACKED_BYTES = 3_000_000;
const MIN_PLAIN_BYTES = 12_000_000;
const MAX_PLAIN_BYTES = 20_000_000;

function main(): void {
  const files = readExports();
  const missing: string[] = [];
  process.stdout.write(
    "| wiki | file | bytes | plain bytes | pages | revisions | namespaces |\n|---|---|---:|---:|---:|---:|---:|\n",
  );
  for (const file of files) process.stdout.write(`${figures(file)}\n`);
  const packed = sum(files, (file) => file.packed.length);
  const plain = sum(files, (file) => file.plainByteLength);
  process.stdout.write(
    `| together | | ${packed} | ${plain} | ${sum(files, (file) => file.pages.length)} | ${
      sum(files, revisionCount)
    } | |\n\n`,
  );
  if (packed > MAX_PACKED_BYTES) {
    missing.push(`the files are ${packed} bytes together, at most ${MAX_PACKED_BYTES} were wanted`);
  }
  if (plain < MIN_PLAIN_BYTES || plain > MAX_PLAIN_BYTES) missing.push(`the plain text is ${plain} bytes long`);
  for (const [name, find] of TRAITS) {
    const where = find(files);
    process.stdout.write(`* ${name}: ${where ?? "MISSING"}\n`);
    if (where === undefined) missing.push(name);
  }
  for (const file of files) missing.push(...compareWithGolden(file));
  for (const line of missing) process.stderr.write(`missing: ${line}\n`);
  process.exitCode = missing.length === 0 ? 0 : 1;
}

function figures(file: ExportFile): string {
  const namespaces = new Set(file.pages.map((page) => page.ns)).size;
  return `| ${file.wiki} | ${file.name} | ${file.packed.length} | ${file.plainByteLength} | ${file.pages.length} | ${
    revisionCount(file)
  } | ${namespaces} |`;
}

function revisionCount(file: ExportFile): number {
  return file.pages.reduce((count, page) => count + page.revisions.length, 0);
}

function sum(files: readonly ExportFile[], measure: (file: ExportFile) => number): number {
  return files.reduce((total, file) => total + measure(file), 0);
}

/** Whether a dump that is cut out of the export is what MediaWiki wrote, byte for byte. */
function compareWithGolden(file: ExportFile): string[] {
  const path = new URL(`../../../test/golden/farm/${file.wiki}.json`, import.meta.url);
  const golden = JSON.parse(readFileSync(path, "utf8")) as Golden;
  const wrong: string[] = [];
  for (const contents of ["history", "current", "articles"] as const satisfies readonly Contents[]) {
    const xml = selection(file, contents);
    const { direct, textPass } = golden.dumps[contents];
    if (sha1(xml) !== direct.sha1) wrong.push(`${file.wiki}: ${contents} is not what dumpBackup.php wrote`);
    if (sha1(textPassForm(xml)) !== textPass.sha1) {
      wrong.push(`${file.wiki}: ${contents} is not what dumpTextPass.php wrote`);
    }
  }
  const lists = titleLists(file);
  for (const name of ["all-titles-in-ns0", "all-titles"] as const) {
    if (sha1(lists[name]) !== golden.titles[name].sha1) {
      wrong.push(`${file.wiki}: ${name} is not what the database lists`);
    }
  }
  return wrong;
}

function sha1(text: string): string {
  return createHash("sha1").update(text, "utf8").digest("hex");
}

main();
