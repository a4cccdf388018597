/**
 * gzip both ways as a pair of WHATWG streams, over node:zlib.
 *
 * The platform's DecompressionStream stops after the first member or fails there, and says nothing about what was
 * wrong; dumps of several members exist. The output of the writer depends on the input, the level and the version of
 * zlib alone.
 */
import { constants, createGunzip, createGzip, type Gunzip, type Gzip } from "node:zlib";
import { GzipError } from "../errors.ts";
import { systemCode } from "./system-error.ts";

/** Plain bytes per chunk of output. */
const CHUNK_BYTES = 64 * 1024;

type BytesPair = ReadableWritablePair<Uint8Array, Uint8Array>;

/**
 * Compresses to one gzip member, without a name and without a time, so that equal input gives equal bytes.
 *
 * `level` is 1 to 9; 6 without it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gunzipStream, gzipStream } from "wikidump/node";
 *
 * const text = new Blob(["some text"]).stream();
 * const same = text.pipeThrough(gzipStream({ level: 9 })).pipeThrough(gunzipStream());
 * assert.equal(await new Response(same).text(), "some text");
 * ```
 */
export function gzipStream(options: { level?: number } = {}): BytesPair {
  const engine = createGzip({ level: options.level ?? constants.Z_DEFAULT_COMPRESSION, chunkSize: CHUNK_BYTES });
  let isFirst = true;
  const pair = pairOf(engine, (chunk) => {
    if (isFirst) normaliseHeader(chunk);
    isFirst = false;
  }, (error) => error);
  return { readable: pair.readable, writable: inEqualPieces(pair.writable) };
}

/**
 * Some builds of zlib (Deno's) compress differently when the same bytes come in other pieces. So they always come in
 * the same.
 */
function inEqualPieces(target: WritableStream<Uint8Array>): WritableStream<Uint8Array> {
  const writer = target.getWriter();
  const piece = new Uint8Array(CHUNK_BYTES);
  let fill = 0;
  return new WritableStream<Uint8Array>({
    start(controller) {
      writer.closed.catch((error: unknown) => controller.error(error));
    },
    async write(chunk) {
      for (let taken = 0; taken < chunk.byteLength;) {
        const part = chunk.subarray(taken, taken + CHUNK_BYTES - fill);
        piece.set(part, fill);
        taken += part.byteLength;
        fill += part.byteLength;
        if (fill < CHUNK_BYTES) return;
        await writer.write(piece);
        fill = 0;
      }
    },
    async close() {
      if (fill > 0) await writer.write(piece.subarray(0, fill));
      await writer.close();
    },
    abort: (reason) => writer.abort(reason),
  });
}

/** Byte 9 of a member names the operating system; zlib's builds differ in what they put there. 3 is Unix. */
function normaliseHeader(firstChunk: Uint8Array): void {
  firstChunk[9] = 3;
}

/**
 * Expands gzip data of any number of members. Zero bytes after the last member are padding, as for gzip(1).
 *
 * Fails with `GzipError`: TRUNCATED when the data is cut or empty, CORRUPT when it is damaged or followed by something else. All bytes before a
 * cut are delivered first; before damage, the last bytes (less than 64 KiB) may be missing. `path` names the file in
 * messages.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gzipSync } from "node:zlib";
 * import { gunzipStream } from "wikidump/node";
 *
 * const twoMembers = new Blob([gzipSync("one "), gzipSync("two")]);
 * assert.equal(await new Response(twoMembers.stream().pipeThrough(gunzipStream())).text(), "one two");
 * ```
 */
export function gunzipStream(options: { path?: string } = {}): BytesPair {
  const path = options.path ?? "gzip data";
  return pairOf(createGunzip({ chunkSize: CHUNK_BYTES }), () => {}, (error) => gunzipError(error, path));
}

/** What zlib says, in this library's words; what is no complaint of zlib (the writer was aborted) stays what it is. */
function gunzipError(error: Error, path: string): Error {
  if (!systemCode(error).startsWith("Z_")) return error;
  if (systemCode(error) === "Z_BUF_ERROR") {
    return new GzipError("TRUNCATED", `${path} is truncated: it ends inside a gzip member`, path, {
      cause: error,
      remedy: "Fetch or make the file again",
    });
  }
  return new GzipError("CORRUPT", `${path} is corrupt: gzip reports ${error.message}`, path, {
    cause: error,
    remedy: "Check the file with: gzip -t",
  });
}

/** Joins a zlib engine to two streams. The engine stands still while nobody reads. */
function pairOf(
  engine: Gzip | Gunzip,
  see: (chunk: Uint8Array) => void,
  translate: (error: Error) => Error,
): BytesPair {
  let failure: Error | undefined;
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      engine.on("data", (chunk: Uint8Array) => {
        see(chunk);
        controller.enqueue(new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength));
        if ((controller.desiredSize ?? 0) <= 0) engine.pause();
      });
      engine.on("end", () => controller.close());
      engine.on("error", (error) => controller.error(failure ??= translate(error)));
      engine.pause();
    },
    pull: () => void engine.resume(),
    cancel: () => void engine.destroy(),
  }, { highWaterMark: 0 });
  const settle = (resolve: () => void, reject: (error: Error) => void) => (error?: Error | null) =>
    error ? reject(failure ??= translate(error)) : resolve();
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) => new Promise<void>((resolve, reject) => void engine.write(chunk, settle(resolve, reject))),
    close: () => new Promise<void>((resolve, reject) => void engine.end(settle(resolve, reject))),
    abort(reason) {
      engine.destroy(reason instanceof Error ? reason : new Error("Writing was aborted"));
    },
  });
  return { readable, writable };
}
