/**
 * One output file of a job: plain bytes in, a compressed file under its `.inprog` name, verified before it is published.
 *
 * Bytes are added without waiting; `settled` says whether the writer should wait before it goes on.
 */
import { OutputFile } from "../../host/output-file.ts";
import type { WrittenFile } from "../../host/output-file.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import { openCompression } from "./compression.ts";
import type { Compression, CompressionTools } from "./compression.ts";
import { verifyFile } from "./verify-file.ts";
import type { VerifyLevel } from "./read-back.ts";

export interface OutputOptions {
  /** Root element of an XML file: its closing tag is looked for. */
  readonly root: string | undefined;
  readonly extension: "bz2" | "gz";
  readonly tools: CompressionTools;
  readonly signal: AbortSignal;
  /** Threads that may decode the file when it is read back. */
  readonly pool?: WorkerPool | undefined;
}

/** A file that is whole, verified and published. */
export interface FinishedOutput extends WrittenFile {
  readonly name: string;
}

export class DumpOutput {
  /** File name without directory. */
  readonly name: string;
  readonly #path: string;
  readonly #options: OutputOptions;
  readonly #file: OutputFile;
  readonly #compression: Compression;
  #pending: Promise<void> | undefined;
  #plainBytes = 0;

  /** Used by `open`. */
  private constructor(path: string, file: OutputFile, options: OutputOptions) {
    this.name = path.slice(path.lastIndexOf("/") + 1);
    this.#path = path;
    this.#file = file;
    this.#options = options;
    this.#compression = openCompression(options.extension, options.tools, {
      signal: options.signal,
      get byteLength() {
        return file.byteLength;
      },
      write: (bytes) => file.write(bytes),
    });
  }

  /** Opens `<path>.inprog`. Throws SourceError. */
  static async open(path: string, options: OutputOptions): Promise<DumpOutput> {
    return new DumpOutput(path, await OutputFile.create(path), options);
  }

  /** Compressed bytes so far. */
  get byteLength(): number {
    return this.#file.byteLength;
  }

  /** Adds plain bytes; they must not change afterwards. Wait for `settled` before adding much more. */
  add(bytes: Uint8Array): void {
    this.#plainBytes += bytes.length;
    this.#wait(this.#compression.write(bytes));
  }

  /** Ends the compressed stream (gzip: member). The compressor may be behind: see `streamEnds`. */
  endStream(): void {
    this.#wait(this.#compression.endStream());
  }

  /** Of each stream that was ended and is in the file by now: the byte after it. */
  get streamEnds(): readonly number[] {
    return this.#compression.streamEnds;
  }

  /** Waits until all streams that were ended are in the file. */
  async flush(): Promise<void> {
    await this.settled();
    await this.#compression.flush();
  }

  /** What to wait for before adding more, or undefined. */
  settled(): Promise<void> | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  /** Ends the file, reads it back and checks it. It keeps its `.inprog` name. */
  async finish(verify: VerifyLevel): Promise<FinishedOutput> {
    await this.settled();
    await this.#compression.close();
    const written = await this.#file.close();
    await verifyFile(this.#file.inProgressPath, {
      level: verify,
      extension: this.#options.extension,
      root: this.#options.root,
      plainByteLength: this.#plainBytes,
      written,
      signal: this.#options.signal,
      pool: this.#options.pool,
    });
    return { name: this.name, ...written };
  }

  /** Gives the file its final name. */
  publish(): Promise<void> {
    return this.#file.publish();
  }

  /** Removes what was written; can be called on every way out. */
  async discard(): Promise<void> {
    await this.#compression.abort();
    await this.#file.discard();
  }

  /** Path of the published file. */
  get path(): string {
    return this.#path;
  }

  #wait(promise: Promise<void> | undefined): void {
    if (promise === undefined) return;
    const before = this.#pending;
    this.#pending = before === undefined ? promise : before.then(() => promise);
    // Whoever adds asks `settled` or `finish`, which report the failure; until then it must not count as unhandled.
    this.#pending.catch(() => undefined);
    promise.catch(() => undefined);
  }
}
