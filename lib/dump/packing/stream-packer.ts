/**
 * What makes a file of several streams out of plain bytes, and what all ways to do it have in common.
 *
 *     add, add, endStream, add, endStream  →  take: bytes, bytes, end of stream 0, bytes, end of stream 1
 *
 * Packing may happen elsewhere (workers, zlib's threads), so output comes later than input, but always in its order.
 */
import type { Bytes } from "../../bzip2/format.ts";

/** Some output; `isStreamEnd` says that the next byte of the file begins the next stream. */
export interface PackedPiece {
  readonly bytes: Bytes;
  readonly isStreamEnd: boolean;
}

/** Packs streams one behind the other. */
export interface StreamPacker {
  /** Whether more bytes may be added before output is taken. What is in the making is bounded if this is respected. */
  readonly hasRoom: boolean;
  /** Adds bytes to the stream at hand. They are the caller's again when the call returns. */
  add(bytes: Uint8Array): void;
  /** Ends the stream at hand, which may be empty; the next byte begins another one. */
  endStream(): void;
  /** The next output; undefined while there is none. Throws what went wrong. */
  take(): PackedPiece | undefined;
  /** Settles when `take` may have something new to say. Call it only when `take` gave nothing. */
  change(): Promise<void>;
  /** Gives up what still runs. */
  giveUp(reason: unknown): void;
}

/** A packer that does not pack: "streams" are only places in the plain bytes. */
export function plainPacker(): StreamPacker {
  const pieces: PackedPiece[] = [];
  return {
    get hasRoom() {
      return pieces.length < 1000;
    },
    add: (bytes) => void pieces.push({ bytes: bytes.slice() as Bytes, isStreamEnd: false }),
    endStream: () => void pieces.push({ bytes: new Uint8Array(0), isStreamEnd: true }),
    take: () => pieces.shift(),
    change: () => Promise.resolve(),
    giveUp: () => void pieces.splice(0),
  };
}
