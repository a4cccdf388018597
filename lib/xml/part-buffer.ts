/**
 * The bytes between what the dump splitter has handed out and what it has read: the chunk at hand, and copies of earlier ones.
 *
 * Positions are byte offsets from the start of the input. What lies in one chunk is handed out as a view of it; a chunk is copied
 * only where it ends within a head, so that its memory is its owner's again when it was pushed.
 */
import { ByteBuffer } from "../bits/byte-buffer.ts";

const PREVIEW_BYTES = 64;

/** Hands out the input in order, in the lengths asked for. */
export class PartBuffer {
  readonly #held = new ByteBuffer();
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkOffset = 0;
  #startOffset = 0;

  /** Byte offset of the first byte that was not handed out. */
  get startOffset(): number {
    return this.#startOffset;
  }

  /** Bytes of earlier chunks that were not handed out. */
  get heldLength(): number {
    return this.#held.length;
  }

  /** Takes the chunk that begins at `chunkOffset`; the one before must have been handed out or held. */
  load(chunk: Uint8Array, chunkOffset: number): void {
    this.#chunk = chunk;
    this.#chunkOffset = chunkOffset;
  }

  /** Passes over bytes that nobody wants; nothing may be held. */
  skip(byteLength: number): void {
    this.#startOffset += byteLength;
  }

  /** Copies the rest of the chunk, which the next one will decide about, and gives the number of bytes held. */
  hold(): number {
    this.#held.append(this.#chunk.subarray(Math.max(0, this.#startOffset - this.#chunkOffset)));
    return this.#held.length;
  }

  /** Everything before `endOffset`, as one array. */
  take(endOffset: number): Uint8Array {
    const chunkOffset = this.#chunkOffset;
    const length = endOffset - this.#startOffset;
    if (this.#held.length === 0) return this.takeFromChunk(endOffset);
    if (endOffset > chunkOffset) this.#held.append(this.#chunk.subarray(0, endOffset - chunkOffset));
    const held = this.#held.take();
    if (length < held.length) this.#held.append(held.subarray(length));
    this.#startOffset = endOffset;
    return held.subarray(0, length);
  }

  /** What is held of earlier chunks. */
  takeHeld(): Uint8Array {
    const held = this.#held.take();
    this.#startOffset += held.length;
    return held;
  }

  /** What lies before `endOffset` in the chunk at hand; nothing may be held. */
  takeFromChunk(endOffset: number): Uint8Array {
    const start = this.#startOffset - this.#chunkOffset;
    this.#startOffset = endOffset;
    return this.#chunk.subarray(start, endOffset - this.#chunkOffset);
  }

  /** The first bytes that were not handed out, some more than a message shows. The buffer is of no more use. */
  takePreview(): Uint8Array {
    const fromChunk = this.#chunk.subarray(Math.max(0, this.#startOffset - this.#chunkOffset));
    this.#held.append(fromChunk.subarray(0, PREVIEW_BYTES));
    return this.#held.take();
  }
}
