/** The output files of one piece: opened together, finished and verified together, published together or not at all. */
import { formatDumpFileName } from "../../dump/file-name.ts";
import type { CompressionTools } from "./compression.ts";
import { DumpOutput } from "./dump-output.ts";
import type { OutputSpec, PieceFiles, TaskContext } from "./job.ts";
import type { VerifyLevel } from "./read-back.ts";

export interface JobOutputsOptions {
  readonly wiki: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly directory: string;
  readonly tools: CompressionTools;
  readonly verify: VerifyLevel;
  readonly signal: AbortSignal;
}

/** The names of output files. */
export function outputNames(outputs: readonly OutputSpec[], wiki: string, date: string): readonly string[] {
  return outputs.map((spec) => formatDumpFileName({ wiki, date, ...spec }));
}

export class JobOutputs {
  readonly outputs: readonly DumpOutput[];
  readonly #verify: VerifyLevel;

  /** Used by `open`. */
  private constructor(outputs: readonly DumpOutput[], verify: VerifyLevel) {
    this.outputs = outputs;
    this.#verify = verify;
  }

  /** Opens all outputs, or none. */
  static async open(specs: readonly OutputSpec[], options: JobOutputsOptions): Promise<JobOutputs> {
    const opened: DumpOutput[] = [];
    try {
      for (const spec of specs) opened.push(await openOutput(spec, options));
    } catch (error) {
      for (const output of opened) await output.discard();
      throw error;
    }
    return new JobOutputs(opened, options.verify);
  }

  /** Ends, reads back and checks every file. */
  async finish(): Promise<PieceFiles> {
    const files = [];
    for (const output of this.outputs) files.push(await output.finish(this.#verify));
    return {
      files,
      publish: async () => {
        for (const output of this.outputs) await output.publish();
      },
      discard: () => this.discard(),
    };
  }

  /** Removes what is not published. */
  async discard(): Promise<void> {
    for (const output of this.outputs) await output.discard();
  }
}

/** The files of a task that writes plain bytes to its outputs: `write` gets them open, in the order of the piece. */
export async function writeOutputs(
  context: TaskContext,
  write: (outputs: readonly DumpOutput[]) => Promise<void>,
): Promise<PieceFiles> {
  const opened = await JobOutputs.open(context.piece.outputs, context);
  try {
    await write(opened.outputs);
    return await opened.finish();
  } catch (error) {
    await opened.discard();
    throw error;
  }
}

function openOutput(spec: OutputSpec, options: JobOutputsOptions): Promise<DumpOutput> {
  const { extension } = spec;
  if (extension === "7z") throw new TypeError("A 7z file is made by its archiver");
  const name = formatDumpFileName({ wiki: options.wiki, date: options.date, ...spec });
  const tools = spec.isMultistream ? { ...options.tools, bzip2: "" } : options.tools;
  return DumpOutput.open(`${options.directory}/${name}`, {
    root: spec.type === "xml" ? spec.root ?? "mediawiki" : undefined,
    extension,
    tools,
    signal: options.signal,
    pool: options.tools.pool,
  });
}
