/** The history once more, packed to 7z: far smaller where pages have many revisions. */
import { layoutError } from "../layout/layout-error.ts";
import type { TaskContext, TaskJob } from "./job.ts";
import { outputNames } from "./job-outputs.ts";
import { metaHistoryJob } from "./page-content.ts";
import { makeSevenZip } from "./recombine/make-seven-zip.ts";
import { runFileTask } from "./run-file-task.ts";

export const sevenZipJob: TaskJob = {
  kind: "task",
  name: "metahistory7zdump",
  title: "All pages with the text of every revision, as 7z",
  detail: "The same text as in the bz2 files, in much smaller files that take longer to make.",
  prerequisites: [metaHistoryJob.name],
  pieces: (layout) =>
    metaHistoryJob.pieces(layout)?.map((piece) => ({
      ...piece,
      outputs: piece.outputs.map((output) => ({ ...output, extension: "7z" })),
    })),
  async run(context) {
    const { directory, wiki, date, verify, piece } = context;
    const output = piece.outputs[0]!;
    const [outputName, inputName] = outputNames([output, { ...output, extension: "bz2" }], wiki, date) as [
      string,
      string,
    ];
    const inputPath = `${directory}/${inputName}`;
    requireInput(context, inputPath, inputName);
    return await runFileTask(
      context,
      (tools) => makeSevenZip({ inputPath, outputPath: `${directory}/${outputName}`, tools, verify }),
    );
  },
};

/** The history may have been made anew in page ranges of somebody's own choice. */
function requireInput({ filesOf, wiki }: TaskContext, inputPath: string, inputName: string): void {
  if (filesOf(metaHistoryJob.name).some(({ path }) => path === inputPath)) return;
  throw layoutError(
    `The history of this run has no file ${inputName}: it is cut into other page ranges`,
    { wiki, job: sevenZipJob.name },
    `Do ${metaHistoryJob.name} again with --cleanup, then this job`,
  );
}
