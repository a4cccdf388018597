/**
 * A command as a filter that bytes are pushed through: a native compressor in the place of our own encoder.
 *
 * Bytes in by `write`, bytes out by a callback. Small writes are gathered, so that they cost little.
 */
import type { Command } from "./command.ts";
import { InputQueue } from "./input-queue.ts";
import { type PipelineOptions, type PipelineSink, type RunningPipeline, startPipeline } from "./pipeline.ts";

/** Bytes per piece that goes to the command. */
const PIECE_BYTES = 64 * 1024;

export type FilterOptions = Omit<PipelineOptions, "input" | "output">;

/**
 * Bytes through a command or several.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CommandFilter } from "./command-filter.ts";
 * import { command } from "./command.ts";
 *
 * let text = "";
 * const filter = new CommandFilter([command("tr", "a-z", "A-Z")], {
 *   write(bytes) {
 *     text += new TextDecoder().decode(bytes);
 *     return undefined;
 *   },
 * });
 * await filter.write(new TextEncoder().encode("loud"));
 * await filter.end();
 * assert.equal(text, "LOUD");
 * ```
 */
export class CommandFilter {
  readonly #queue = new InputQueue();
  readonly #pipeline: RunningPipeline;
  #piece: Uint8Array = new Uint8Array(PIECE_BYTES);
  #fill = 0;
  #waiting: Promise<void> | undefined;

  /** Starts the commands. `output` gets what the last one writes. */
  constructor(commands: readonly Command[], output: PipelineSink, options: FilterOptions = {}) {
    this.#pipeline = startPipeline(commands, { ...options, input: this.#queue.stream, output });
  }

  /** Process ids of the commands. */
  get pids(): readonly number[] {
    return this.#pipeline.pids;
  }

  /**
   * Takes bytes, which may change afterwards. Gives undefined when the next ones can come at once, else a promise to
   * wait for. Rejects with the `CommandError` when a command has failed.
   */
  write(bytes: Uint8Array): Promise<void> | undefined {
    for (let taken = 0; taken < bytes.byteLength;) {
      const part = bytes.subarray(taken, taken + PIECE_BYTES - this.#fill);
      this.#piece.set(part, this.#fill);
      this.#fill += part.byteLength;
      taken += part.byteLength;
      if (this.#fill === PIECE_BYTES) this.#send();
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  /** Ends the input and waits for the rest of the output. Throws the `CommandError` of a command that failed. */
  async end(): Promise<void> {
    if (this.#fill > 0) this.#send();
    this.#waiting?.catch(() => {});
    this.#queue.end();
    const { error } = await this.#pipeline.outcome;
    if (error !== undefined) throw error;
  }

  /** Ends the commands; their output is of no use. Never fails. */
  async abort(): Promise<void> {
    await this.#pipeline.terminate();
  }

  /** Resolves when the commands have ended, with why they failed, or with undefined. */
  async failure(): Promise<Error | undefined> {
    return (await this.#pipeline.outcome).error;
  }

  #send(): void {
    const full = this.#piece.subarray(0, this.#fill);
    this.#piece = new Uint8Array(PIECE_BYTES);
    this.#fill = 0;
    const room = this.#queue.push(full);
    this.#waiting = room?.then(async (isTaken) => {
      if (isTaken) return;
      const { error } = await this.#pipeline.outcome;
      if (error !== undefined) throw error;
    });
    this.#waiting?.catch(() => {});
  }
}
