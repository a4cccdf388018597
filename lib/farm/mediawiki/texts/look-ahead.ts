/**
 * Things that were begun and are waited for in their order: a queue between one who begins and one who waits, with limits of
 * number and weight.
 */

interface Entry<T> {
  readonly item: T;
  readonly weight: number;
}

export class LookAhead<T> {
  readonly #maxCount: number;
  readonly #maxWeight: number;
  #entries: Entry<T>[] = [];
  #first = 0;
  #weight = 0;
  #isEnded = false;
  #isLeft = false;
  #failure: { readonly error: unknown } | undefined;
  #wakeTaker: (() => void) | undefined;
  #wakeGiver: (() => void) | undefined;

  constructor(limits: { readonly count: number; readonly weight: number }) {
    this.#maxCount = limits.count;
    this.#maxWeight = limits.weight;
  }

  /** Adds an item, and waits as long as there is more than the limits allow. False: nobody takes any more. */
  async add(item: T, weight: number): Promise<boolean> {
    this.#entries.push({ item, weight });
    this.#weight += weight;
    this.#wakeTaker?.();
    while (!this.#isLeft && this.#isFull) await new Promise<void>((resolve) => this.#wakeGiver = resolve);
    return !this.#isLeft;
  }

  /** No more items will come; with an error, the taker gets it after the last one. */
  end(failure?: { readonly error: unknown }): void {
    this.#isEnded = true;
    this.#failure = failure;
    this.#wakeTaker?.();
  }

  /** The next item; undefined at the end. */
  async take(): Promise<T | undefined> {
    while (this.#first === this.#entries.length) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#isEnded) return undefined;
      await new Promise<void>((resolve) => this.#wakeTaker = resolve);
    }
    const { item, weight } = this.#entries[this.#first]!;
    // The entries before the first are let go of in batches.
    if (++this.#first >= 256 || this.#first === this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    this.#weight -= weight;
    this.#wakeGiver?.();
    return item;
  }

  /** Nothing will be taken any more. */
  leave(): void {
    this.#isLeft = true;
    this.#wakeGiver?.();
  }

  get #isFull(): boolean {
    return this.#entries.length - this.#first > this.#maxCount || this.#weight > this.#maxWeight;
  }
}
