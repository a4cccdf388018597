/**
 * A published file in the making: bytes go to `<final>.inprog`, checksums are taken on the way if they are wanted, and only
 * a whole, synced file gets its final name.
 *
 * Small writes are gathered into two buffers of 256 KiB, one of which is filled while the other goes to the disk. When
 * a write fails (disk full), the unfinished file is removed at once: what is left of the disk is needed to report the
 * failure.
 */
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { SourceError } from "../errors.ts";
import { type FileIdentity, identityOfOpenFile, identityOfPath } from "./file-identity.ts";
import { ChecksumBuilder } from "./hash.ts";
import { syncDirectory } from "./sync-directory.ts";
import { sourceError, systemCode } from "./system-error.ts";

const BUFFER_BYTES = 256 * 1024;

/** What is known of a file that was written to its end. */
export interface WrittenFile {
  readonly byteLength: number;
  /** Lower-case hex. */
  readonly md5: string;
  /** Lower-case hex. */
  readonly sha1: string;
}

/** An `OutputFile` without checksums. */
export type UnhashedFile =
  & Pick<OutputFile, "finalPath" | "inProgressPath" | "byteLength" | "write" | "publish" | "discard">
  & { close(): Promise<Pick<WrittenFile, "byteLength">> };

/**
 * Writes a file under a provisional name and gives it its final name when asked.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, readFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { OutputFile } from "wikidump/node";
 *
 * const path = join(await mkdtemp(join(tmpdir(), "example-")), "hello.txt");
 * const file = await OutputFile.create(path, { mode: 0o644 });
 * try {
 *   await file.write(new TextEncoder().encode("hello"));
 *   const { byteLength, md5 } = await file.close();
 *   assert.equal(byteLength, 5);
 *   assert.equal(md5, "5d41402abc4b2a76b9719d911017c592");
 *   await file.publish();
 * } catch (error) {
 *   await file.discard();
 *   throw error;
 * }
 * assert.equal(await readFile(path, "utf8"), "hello");
 * ```
 */
export class OutputFile {
  readonly finalPath: string;
  readonly inProgressPath: string;
  readonly #handle: FileHandle;
  readonly #identity: FileIdentity;
  readonly #checksums: ChecksumBuilder | undefined;
  #state: "open" | "closed" | "published" | "discarded" = "open";
  #byteLength = 0;
  #filling = new Uint8Array(BUFFER_BYTES);
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #fill = 0;
  /** Settles when the buffer that is on its way is on the disk; never rejects, see #failure. */
  #flushing: Promise<void> | undefined;
  /** Writes that did not fit into the buffer and are not done; those after them must queue up. */
  #queuedWrites = 0;
  #lastQueued: Promise<void> | undefined;
  #closing: Promise<WrittenFile> | undefined;
  #failure: Error | undefined;

  /** Used by `create`. */
  private constructor(finalPath: string, handle: FileHandle, checksums?: ChecksumBuilder) {
    this.finalPath = finalPath;
    this.#checksums = checksums;
    this.inProgressPath = inProgressName(finalPath);
    this.#handle = handle;
    this.#identity = identityOfOpenFile(handle.fd);
  }

  /**
   * Creates `<finalPath>.inprog`; a leftover of a run that died is replaced. The directory must exist.
   *
   * `mode` is set exactly, whatever the umask. Throws `SourceError` NOT_FOUND, NO_SPACE, READ_ONLY or WRITE.
   */
  static create(finalPath: string, options: { mode?: number } = {}): Promise<OutputFile> {
    return OutputFile.#create(finalPath, options, new ChecksumBuilder());
  }

  /** The same, but takes no checksums, which cost more than the writing. */
  static createUnhashed(finalPath: string, options: { mode?: number } = {}): Promise<UnhashedFile> {
    return OutputFile.#create(finalPath, options);
  }

  static async #create(
    finalPath: string,
    options: { mode?: number },
    checksums?: ChecksumBuilder,
  ): Promise<OutputFile> {
    const path = inProgressName(finalPath);
    try {
      await unlink(path).catch((error: unknown) => {
        if (systemCode(error) !== "ENOENT") throw error;
      });
      const handle = await open(path, "wx", options.mode ?? 0o666);
      if (options.mode !== undefined) await handle.chmod(options.mode);
      return new OutputFile(finalPath, handle, checksums);
    } catch (error) {
      throw sourceError(error, path, "write");
    }
  }

  /** Bytes taken so far. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /**
   * Takes bytes. Gives undefined when the next ones can come at once, else a promise to wait for; `bytes` must not
   * change until then. Failures of earlier writes are reported here or by `close`.
   */
  write(bytes: Uint8Array): Promise<void> | undefined {
    const refusal = this.#failure ?? this.#refuseUnless("open");
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#byteLength += bytes.byteLength;
    if (this.#queuedWrites === 0 && bytes.byteLength < BUFFER_BYTES - this.#fill) {
      this.#filling.set(bytes, this.#fill);
      this.#fill += bytes.byteLength;
      return undefined;
    }
    this.#queuedWrites++;
    const written = this.#writeQueued(bytes, this.#lastQueued);
    this.#lastQueued = written.catch(() => {});
    return written;
  }

  /** Writes what is left, syncs, closes. Afterwards the file is whole but still has its provisional name. */
  close(): Promise<WrittenFile> {
    const refusal = this.#state === "discarded" ? this.#refuseUnless("open") : undefined;
    if (refusal !== undefined) return Promise.reject(refusal);
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /**
   * Closes if need be, gives the file its final name (an older file of that name is replaced) and syncs the directory.
   *
   * Throws `SourceError` CHANGED when the provisional file is no longer the one that was written here.
   */
  async publish(): Promise<void> {
    if (this.#state === "published") return;
    await this.close();
    if (identityOfPath(this.inProgressPath) !== this.#identity) {
      const message =
        `Cannot publish ${this.finalPath}: ${this.inProgressPath} was removed or replaced by somebody else`;
      throw new SourceError("CHANGED", message, this.inProgressPath, {
        remedy: "See whether a second worker runs the same job",
      });
    }
    try {
      await rename(this.inProgressPath, this.finalPath);
      this.#state = "published";
      await syncDirectory(dirname(this.finalPath));
    } catch (error) {
      throw sourceError(error, this.finalPath, "rename");
    }
  }

  /** Closes and removes the provisional file. Does nothing after `publish`; can be called twice. */
  async discard(): Promise<void> {
    if (this.#state === "published" || this.#state === "discarded") return;
    const wasOpen = this.#closing === undefined;
    this.#state = "discarded";
    await this.#lastQueued;
    await this.#flushing;
    await this.#closing?.catch(() => {});
    await this.#remove(wasOpen);
  }

  async #writeQueued(bytes: Uint8Array, before: Promise<void> | undefined): Promise<void> {
    await before;
    try {
      await this.#writeBig(bytes);
    } finally {
      this.#queuedWrites--;
    }
  }

  async #writeBig(bytes: Uint8Array): Promise<void> {
    let taken = 0;
    while (taken < bytes.byteLength) {
      if (this.#failure !== undefined) throw this.#failure;
      const piece = bytes.subarray(taken, taken + BUFFER_BYTES - this.#fill);
      this.#filling.set(piece, this.#fill);
      this.#fill += piece.byteLength;
      taken += piece.byteLength;
      if (this.#fill === BUFFER_BYTES) {
        await this.#flushing;
        this.#startFlush();
      }
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Sends the filled buffer on its way and goes on with the other one, which must be free. */
  #startFlush(): void {
    const full = this.#filling.subarray(0, this.#fill);
    this.#filling = this.#spare ?? new Uint8Array(BUFFER_BYTES);
    this.#spare = undefined;
    this.#fill = 0;
    this.#flushing = this.#flush(full);
  }

  async #flush(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      // The system writes in another thread while the checksums are taken in this one.
      const writing = this.#handle.write(bytes);
      this.#checksums?.update(bytes);
      let written = (await writing).bytesWritten;
      while (written < bytes.byteLength) {
        written += (await this.#handle.write(bytes, written)).bytesWritten;
      }
      this.#spare = new Uint8Array(bytes.buffer);
    } catch (error) {
      this.#failure ??= sourceError(error, this.inProgressPath, "write");
      await this.#remove(true);
    }
  }

  async #close(): Promise<WrittenFile> {
    this.#state = "closed";
    await this.#lastQueued;
    await this.#flushing;
    if (this.#failure === undefined && this.#fill > 0) {
      this.#startFlush();
      await this.#flushing;
    }
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await this.#handle.sync();
      await this.#handle.close();
    } catch (error) {
      this.#failure = sourceError(error, this.inProgressPath, "write");
      await this.#remove(true);
      throw this.#failure;
    }
    return { byteLength: this.#byteLength, ...(this.#checksums?.finish() ?? { md5: "", sha1: "" }) };
  }

  /** Removes the provisional file, if it is still ours: after a close, a second worker may have begun its own. */
  async #remove(isOpen: boolean): Promise<void> {
    try {
      if (identityOfPath(this.inProgressPath) === this.#identity) await unlink(this.inProgressPath);
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw sourceError(error, this.inProgressPath, "remove");
    } finally {
      if (isOpen) await this.#handle.close().catch(() => {});
    }
  }

  #refuseUnless(state: "open"): Error | undefined {
    if (this.#state === state) return undefined;
    return new SourceError(
      "WRITE",
      `${this.inProgressPath} is ${this.#state} and takes no more bytes`,
      this.inProgressPath,
    );
  }
}

function inProgressName(finalPath: string): string {
  return `${finalPath}.inprog`;
}
