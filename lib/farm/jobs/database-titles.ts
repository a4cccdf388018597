/** The two lists of titles, as the wiki's database has them. */
import type { SourceDatabase } from "../source/source.ts";
import type { TaskJob } from "./job.ts";
import { writeOutputs } from "./job-outputs.ts";
import { outputSink } from "./output-sink.ts";
import { wholePiece } from "./pieces.ts";
import { allPageTitlesJob, pageTitlesJob } from "./titles.ts";

/** The jobs of the two lists. */
export function databaseTitlesJobs(database: SourceDatabase): readonly TaskJob[] {
  return [
    titlesJob(pageTitlesJob, "all-titles-in-ns0", (...args) => database.dumpTitles("main", ...args)),
    titlesJob(allPageTitlesJob, "all-titles", (...args) => database.dumpTitles("all", ...args)),
  ];
}

type ListTitles = (sink: ReturnType<typeof outputSink>, signal: AbortSignal) => Promise<void>;

function titlesJob(named: Pick<TaskJob, "name" | "title" | "detail">, dumpName: string, list: ListTitles): TaskJob {
  return {
    kind: "task",
    name: named.name,
    title: named.title,
    detail: named.detail,
    prerequisites: [],
    pieces: () => wholePiece([{ dumpName, extension: "gz" }]),
    run: (context) => writeOutputs(context, ([output]) => list(outputSink(output!), context.signal)),
  };
}
