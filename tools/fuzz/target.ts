/** What is fuzzed: how a case is made from a stored file, and what must hold for it. */
import type { Dice } from "./dice.ts";

/** A stored file that cases are made from. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One thing that is fuzzed. */
export interface Target {
  /** The ending of its files in the corpus, and of its findings. */
  readonly suffix: string;
  /** Damages a file, without running what is fuzzed on the outcome. Must give the same for the same dice. */
  damage(seeds: readonly Seed[], dice: Dice): Uint8Array;
  /** Makes the damage reach deeper, where that needs the code that is fuzzed: repairs checksums. */
  repair?(bytes: Uint8Array, dice: Dice): Uint8Array;
  /** What is wrong with what our code does with the bytes; undefined if nothing. */
  check(bytes: Uint8Array, dice: Dice): CheckResult;
}

export interface CheckResult {
  readonly problem: string | undefined;
  /** For the figures: "good", or the code of the error. */
  readonly outcome: string;
  /** What the oracle is asked, for targets that have one. */
  readonly claim?: Claim;
}

/** What our decoder says of the first stream of a file. */
export interface Claim {
  readonly verdict: "good" | "short" | "bad";
  readonly byteLength: number;
  /** Bytes of the file that hold the good blocks; what is wrong lies behind them. */
  readonly goodBytes: number;
  /** MD5 of the plain bytes, as hex. */
  readonly md5: string;
}

/** What the oracle says of it. */
export type Answer = Omit<Claim, "goodBytes">;
