/**
 * Fetches texts from a wiki's database through fetchText.php, which it keeps running: several questions are in flight at a time,
 * and a program that is no longer good is replaced at once.
 *
 * A text that is absent (asked twice), or over which the program got into trouble several times though it had others, is
 * reported as unavailable. As long as nothing at all can be had (the database is away), it is tried again with growing pauses;
 * when that lasts too long, every text waited for fails with the reason.
 *
 * Differs from dumps (Python): there, dumpTextPass.php feeds fetchText.php, one question at a time, and never starts it again.
 */
import { CommandError } from "../../../errors.ts";
import { type Command, formatCommand } from "../../process/command.ts";
import { TextFetcherHealth } from "./text-fetcher-health.ts";
import { TextFetcherLane } from "./text-fetcher-lane.ts";
import { TextFetcherProcess } from "./text-fetcher-process.ts";
import { type FetchedText, TextFetcherQueue } from "./text-fetcher-queue.ts";

export type { FetchedText } from "./text-fetcher-queue.ts";

export interface TextFetcherOptions {
  /** Gives the command of fetchText.php, anew for each start. */
  readonly command: () => Command;
  readonly signal?: AbortSignal;
  /** Programs side by side. Default 1. */
  readonly fetchers?: number;
  /** Questions in flight per program. Default 32. */
  readonly maxInFlight?: number;
  /** Stated bytes of the texts in flight per program; a longer text goes alone. Default 8 MiB. */
  readonly maxInFlightBytes?: number;
  /** A program from which nothing comes for so long though an answer is due is ended. Default 60 s. */
  readonly answerTimeoutMs?: number;
  /** So often a text is asked for that gets the program into trouble. Default 3. */
  readonly attempts?: number;
  /** Before a text that is said to be absent is asked for once more. Default 2 s. */
  readonly absentPauseMs?: number;
  /** For so long nothing at all may be had, after something could; at the start, a minute at most. Default 60 s. */
  readonly outageMs?: number;
  /** Longest pause between two starts in an outage. Default 8 s. */
  readonly longestPauseMs?: number;
  /** With so many texts missing in a row, all fails. Default 200. */
  readonly maxMissingInRow?: number;
  /** Whether a line of stderr means that the program is no longer good. */
  readonly isComplaint?: (line: string) => boolean;
  /** Told every line of stderr. */
  readonly onStderrLine?: (line: string) => void;
  /** Told why a program was started again, one line each. */
  readonly onNotice?: (notice: string) => void;
}

const COMPLAINT =
  /\b(?:DB[A-Za-z]*Error|MWException|Fatal error)\b|Cannot access the database|has gone away|Lost connection|text .* failed \(|infrastructure failed|storage failure|spawn failed/i;

/** Whether a line of a text program's stderr says that it will not get better by itself. */
export function isTextComplaint(line: string): boolean {
  return COMPLAINT.test(line);
}

export class TextFetcher {
  readonly #options: TextFetcherOptions;
  readonly #queue = new TextFetcherQueue();
  readonly #closing = new AbortController();
  readonly #lanes: readonly TextFetcherLane[];
  #running: Promise<unknown> | undefined;
  #failure: unknown;
  #count = 0;

  constructor(options: TextFetcherOptions) {
    this.#options = options;
    const health = new TextFetcherHealth({
      outageMs: options.outageMs ?? 60_000,
      longestPauseMs: options.longestPauseMs ?? 8_000,
      maxMissingInRow: options.maxMissingInRow ?? 200,
    });
    const context = {
      queue: this.#queue,
      health,
      limits: {
        maxInFlight: options.maxInFlight ?? 32,
        maxInFlightBytes: options.maxInFlightBytes ?? 8 * 1024 * 1024,
        attempts: options.attempts ?? 3,
        absentPauseMs: options.absentPauseMs ?? 2_000,
      },
      closing: this.#closing.signal,
      start: (onTrouble: () => void) => this.#startProcess(onTrouble),
      fail: (error: unknown) => this.#fail(error),
      onNotice: (notice: string) => options.onNotice?.(notice),
    };
    this.#lanes = Array.from({ length: options.fetchers ?? 1 }, () => new TextFetcherLane(context));
    if (options.signal?.aborted === true) this.#end(options.signal.reason);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Process ids of the programs that run. */
  get pids(): readonly number[] {
    return this.#lanes.flatMap((lane) => lane.pid ?? []);
  }

  /**
   * The text at an address of the wiki's stubs ("tt:63"; "63" means the same); `byteLength` is what the stub states. Rejects
   * with CommandError when texts cannot be had at all, and with the signal's reason.
   */
  fetch(address: string, byteLength = 0): Promise<FetchedText> {
    if (this.#closing.signal.aborted) return Promise.reject(this.#failure);
    if (!/^[\x21-\x7e]{1,1000}$/.test(address)) {
      const reason = `${JSON.stringify(address.slice(0, 100))} is no address of a text`;
      return Promise.resolve({ isAvailable: false, reason, stderrTail: [] });
    }
    this.#running ??= Promise.all(this.#lanes.map((lane) => lane.run().catch((error: unknown) => this.#end(error))));
    return new Promise((resolve, reject) => {
      const number = this.#count++;
      this.#queue.add({ number, address, byteLength, resolve, reject, failures: 0, absences: 0, notBeforeMs: 0 });
      for (const lane of this.#lanes) lane.wake();
    });
  }

  /** Ends the programs. Whoever still waits for a text is told so. */
  async close(): Promise<void> {
    this.#end(new CommandError("ABORTED", "The fetcher of texts was closed", { commandLine: this.#commandLine() }));
    await this.#running;
    this.#rejectAll();
  }

  readonly #onAbort = (): void => this.#end(this.#options.signal?.reason);

  #startProcess(onTrouble: () => void): TextFetcherProcess {
    const { signal, onStderrLine } = this.#options;
    return new TextFetcherProcess({
      command: this.#options.command(),
      answerTimeoutMs: this.#options.answerTimeoutMs ?? 60_000,
      signal,
      isComplaint: this.#options.isComplaint ?? isTextComplaint,
      onLine: (line) => onStderrLine?.(line),
      onTrouble,
    });
  }

  #fail(error: unknown): void {
    const message = `Texts cannot be fetched: ${error instanceof Error ? error.message : String(error)}`;
    const isCommand = error instanceof CommandError;
    this.#end(
      new CommandError(isCommand ? error.code : "EXIT", message, {
        commandLine: this.#commandLine(),
        stderrTail: isCommand ? error.stderrTail : [],
      }, { cause: error, remedy: "See whether the wiki's database server is up, and run fetchText.php by hand" }),
    );
  }

  #commandLine(): string {
    return formatCommand(this.#options.command());
  }

  #end(reason: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#failure = reason;
    this.#closing.abort(reason);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    for (const lane of this.#lanes) lane.wake();
    this.#rejectAll();
    // What is in flight now comes back when the programs have ended.
    this.#running?.then(() => this.#rejectAll());
  }

  #rejectAll(): void {
    for (const { reject } of this.#queue.drain()) reject(this.#failure);
  }
}
