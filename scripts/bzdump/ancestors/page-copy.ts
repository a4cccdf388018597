/**
 * Where writeuptopageid copies pages to: standard output, or a file that is packed as its name says.
 */
import { join } from "node:path";
import type { Output } from "../io/output.ts";
import { type Packing, packingOf, writeDocument } from "../pages/pages-output.ts";
import { Threads } from "../io/threads.ts";
import { oldOutput } from "./old-output.ts";

/** Ids from `start` on, before `end`. */
export interface IdRange {
  readonly start: number;
  readonly end: number;
}

/** A range and the file that it goes to. */
export interface FileSpec extends IdRange {
  readonly name: string;
}

/** A copy of some pages. */
export interface PageCopy {
  readonly range: IdRange;
  write(bytes: Uint8Array): Promise<void> | undefined;
  finish(): Promise<void>;
  discard(reason: unknown): Promise<void>;
}

/** To standard output, as it comes. */
export class StreamCopy implements PageCopy {
  readonly range: IdRange;
  readonly #output: Output;

  constructor(range: IdRange, output: Output) {
    this.range = range;
    this.#output = output;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    return this.#output.write(bytes);
  }

  finish(): Promise<void> {
    return this.#output.finish();
  }

  discard(): Promise<void> {
    return this.#output.discard();
  }
}

/** To a file, which gets its name when it is whole. */
export class FileCopy implements PageCopy {
  readonly range: IdRange;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #written: Promise<void>;

  /** Opens the file. Throws SourceError. */
  static async create(directory: string, spec: FileSpec, signal: AbortSignal): Promise<FileCopy> {
    const output = await oldOutput(directory === "" ? spec.name : join(directory, spec.name));
    return new FileCopy(spec, output, signal);
  }

  constructor(spec: FileSpec, output: Output, signal: AbortSignal) {
    this.range = spec;
    const pipe = new TransformStream<Uint8Array, Uint8Array>();
    this.#writer = pipe.writable.getWriter();
    const threads = new Threads(1, Infinity);
    this.#written = writeDocument(pipe.readable, output, { threads, signal, packing: oldPackingOf(spec.name) });
    // Whoever finishes or discards is told; until then nobody listens.
    this.#written.catch(() => {});
    this.#writer.closed.catch(() => {});
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(bytes);
    } catch (error) {
      // The output has failed, and its own error says how.
      await this.#written;
      throw error;
    }
  }

  async finish(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#written;
  }

  async discard(reason: unknown): Promise<void> {
    await this.#writer.abort(reason).catch(() => {});
    await this.#written.catch(() => {});
  }
}

/** ".bz2" or ".gz", also behind one more extension such as ".inprog"; the old tool knew no 7z. */
function oldPackingOf(name: string): Packing {
  const packing = packingOf(name);
  const inner = packing === "plain" ? packingOf(name.replace(/\.[^./]*$/, "")) : packing;
  return inner === "7z" ? "plain" : inner;
}
