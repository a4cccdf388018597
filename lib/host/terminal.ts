/**
 * stdout and stderr of the process: writing with back-pressure, and what is known about the terminal behind them.
 *
 * A reader that goes away (`bzdump … | head -1`) makes writing fail with EPIPE. Here that becomes `StdoutClosedError`,
 * which the command line takes as a quiet end.
 */
import process from "node:process";
import { environment } from "./environment.ts";

/** The reader of stdout has gone; there is nobody left to write for. */
export class StdoutClosedError extends Error {
  constructor() {
    super("The reader of the output has gone");
  }
}
Object.defineProperty(StdoutClosedError.prototype, "name", { value: "StdoutClosedError" });

/** Where text and bytes go. */
export interface OutputSink {
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
  /** Width in characters; 80 where it is not known. */
  readonly columns: number;
  /** Whether the terminal understands movements of the cursor (it is one, and not a dumb one). */
  readonly hasCursor: boolean;
  /** Whether colour is welcome: NO_COLOR, FORCE_COLOR, TERM=dumb. */
  readonly hasColor: boolean;
  /** Writes all of it; resolves when there is room for more. Fails with StdoutClosedError when the reader has gone. */
  write(data: string | Uint8Array): Promise<void>;
}

type NodeOutput = typeof process.stdout | typeof process.stderr;

/** The process's stdout. */
export function standardOutput(): OutputSink {
  return sinkOf(process.stdout);
}

/** The process's stderr. A closed stderr is no reason to stop: what is written there is dropped. */
export function standardError(): OutputSink {
  const sink = sinkOf(process.stderr);
  return {
    ...sink,
    write: (data) =>
      sink.write(data).catch((error: unknown) => {
        if (!(error instanceof StdoutClosedError)) throw error;
      }),
  };
}

/** Sets the exit code of the process without ending it, so that buffers are still written. */
export function setExitCode(code: number): void {
  process.exitCode = code;
}

const guarded = new WeakSet<NodeOutput>();

function sinkOf(stream: NodeOutput): OutputSink {
  // Node reports a broken pipe to the writer and as an event; without a listener the event ends the process.
  if (!guarded.has(stream)) {
    guarded.add(stream);
    stream.on("error", () => {});
  }
  const env = environment();
  const isTerminal = stream.isTTY === true;
  const isDumb = env["TERM"] === "dumb";
  return {
    isTerminal,
    columns: columnsOf(stream),
    hasCursor: isTerminal && !isDumb,
    hasColor: isColorWelcome(isTerminal && !isDumb),
    write: (data) => writeAll(stream, data),
  };
}

function columnsOf(stream: NodeOutput): number {
  const columns = Number(environment()["COLUMNS"] ?? "");
  if (Number.isSafeInteger(columns) && columns > 0) return columns;
  return stream.columns || 80;
}

function isColorWelcome(isAble: boolean): boolean {
  const env = environment();
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
  return isAble;
}

function writeAll(stream: NodeOutput, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(data, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(isClosedPipe(error) ? new StdoutClosedError() : error);
    });
  });
}

function isClosedPipe(error: Error): boolean {
  const code = (error as { readonly code?: string }).code;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED";
}
