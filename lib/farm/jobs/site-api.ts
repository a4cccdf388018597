/** What the wiki says of itself, as its API answers. */
import type { ApiJob } from "../config/api-jobs.ts";
import type { SourceApi } from "../source/source.ts";
import type { TaskJob } from "./job.ts";
import { writeOutputs } from "./job-outputs.ts";
import { wholePiece } from "./run-layout.ts";

/** The job that keeps an answer of the API. */
export function siteApiJob({ job, description, properties, formatVersion, dumpName }: ApiJob, api: SourceApi): TaskJob {
  return {
    kind: "task",
    name: job,
    title: description,
    detail: "",
    prerequisites: [],
    pieces: () => wholePiece([{ dumpName, type: "json", extension: "gz" }]),
    run: (context) =>
      writeOutputs(context, async ([output]) => {
        output!.add(await api.siteInfo({ properties, formatVersion }, context.signal));
        await output!.settled();
      }),
  };
}
