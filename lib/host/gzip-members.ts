/**
 * Where the members of a gzip file begin and end, found by expanding it.
 *
 *     member = 10 bytes, perhaps more fields · deflate data · checksum, length
 *
 * gzip.ts expands a file whatever its members are. Here zlib only gets the deflate data of one member at a time, and says how much of
 * the input it used: a magic number that happens to stand inside the data is never taken for the start of a member.
 */
import { createInflateRaw, type InflateRaw } from "node:zlib";
import { crc32Gzip } from "../bits/crc32-gzip.ts";
import { GzipError } from "../errors.ts";

/** What is found, in the order of the file. */
export type GzipMemberEvent =
  /** A member begins at this byte of the file. */
  | { readonly type: "member"; readonly byteOffset: number }
  /** Plain bytes of the member. */
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  /** The member ends before this byte of the file; its checksum and length are right. */
  | { readonly type: "end"; readonly endByteOffset: number };

/** What is expanded at once: deflate makes at most 1032 times as much of it. */
const PIECE_BYTES = 16 * 1024;
const OUTPUT_BYTES = 64 * 1024;
const MAGIC = [0x1f, 0x8b];
/** After the magic. */
const FIXED_HEADER_BYTES = 8;
const TRAILER_BYTES = 8;
const MAX_FIELD_BYTES = 64 * 1024;
const HAS_HEADER_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/**
 * Expands gzip data and tells of its members. Zero bytes after the last one are padding.
 *
 * Throws GzipError: TRUNCATED when the data is cut or empty, CORRUPT when it is damaged or followed by something else; and what the
 * stream fails with.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gzipSync } from "node:zlib";
 * import { readGzipMembers } from "./gzip-members.ts";
 *
 * const starts: number[] = [];
 * for await (const event of readGzipMembers(new Blob([gzipSync("one "), gzipSync("two")]).stream(), "file.gz")) {
 *   if (event.type === "member") starts.push(event.byteOffset);
 * }
 * assert.deepEqual(starts, [0, gzipSync("one ").length]);
 * ```
 */
export async function* readGzipMembers(
  data: ReadableStream<Uint8Array>,
  path: string,
): AsyncGenerator<GzipMemberEvent, void, undefined> {
  const input = new GzipInput(data, path);
  try {
    for (let isFirst = true; isFirst || !(await input.isAtEnd()); isFirst = false) {
      yield { type: "member", byteOffset: input.byteOffset };
      await readHeader(input);
      let crc = 0;
      let byteLength = 0;
      for await (const bytes of inflate(input)) {
        crc = crc32Gzip(crc, bytes);
        byteLength += bytes.length;
        yield { type: "bytes", bytes };
      }
      const trailer = await input.take(TRAILER_BYTES);
      const stated = new DataView(trailer.buffer, trailer.byteOffset, TRAILER_BYTES);
      if (stated.getUint32(0, true) !== crc) throw input.corrupt("incorrect data check");
      if (stated.getUint32(4, true) !== byteLength % 2 ** 32) throw input.corrupt("incorrect length check");
      yield { type: "end", endByteOffset: input.byteOffset };
    }
  } finally {
    await input.close();
  }
}

async function readHeader(input: GzipInput): Promise<void> {
  for (const byte of MAGIC) if ((await input.take(1))[0] !== byte) throw input.corrupt("incorrect header check");
  const [method, flags] = await input.take(FIXED_HEADER_BYTES) as unknown as [number, number];
  if (method !== 8 || flags > 31) throw input.corrupt("unknown compression method or header flags set");
  if ((flags & HAS_EXTRA) !== 0) {
    const [low, high] = await input.take(2) as unknown as [number, number];
    await input.take(low + high * 256);
  }
  if ((flags & HAS_NAME) !== 0) await skipText(input);
  if ((flags & HAS_COMMENT) !== 0) await skipText(input);
  if ((flags & HAS_HEADER_CRC) !== 0) await input.take(2);
}

async function skipText(input: GzipInput): Promise<void> {
  for (let length = 0; (await input.take(1))[0] !== 0; length++) {
    if (length > MAX_FIELD_BYTES) throw input.corrupt("a name without end in the header");
  }
}

/** The plain bytes of one member; the input is then at its trailer. */
async function* inflate(input: GzipInput): AsyncGenerator<Uint8Array, void, undefined> {
  const engine = createInflateRaw({ chunkSize: OUTPUT_BYTES });
  try {
    const work = new InflateWork(engine);
    for (let isDone = false; !isDone;) {
      const piece = await input.peek(PIECE_BYTES);
      let used: number;
      try {
        used = await work.push(piece);
        // Data that ends with a piece is known to have ended when the next byte is refused.
        isDone = used < piece.length;
        if (isDone) await work.ended;
      } catch (error) {
        throw input.corrupt((error as Error).message, error);
      }
      input.skip(used);
      yield* work.takeOutput();
    }
  } finally {
    engine.destroy();
  }
}

/** zlib at work on the data of one member. */
class InflateWork {
  readonly ended: Promise<void>;
  readonly #engine: InflateRaw;
  #output: Uint8Array[] = [];

  constructor(engine: InflateRaw) {
    this.#engine = engine;
    engine.on("data", (chunk: Uint8Array) => this.#output.push(chunk));
    this.ended = new Promise((resolve, reject) => {
      engine.once("end", resolve);
      engine.once("error", reject);
    });
    this.ended.catch(() => undefined);
  }

  /** Expands a piece, and tells how much of it belongs to the member. */
  async push(piece: Uint8Array): Promise<number> {
    const engine = this.#engine;
    const before = engine.bytesWritten;
    const written = new Promise<void>((resolve, reject) => {
      engine.write(piece, (error) => error ? reject(error) : resolve());
    });
    // After an error, zlib does not answer the write.
    await Promise.race([written, this.ended]);
    return engine.bytesWritten - before;
  }

  takeOutput(): readonly Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }
}

/** The file, taken in pieces of wanted sizes. */
class GzipInput {
  byteOffset = 0;
  readonly #path: string;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);

  constructor(data: ReadableStream<Uint8Array>, path: string) {
    this.#reader = data.getReader();
    this.#path = path;
  }

  /** At least one and at most so many bytes, which stay in the input. Throws GzipError TRUNCATED at its end. */
  async peek(most: number): Promise<Uint8Array> {
    if (!(await this.#hasMore())) {
      const message = `${this.#path} is truncated: it ends inside a gzip member`;
      throw new GzipError("TRUNCATED", message, this.#path, { remedy: "Fetch or make the file again" });
    }
    return this.#chunk.subarray(0, most);
  }

  skip(byteLength: number): void {
    this.#chunk = this.#chunk.subarray(byteLength);
    this.byteOffset += byteLength;
  }

  /** So many bytes, as a copy. */
  async take(byteLength: number): Promise<Uint8Array> {
    const taken = new Uint8Array(byteLength);
    for (let fill = 0; fill < byteLength;) {
      const piece = await this.peek(byteLength - fill);
      taken.set(piece, fill);
      fill += piece.length;
      this.skip(piece.length);
    }
    return taken;
  }

  /** Whether nothing follows but zero bytes, which it passes then. */
  async isAtEnd(): Promise<boolean> {
    while (await this.#hasMore()) {
      const other = this.#chunk.findIndex((byte) => byte !== 0);
      if (other === 0) return false;
      if (other > 0) throw this.corrupt("something else than a member after zero bytes");
      this.skip(this.#chunk.length);
    }
    return true;
  }

  corrupt(what: string, cause?: unknown): GzipError {
    return new GzipError("CORRUPT", `${this.#path} is corrupt: gzip reports ${what}`, this.#path, {
      cause,
      remedy: "Check the file with: gzip -t",
    });
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
  }

  async #hasMore(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#reader.read();
      if (next.done) return false;
      this.#chunk = next.value;
    }
    return true;
  }
}
