/**
 * The last page id of an export, which decides into how many parts it is cut.
 *
 * Of a bzip2 file the end is enough; others are skimmed from the start.
 */
import { findLastId } from "../../dump/pages/last-id.ts";
import { DumpSkimmer } from "../../dump/reading/dump-skimmer.ts";
import { isWikidumpError } from "../../errors.ts";
import { openFileSource } from "../../host/file-source.ts";
import { findExportFiles } from "./export-files.ts";
import { openExportXml } from "./open-export.ts";

/** 0 for a wiki without pages. Throws JobError NO_EXPORT, and what the file says when it cannot be read. */
export async function lastPageIdOf(wiki: string, location: string, signal: AbortSignal): Promise<number> {
  const files = await findExportFiles(wiki, location);
  // The export is in the order of its pages.
  const last = files.at(-1)!;
  return await fromTheEnd(last.path, signal) ?? await fromTheStart(last.path, signal);
}

/** Undefined for a file that is not bzip2. */
async function fromTheEnd(path: string, signal: AbortSignal): Promise<number | undefined> {
  const source = await openFileSource(path);
  try {
    return (await findLastId(source, "page", { signal }))?.id ?? 0;
  } catch (error) {
    if (isWikidumpError(error) && error.code === "NOT_BZIP2") return undefined;
    throw error;
  } finally {
    await source.close();
  }
}

async function fromTheStart(path: string, signal: AbortSignal): Promise<number> {
  let lastPageId = 0;
  const skimmer = new DumpSkimmer((page) => lastPageId = Math.max(lastPageId, page.id));
  const reader = (await openExportXml(path, { signal })).getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) skimmer.push(chunk.value);
    skimmer.finish();
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return lastPageId;
}
