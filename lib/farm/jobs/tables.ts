/** The tables of the wiki's database, each as the SQL that makes it anew. */
import type { TableJob } from "../config/table-jobs.ts";
import type { SourceDatabase } from "../source/source.ts";
import type { TaskJob } from "./job.ts";
import { writeOutputs } from "./job-outputs.ts";
import { outputSink } from "./output-sink.ts";
import { wholePiece } from "./pieces.ts";

/** The job that dumps a table. */
export function tableJob({ table, job, description }: TableJob, database: SourceDatabase): TaskJob {
  return {
    kind: "task",
    name: job,
    title: description,
    detail: "",
    prerequisites: [],
    pieces: () => wholePiece([{ dumpName: table, type: "sql", extension: "gz" }]),
    run: (context) =>
      writeOutputs(context, ([output]) => database.dumpTable(table, outputSink(output!), context.signal)),
  };
}
