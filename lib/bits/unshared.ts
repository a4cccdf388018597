/** Bytes that other threads cannot change: browsers decode no text out of shared memory. */

/** The chunk itself; a copy, if its memory is a SharedArrayBuffer. */
export function unshared(chunk: Uint8Array): Uint8Array {
  return chunk.buffer[Symbol.toStringTag] === "SharedArrayBuffer" ? chunk.slice() : chunk;
}
