/**
 * Does the pieces of a claimed batch: one reading for each part that they are of, which reads no other pages.
 *
 * A batch that is taken away ends at once, and publishes nothing more; the run goes on.
 */
import type { BatchClaim } from "../batches/batch-claim.ts";
import { isWikidumpError } from "../../errors.ts";
import type { WikiSource } from "../source/source.ts";
import { runReadingUnit } from "./reading-unit.ts";
import type { TrackedPiece } from "./tracked-job.ts";
import type { UnitOptions } from "./unit-options.ts";

/** "lost": somebody took it away. */
export type BatchResult = "done" | "failed" | "lost";

export interface BatchSurroundings {
  readonly source: WikiSource;
  readonly options: UnitOptions;
  /** Whether a piece need not be made, since an earlier worker of the batch has done it. */
  readonly isMade: (piece: TrackedPiece) => Promise<boolean>;
}

/** Does what is to be done of a batch, and gives it back. Throws only what must end the whole run: then it is given back as aborted. */
export async function runBatchUnit(
  claim: BatchClaim,
  pieces: readonly TrackedPiece[],
  surroundings: BatchSurroundings,
): Promise<BatchResult> {
  const { options, isMade } = surroundings;
  try {
    const left: TrackedPiece[] = [];
    for (const piece of pieces) if (!await isMade(piece)) left.push(piece);
    const result = await readPieces(claim, left, surroundings);
    await claim.finish(result);
    return result;
  } catch (error) {
    const { signal, log } = options;
    await claim.finish("aborted").catch((failure: unknown) => {
      if (!isWikidumpError(failure)) throw failure;
      if (failure.code !== "LOST") log(failure.message);
    });
    signal.throwIfAborted();
    if (!claim.lost.aborted) throw error;
    log(`${(claim.lost.reason as Error).message}. Nothing more is published of this batch`);
    return "lost";
  }
}

async function readPieces(
  claim: BatchClaim,
  pieces: readonly TrackedPiece[],
  { source, options }: BatchSurroundings,
): Promise<"done" | "failed"> {
  const signal = AbortSignal.any([options.signal, claim.lost]);
  let result: "done" | "failed" = "done";
  const guarded: UnitOptions = {
    ...options,
    output: { ...options.output, signal },
    signal,
    publish: async (piece, files) => {
      claim.verify();
      await options.publish(piece, files);
    },
    onFailure: (piece, error) => {
      result = "failed";
      options.onFailure(piece, error);
    },
  };
  for (const part of new Set(pieces.map(({ piece }) => piece.part))) {
    const ofPart = pieces.filter(({ piece }) => piece.part === part);
    const { definition } = ofPart[0]!.job;
    if (definition.kind !== "reading") throw new TypeError(`Job ${definition.name} has no reading to share`);
    await runReadingUnit(source.reading({ kind: definition.needs, part }), ofPart, guarded);
  }
  return result;
}
