/**
 * Makes a rename or a new name durable: after a crash of the machine the directory still knows it.
 *
 * Below replace-file.ts and output-file.ts. Some file systems cannot sync a directory; that is not an error.
 */
import { open } from "node:fs/promises";
import { systemCode } from "./system-error.ts";

const CANNOT = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EISDIR", "EPERM", "EACCES", "EBADF"]);

/** Writes the entries of a directory to the disk, where the file system can do that. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!CANNOT.has(systemCode(error))) throw error;
  }
}
