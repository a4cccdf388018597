/**
 * Where a verb writes to: standard output, or a file that gets its name when it is whole.
 */
import type { Stats } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { SourceError, UsageError } from "../../../lib/errors.ts";
import { OutputFile } from "../../../lib/host/output-file.ts";
import { sourceError } from "../../../lib/host/system-error.ts";
import { type OutputSink, StdoutClosedError } from "../../../lib/host/terminal.ts";
import { inheritedMode, keepStatus } from "./keep-status.ts";

/** Something to write to. */
export interface Output {
  /** For messages. */
  readonly name: string;
  readonly byteLength: number;
  /** A promise to wait for, or undefined when more can come at once. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** All is written: a file is synced, and keeps its provisional name until `finish`. Not needed for one output alone. */
  settle(): Promise<void>;
  /** All is written: a file is synced and gets its name. */
  finish(): Promise<void>;
  /** Something went wrong: a file that is not whole is removed. */
  discard(): Promise<void>;
}

/** Writes to standard output. With `isBinary` a terminal is refused by UsageError. */
export function standardOutputAs(sink: OutputSink, options: { isBinary: boolean }): Output {
  if (options.isBinary && sink.isTerminal) {
    throw new UsageError("Compressed data is not written to a terminal", {
      remedy: "Use -o FILE, a pipe, or -f to do it all the same",
    });
  }
  let byteLength = 0;
  return {
    name: "standard output",
    get byteLength() {
      return byteLength;
    },
    async write(bytes: Uint8Array): Promise<void> {
      try {
        await sink.write(bytes);
      } catch (error) {
        throw error instanceof StdoutClosedError ? error : sourceError(error, "standard output", "write");
      }
      byteLength += bytes.length;
    },
    settle: () => Promise.resolve(),
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}

export interface FileOutputOptions {
  /** Replace a file of that name. */
  readonly isForced: boolean;
  /** The file that the output is made from: its owner, mode and times are kept. */
  readonly like?: Stats | undefined;
  /** Without `like`: the mode. */
  readonly mode?: number | undefined;
}

/** Writes to a file, under the name `path.inprog` until it is whole. Throws SourceError. */
export async function fileOutput(path: string, options: FileOutputOptions): Promise<Output> {
  const { isForced, like } = options;
  if (isForced) await refuseSpecial(path);
  else await refuseExisting(path);
  const mode = like === undefined ? options.mode : inheritedMode(like);
  const file = await OutputFile.createUnhashed(path, mode === undefined ? {} : { mode });
  return {
    name: path,
    get byteLength() {
      return file.byteLength;
    },
    write: (bytes) => file.write(bytes),
    settle: async () => void await file.close(),
    async finish(): Promise<void> {
      await file.close();
      if (like !== undefined) await keepStatus(file.inProgressPath, like);
      // Somebody may have made a file of that name meanwhile.
      if (!isForced) await refuseExisting(path);
      await file.publish();
    },
    discard: () => file.discard(),
  };
}

async function refuseExisting(path: string): Promise<void> {
  try {
    // Not what a link points to: a link to nowhere exists, too, and would be replaced.
    await lstat(path);
  } catch {
    return;
  }
  throw new SourceError("EXISTS", `${path} exists already`, path, {
    remedy: "Use -f to replace it, or -o to choose another name",
  });
}

/** Names of what is open already: it may be a regular file, but the name is none that could be given to another one. */
const OPEN_FILES = /^\/(dev\/(std(in|out|err)$|fd\/)|proc\/)/;

/** Whether a path, such as /dev/stdout, names what is open already. */
export function isOpenAlready(path: string): boolean {
  return OPEN_FILES.test(resolve(path));
}

/** A device, a pipe or a directory must not be replaced by a file, also not with -f; think of /dev/null. */
async function refuseSpecial(path: string): Promise<void> {
  let status: Stats;
  try {
    status = await stat(path);
  } catch {
    return;
  }
  if (status.isFile() && !isOpenAlready(path)) return;
  throw new SourceError("WRITE", `${path} is no regular file, and is not replaced by one`, path, {
    remedy: "Write to standard output, and send that there: … > FILE",
  });
}
