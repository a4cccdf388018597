/**
 * Watches a program that writes to files of its own: it lives as long as one of them grows, or it says something.
 *
 * A log dump says nothing on stderr from start to end, so its file is the only sign of life.
 */
import { steadyMs } from "../../../host/clock.ts";
import { fileFacts } from "../../../host/directory.ts";

const SHORTEST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 5000;

export interface GrowthWatchOptions {
  readonly paths: readonly string[];
  /** Longest silence. */
  readonly stallMs: number;
  /** Called once. */
  readonly onStall: () => void;
}

/** Watches from the start until `stop`. */
export class GrowthWatch {
  readonly #options: GrowthWatchOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #lastSignMs: number = steadyMs();
  #byteLength = -1;
  #isLooking = false;

  constructor(options: GrowthWatchOptions) {
    this.#options = options;
    const lookMs = Math.max(SHORTEST_LOOK_MS, Math.min(LONGEST_LOOK_MS, options.stallMs / 10));
    this.#timer = setInterval(() => void this.#look(), lookMs);
  }

  /** The program gave a sign of life. */
  sign(): void {
    this.#lastSignMs = steadyMs();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    // A slow file system must not be asked twice at a time.
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const found = await Promise.all(this.#options.paths.map((path) => fileFacts(path)));
      const byteLength = found.reduce((sum, facts) => sum + (facts?.byteLength ?? 0), 0);
      if (byteLength !== this.#byteLength) this.sign();
      this.#byteLength = byteLength;
    } catch {
      // A directory that cannot be read shows no growth.
    } finally {
      this.#isLooking = false;
    }
    if (steadyMs() - this.#lastSignMs < this.#options.stallMs) return;
    this.stop();
    this.#options.onStall();
  }
}
