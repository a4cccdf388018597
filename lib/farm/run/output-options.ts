/** How the files of a wiki's run are written: by the worker that has the run, and by those that help it. */
import type { WorkerPool } from "../../streams/worker-pool.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import type { UnitOptions } from "./unit-options.ts";

export interface OutputSurroundings {
  /** YYYYMMDD. */
  readonly date: string;
  readonly pool: WorkerPool | undefined;
  readonly signal: AbortSignal;
}

/** What the configuration says about outputs, with where they go. */
export function outputOptions(wiki: Wiki, { date, pool, signal }: OutputSurroundings): UnitOptions["output"] {
  const { name, settings, tempDirectory } = wiki;
  return {
    wiki: name,
    date,
    directory: runDirectory(wiki, date),
    tempDirectory,
    tools: { bzip2: settings.tools.bzip2, gzip: settings.tools.gzip, pool },
    verify: settings.output.verify,
    signal,
  };
}
