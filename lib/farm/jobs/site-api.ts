/**
 * What the wiki says of itself, as its API answers.
 *
 * The API of a private wiki lets nobody read who is not logged in. What the header of its dumps says (the namespaces, the name) is written
 * then. Differs from dumps (Python): there, the refusal becomes the file, and the job is done.
 */
import type { ApiJob } from "../config/api-jobs.ts";
import { isWikidumpError } from "../../errors.ts";
import type { SourceApi } from "../source/source.ts";
import type { TaskContext, TaskJob } from "./job.ts";
import { writeOutputs } from "./job-outputs.ts";
import { wholePiece } from "./pieces.ts";
import { renderSiteInfo } from "./site-info.ts";

/** The job that keeps an answer of the API. */
export function siteApiJob(api: ApiJob, source: SourceApi): TaskJob {
  return {
    kind: "task",
    name: api.job,
    title: api.description,
    detail: "",
    prerequisites: [],
    pieces: () => wholePiece([{ dumpName: api.dumpName, type: "json", extension: "gz" }]),
    run: (context) =>
      writeOutputs(context, async ([output]) => {
        output!.add(await answer(api, source, context));
        await output!.settled();
      }),
  };
}

async function answer(
  { properties, formatVersion }: ApiJob,
  source: SourceApi,
  context: TaskContext,
): Promise<Uint8Array> {
  try {
    return await source.siteInfo({ properties, formatVersion }, context.signal);
  } catch (error) {
    if (!isWikidumpError(error) || error.code !== "DENIED") throw error;
    context.onNotice("The API lets nobody read who is not logged in: the file has what the header of a dump says");
    return new TextEncoder().encode(await headerAnswer(formatVersion, context));
  }
}

async function headerAnswer(formatVersion: 1 | 2, { source, signal }: TaskContext): Promise<string> {
  let answer = "";
  await source.reading({ kind: "siteinfo", part: undefined }).run([{
    take(event) {
      if (event.type === "start") answer = renderSiteInfo(event.siteInfo, formatVersion);
      return undefined;
    },
  }], { revisions: "current", signal, onProgress: () => undefined });
  return answer;
}
