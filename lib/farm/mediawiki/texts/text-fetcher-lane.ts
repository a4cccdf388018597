/**
 * Keeps one fetchText.php running, one process after another, and feeds it from the queue.
 *
 *     normal      several questions in flight
 *     suspect     a text over which there was trouble, or that is said to be absent: the witness first, then the text alone
 *     trouble     the process is ended; what was in flight goes back to the queue; the first of it is the suspect
 */
import { WakeUp } from "../../../dump/reading/wake-up.ts";
import type { CommandError } from "../../../errors.ts";
import { sleep, steadyMs } from "../../../host/clock.ts";
import type { TextFetcherHealth } from "./text-fetcher-health.ts";
import type { TextFetcherProcess } from "./text-fetcher-process.ts";
import { isSuspect, type TextFetcherQueue, type TextRequest } from "./text-fetcher-queue.ts";

/** What the lanes of a fetcher share. */
export interface LaneContext {
  readonly queue: TextFetcherQueue;
  readonly health: TextFetcherHealth;
  readonly limits: {
    readonly maxInFlight: number;
    readonly maxInFlightBytes: number;
    readonly attempts: number;
    readonly absentPauseMs: number;
  };
  /** Ends pauses when the fetcher is closed. */
  readonly closing: AbortSignal;
  start(onTrouble: () => void): TextFetcherProcess;
  /** No text can be had any more. */
  fail(error: unknown): void;
  onNotice(notice: string): void;
}

/** A text is absent when the program says so twice. */
const ABSENCES = 2;

export class TextFetcherLane {
  readonly #context: LaneContext;
  readonly #wakeUp = new WakeUp();
  #program: TextFetcherProcess | undefined;
  #bytesInFlight = 0;
  /** Processes in a row of which nothing could be had. */
  #failuresInRow = 0;
  /** Whether something could be had of the process at hand. */
  #isProven = false;
  #unanswered: TextRequest[] = [];

  constructor(context: LaneContext) {
    this.#context = context;
  }

  get pid(): number | undefined {
    return this.#program?.pid;
  }

  /** Says that there may be something to do. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Works until the fetcher is closed. */
  async run(): Promise<void> {
    const { closing, queue } = this.#context;
    while (!closing.aborted) {
      if (queue.isEmpty) await this.#wakeUp.wait();
      else {
        const trouble = await this.#live();
        if (trouble === undefined) queue.putBack(this.#unanswered);
        else await this.#recover(trouble);
      }
    }
  }

  /** The life of one process; gives why it ended, or undefined if the fetcher is closed. */
  async #live(): Promise<CommandError | undefined> {
    const { closing, queue } = this.#context;
    this.#isProven = false;
    this.#unanswered = [];
    const program = this.#program = this.#context.start(() => this.wake());
    const stop = (): void => void program.stop();
    closing.addEventListener("abort", stop, { once: true });
    try {
      if (this.#failuresInRow > 0) await this.#askWitness(program);
      while (!closing.aborted && program.trouble === undefined) {
        const request = queue.take((candidate) => this.#accepts(program, candidate));
        if (request === undefined) await this.#waitForWork();
        else if (isSuspect(request)) await this.#askAlone(program, request);
        else this.#ask(program, request);
      }
      return closing.aborted ? undefined : program.trouble;
    } finally {
      closing.removeEventListener("abort", stop);
      this.#program = undefined;
      await program.stop();
    }
  }

  #accepts(program: TextFetcherProcess, request: TextRequest): boolean {
    const { maxInFlight, maxInFlightBytes } = this.#context.limits;
    if (program.inFlight === 0) return true;
    if (isSuspect(request) || program.inFlight >= maxInFlight) return false;
    return this.#bytesInFlight + request.byteLength <= maxInFlightBytes;
  }

  async #waitForWork(): Promise<void> {
    const dueInMs = this.#context.queue.dueInMs();
    const timer = dueInMs === undefined ? undefined : setTimeout(() => this.wake(), dueInMs + 1);
    await this.#wakeUp.wait();
    clearTimeout(timer);
  }

  #ask(program: TextFetcherProcess, request: TextRequest): void {
    this.#bytesInFlight += request.byteLength;
    program.ask(request.address).then(
      (text) => this.#noteAnswer(request, text),
      () => void this.#unanswered.push(request),
    ).finally(() => {
      this.#bytesInFlight -= request.byteLength;
      this.wake();
    });
  }

  async #askAlone(program: TextFetcherProcess, request: TextRequest): Promise<void> {
    try {
      await this.#askWitness(program);
      this.#noteAnswer(request, await program.ask(request.address));
    } catch {
      this.#unanswered.push(request);
    }
  }

  /** Asks for a text that could be had before. A program that does not have it any more is no good. */
  async #askWitness(program: TextFetcherProcess): Promise<void> {
    const { witness } = this.#context.health;
    if (witness === undefined) return;
    const text = await program.ask(witness.address).catch(() => undefined);
    if (text?.length === witness.byteLength) {
      this.#isProven = true;
      this.#context.health.noteWitness();
    } else program.fail(`it does not give the text at ${witness.address} any more`);
  }

  #noteAnswer(request: TextRequest, text: Uint8Array | undefined): void {
    const { health, limits, queue } = this.#context;
    if (text !== undefined) {
      this.#isProven = true;
      this.#failuresInRow = 0;
      health.noteText({ address: request.address, byteLength: text.length });
      request.resolve({ isAvailable: true, bytes: text });
    } else if (++request.absences < ABSENCES) {
      request.notBeforeMs = steadyMs() + limits.absentPauseMs;
      queue.putBack([request]);
    } else this.#giveUp(request, `there is no text at ${request.address}`, []);
  }

  #giveUp(request: TextRequest, reason: string, stderrTail: readonly string[]): void {
    const { health } = this.#context;
    health.noteMissing();
    request.resolve({ isAvailable: false, reason, stderrTail });
    if (!health.isHopeless) return;
    this.#context.fail(new Error(`too many texts in a row cannot be had, the last one because ${reason}`));
  }

  /** Decides what becomes of the questions without an answer, and waits before the next process if that makes sense. */
  async #recover(trouble: CommandError): Promise<void> {
    const { health, limits, queue, closing } = this.#context;
    const unanswered = this.#unanswered;
    this.#failuresInRow = this.#isProven ? 1 : this.#failuresInRow + 1;
    const pauseMs = this.#isProven ? 0 : health.pauseAfter(this.#failuresInRow);
    const culprit = unanswered[0];
    if (culprit !== undefined && this.#isProven && ++culprit.failures >= limits.attempts) {
      this.#giveUp(culprit, `${trouble.message}, ${culprit.failures} times`, trouble.stderrTail);
      unanswered.shift();
    } else if (culprit !== undefined && health.witness === undefined) {
      // Nobody knows whose fault it is: let another one be the first.
      culprit.notBeforeMs = steadyMs() + pauseMs + limits.absentPauseMs;
    }
    queue.putBack(unanswered);
    if (trouble.code === "NOT_FOUND" || health.isOver) return this.#context.fail(trouble);
    this.#context.onNotice(`${trouble.message}; it is started again${pauseMs > 0 ? ` in ${pauseMs / 1000} s` : ""}`);
    if (pauseMs > 0) await sleep(pauseMs, { signal: closing }).catch(() => undefined);
  }
}
