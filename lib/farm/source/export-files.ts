/**
 * Finds the files of a wiki's export: one file, or the parts of one, in the order of their pages.
 *
 * `[wiki] export` names a file or a directory. In a directory the wiki's export is `<wiki>.xml`, `<wiki>.xml.bz2` or
 * `<wiki>.xml.gz`; else the newest full-history dump there, `<wiki>-<date>-pages-meta-history…`, whole or in parts.
 */
import { formatDumpFileName, parseDumpFileName } from "../../dump/file-name.ts";
import type { DumpFileName } from "../../dump/file-name.ts";
import { JobError } from "../../errors.ts";
import { fileFacts, listDirectory } from "../../host/directory.ts";
import type { FileFacts } from "../../host/directory.ts";

const ENDINGS = [".xml", ".xml.bz2", ".xml.gz"];

export interface ExportFile {
  readonly path: string;
  readonly facts: FileFacts;
}

/** The files of a wiki's export, in page order. Throws JobError NO_EXPORT if there are none. */
export async function findExportFiles(wiki: string, location: string): Promise<readonly ExportFile[]> {
  const facts = await fileFacts(location);
  if (facts === undefined) throw noExport(wiki, `${location} does not exist`);
  if (!facts.isDirectory) return [{ path: location, facts }];
  const names = await listDirectory(location);
  const chosen = chooseFiles(wiki, names);
  if (chosen.length === 0) throw noExport(wiki, `${location} holds none of ${ENDINGS.map((e) => wiki + e).join(", ")}`);
  const misfit = misfitOf(chosen);
  if (misfit !== undefined) throw noExport(wiki, `the parts in ${location} do not make a whole: ${misfit}`);
  const files: ExportFile[] = [];
  for (const name of chosen) {
    const path = `${location}/${name}`;
    const found = await fileFacts(path);
    if (found === undefined) throw noExport(wiki, `${path} does not exist`);
    files.push({ path, facts: found });
  }
  return files;
}

function noExport(wiki: string, what: string): JobError {
  return new JobError("NO_EXPORT", `No export of ${wiki}: ${what}`, { wiki }, {
    remedy: "Put the export there, or name its file or directory as export= in the section of the wiki or in [wiki]",
  });
}

/** @internal Which names of a directory make up the export. */
export function chooseFiles(wiki: string, names: readonly string[]): readonly string[] {
  const plain = ENDINGS.map((ending) => wiki + ending).filter((name) => names.includes(name));
  if (plain.length > 0) return plain.slice(0, 1);
  const dumps = names.map(parseDumpFileName).filter((name): name is DumpFileName =>
    name !== undefined && name.wiki === wiki && name.dumpName === "pages-meta-history" && name.type === "xml"
  ).filter((name) =>
    names.includes(formatDumpFileName(name)) && (name.extension === undefined || ["bz2", "gz"].includes(name.extension))
  );
  const newest = dumps.map((name) => name.date).sort().at(-1);
  return partsOf(dumps.filter((name) => name.date === newest)).map(formatDumpFileName);
}

/** A whole file if there is one, else the ranges or parts in order. */
function partsOf(dumps: readonly DumpFileName[]): readonly DumpFileName[] {
  const whole = dumps.find((name) => name.part === undefined && name.range === undefined);
  if (whole !== undefined) return [whole];
  const rank = (name: DumpFileName) => [name.part ?? 0, name.range?.first ?? 0] as const;
  const sorted = [...dumps].sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
  // The same part, packed in two ways, is one part.
  return sorted.filter((name, index) => index === 0 || placeOf(name) !== placeOf(sorted[index - 1]!));
}

function placeOf({ part, range }: DumpFileName): string {
  return `${part} ${range?.first} ${range?.last}`;
}

/**
 * @internal What is wrong with parts that are in order: one is missing, or two have the same pages. (Ranges may leave out
 * ids: old ones end at the last page that there is.)
 */
export function misfitOf(names: readonly string[]): string | undefined {
  const parts = names.map(parseDumpFileName).filter((name): name is DumpFileName => name !== undefined);
  for (const [index, name] of parts.entries()) {
    const before = parts[index - 1];
    const step = (name.part ?? 0) - (before?.part ?? 0);
    if (step > 1) return `part ${(before?.part ?? 0) + 1} is missing`;
    if (name.range !== undefined && before?.range !== undefined && name.range.first <= before.range.last) {
      return `${formatDumpFileName(before)} and ${formatDumpFileName(name)} have the same pages`;
    }
  }
  return undefined;
}
