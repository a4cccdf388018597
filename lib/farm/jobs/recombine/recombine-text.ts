/**
 * A whole file out of pieces by unpacking and packing anew: pages-articles, pages-meta-current, pages-meta-history, as .bz2 and as .7z.
 *
 *     pieces    H1 B1 F1    H2 B2 F2    H3 B3 F3           whole    H1 B1 B2 B3 F3, as one bzip2 stream or one file in an archive
 *
 * The text is read once, from front to back, and cut on the way; nothing is kept but what the decoder, the encoder and their look-ahead hold.
 */
import { chunksOf } from "../../../streams/stream-from.ts";
import type { PieceFiles } from "../job.ts";
import type { VerifyLevel } from "../read-back.ts";
import { filesTogether, type FileTask, type FileTaskContext } from "./file-task.ts";
import { packFile } from "./packed-file.ts";
import { openPlain, type PackingTools } from "./packing-tools.ts";
import { type Piece, piecesOf } from "./piece.ts";
import { type CutBytes, PieceCutter, PieceOrder } from "./piece-cutter.ts";
import { TaskInputs } from "./task-inputs.ts";
import { asUnfit } from "./unfit-error.ts";

export interface RecombineTextOptions {
  /** Paths of the pieces, in the order of their pages; one is enough. .bz2, .gz, .7z or plain, by their names. */
  readonly pieces: readonly string[];
  /** Path of the whole file; .bz2 or .7z. */
  readonly outputPath: string;
  readonly tools: PackingTools;
  readonly verify: VerifyLevel;
}

/** The task that makes such a whole file. */
export function recombineText(options: RecombineTextOptions): FileTask {
  return {
    inputs: options.pieces,
    outputs: [options.outputPath.slice(options.outputPath.lastIndexOf("/") + 1)],
    run: (context) => run(options, context),
  };
}

async function run(options: RecombineTextOptions, context: FileTaskContext): Promise<PieceFiles> {
  const pieces = piecesOf(options.pieces);
  const inputs = await TaskInputs.look(options.pieces, context);
  const { tools, verify, outputPath } = options;
  const plain = joinedText(pieces, { inputs, tools, context });
  return filesTogether([await packFile(plain, { path: outputPath, tools, verify, signal: context.signal })]);
}

interface Reading {
  readonly inputs: TaskInputs;
  readonly tools: PackingTools;
  readonly context: FileTaskContext;
}

async function* joinedText(pieces: readonly Piece[], reading: Reading): AsyncGenerator<Uint8Array, void, undefined> {
  const order = new PieceOrder();
  for (const [index, piece] of pieces.entries()) {
    const isFirst = index === 0;
    const isLast = index === pieces.length - 1;
    for await (const { section, bytes } of cutPiece(piece, order, reading)) {
      if (section === "body" || (section === "header" ? isFirst : isLast)) yield bytes;
    }
  }
}

async function* cutPiece(
  piece: Piece,
  order: PieceOrder,
  { inputs, tools, context }: Reading,
): AsyncGenerator<CutBytes, void, undefined> {
  const cutter = new PieceCutter(piece, { order, log: context.log });
  try {
    const plain = openPlain(piece.path, { inputs, tools, signal: context.signal });
    for await (const chunk of chunksOf(plain)) yield* cutter.push(chunk);
    yield* cutter.finish();
  } catch (error) {
    throw asUnfit(error, piece.path);
  }
}
