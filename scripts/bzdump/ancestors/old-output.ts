/**
 * Where an ancestor writes to. A file gets its name when it is whole, and what a link points to is replaced, not the link; a device or
 * a pipe, such as /dev/null or /dev/stdout, is written to as it is. The old tools opened all of them alike.
 */
import type { Stats } from "node:fs";
import { type FileHandle, open, readlink, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { SourceError } from "../../../lib/errors.ts";
import { sourceError, systemCode } from "../../../lib/host/system-error.ts";
import { StdoutClosedError } from "../../../lib/host/terminal.ts";
import { fileOutput, isOpenAlready, type Output } from "../io/output.ts";

/** Writes to a file, replacing an older one, or to what else has this name. Throws SourceError. */
export async function oldOutput(path: string): Promise<Output> {
  if (path === "") throw new SourceError("WRITE", "An output has an empty name", path);
  const status = await statusOf(path);
  if (isNoFile(path, status)) return await directOutput(path);
  return await fileOutput(status === undefined ? await endOfLink(path) : await realpath(path), { isForced: true });
}

/** Whether it is there, and written to as it is. */
export async function isSpecial(path: string): Promise<boolean> {
  return isNoFile(path, await statusOf(path));
}

function isNoFile(path: string, status: Stats | undefined): boolean {
  if (status === undefined || status.isDirectory()) return false;
  return !status.isFile() || isOpenAlready(path);
}

function statusOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}

/** Where a link to nothing points to; other paths as they are. */
async function endOfLink(path: string): Promise<string> {
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? path : resolve(dirname(path), target);
}

async function directOutput(path: string): Promise<Output> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "w");
  } catch (error) {
    throw sourceError(error, path, "write");
  }
  let byteLength = 0;
  const close = async (): Promise<void> => {
    const closing = handle;
    handle = undefined;
    try {
      await closing?.close();
    } catch (error) {
      throw sourceError(error, path, "write");
    }
  };
  return {
    name: path,
    get byteLength() {
      return byteLength;
    },
    async write(bytes): Promise<void> {
      try {
        await handle?.writeFile(bytes);
      } catch (error) {
        // The reader of a pipe has gone, as with `| head`.
        throw systemCode(error) === "EPIPE" ? new StdoutClosedError() : sourceError(error, path, "write");
      }
      byteLength += bytes.length;
    },
    settle: () => Promise.resolve(),
    finish: close,
    discard: close,
  };
}
