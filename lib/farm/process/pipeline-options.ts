/**
 * What can be said about how a pipeline is to be run, and where its output can go.
 */

/** Where the bytes of a pipeline can go; an `OutputFile` is one. */
export interface PipelineSink {
  /** Gives undefined when the next bytes can come at once, else a promise to wait for. */
  write(bytes: Uint8Array): Promise<void> | undefined;
}

export interface PipelineOptions {
  /** Input of the first command; empty without it. */
  readonly input?: ReadableStream<Uint8Array>;
  /** Where the output of the last command goes; without it, read `stdout`. "ignore" drops it. */
  readonly output?: PipelineSink | "ignore";
  /** Ends the pipeline. */
  readonly signal?: AbortSignal;
  readonly cwd?: string;
  /** Variables to add to the environment of every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long commands may take to end after SIGTERM before SIGKILL follows; 5000 without it. */
  readonly graceMs?: number;
  /** The pipeline is ended after so long. */
  readonly timeoutMs?: number;
  /** The pipeline is ended when it neither read nor wrote for so long, though there was input for it and a reader. */
  readonly stallMs?: number;
  /**
   * A command that was cut off because the one after it, or the reader of `stdout`, had seen enough is no failure.
   * Messages of the commands are asked for in English then, to recognise it.
   */
  readonly tolerateEarlyEnd?: boolean;
  /** Called for every line of stderr, secrets struck out; with the number of the command from 0. */
  readonly onStderrLine?: (line: string, commandIndex: number) => void;
  /** Number of lines of stderr to keep for messages; 20 without it. */
  readonly tailLines?: number;
}
