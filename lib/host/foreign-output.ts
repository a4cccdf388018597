/**
 * A published file that another program writes: the twin of output-file.ts for tools that want a path and not a pipe.
 *
 * The program writes `<final>.inprog`; here the file is hashed and synced when it is whole, and only then gets its name.
 */
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SourceError } from "../errors.ts";
import { type FileIdentity, identityOfPath } from "./file-identity.ts";
import { hashFile } from "./hash.ts";
import type { WrittenFile } from "./output-file.ts";
import { syncDirectory } from "./sync-directory.ts";
import { sourceError } from "./system-error.ts";

/** What programs may leave beside the file that they write. */
const LEFTOVERS = ["", ".tmp"] as const;

export class ForeignOutput {
  readonly finalPath: string;
  /** Where the program is to write. */
  readonly inProgressPath: string;
  #identity: FileIdentity | undefined;
  #isPublished = false;

  /** Used by `prepare`. */
  private constructor(finalPath: string) {
    this.finalPath = finalPath;
    this.inProgressPath = `${finalPath}.inprog`;
  }

  /** Removes what a run that died may have left under the provisional name. Throws SourceError. */
  static async prepare(finalPath: string): Promise<ForeignOutput> {
    const output = new ForeignOutput(finalPath);
    await output.#remove();
    return output;
  }

  /** The program has ended well: syncs what it wrote and takes its checksums. Throws SourceError. */
  async close(options: { readonly signal?: AbortSignal } = {}): Promise<WrittenFile> {
    const path = this.inProgressPath;
    try {
      const handle = await open(path, "r+");
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      this.#identity = identityOfPath(path);
    } catch (error) {
      throw sourceError(error, path, "write");
    }
    return await hashFile(path, options);
  }

  /** Gives the file its final name. Throws SourceError CHANGED when it is no longer the one that was closed. */
  async publish(): Promise<void> {
    if (this.#isPublished) return;
    const path = this.inProgressPath;
    if (this.#identity === undefined || identityOfPath(path) !== this.#identity) {
      const message = `Cannot publish ${this.finalPath}: ${path} was removed or replaced by somebody else`;
      throw new SourceError("CHANGED", message, path, { remedy: "See whether a second worker runs the same job" });
    }
    try {
      await rename(path, this.finalPath);
      this.#isPublished = true;
      await syncDirectory(dirname(this.finalPath));
    } catch (error) {
      throw sourceError(error, this.finalPath, "rename");
    }
  }

  /** Removes what was written. Does nothing after `publish`; can be called twice. */
  async discard(): Promise<void> {
    if (!this.#isPublished) await this.#remove();
  }

  async #remove(): Promise<void> {
    for (const leftover of LEFTOVERS) {
      const path = this.inProgressPath + leftover;
      await rm(path, { force: true }).catch((error: unknown) => {
        throw sourceError(error, path, "remove");
      });
    }
  }
}
