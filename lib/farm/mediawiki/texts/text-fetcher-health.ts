/**
 * Whether texts can be had at all: tells "the database is away" from "this text is not there" and "this text kills the program".
 *
 * The witness is a text that was had a moment ago. As long as it cannot be had either, nothing is said about any other.
 */
import { steadyMs } from "../../../host/clock.ts";

/** A text that could be had. */
export interface Witness {
  readonly address: string;
  readonly byteLength: number;
}

export interface HealthLimits {
  /** For so long nothing at all may be had, after something could. */
  readonly outageMs: number;
  readonly longestPauseMs: number;
  /** So many texts in a row may be missing. */
  readonly maxMissingInRow: number;
}

const FIRST_PAUSE_MS = 250;
/** Who never got a text is more likely set up wrongly than without a database for a while; and has nothing to lose yet. */
const LONGEST_START_MS = 60_000;

export class TextFetcherHealth {
  readonly #limits: HealthLimits;
  #witness: Witness | undefined;
  #troubleSinceMs: number | undefined;
  #missingInRow = 0;

  constructor(limits: HealthLimits) {
    this.#limits = limits;
  }

  get witness(): Witness | undefined {
    return this.#witness;
  }

  /** Whether nothing could be had for so long that it makes no sense to go on. */
  get isOver(): boolean {
    return this.#troubleSinceMs !== undefined && steadyMs() - this.#troubleSinceMs >= this.#outageMs;
  }

  /** Whether so many texts are missing that it makes no sense to go on. */
  get isHopeless(): boolean {
    return this.#missingInRow >= this.#limits.maxMissingInRow;
  }

  get #outageMs(): number {
    const { outageMs } = this.#limits;
    return this.#witness === undefined ? Math.min(outageMs, LONGEST_START_MS) : outageMs;
  }

  noteText(witness: Witness): void {
    this.#witness = witness;
    this.#missingInRow = 0;
    this.#troubleSinceMs = undefined;
  }

  /** The witness was had again. */
  noteWitness(): void {
    this.#troubleSinceMs = undefined;
  }

  noteMissing(): void {
    this.#missingInRow++;
  }

  /** A program of which nothing could be had has ended: how long to wait before the next one, after so many in a row. */
  pauseAfter(failuresInRow: number): number {
    const now = steadyMs();
    this.#troubleSinceMs ??= now;
    const left = Math.max(0, this.#troubleSinceMs + this.#outageMs - now);
    return Math.min(FIRST_PAUSE_MS * 2 ** (failuresInRow - 1), this.#limits.longestPauseMs, left);
  }
}
