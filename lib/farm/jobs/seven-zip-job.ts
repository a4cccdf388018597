/** The history once more, packed to 7z: far smaller where pages have many revisions. */
import type { TaskJob } from "./job.ts";
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
  run(context) {
    const { directory, wiki, date, verify, piece } = context;
    const output = piece.outputs[0]!;
    const pathOf = (extension: "bz2" | "7z"): string =>
      `${directory}/${outputNames([{ ...output, extension }], wiki, date)[0]!}`;
    return runFileTask(
      context,
      (tools) => makeSevenZip({ inputPath: pathOf("bz2"), outputPath: pathOf("7z"), tools, verify }),
    );
  },
};
