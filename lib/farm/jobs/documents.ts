/** Documents about other things than pages: the log of the wiki, and the boards of the extension Flow. */
import type { RevisionChoice, SourceDocuments } from "../source/source.ts";
import type { TaskContext, TaskJob } from "./job.ts";
import { writeOutputs } from "./job-outputs.ts";
import { memberSink, outputSink } from "./output-sink.ts";
import { partPieces, wholePiece } from "./pieces.ts";

/** The job that dumps the log. */
export function pageLogsJob(documents: SourceDocuments): TaskJob {
  return {
    kind: "task",
    name: "xmlpagelogsdump",
    title: "What was done to pages and users: the log",
    detail: "Deletions, moves, protections, blocks, uploads and the like. What is hidden in the wiki is hidden here.",
    prerequisites: [],
    pieces: (layout) => partPieces(layout.logParts, [{ dumpName: "pages-logging", type: "xml", extension: "gz" }]),
    run: (context) =>
      writeOutputs(context, async ([output]) => {
        await documents.dumpLog(context.piece.pages, memberSink(output!), documentOptions(context, "log id"));
      }),
  };
}

/** The two jobs that dump Flow boards. */
export function flowJobs(documents: SourceDocuments): readonly TaskJob[] {
  return [
    flowJob({ name: "xmlflowdump", title: "Discussions of Flow", dumpName: "flow" }, "current", documents),
    flowJob(
      { name: "xmlflowhistorydump", title: "Discussions of Flow, with their history", dumpName: "flowhistory" },
      "all",
      documents,
    ),
  ];
}

function flowJob(
  { name, title, dumpName }: { readonly name: string; readonly title: string; readonly dumpName: string },
  revisions: RevisionChoice,
  documents: SourceDocuments,
): TaskJob {
  return {
    kind: "task",
    name,
    title,
    detail: "",
    prerequisites: [],
    pieces: () => wholePiece([{ dumpName, type: "xml", extension: "bz2" }]),
    run: (context) =>
      writeOutputs(context, async ([output]) => {
        const { write } = outputSink(output!);
        await documents.dumpFlow(
          revisions,
          { header: write, items: write, footer: write },
          documentOptions(context, "page id"),
        );
      }),
  };
}

function documentOptions({ signal, onProgress }: TaskContext, idName: string) {
  return { signal, onProgress: (doneId: number, lastId: number) => onProgress(`${idName} ${doneId} of ${lastId}`) };
}
