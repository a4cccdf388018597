/**
 * A whole file out of pieces without packing anything anew: stubs, page logs, multistream dumps.
 *
 *     pieces    |H1|B1|F1|   |H2|B2|F2|   |H3|B3|F3|           whole    |H1|B1|B2|B3|F3|
 *
 * Each piece is decoded once, to find where its parts lie and that it is good; then its bytes are copied. The whole is decoded again before
 * it gets its name.
 *
 * Differs from dumps (Python): those look for magic numbers near the start and within the last 100 bytes, lose the footer of a single piece,
 * fail for an empty one, and verify nothing.
 */
import { OutputFile } from "../../../host/output-file.ts";
import { chunksOf } from "../../../streams/stream-from.ts";
import type { WorkerPool } from "../../../streams/worker-pool.ts";
import { DumpOutput, type FinishedOutput } from "../dump-output.ts";
import type { PieceFiles } from "../job.ts";
import type { VerifyLevel } from "../read-back.ts";
import { verifyFile } from "../verify-file.ts";
import { filesTogether, type FileTask, type FileTaskContext, type UnpublishedFile } from "./file-task.ts";
import { type Piece, piecesOf } from "./piece.ts";
import { PieceOrder } from "./piece-cutter.ts";
import { mapPiece, type PieceMap } from "./piece-map.ts";
import { ShiftedIndex } from "./shifted-index.ts";
import { TaskInputs } from "./task-inputs.ts";
import { asUnfit } from "./unfit-error.ts";

export interface RecombineMembersOptions {
  /** Paths of the pieces, in the order of their pages; one is enough. */
  readonly pieces: readonly string[];
  /** Path of the whole file; its name ends in .gz or .bz2, as those of the pieces. */
  readonly outputPath: string;
  /** Of a multistream dump: the indexes of the pieces, in the same order, and the path of the whole index (.bz2). */
  readonly index?: { readonly pieces: readonly string[]; readonly outputPath: string } | undefined;
  readonly verify: VerifyLevel;
  /** Threads that may decode bzip2. */
  readonly pool?: WorkerPool | undefined;
}

/** The task that makes such a whole file, and its index. */
export function recombineMembers(options: RecombineMembersOptions): FileTask {
  const { pieces, outputPath, index } = options;
  if (index !== undefined && index.pieces.length !== pieces.length) {
    throw new RangeError(`${pieces.length} pieces have ${index.pieces.length} indexes`);
  }
  const outputs = [outputPath, ...index === undefined ? [] : [index.outputPath]];
  return {
    inputs: [...pieces, ...index?.pieces ?? []],
    outputs: outputs.map((path) => path.slice(path.lastIndexOf("/") + 1)),
    run: (context) => run(options, context),
  };
}

async function run(options: RecombineMembersOptions, context: FileTaskContext): Promise<PieceFiles> {
  const pieces = piecesOf(options.pieces);
  const indexPaths = options.index?.pieces ?? [];
  const inputs = await TaskInputs.look([...options.pieces, ...indexPaths], context);
  const whole = await OutputFile.create(options.outputPath);
  let index: DumpOutput | undefined;
  try {
    index = options.index === undefined ? undefined : await openIndex(options.index.outputPath, context);
    const copying = new Copying({ options, context, inputs, whole, index });
    for (const [at, piece] of pieces.entries()) await copying.add(piece, at === 0, indexPaths[at]);
    await copying.addFooter();
    const made = [withName(whole, await copying.finishWhole())];
    if (index !== undefined) made.push(withName(index, await index.finish(options.verify)));
    return filesTogether(made);
  } catch (error) {
    await whole.discard();
    await index?.discard();
    throw error;
  }
}

function withName(file: UnpublishedFile, finished: FinishedOutput) {
  return { finished, publish: () => file.publish(), discard: () => file.discard() };
}

function openIndex(path: string, { signal }: FileTaskContext): Promise<DumpOutput> {
  return DumpOutput.open(path, { root: undefined, extension: "bz2", tools: { bzip2: "", gzip: "" }, signal });
}

interface CopyingParts {
  readonly options: RecombineMembersOptions;
  readonly context: FileTaskContext;
  readonly inputs: TaskInputs;
  readonly whole: OutputFile;
  readonly index: DumpOutput | undefined;
}

/** The whole file while it grows. */
class Copying {
  readonly #parts: CopyingParts;
  readonly #order = new PieceOrder();
  readonly #extension: "bz2" | "gz";
  #plainBytes = 0;
  #last: { readonly piece: Piece; readonly map: PieceMap } | undefined;

  constructor(parts: CopyingParts) {
    this.#parts = parts;
    this.#extension = parts.options.outputPath.endsWith(".gz") ? "gz" : "bz2";
  }

  /** Adds the body of a piece, and of the first one the header. */
  async add(piece: Piece, isFirst: boolean, indexPath: string | undefined): Promise<void> {
    const map = await this.#map(piece, isFirst, indexPath).catch((error: unknown) => {
      throw asUnfit(error, piece.path);
    });
    const start = isFirst ? 0 : map.headerEnd;
    this.#plainBytes += map.bodyBytes + (isFirst ? map.headerBytes : 0);
    await this.#copy(piece, start, map.footerStart);
    this.#last = { piece, map };
  }

  async addFooter(): Promise<void> {
    const { piece, map } = this.#last!;
    this.#plainBytes += map.footerBytes;
    await this.#copy(piece, map.footerStart, map.footerEnd);
  }

  async finishWhole(): Promise<FinishedOutput> {
    const { whole, options, context } = this.#parts;
    const written = await whole.close();
    await verifyFile(whole.inProgressPath, {
      level: options.verify,
      extension: this.#extension,
      root: "mediawiki",
      plainByteLength: this.#plainBytes,
      written,
      signal: context.signal,
      pool: options.pool,
    });
    return { name: options.outputPath.slice(options.outputPath.lastIndexOf("/") + 1), ...written };
  }

  async #map(piece: Piece, isFirst: boolean, indexPath: string | undefined): Promise<PieceMap> {
    const { options, context, inputs } = this.#parts;
    const index = indexPath === undefined ? undefined : this.#openIndex(indexPath, isFirst);
    try {
      const map = await mapPiece(piece, inputs.open(piece.path), {
        extension: this.#extension,
        pool: options.pool,
        order: this.#order,
        log: context.log,
        onPages: index === undefined ? undefined : (pages) => index.takePages(pages),
      });
      await index?.finish();
      return map;
    } finally {
      await index?.close();
    }
  }

  #openIndex(path: string, isFirst: boolean): ShiftedIndex {
    const { inputs, whole, index } = this.#parts;
    return new ShiftedIndex(inputs.open(path), {
      path,
      bodyLanding: isFirst ? undefined : whole.byteLength,
      write: (bytes) => {
        index!.add(bytes);
        return index!.settled();
      },
    });
  }

  async #copy(piece: Piece, start: number, end: number): Promise<void> {
    if (start === end) return;
    const { inputs, whole } = this.#parts;
    for await (const chunk of chunksOf(inputs.openRange(piece.path, { start, end }))) await whole.write(chunk);
  }
}
