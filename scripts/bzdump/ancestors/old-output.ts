/**
 * Where an ancestor writes to. A file gets its name when it is whole; a device or a pipe, such as /dev/null or /dev/stdout, is
 * written to as it is, as the old tools did.
 */
import type { Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { SourceError } from "../../../lib/errors.ts";
import { sourceError, systemCode } from "../../../lib/host/system-error.ts";
import { StdoutClosedError } from "../../../lib/host/terminal.ts";
import { fileOutput, type Output } from "../io/output.ts";

/** Opens it. Throws SourceError. */
export async function oldOutput(path: string): Promise<Output> {
  if (path === "") throw new SourceError("WRITE", "An output has an empty name", path);
  return await isSpecial(path) ? await specialOutput(path) : await fileOutput(path, { isForced: true });
}

/** Whether it is there, and neither a file nor a directory. */
export async function isSpecial(path: string): Promise<boolean> {
  let status: Stats;
  try {
    status = await stat(path);
  } catch {
    return false;
  }
  return !status.isFile() && !status.isDirectory();
}

async function specialOutput(path: string): Promise<Output> {
  let handle: FileHandle;
  try {
    handle = await open(path, "w");
  } catch (error) {
    throw sourceError(error, path, "write");
  }
  let byteLength = 0;
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    name: path,
    get byteLength() {
      return byteLength;
    },
    async write(bytes): Promise<void> {
      try {
        for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
      } catch (error) {
        // The reader of a pipe has gone, as with `| head`.
        throw systemCode(error) === "EPIPE" ? new StdoutClosedError() : sourceError(error, path, "write");
      }
      byteLength += bytes.length;
    },
    settle: close,
    finish: close,
    discard: close,
  };
}
