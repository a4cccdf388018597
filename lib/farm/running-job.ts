/**
 * One job while its reading goes on. Its failure is its own: it stops taking events, and the other jobs of the reading go on.
 */
import { JobError } from "../errors.ts";
import { JobOutputs } from "./jobs/job-outputs.ts";
import type { JobOutputsOptions } from "./jobs/job-outputs.ts";
import type { FinishedOutput } from "./jobs/dump-output.ts";
import type { JobDefinition, JobWork } from "./jobs/job.ts";
import type { VerifyLevel } from "./jobs/verify-file.ts";
import type { SourceConsumer, SourceEvent } from "./source/source.ts";

export interface RunningJobOptions extends JobOutputsOptions {
  /** Scratch directory of the run; exists. */
  readonly tempDirectory: string;
  readonly verify: VerifyLevel;
  /** What texts that are not what they should be do to the job. */
  readonly textMismatch: "fail" | "report";
  /** Told of the failure of this job, at once. */
  readonly onFailure: (job: RunningJob) => void;
}

export class RunningJob implements SourceConsumer {
  readonly definition: JobDefinition;
  readonly #options: RunningJobOptions;
  readonly #outputs: JobOutputs;
  readonly #work: JobWork;
  #failure: unknown;
  #hasFailed = false;

  /** Used by `open`. */
  private constructor(definition: JobDefinition, outputs: JobOutputs, options: RunningJobOptions) {
    this.definition = definition;
    this.#options = options;
    this.#outputs = outputs;
    this.#work = definition.start({
      wiki: options.wiki,
      tempDirectory: options.tempDirectory,
      outputs: outputs.outputs,
    });
  }

  /** Opens the job's outputs and starts its work. Throws SourceError. */
  static async open(definition: JobDefinition, options: RunningJobOptions): Promise<RunningJob> {
    return new RunningJob(definition, await JobOutputs.open(definition, options), options);
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Why it failed. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Odd things that were seen, one line each. */
  get notices(): readonly string[] {
    return this.#work.faults ?? [];
  }

  /** Names and sizes of the files so far. */
  get files(): readonly { readonly name: string; readonly byteLength: number }[] {
    return this.#outputs.outputs.map(({ name, byteLength }) => ({ name, byteLength }));
  }

  take(event: SourceEvent): Promise<void> | undefined {
    if (this.#hasFailed) return undefined;
    try {
      return this.#work.take(event)?.catch((error: unknown) => this.fail(error));
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  /** Ends the job's files and checks them; they keep their provisional names. */
  async finish(): Promise<readonly FinishedOutput[]> {
    await this.#work.finish();
    const finished = await this.#outputs.finish(this.#options.verify);
    this.#refuseFaults();
    return finished;
  }

  /** Gives the files their final names. */
  publish(): Promise<void> {
    return this.#outputs.publish();
  }

  /** Removes scratch files and whatever is not published. Never fails: the outcome of the job is settled by now. */
  async dispose(): Promise<void> {
    await this.#work.dispose?.().catch(() => undefined);
    await this.#outputs.discard().catch(() => undefined);
  }

  fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#failure = error;
    this.#options.onFailure(this);
  }

  #refuseFaults(): void {
    const count = this.#work.faultCount ?? 0;
    if (count === 0 || this.#options.textMismatch === "report") return;
    const texts = count === 1 ? "1 text does" : `${count} texts do`;
    throw new JobError("MISMATCH", `${texts} not match the stated SHA-1 or length. ${this.notices[0]}`, {
      wiki: this.#options.wiki,
      job: this.definition.name,
    }, { remedy: "Make the export anew, or set textmismatch=report in [export] to publish it all the same" });
  }
}
