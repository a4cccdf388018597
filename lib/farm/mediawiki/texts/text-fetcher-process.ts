/**
 * One fetchText.php at work: addresses in, texts out, in order; ended as soon as it is no longer good.
 *
 * It is no longer good when it ends, when it complains on stderr, when it answers something else than it was asked, and when
 * nothing comes for a while though an answer is due.
 */
import { CommandError, type CommandErrorCode } from "../../../errors.ts";
import { steadyMs } from "../../../host/clock.ts";
import { type Command, formatCommand } from "../../process/command.ts";
import { InputQueue } from "../../process/input-queue.ts";
import { type RunningPipeline, startPipeline } from "../../process/pipeline.ts";
import { type TextAnswer, TextFetcherAnswers } from "./text-fetcher-answers.ts";

export interface FetcherProcessOptions {
  readonly command: Command;
  readonly answerTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Whether a line of stderr means that the program is no longer good. */
  readonly isComplaint: (line: string) => boolean;
  readonly onLine: (line: string) => void;
  /** Told once, when the program is no longer good. */
  readonly onTrouble: () => void;
}

interface Question {
  readonly address: string;
  readonly resolve: (text: Uint8Array | undefined) => void;
  readonly reject: (error: CommandError) => void;
}

const GRACE_MS = 1000;
const TAIL_LINES = 20;

export class TextFetcherProcess {
  readonly #options: FetcherProcessOptions;
  readonly #input = new InputQueue();
  readonly #answers = new TextFetcherAnswers();
  readonly #questions: Question[] = [];
  readonly #tail: string[] = [];
  readonly #pipeline: RunningPipeline;
  readonly #timer: ReturnType<typeof setInterval>;
  #unsent: string[] = [];
  #lastSignMs = 0;
  #isLate = false;
  #trouble: CommandError | undefined;
  #isStopped = false;

  /** Starts the program. */
  constructor(options: FetcherProcessOptions) {
    this.#options = options;
    this.#pipeline = startPipeline([options.command], {
      input: this.#input.stream,
      output: { write: (bytes) => this.#hear(bytes) },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onStderrLine: (line) => this.#hearLine(line),
      graceMs: GRACE_MS,
    });
    const lookMs = Math.max(10, Math.min(1000, options.answerTimeoutMs / 4));
    this.#timer = setInterval(() => this.#look(), lookMs);
    this.#watchEnd();
  }

  get pid(): number | undefined {
    return this.#pipeline.pids[0];
  }

  /** Questions without an answer. */
  get inFlight(): number {
    return this.#questions.length;
  }

  /** Why the program is no longer good; undefined as long as it is. */
  get trouble(): CommandError | undefined {
    return this.#trouble;
  }

  /** Asks for a text; undefined is the answer if there is none. Rejects with why the program is no longer good. */
  ask(address: string): Promise<Uint8Array | undefined> {
    if (this.#trouble !== undefined) return Promise.reject(this.#trouble);
    if (this.#questions.length === 0) this.#sign();
    const answer = new Promise<Uint8Array | undefined>((resolve, reject) =>
      this.#questions.push({ address, resolve, reject })
    );
    // Questions of one moment go out together.
    if (this.#unsent.push(address) === 1) queueMicrotask(() => this.#send());
    return answer;
  }

  /** Declares the program no good. */
  fail(message: string, code: CommandErrorCode = "EXIT"): void {
    const commandLine = formatCommand(this.#options.command);
    this.#end(new CommandError(code, `${commandLine}: ${message}`, { commandLine, stderrTail: [...this.#tail] }));
  }

  /** Ends the program, and waits until it has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#input.end();
    await this.#pipeline.terminate({ graceMs: GRACE_MS });
  }

  #send(): void {
    const lines = this.#unsent;
    this.#unsent = [];
    this.#input.push(new TextEncoder().encode(lines.map((address) => `${address}\n`).join("")));
  }

  #hear(bytes: Uint8Array): undefined {
    if (this.#trouble !== undefined) return;
    this.#sign();
    try {
      for (const answer of this.#answers.push(bytes)) this.#settle(answer);
    } catch (error) {
      this.fail((error as Error).message);
    }
  }

  #settle({ address, text }: TextAnswer): void {
    const question = this.#questions[0];
    if (question === undefined) throw new Error(`it answered ${address} though nothing was asked`);
    if (address !== question.address && address !== `tt:${question.address}`) {
      throw new Error(`it answered ${JSON.stringify(address.slice(0, 100))} when asked for ${question.address}`);
    }
    this.#questions.shift();
    question.resolve(text);
  }

  #hearLine(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    this.#options.onLine(line);
    // What ends it anyway shall first say all that it has to say.
    if (this.#options.isComplaint(line) && this.#trouble === undefined) this.fail(`it complains: ${line.trim()}`);
  }

  #sign(): void {
    this.#lastSignMs = steadyMs();
    this.#isLate = false;
  }

  #look(): void {
    const { answerTimeoutMs } = this.#options;
    if (this.#questions.length === 0 || steadyMs() - this.#lastSignMs < answerTimeoutMs) return;
    // The bytes may have come while this thread was busy: they get one more turn.
    if (!this.#isLate) this.#isLate = true;
    else this.fail(`gave no answer for ${answerTimeoutMs} ms when asked for ${this.#questions[0]!.address}`, "TIMEOUT");
  }

  async #watchEnd(): Promise<void> {
    const { error } = await this.#pipeline.outcome;
    if (error instanceof CommandError) this.#end(error);
    else this.fail(error === undefined ? "it ended though it could have gone on" : error.message);
  }

  #end(trouble: CommandError): void {
    if (this.#trouble !== undefined) return;
    this.#trouble = trouble;
    clearInterval(this.#timer);
    for (const { reject } of this.#questions.splice(0)) reject(trouble);
    if (this.#isStopped) return;
    this.#pipeline.terminate({ graceMs: GRACE_MS });
    this.#options.onTrouble();
  }
}
