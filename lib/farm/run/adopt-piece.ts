/** Takes over the files of a piece that another worker has published: reads them back and takes their checksums, as of one's own. */
import type { FinishedOutput } from "../jobs/dump-output.ts";
import type { JobOutputsOptions } from "../jobs/job-outputs.ts";
import type { PieceFiles } from "../jobs/job.ts";
import { checkEnds, readBack } from "../jobs/read-back.ts";
import type { TrackedPiece } from "./tracked-job.ts";

/** The files; they have their names already. Throws SourceError for one that is not there, or not whole. */
export async function adoptPiece({ piece, names }: TrackedPiece, options: JobOutputsOptions): Promise<PieceFiles> {
  const files: FinishedOutput[] = [];
  for (const [index, { extension, type, root = "mediawiki" }] of piece.outputs.entries()) {
    if (extension === "7z") throw new TypeError("A 7z file is tested by its archiver");
    const name = names[index]!;
    const path = `${options.directory}/${name}`;
    const { verify: level, signal, tools: { pool } } = options;
    const found = await readBack(path, { level, extension, signal, pool });
    checkEnds(path, found, type === "xml" ? root : undefined);
    files.push({ name, ...found.stored });
  }
  const nothing = (): Promise<void> => Promise.resolve();
  return { files, publish: nothing, discard: nothing };
}
