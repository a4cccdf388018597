/**
 * Watches how long a pipeline takes, and for how long it has been silent though it had all that it needs.
 *
 * The clock is a real one. Differs from dumps (Python): there a hanging command is never noticed.
 */
import { steadyMs } from "../../host/clock.ts";

/** Looks at most so often, and at least so often, between start and limit. */
const SHORTEST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 1000;

export interface WatchdogOptions {
  readonly timeoutMs: number | undefined;
  readonly stallMs: number | undefined;
  /** Called once, with what is wrong: "did not end within 100 ms". */
  readonly onTrouble: (what: string) => void;
}

/** What a pipeline can be waiting for that is not its own fault. */
export type WaitReason = "input" | "reader";

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #startedAtMs: number = steadyMs();
  readonly #waits = new Set<WaitReason>();
  #lastSignMs: number = steadyMs();
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  /** Starts to watch, if there is a limit. */
  constructor(options: WatchdogOptions) {
    this.#options = options;
    const shortestMs = Math.min(options.timeoutMs ?? Infinity, options.stallMs ?? Infinity);
    if (shortestMs === Infinity) return;
    const lookMs = Math.max(SHORTEST_LOOK_MS, Math.min(LONGEST_LOOK_MS, shortestMs / 10));
    this.#timer = setInterval(() => this.#look(), lookMs);
  }

  get elapsedMs(): number {
    return steadyMs() - this.#startedAtMs;
  }

  /** The pipeline gave a sign of life. */
  sign(): void {
    this.#lastSignMs = steadyMs();
  }

  /** The pipeline waits for somebody else: silence does not count until `goOn`. */
  wait(reason: WaitReason): void {
    this.#waits.add(reason);
  }

  /** It is the pipeline's turn again. */
  goOn(reason: WaitReason): void {
    this.#waits.delete(reason);
    this.sign();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { timeoutMs, stallMs, onTrouble } = this.#options;
    if (timeoutMs !== undefined && this.elapsedMs >= timeoutMs) {
      this.stop();
      onTrouble(`did not end within ${timeoutMs} ms`);
    } else if (stallMs !== undefined && this.#waits.size === 0 && steadyMs() - this.#lastSignMs >= stallMs) {
      this.stop();
      onTrouble(`gave no output for ${stallMs} ms`);
    }
  }
}
