/**
 * First step of encoding: runs of equal bytes, and the division of the input into blocks. A `@kernel`.
 *
 *     a b b c c c c       →  a b b c c c c 0          ; four equal bytes, then how many more
 *     d × 260             →  d d d d 251  d d d d 1   ; a run is at most 255 long
 *
 * A block takes whole runs until it holds its limit, which is 19 bytes below the level's size as in bzip2 1.0.8: so
 * blocks begin at the same plain bytes as there. A run is written when the next one begins; until then it is
 * only counted, and belongs to the block in which it will be written. The checksum is that of the plain bytes.
 */
import { CRC_START, CRC_TABLE, finishCrc, updateCrc } from "../bits/crc32-bzip2.ts";
import { type Bytes, BYTES_PER_LEVEL, type Level } from "./format.ts";

const LONGEST_RUN = 255;
/** Shorter stretches without runs are not worth a call. */
const SHORT_STRETCH = 24;
const SPARE_BYTES = 19;
const SMALLEST_CAPACITY = 1 << 12;

/** Fills one block after the other with run-length coded bytes. */
export class RunLengthEncoder {
  readonly #limit: number;
  #block: Bytes = new Uint8Array(SMALLEST_CAPACITY);
  #length = 0;
  #register: number = CRC_START;
  #runByte = -1;
  #runLength = 0;

  constructor(level: Level) {
    this.#limit = level * BYTES_PER_LEVEL - SPARE_BYTES;
  }

  /** The block's bytes, valid until the next call of `push`, `flush` or `clear`. */
  get block(): Bytes {
    return this.#block.subarray(0, this.#length);
  }

  /** The checksum of the plain bytes of the block. */
  get crc(): number {
    return finishCrc(this.#register);
  }

  /** Whether the block has reached its limit: it must be taken and cleared before more is pushed. */
  get isFull(): boolean {
    return this.#length >= this.#limit;
  }

  /** Whether neither the block nor the run that is being counted holds a byte. */
  get isEmpty(): boolean {
    return this.#length === 0 && this.#runLength === 0;
  }

  /** Takes bytes of `chunk` from index `start` on, until its end or a full block; gives the index where it stopped. */
  push(chunk: Uint8Array, start: number): number {
    this.#makeRoom(chunk.length - start);
    const table = CRC_TABLE;
    const block = this.#block;
    const limit = this.#limit;
    let length = this.#length;
    let register = this.#register;
    let runByte = this.#runByte;
    let runLength = this.#runLength;
    let i = start;
    while (i < chunk.length && length < limit) {
      const byte = chunk[i++]!;
      if (byte === runByte && runLength < LONGEST_RUN) {
        runLength++;
        continue;
      }
      if (runLength === 1) {
        block[length++] = runByte;
        register = (register << 8) ^ table[(register >>> 24) ^ runByte]!;
      } else if (runLength > 0) {
        for (let k = 0; k < runLength; k++) register = (register << 8) ^ table[(register >>> 24) ^ runByte]!;
        block[length++] = runByte;
        block[length++] = runByte;
        if (runLength > 2) block[length++] = runByte;
        if (runLength > 3) {
          block[length++] = runByte;
          block[length++] = runLength - 4;
        }
      }
      runByte = byte;
      runLength = 1;
      // What holds no run of four is copied as it is. Its last run may go on, and is left out: so the block does not get full here.
      const stop = findRunOfFour(chunk, i - 1, Math.min(chunk.length, i - 1 + limit - length));
      if (stop - i < SHORT_STRETCH) continue;
      const stretch = chunk.subarray(i - 1, startOfRun(chunk, i - 1, stop));
      block.set(stretch, length);
      length += stretch.length;
      register = updateCrc(register, stretch);
      i += stretch.length;
      runByte = chunk[i - 1]!;
    }
    this.#length = length;
    this.#register = register;
    this.#runByte = runByte;
    this.#runLength = runLength;
    return i;
  }

  /** Writes the run that is being counted into the block. */
  flush(): void {
    this.#makeRoom(0);
    for (let k = 0; k < this.#runLength; k++) {
      this.#register = (this.#register << 8) ^ CRC_TABLE[(this.#register >>> 24) ^ this.#runByte]!;
      if (k < 4) this.#block[this.#length++] = this.#runByte;
    }
    if (this.#runLength >= 4) this.#block[this.#length++] = this.#runLength - 4;
    this.#runByte = -1;
    this.#runLength = 0;
  }

  /** Begins the next block; the run that is being counted goes there. */
  clear(): void {
    this.#length = 0;
    this.#register = CRC_START;
  }

  /** A chunk needs at most 5 bytes for every 4, and the run before it 5. */
  #makeRoom(chunkLength: number): void {
    const needed = Math.min(this.#limit, this.#length + chunkLength + (chunkLength >>> 2)) + 8;
    if (needed <= this.#block.length) return;
    const larger = new Uint8Array(Math.min(Math.max(needed, 2 * this.#block.length), this.#limit + 8));
    larger.set(this.#block.subarray(0, this.#length));
    this.#block = larger;
  }
}

/** Where four equal bytes begin, from `start` on; `end` if they do not. Four equal bytes are three equal pairs, so every third pair is enough. */
function findRunOfFour(bytes: Uint8Array, start: number, end: number): number {
  let pair = start + 2;
  while (pair + 1 < end) {
    const byte = bytes[pair]!;
    if (byte !== bytes[pair + 1]!) {
      pair += 3;
      continue;
    }
    let first = pair;
    while (first > start && bytes[first - 1] === byte) first--;
    let next = pair + 2;
    while (next < first + 4 && next < end && bytes[next] === byte) next++;
    if (next === first + 4) return first;
    pair = next + 2;
  }
  return end;
}

/** Where the run begins that `stop` is in the middle of, or begins after; not before `start`. */
function startOfRun(bytes: Uint8Array, start: number, stop: number): number {
  let first = stop - 1;
  while (first > start && bytes[first - 1] === bytes[first]) first--;
  return first;
}
