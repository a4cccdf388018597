/** The output files of one job: opened together, finished and verified together, published together or not at all. */
import { formatDumpFileName } from "../../dump/file-name.ts";
import type { CompressionTools } from "./compression.ts";
import { DumpOutput } from "./dump-output.ts";
import type { FinishedOutput } from "./dump-output.ts";
import type { JobDefinition, OutputSpec } from "./job.ts";
import type { VerifyLevel } from "./verify-file.ts";

export interface JobOutputsOptions {
  readonly wiki: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly directory: string;
  readonly tools: CompressionTools;
  readonly signal: AbortSignal;
}

/** The names of the files that a job writes. */
export function outputNames(job: JobDefinition, wiki: string, date: string): readonly string[] {
  return job.outputs.map((spec) => formatDumpFileName({ wiki, date, ...spec }));
}

export class JobOutputs {
  readonly outputs: readonly DumpOutput[];

  /** Used by `open`. */
  private constructor(outputs: readonly DumpOutput[]) {
    this.outputs = outputs;
  }

  /** Opens all outputs of a job, or none. */
  static async open(job: JobDefinition, options: JobOutputsOptions): Promise<JobOutputs> {
    const opened: DumpOutput[] = [];
    try {
      for (const spec of job.outputs) opened.push(await openOutput(spec, options));
    } catch (error) {
      for (const output of opened) await output.discard();
      throw error;
    }
    return new JobOutputs(opened);
  }

  /** Ends, reads back and checks every file. */
  async finish(verify: VerifyLevel): Promise<readonly FinishedOutput[]> {
    const finished: FinishedOutput[] = [];
    for (const output of this.outputs) finished.push(await output.finish(verify));
    return finished;
  }

  /** Gives every file its final name. */
  async publish(): Promise<void> {
    for (const output of this.outputs) await output.publish();
  }

  /** Removes what is not published. */
  async discard(): Promise<void> {
    for (const output of this.outputs) await output.discard();
  }
}

function openOutput(spec: OutputSpec, options: JobOutputsOptions): Promise<DumpOutput> {
  const name = formatDumpFileName({ wiki: options.wiki, date: options.date, ...spec });
  const tools = spec.isMultistream ? { ...options.tools, bzip2: "" } : options.tools;
  return DumpOutput.open(`${options.directory}/${name}`, {
    isXml: spec.type === "xml",
    extension: spec.extension,
    tools,
    signal: options.signal,
  });
}
