/**
 * The same bytes, cut in many ways. What reads a stream must answer the same for all of them.
 *
 * Chunks are copies with a buffer of their own, so a test may overwrite one after it was read.
 */

/** One way of cutting. */
export interface Chunking {
  readonly name: string;
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
}

/** Inputs up to this length are also cut in two at every place, and into single bytes. */
const SHORT_BYTES = 400;
/** Inputs up to this length are also cut into very small pieces. */
const MIDDLING_BYTES = 200_000;

/** All chunkings of some bytes: more for short inputs, fewer for long ones. */
export function* chunkings(input: Uint8Array): Generator<Chunking, void, undefined> {
  // The slice of a Buffer would be a view.
  const bytes = new Uint8Array(input);
  yield { name: "whole", chunks: [bytes.slice()] };
  yield { name: "empty chunks around and within", chunks: withEmptyChunks(bytes) };
  if (bytes.length <= SHORT_BYTES) {
    for (let at = 1; at < bytes.length; at++) {
      yield { name: `cut at ${at}`, chunks: [bytes.slice(0, at), bytes.slice(at)] };
    }
  }
  const sizes = bytes.length <= MIDDLING_BYTES ? [1, 2, 3, 5, 7, 65_535, 65_536, 65_537] : [4093, 65_536, 65_537];
  for (const size of sizes) {
    if (size < bytes.length) yield { name: `pieces of ${size}`, chunks: pieces(bytes, () => size) };
  }
  for (const seed of [1, 2, 3]) {
    const random = generator(seed);
    const most = seed === 1 ? 17 : Math.ceil(bytes.length / 3);
    if (most > 17 || bytes.length <= MIDDLING_BYTES) {
      yield { name: `random pieces, seed ${seed}`, chunks: pieces(bytes, () => 1 + Math.floor(random() * most)) };
    }
  }
}

/** Cuts bytes into pieces of the sizes that `nextSize` gives (at least 1). */
export function pieces(bytes: Uint8Array, nextSize: () => number): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(at + Math.max(1, nextSize()), bytes.length);
    chunks.push(bytes.slice(at, end));
    at = end;
  }
  return chunks;
}

function withEmptyChunks(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const nothing = new Uint8Array(0);
  const middle = bytes.length >> 1;
  return [nothing, bytes.slice(0, middle), nothing, nothing, bytes.slice(middle), nothing];
}

/** A small random generator, the same on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
