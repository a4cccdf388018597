/**
 * Tells stubs from dumps whose texts are missing: stubs have no texts at all, and nothing else says what a dump should have.
 */
import type { DumpPlace } from "./check-report.ts";

/** A text that should be there, and where it is missing. */
export interface MissingText {
  readonly message: string;
  readonly place: DumpPlace;
}

const MISSING = "The revision has no text, but states that there is one";

/** Is told of each revision that has a text, or should have one. */
export class TextPresence {
  #hasTexts = false;
  /** Revisions without a text before the first one with a text. */
  #count = 0;
  #place: DumpPlace | undefined;

  /** Gives what is to be told now: a text that is missing, or all that were before the first one that is there. */
  note(isThere: boolean, placeOf: () => DumpPlace): MissingText | undefined {
    if (!isThere) {
      if (this.#hasTexts) return { message: MISSING, place: placeOf() };
      this.#count++;
      this.#place ??= placeOf();
      return undefined;
    }
    this.#hasTexts = true;
    const place = this.#place;
    if (place === undefined) return undefined;
    this.#place = undefined;
    const all =
      `${this.#count} revisions before the first text have none, but state that there is one; this is the first of them`;
    return { message: this.#count === 1 ? MISSING : all, place };
  }
}
