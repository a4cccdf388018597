/**
 * The files that `bzdump split` makes. They are called NAME.inprog until all of them are whole and have been read back; then they
 * get their names, all of them or, after an error, none.
 */
import { lstat, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SourceError } from "../../../lib/errors.ts";
import type { CutPiece } from "../../../lib/dump/split/split-cutter.ts";
import { tallyDifference, tallyDump } from "../../../lib/dump/split/split-check.ts";
import { type FileIdentity, identityOfPath } from "../../../lib/host/file-identity.ts";
import { gzipStream } from "../../../lib/host/gzip.ts";
import { OutputFile, type WrittenFile } from "../../../lib/host/output-file.ts";
import { openFileStream } from "../../../lib/host/read-file.ts";
import { syncDirectory } from "../../../lib/host/sync-directory.ts";
import { sourceError } from "../../../lib/host/system-error.ts";
import { Bzip2EncoderStream } from "../../../lib/streams/bzip2-encoder-stream.ts";
import { parallelBzip2Encoder } from "../../../lib/streams/parallel-encoder.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";
import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";
import { pieceXml } from "./split-input.ts";

export interface PieceFilesOptions {
  readonly directory: string;
  /** The provisional name of a piece, without directory and ".inprog". */
  readonly provisionalName: (firstPageId: number) => string;
  /** "bz2", "gz", or "" for plain XML. */
  readonly extension: string;
  readonly pool: WorkerPool | undefined;
  readonly isForced: boolean;
  readonly isVerified: boolean;
  /** The path of the dump, which no piece may replace. */
  readonly sourcePath: string | undefined;
  readonly signal: AbortSignal;
}

/** A piece that is written, and has no name yet. */
export interface FinishedPiece {
  readonly piece: CutPiece;
  readonly written: WrittenFile;
}

interface PendingFile {
  readonly file: OutputFile;
  readonly identity: FileIdentity | undefined;
}

/** Writes pieces one after another; the end of one overlaps with the start of the next. */
export class PieceFiles {
  readonly finished: FinishedPiece[] = [];
  readonly #options: PieceFilesOptions;
  readonly #files: PendingFile[] = [];
  #current: PieceWriter | undefined;
  #finishing: Promise<void> = Promise.resolve();
  #bytesBefore = 0;

  constructor(options: PieceFilesOptions) {
    this.#options = options;
  }

  get byteLength(): number {
    return this.#bytesBefore + (this.#current?.file.byteLength ?? 0);
  }

  async begin(firstPageId: number): Promise<void> {
    const { directory, provisionalName, extension, pool } = this.#options;
    const file = await OutputFile.create(join(directory, provisionalName(firstPageId)));
    this.#files.push({ file, identity: identityOfPath(file.inProgressPath) });
    this.#current = new PieceWriter(file, extension, pool);
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    return this.#current!.write(bytes);
  }

  /** All of a piece was written. What goes wrong with it is told by a later call. */
  async end(piece: CutPiece): Promise<void> {
    const writer = this.#current!;
    await this.#finishing;
    this.#bytesBefore += writer.file.byteLength;
    this.#current = undefined;
    this.#finishing = this.#finish(writer, piece);
    this.#finishing.catch(() => {});
  }

  /** Gives the pieces their names. Throws SourceError EXISTS, among others; then none has one. */
  async publish(names: readonly string[]): Promise<void> {
    await this.#finishing;
    const paths = names.map((name) => join(this.#options.directory, name));
    for (const path of paths) await this.refuse(path);
    const done: string[] = [];
    try {
      for (const [i, path] of paths.entries()) {
        await this.#rename(this.#files[i]!, path);
        done.push(path);
      }
    } catch (error) {
      for (const path of done) await unlink(path).catch(() => {});
      throw error;
    }
    await syncDirectory(this.#options.directory);
  }

  /** Removes what has no name yet. */
  async discard(): Promise<void> {
    await this.#current?.abandon();
    await this.#finishing.catch(() => {});
    for (const { file } of this.#files) await file.discard();
  }

  /** Throws SourceError for a name that must not be taken. */
  async refuse(path: string): Promise<void> {
    const { isForced, sourcePath } = this.#options;
    let isThere = true;
    await lstat(path).catch(() => isThere = false);
    if (!isThere) return;
    const found = await stat(path).catch(() => undefined);
    if (isForced && found !== undefined) {
      if (!found.isFile()) {
        throw new SourceError("WRITE", `${path} is no regular file, and is not replaced by one`, path);
      }
      const source = sourcePath === undefined ? undefined : await stat(sourcePath).catch(() => undefined);
      if (source?.dev !== found.dev || source.ino !== found.ino) return;
      throw new SourceError("EXISTS", `${path} is the dump itself, and is not replaced by a piece of it`, path, {
        remedy: "Use -d to choose another directory",
      });
    }
    if (isForced) return;
    throw new SourceError("EXISTS", `${path} exists already`, path, {
      remedy: "Use -f to replace it, or -d to choose another directory",
    });
  }

  async #finish(writer: PieceWriter, piece: CutPiece): Promise<void> {
    const { extension, pool, isVerified, signal } = this.#options;
    const written = await writer.finish();
    const path = writer.file.inProgressPath;
    if (isVerified) {
      const xml = pieceXml(openFileStream(path, { signal, chunks: "borrowed" }), extension, { path, pool });
      const difference = tallyDifference(await tallyDump(xml, { signal }), piece);
      if (difference !== undefined) {
        throw new SourceError("CHANGED", `${path} is not what was written: ${difference}`, path, {
          remedy: "See whether the disk is well, and whether something else writes there",
        });
      }
    }
    this.finished.push({ piece, written });
  }

  async #rename({ file, identity }: PendingFile, path: string): Promise<void> {
    if (identityOfPath(file.inProgressPath) !== identity) {
      throw new SourceError("CHANGED", `${file.inProgressPath} was removed or replaced by somebody else`, path, {
        remedy: `See whether something else writes to ${dirname(path)}`,
      });
    }
    try {
      await rename(file.inProgressPath, path);
    } catch (error) {
      throw sourceError(error, path, "rename");
    }
  }
}

/** Packs one piece on its way to its file. */
class PieceWriter {
  readonly file: OutputFile;
  readonly #isGzip: boolean;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #pump: Promise<void> = Promise.resolve();

  constructor(file: OutputFile, extension: string, pool: WorkerPool | undefined) {
    this.file = file;
    this.#isGzip = extension === "gz";
    const packer = packerFor(extension, pool);
    if (packer === undefined) return;
    this.#writer = packer.writable.getWriter();
    this.#pump = pump(packer.readable, file);
    this.#pump.catch(() => {});
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#writer === undefined) return this.file.write(bytes);
    // zlib reads in a thread of its own; the bytes are valid for a moment only.
    return this.#told(this.#writer.write(this.#isGzip ? bytes.slice() : bytes));
  }

  async finish(): Promise<WrittenFile> {
    if (this.#writer !== undefined) await this.#told(this.#writer.close());
    await this.#pump;
    return await this.file.close();
  }

  async abandon(): Promise<void> {
    await this.#writer?.abort().catch(() => {});
    await this.#pump.catch(() => {});
  }

  /** A full disk makes the packer fail, too: what counts is why. */
  async #told(step: Promise<void>): Promise<void> {
    try {
      await step;
    } catch (error) {
      await this.#pump;
      throw error;
    }
  }
}

async function pump(packed: ReadableStream<Uint8Array>, file: OutputFile): Promise<void> {
  for await (const bytes of chunksOf(packed)) await file.write(bytes);
}

function packerFor(
  extension: string,
  pool: WorkerPool | undefined,
): ReadableWritablePair<Uint8Array, Uint8Array> | undefined {
  if (extension === "gz") return gzipStream();
  if (extension !== "bz2") return undefined;
  return pool === undefined
    ? new Bzip2EncoderStream()
    : parallelBzip2Encoder(pool, { chunks: "borrowed", lookahead: pool.size + 1 });
}
