/** One who waits, and others who wake him: for work that is done elsewhere. */

/**
 * A wait that any number of events end. An event that comes while nobody waits ends the next wait at once: between a look and a
 * wait, an async generator lets others run. Look again after each wait.
 */
export class WakeUp {
  #wake: (() => void) | undefined;
  #isAwake = false;

  /** Settles at the next event, or because of one that nobody has waited for. */
  wait(): Promise<void> {
    if (!this.#isAwake) return new Promise((resolve) => this.#wake = resolve);
    this.#isAwake = false;
    return Promise.resolve();
  }

  /** Tells of an event. */
  wake(): void {
    if (this.#wake === undefined) this.#isAwake = true;
    this.#wake?.();
    this.#wake = undefined;
  }
}
