/** Texts that are not what they should be: all counted, the first ones named. */
import type { TextFault } from "../source/source.ts";

const MAX_NAMED = 20;

export class FaultList {
  readonly #named: string[] = [];
  #count = 0;

  add(fault: TextFault | undefined): void {
    if (fault === undefined) return;
    if (this.#count < MAX_NAMED) this.#named.push(fault.message);
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /** One line per named fault, and one that counts the rest. */
  get lines(): readonly string[] {
    const more = this.#count - this.#named.length;
    return more > 0 ? [...this.#named, `${more} more texts do not match`] : this.#named;
  }
}
