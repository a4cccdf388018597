/**
 * Runs a pipeline of commands: no shell, every stderr read, every exit code collected, nothing left running.
 *
 * Differs from dumps (Python): completion is tied to the actual end of every command; a failure anywhere fails the
 * pipeline.
 */
import { onExit } from "../../host/exit-hooks.ts";
import { spawnChain, type SpawnedChain } from "../../host/spawn.ts";
import { type Command, formatCommand, formatPipeline, redactor, reveal } from "./command.ts";
import { type Ending, judgePipeline, type PipelineOutcome } from "./outcome.ts";
import type { PipelineOptions, PipelineSink } from "./pipeline-options.ts";
import { StderrLog } from "./stderr-log.ts";
import { terminateChain } from "./terminate.ts";
import { Watchdog } from "./watchdog.ts";

export type { PipelineOptions, PipelineSink } from "./pipeline-options.ts";

/** A pipeline that was started. */
export interface RunningPipeline {
  /** Process ids of the commands that were started. */
  readonly pids: readonly number[];
  /**
   * Output of the last command, unless `output` was given. Nothing is lost when nobody reads: the commands wait. It
   * ends only after the whole pipeline ended well, and fails with the outcome's error otherwise. Cancelling it ends the
   * pipeline.
   */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Resolves when all commands have ended; never rejects. */
  readonly outcome: Promise<PipelineOutcome>;
  /** Ends the commands: SIGTERM, after `graceMs` SIGKILL. Resolves when they have ended. */
  terminate(options?: { graceMs?: number }): Promise<PipelineOutcome>;
}

const DEFAULT_GRACE_MS = 5000;
const DEFAULT_TAIL_LINES = 20;

/**
 * Starts the commands, each one's stdout feeding the next one's stdin. Never throws for a command that cannot be
 * started or fails: see `outcome`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { command, startPipeline } from "wikidump/node";
 *
 * const pipeline = startPipeline([command("echo", "one two"), command("wc", "-w")]);
 * assert.equal((await new Response(pipeline.stdout).text()).trim(), "2");
 * const { isOk, commands } = await pipeline.outcome;
 * assert.equal(isOk, true);
 * assert.deepEqual(commands.map((one) => one.exitCode), [0, 0]);
 * ```
 */
export function startPipeline(commands: readonly Command[], options: PipelineOptions = {}): RunningPipeline {
  if (commands.length === 0) throw new TypeError("A pipeline needs at least one command");
  return new Pipeline(commands, options);
}

/**
 * Runs the commands to their end. Throws the outcome's error when they fail. `output` must be given.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { command, runPipeline } from "wikidump/node";
 *
 * await runPipeline([command("true")], { output: "ignore" });
 * await assert.rejects(runPipeline([command("false")], { output: "ignore" }), { code: "EXIT" });
 * ```
 */
export async function runPipeline(
  commands: readonly Command[],
  options: PipelineOptions & { readonly output: PipelineSink | "ignore" },
): Promise<PipelineOutcome> {
  const outcome = await startPipeline(commands, options).outcome;
  if (outcome.error !== undefined) throw outcome.error;
  return outcome;
}

class Pipeline implements RunningPipeline {
  readonly pids: readonly number[];
  readonly stdout: ReadableStream<Uint8Array>;
  readonly outcome: Promise<PipelineOutcome>;
  readonly #commands: readonly Command[];
  readonly #options: PipelineOptions;
  readonly #chain: SpawnedChain;
  readonly #stderr: StderrLog;
  readonly #watchdog: Watchdog;
  #ending: Ending | undefined;
  #transferError: Error | undefined;
  #stdoutReader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #isInputComplete = false;
  #isInputRefused = false;
  #isOutputLeft = false;
  #hasEnded = false;
  #isTerminating = false;
  #markTerminated: () => void = () => {};
  readonly #terminated: Promise<void> = new Promise((resolve) => this.#markTerminated = resolve);

  constructor(commands: readonly Command[], options: PipelineOptions) {
    this.#commands = commands;
    this.#options = options;
    this.#stderr = new StderrLog({
      commandCount: commands.length,
      tailLines: options.tailLines ?? DEFAULT_TAIL_LINES,
      redact: redactor(commands),
      onLine: options.onStderrLine,
    });
    this.#watchdog = new Watchdog({
      timeoutMs: options.timeoutMs,
      stallMs: options.stallMs,
      onTrouble: (what) => this.#end({ code: "TIMEOUT", message: `${formatPipeline(commands)} ${what}` }),
    });
    const isAborted = options.signal?.aborted === true;
    this.#chain = spawnChain(isAborted ? [] : commands.map((one) => specOf(one, options)), {
      hasInput: options.input !== undefined,
      cwd: options.cwd,
      onStderr: (index, bytes) => this.#hear(() => this.#stderr.push(index, bytes)),
    });
    this.pids = this.#chain.programs.flatMap((program) => program.pid ?? []);
    this.outcome = this.#run();
    this.stdout = options.output === undefined ? this.#openStdout() : new ReadableStream({ start: (c) => c.close() });
  }

  async terminate(options: { graceMs?: number } = {}): Promise<PipelineOutcome> {
    this.#end({ code: "ABORTED", message: `${formatPipeline(this.#commands)} was ended on request` }, options.graceMs);
    return await this.outcome;
  }

  async #run(): Promise<PipelineOutcome> {
    const { signal } = this.#options;
    const onAbort = (): void => {
      const message = `${formatPipeline(this.#commands)} was aborted`;
      this.#end({ code: "ABORTED", message, cause: signal?.reason });
    };
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    const forget = onExit(() => this.#chain.signal("SIGKILL"));
    if (!this.#chain.hasStarted) this.#terminate();
    const feeding = this.#feed();
    const draining = this.#drain();
    try {
      const exits = await Promise.all(this.#chain.programs.map((program) => program.exit));
      // After a termination nobody waits for output: a stranger may hold it open.
      await Promise.race([Promise.all([feeding, draining]), this.#terminated]);
      if (this.#isTerminating) this.#stdoutReader?.cancel().catch(() => {});
      this.#hear(() => this.#stderr.finish());
      return this.#judge(exits);
    } finally {
      this.#hasEnded = true;
      // What a command may have left running in its group.
      this.#chain.signal("SIGKILL");
      this.#watchdog.stop();
      forget();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #judge(exits: Awaited<SpawnedChain["programs"][number]["exit"]>[]): PipelineOutcome {
    const notReached = { exitCode: undefined, signal: undefined, startError: undefined };
    return judgePipeline({
      commandLines: this.#commands.map(formatCommand),
      exits: this.#commands.map((_, index) => exits[index] ?? notReached),
      stderrTail: this.#stderr.tail,
      stderrTails: this.#stderr.tails,
      elapsedMs: this.#watchdog.elapsedMs,
      ending: this.#ending,
      transferError: this.#transferError,
      isInputRefused: this.#isInputRefused || this.#chain.stdin?.hasRefused === true,
      isOutputLeft: this.#isOutputLeft,
      isEarlyEndTolerated: this.#options.tolerateEarlyEnd === true,
    });
  }

  /** Passes the input on. Stops when the first command does not want more. */
  async #feed(): Promise<void> {
    const { input } = this.#options;
    if (input === undefined) return;
    const reader = input.getReader();
    const { stdin, programs } = this.#chain;
    // A command reads until its input ends; one that ends earlier has not read all of it, and nobody needs to wait for
    // the rest.
    const leave = (): void => {
      if (!this.#isInputComplete) this.#isInputRefused = true;
      reader.cancel(new Error(`${formatPipeline(this.#commands)} takes no more input`)).catch(() => {});
    };
    programs[0]?.exit.then(leave);
    try {
      while (stdin !== undefined && !stdin.hasRefused) {
        this.#watchdog.wait("input");
        const { done, value } = await reader.read();
        this.#watchdog.goOn("input");
        if (done) break;
        await stdin.write(value);
      }
      this.#isInputComplete = !this.#isInputRefused && stdin?.hasRefused === false;
      await stdin?.end();
      leave();
    } catch (error) {
      this.#fail(error);
      stdin?.destroy();
    }
  }

  /** Passes the output to the sink. */
  async #drain(): Promise<void> {
    const { output } = this.#options;
    if (output === undefined || !this.#chain.hasStarted) return;
    const reader = this.#stdoutReader = this.#chain.stdout.getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        this.#watchdog.wait("reader");
        if (output !== "ignore") await output.write(next.value);
        this.#watchdog.goOn("reader");
      }
    } catch (error) {
      this.#fail(error);
      await reader.cancel().catch(() => {});
    }
  }

  #openStdout(): ReadableStream<Uint8Array> {
    const reader = this.#stdoutReader = this.#chain.hasStarted ? this.#chain.stdout.getReader() : undefined;
    this.#watchdog.wait("reader");
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        this.#watchdog.goOn("reader");
        const next = await reader?.read();
        this.#watchdog.wait("reader");
        if (next !== undefined && !next.done) return controller.enqueue(next.value);
        this.#watchdog.goOn("reader");
        const outcome = await this.outcome;
        if (outcome.error !== undefined) throw outcome.error;
        controller.close();
      },
      cancel: async () => {
        this.#isOutputLeft = true;
        await reader?.cancel();
        if (this.#options.tolerateEarlyEnd === true) this.#terminate();
        else await this.terminate();
        await this.outcome;
      },
    }, { highWaterMark: 0 });
  }

  /** Passes stderr on. A listener that throws ends the pipeline. */
  #hear(deliver: () => void): void {
    this.#watchdog.sign();
    try {
      deliver();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#transferError ??= error instanceof Error ? error : new Error(String(error));
    this.#terminate();
  }

  #end(ending: Ending, graceMs?: number): void {
    if (this.#hasEnded) return;
    this.#ending ??= ending;
    this.#terminate(graceMs);
  }

  #terminate(graceMs: number = this.#options.graceMs ?? DEFAULT_GRACE_MS): void {
    if (this.#isTerminating) return;
    this.#isTerminating = true;
    terminateChain(this.#chain, graceMs).then(this.#markTerminated);
  }
}

function specOf(one: Command, options: PipelineOptions): { file: string; args: string[]; env: Record<string, string> } {
  const own = Object.entries(one.env).map(([name, value]) => [name, reveal(value)]);
  const english = options.tolerateEarlyEnd === true ? { LC_ALL: "C.UTF-8", LANGUAGE: "" } : {};
  return {
    file: one.file,
    args: one.args.map(reveal),
    env: { ...english, ...options.env, ...Object.fromEntries(own) },
  };
}
