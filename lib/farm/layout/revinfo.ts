/**
 * `<wiki>-<date>-revinfo.gz`: the counts of all pages of a run, ten to a line, so that the stubs need not be read again.
 *
 *     lastPageId:byteLength:revisionCount
 *
 * It lies in the temporary tree, in the form of the reference, and has its name only when it is whole.
 */
import { SourceError } from "../../errors.ts";
import { gunzipStream, gzipStream } from "../../host/gzip.ts";
import { OutputFile } from "../../host/output-file.ts";
import { openFileStream } from "../../host/read-file.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import type { PageBatch, PageCount } from "./page-counts.ts";

const encoder = new TextEncoder();
const LINE = /^(\d{1,15}):(\d{1,15}):(\d{1,15})$/;

/** The line of a batch, with its line end. */
export function formatRevinfoLine({ lastPageId, byteLength, revisionCount }: PageCount): string {
  return `${lastPageId}:${byteLength}:${revisionCount}\n`;
}

/** Writes the file while pages are counted. */
export class RevinfoWriter {
  readonly #file: OutputFile;
  readonly #gzip: WritableStreamDefaultWriter<Uint8Array>;
  readonly #written: Promise<void>;

  private constructor(file: OutputFile) {
    this.#file = file;
    const { readable, writable } = gzipStream();
    this.#gzip = writable.getWriter();
    this.#written = copy(readable, file);
    // Told by add() or publish().
    this.#written.catch((error: unknown) => void this.#gzip.abort(error).catch(() => {}));
  }

  /** Begins `path` under a provisional name. Throws SourceError. */
  static async create(path: string): Promise<RevinfoWriter> {
    return new RevinfoWriter(await OutputFile.create(path));
  }

  async add(batches: readonly PageBatch[]): Promise<void> {
    await this.#unlessFailed(this.#gzip.write(encoder.encode(batches.map(formatRevinfoLine).join(""))));
  }

  /** Gives the file its name. */
  async publish(): Promise<void> {
    await this.#unlessFailed(this.#gzip.close());
    await this.#written;
    await this.#file.publish();
  }

  async discard(): Promise<void> {
    await this.#gzip.abort(new Error("The counts are not wanted")).catch(() => {});
    await this.#written.catch(() => {});
    await this.#file.discard();
  }

  /** A compressor that is stopped because its file cannot be written knows less than the file. */
  async #unlessFailed(compressing: Promise<void>): Promise<void> {
    try {
      await compressing;
    } catch (error) {
      await this.#written;
      throw error;
    }
  }
}

async function copy(readable: ReadableStream<Uint8Array>, file: OutputFile): Promise<void> {
  for await (const chunk of chunksOf(readable)) await file.write(chunk);
}

/**
 * Reads the file back, as batches without their pages. Throws SourceError and GzipError; READ for lines of another form, or that
 * are not in the order of page ids.
 */
export async function* readRevinfo(
  path: string,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<readonly PageBatch[], void, undefined> {
  const decoder = new TextDecoder();
  let lastPageId = 0;
  let rest = "";
  const read = (lines: readonly string[]): PageBatch[] =>
    lines.map((line) => {
      const batch = parseLine(line);
      if (batch === undefined || batch.lastPageId <= lastPageId) throw badLine(path, line);
      lastPageId = batch.lastPageId;
      return batch;
    });
  const stored = openFileStream(path, options.signal === undefined ? {} : { signal: options.signal });
  for await (const chunk of chunksOf(stored.pipeThrough(gunzipStream({ path })))) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    if (rest.length > 100) throw badLine(path, rest);
    if (lines.length > 0) yield read(lines);
  }
  if (rest !== "") throw badLine(path, rest);
}

function parseLine(line: string): PageBatch | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [lastPageId, byteLength, revisionCount] = match.slice(1).map(Number) as [number, number, number];
  return { lastPageId, byteLength, revisionCount, pages: [] };
}

function badLine(path: string, line: string): SourceError {
  const message = `${path} is no list of counts: ${
    JSON.stringify(line.slice(0, 60))
  } is not the next ID:BYTES:REVISIONS`;
  return new SourceError("READ", message, path, { remedy: "Remove the file; it is made again from the stubs" });
}
