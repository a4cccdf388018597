/**
 * Files as the old tools wrote them: what a link points to is replaced, not the link; devices and pipes are written to.
 *
 * Unlike theirs, a regular file gets its name when it is whole.
 */
import { open, readlink, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { sourceError } from "../../../lib/host/system-error.ts";
import { fileOutput, type Output } from "../io/output.ts";

/** Links in there lead to what is open already: it may be a regular file, but must not be replaced. */
const OPEN_FILES = /^\/(dev|proc)\//;

/** Writes to a file, replacing an older one, or to what else has this name. Throws SourceError. */
export async function oldOutput(path: string): Promise<Output> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) return await fileOutput(await endOfLink(path), { isForced: true });
  if (status.isDirectory()) return await fileOutput(path, { isForced: true });
  if (!status.isFile() || OPEN_FILES.test(resolve(path))) return await directOutput(path);
  return await fileOutput(await realpath(path), { isForced: true });
}

/** Where a link to nothing points to; other paths as they are. */
async function endOfLink(path: string): Promise<string> {
  const target = await readlink(path).catch(() => undefined);
  return target === undefined ? path : resolve(dirname(path), target);
}

async function directOutput(path: string): Promise<Output> {
  const failed = (error: unknown): Error => sourceError(error, path, "write");
  const handle = await open(path, "w").catch((error: unknown) => {
    throw failed(error);
  });
  let byteLength = 0;
  const close = async (): Promise<void> => {
    try {
      await handle.close();
    } catch (error) {
      throw failed(error);
    }
  };
  return {
    name: path,
    get byteLength() {
      return byteLength;
    },
    async write(bytes: Uint8Array): Promise<void> {
      try {
        await handle.writeFile(bytes);
      } catch (error) {
        throw failed(error);
      }
      byteLength += bytes.length;
    },
    settle: () => Promise.resolve(),
    finish: close,
    discard: close,
  };
}
