/**
 * A .7z out of a .bz2 of the same dump: smaller, for whoever fetches the whole history.
 *
 * Differs from dumps (Python): there, in `bzip2 -dc IN | 7za`, a decompressor that fails goes unnoticed, and the archive is not verified.
 */
import { chunksOf } from "../../../streams/stream-from.ts";
import type { PieceFiles } from "../job.ts";
import type { VerifyLevel } from "../read-back.ts";
import { filesTogether, type FileTask, type FileTaskContext } from "./file-task.ts";
import { packFile } from "./packed-file.ts";
import { openPlain, type PackingTools } from "./packing-tools.ts";
import { pieceOf } from "./piece.ts";
import { PieceCutter, PieceOrder } from "./piece-cutter.ts";
import { TaskInputs } from "./task-inputs.ts";
import { asUnfit } from "./unfit-error.ts";

export interface MakeSevenZipOptions {
  /** Path of the dump: .bz2, .gz or plain, by its name. */
  readonly inputPath: string;
  /** Path of the archive. */
  readonly outputPath: string;
  readonly tools: PackingTools;
  readonly verify: VerifyLevel;
}

/** The task that makes an archive. */
export function makeSevenZip(options: MakeSevenZipOptions): FileTask {
  return {
    inputs: [options.inputPath],
    outputs: [options.outputPath.slice(options.outputPath.lastIndexOf("/") + 1)],
    run: (context) => run(options, context),
  };
}

async function run(options: MakeSevenZipOptions, context: FileTaskContext): Promise<PieceFiles> {
  const { inputPath, outputPath, tools, verify } = options;
  const inputs = await TaskInputs.look([inputPath], context);
  const plain = checkedText(options, inputs, context);
  return filesTogether([await packFile(plain, { path: outputPath, tools, verify, signal: context.signal })]);
}

/** The text as it is; an error at its end if it is no whole dump. */
async function* checkedText(
  { inputPath, tools }: MakeSevenZipOptions,
  inputs: TaskInputs,
  { signal, log }: FileTaskContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  const cutter = new PieceCutter(pieceOf(inputPath), { order: new PieceOrder(), log });
  try {
    for await (const chunk of chunksOf(openPlain(inputPath, { inputs, tools, signal }))) {
      cutter.push(chunk);
      yield chunk;
    }
    cutter.finish();
  } catch (error) {
    throw asUnfit(error, inputPath);
  }
}
