/** The list of sites: a small job, and an example of how one is written (CONTRIBUTING, "How to add a job"). */
import type { SourceDocuments } from "../source/source.ts";
import type { TaskJob } from "./job.ts";
import { writeOutputs } from "./job-outputs.ts";
import { outputSink } from "./output-sink.ts";
import { wholePiece } from "./pieces.ts";

/** The job that dumps the sites that the wiki knows. */
export function siteListJob(documents: SourceDocuments): TaskJob {
  return {
    kind: "task",
    name: "sitelistdump",
    title: "Other wikis that this wiki knows",
    detail: "Names, addresses and languages, as links between languages and Wikibase use them.",
    prerequisites: [],
    pieces: () => wholePiece([{ dumpName: "sitelist", type: "xml", extension: "gz", root: "sites" }]),
    run: (context) => writeOutputs(context, ([output]) => documents.dumpSiteList(outputSink(output!), context.signal)),
  };
}
