/** The batches of a job of a run, in the private tree. */
import { BatchList } from "./batches/batch-list.ts";
import { privateRunDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

/** Reads nothing yet. */
export function batchesOf(wiki: Wiki, date: string, job: string): BatchList {
  const { output, reporting } = wiki.settings;
  return new BatchList({
    wiki: wiki.name,
    job,
    directory: privateRunDirectory(wiki, date),
    staleMs: reporting.batchjobsstaleage * 1000,
    mode: output.fileperms,
  });
}
