/**
 * Whole files from the files of parts and page ranges, for those who want one file.
 *
 * Stubs, the log and the multistream dump are joined by their compressed members, byte for byte; texts are packed anew into one stream.
 */
import type { JobDefinition, OutputSpec, Piece, PublishedFile, TaskContext, TaskJob } from "./job.ts";
import { outputNames } from "./job-outputs.ts";
import { runFileTask } from "./run-file-task.ts";
import { recombineMembers } from "./recombine/recombine-members.ts";
import { recombineText } from "./recombine/recombine-text.ts";
import { wholePiece } from "./pieces.ts";
import { WHOLE_LAYOUT } from "./run-layout.ts";

/** The recombine job of a job. */
export function recombineJob(of: JobDefinition): TaskJob {
  const recombine = of.name === "articlesmultistreamdump" ? recombineMultistream : HOW[of.name] ?? "text";
  return {
    kind: "task",
    name: `${of.name}recombine`,
    title: `${of.title}: in one file`,
    detail: "",
    prerequisites: [of.name],
    pieces: () => wholePieces(of),
    run: (context) =>
      typeof recombine === "function" ? recombine(context, of.name) : recombineOne(context, of.name, recombine),
  };
}

type Manner = "members" | "text";

const HOW: Readonly<Record<string, Manner>> = { xmlstubsdump: "members", xmlpagelogsdump: "members" };

/** One piece for each kind of file; the index of a multistream dump goes with the dump. */
function wholePieces(of: JobDefinition): readonly Piece[] {
  const outputs = of.pieces(WHOLE_LAYOUT)![0]!.outputs;
  if (of.name === "articlesmultistreamdump") return wholePiece(outputs);
  return outputs.flatMap((output) => wholePiece([output]));
}

function recombineOne(context: TaskContext, from: string, manner: Manner) {
  const output = context.piece.outputs[0]!;
  const pieces = pathsOf(context, from, output);
  const outputPath = pathOf(context, output);
  const { verify } = context;
  return runFileTask(
    context,
    (tools) =>
      manner === "members"
        ? recombineMembers({ pieces, outputPath, verify, pool: tools.pool })
        : recombineText({ pieces, outputPath, verify, tools }),
  );
}

function recombineMultistream(context: TaskContext, from: string) {
  const [dump, index] = context.piece.outputs as [OutputSpec, OutputSpec];
  return runFileTask(context, ({ pool }) =>
    recombineMembers({
      pieces: pathsOf(context, from, dump),
      outputPath: pathOf(context, dump),
      index: { pieces: pathsOf(context, from, index), outputPath: pathOf(context, index) },
      verify: context.verify,
      pool,
    }));
}

function pathsOf({ filesOf }: TaskContext, job: string, { dumpName }: OutputSpec): readonly string[] {
  return filesOf(job).filter(({ spec }: PublishedFile) => spec.dumpName === dumpName).map(({ path }) => path);
}

function pathOf({ directory, wiki, date }: TaskContext, output: OutputSpec): string {
  return `${directory}/${outputNames([output], wiki, date)[0]!}`;
}
