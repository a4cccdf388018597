/**
 * What a verb reads from: a file, or standard input for "-".
 */
import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import process from "node:process";
import { SourceError, UsageError } from "../../../lib/errors.ts";
import { readableOf } from "../../../lib/host/node-streams.ts";
import { openFileStream } from "../../../lib/host/read-file.ts";
import { sourceError } from "../../../lib/host/system-error.ts";
import { streamFrom } from "../../../lib/streams/stream-from.ts";

/** Bytes that are asked of a pipe at a time. */
const PIPE_BYTES = 256 * 1024;

/** Something to read from start to end. */
export interface Input {
  /** For messages. */
  readonly name: string;
  /** The path of the file; undefined for standard input. */
  readonly path: string | undefined;
  /** What the system knows of the file; undefined for standard input. */
  readonly status: Stats | undefined;
  readonly stream: ReadableStream<Uint8Array>;
}

export interface InputOptions {
  readonly signal: AbortSignal;
  /** Read standard input even when it is a terminal, where a person would have to type. */
  readonly isTerminalWelcome: boolean;
  /** "borrowed": chunks of a file are used up at once, and their memory may be used again. Default "own". */
  readonly chunks?: "own" | "borrowed";
}

/** Opens a file or standard input. Throws SourceError, and UsageError for a terminal that is not welcome. */
export async function openInput(argument: string, options: InputOptions): Promise<Input> {
  if (argument !== "-") {
    const status = await fileStatus(argument);
    const { signal, chunks = "own" } = options;
    const stream = status.isFile() ? openFileStream(argument, { signal, chunks }) : openPipe(argument, { signal });
    return { name: argument, path: argument, status, stream };
  }
  if (process.stdin.isTTY && !options.isTerminalWelcome) {
    throw new UsageError("Standard input is a terminal, expected a file or a pipe", {
      remedy: "Name a file, or use -f",
    });
  }
  const stream = readableOf(process.stdin);
  // Whoever waits for input that does not come must wake up when the user wants an end.
  options.signal.addEventListener("abort", () => process.stdin.destroy(options.signal.reason as Error), { once: true });
  return { name: "standard input", path: undefined, status: undefined, stream };
}

/** What has no places to read from, such as a named pipe or `<(…)` of a shell; opened when the first bytes are wanted. */
function openPipe(path: string, { signal }: { signal: AbortSignal }): ReadableStream<Uint8Array> {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    signal.throwIfAborted();
    // A pipe without a writer cannot even be opened, and that cannot be called off: nobody waits for it after the signal.
    const isOver = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    isOver.catch(() => {});
    const source = createReadStream(path, { highWaterMark: PIPE_BYTES });
    const reader = readableOf(source).getReader();
    try {
      for (;;) {
        const { done, value } = await Promise.race([reader.read(), isOver]);
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : sourceError(error, path, "read");
    } finally {
      source.destroy();
    }
  }
  return streamFrom(chunks());
}

/** What the system knows of a file. Throws SourceError, also for a directory. */
export async function fileStatus(path: string): Promise<Stats> {
  let status: Stats;
  try {
    status = await stat(path);
  } catch (error) {
    throw sourceError(error, path, "read");
  }
  if (status.isDirectory()) {
    throw new SourceError("READ", `Cannot read ${path}: it is a directory`, path, { remedy: "Name a file" });
  }
  return status;
}
