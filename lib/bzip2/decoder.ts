/**
 * `Bzip2Decoder`: compressed bytes in, blocks out, without streams or promises.
 *
 *     file     = stream+  trailing bytes
 *     stream   = "BZh" level  block*  end        → "stream" event, a "block" event for each, "end" event
 *
 * The decoder is written as one generator that reads the file from front to back; it yields `undefined` where it needs
 * more input. `push` and `finish` drive it.
 */

import { BitReader } from "../bits/bit-reader.ts";
import { borrowedRoom, freshRoom, type MakeRoom } from "../bits/buffer-store.ts";
import { combineCrc } from "../bits/crc32-bzip2.ts";
import { requireBytes } from "../bits/require-bytes.ts";
import { BlockReader } from "./block-reader.ts";
import { asBzip2Error, Fault } from "./fault.ts";
import type { BlockInfo, Bytes, Level } from "./format.ts";
import { readMagic } from "./magic.ts";
import { needBits } from "./need-bits.ts";
import { readStreamHeader } from "./stream-header.ts";

/** What a decoder finds, in the order of the file. */
export type DecoderEvent =
  /** A stream starts; `byteOffset` is that of its "BZh" in the compressed data. */
  | {
    readonly type: "stream";
    readonly level: Level;
    readonly streamIndex: number;
    readonly byteOffset: number;
  }
  /** A whole block, whose checksum was right. */
  | { readonly type: "block"; readonly info: BlockInfo; readonly bytes: Bytes }
  /** A stream ends: its checksum, the bit of its end magic, and the byte after it. */
  | { readonly type: "end"; readonly crc: number; readonly bitOffset: number; readonly endByteOffset: number }
  /** What follows the last stream; the last event. */
  | { readonly type: "trailing"; readonly byteOffset: number; readonly byteLength: number };

/** How to decode. */
export interface DecoderOptions {
  /** Go on after the end of a stream. Default true, as `bzip2 -d` does. */
  multistream?: boolean;
  /** Bytes after the last stream that start no other stream. Default "ignore", as `bzip2 -d` does. */
  trailing?: "ignore" | "error";
  /** Compare the checksums of blocks and streams. Default true. */
  verify?: boolean;
  /** The most plain bytes to give: a block that would be beyond is an error, and no memory is taken for it. Default: no limit. */
  maxBytes?: number;
  /**
   * "own" (the default): the bytes of a block are yours, in a buffer of their own. "borrowed": they are valid only until the
   * next event is asked for; a program that is through with them by then needs less memory.
   */
  chunks?: "own" | "borrowed";
}

/**
 * Decodes bzip2 data that comes in chunks of any size.
 *
 * Iterate each generator to its end before you reuse the chunk. Memory stays at about one plain block and its scratch
 * (6 to 8 MB at level 9), whatever the input.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Bzip2Decoder, compress } from "wikidump";
 *
 * const decoder = new Bzip2Decoder();
 * const text: string[] = [];
 * for (const event of [...decoder.push(compress(new TextEncoder().encode("hello"))), ...decoder.finish()]) {
 *   if (event.type === "block") text.push(new TextDecoder().decode(event.bytes));
 * }
 * assert.deepEqual(text, ["hello"]);
 * ```
 */
export class Bzip2Decoder {
  readonly #bits = new BitReader();
  readonly #blocks: Pick<BlockReader, "read">;
  readonly #options: Required<DecoderOptions>;
  readonly #file: Generator<DecoderEvent | undefined, void, undefined>;
  #failure: unknown;
  #streamIndex = 0;
  #blockIndex = 0;
  #bytesBefore = 0;

  /**
   * @param blocks who reads blocks; only for the parallel twin, which asks workers
   * @throws {RangeError} if `maxBytes` is not a number from 0 up
   */
  constructor(options: DecoderOptions = {}, blocks?: Pick<BlockReader, "read">) {
    const { multistream = true, trailing = "ignore", verify = true, maxBytes = Infinity, chunks = "own" } = options;
    // NaN would allow everything.
    if (!(maxBytes >= 0)) throw new RangeError(`Option maxBytes is ${maxBytes}, but it must be a number from 0 up`);
    this.#options = { multistream, trailing, verify, maxBytes, chunks };
    this.#blocks = blocks ?? this.#makeReader(chunks === "own" ? freshRoom : borrowedRoom());
    this.#file = this.#readFile();
  }

  /**
   * Takes compressed bytes; gives the events that they complete.
   *
   * @throws {Bzip2Error} while iterating, after all good blocks were given
   */
  push(chunk: Uint8Array): Generator<DecoderEvent, void, undefined> {
    requireBytes(chunk, "A chunk to decompress");
    if (this.#bits.isEnded) throw new TypeError("The decoder was told that its input is complete");
    this.#bits.push(chunk);
    return this.#drive();
  }

  /**
   * Says that the input is complete; gives the last events.
   *
   * @throws {Bzip2Error} `TRUNCATED` when a stream is not complete, `NOT_BZIP2` when there was no input
   */
  finish(): Generator<DecoderEvent, void, undefined> {
    this.#bits.end();
    return this.#drive();
  }

  /** A reader that asks before it takes memory for a block. */
  #makeReader(makeRoom: MakeRoom): BlockReader {
    return new BlockReader((byteLength, magicBitOffset) => {
      this.#requireRoom(byteLength, magicBitOffset);
      return makeRoom(byteLength);
    });
  }

  #requireRoom(byteLength: number, magicBitOffset: number): void {
    const { maxBytes } = this.#options;
    if (this.#bytesBefore + byteLength <= maxBytes) return;
    throw new Fault("OUTPUT_LIMIT", `Plain data is longer than the ${maxBytes} bytes allowed`, magicBitOffset);
  }

  *#drive(): Generator<DecoderEvent, void, undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      let step: IteratorResult<DecoderEvent | undefined, void>;
      try {
        step = this.#file.next();
      } catch (error) {
        this.#failure = this.#explain(error);
        continue;
      }
      if (step.done === true || step.value === undefined) return;
      yield step.value;
    }
  }

  #explain(error: unknown): unknown {
    return asBzip2Error(error, {
      streamIndex: this.#streamIndex,
      blockIndex: this.#blockIndex,
      bytesBefore: this.#bytesBefore,
    });
  }

  *#readFile(): Generator<DecoderEvent | undefined, void, undefined> {
    for (;;) {
      const header = yield* readStreamHeader(this.#bits, this.#streamIndex === 0);
      if (header === "end") return;
      if (header === "other") break;
      const { byteOffset, level } = header;
      yield { type: "stream", level, streamIndex: this.#streamIndex, byteOffset };
      yield* this.#readStream(level);
      this.#streamIndex++;
      if (!this.#options.multistream) break;
    }
    yield* this.#readTrailing();
  }

  *#readStream(level: Level): Generator<DecoderEvent | undefined, void, undefined> {
    const bits = this.#bits;
    let streamCrc = 0;
    for (;;) {
      const bitOffset = bits.bitOffset;
      if ((yield* readMagic(bits)) === "end") return yield* this.#readEnd(streamCrc, bitOffset);
      const { bytes, crc } = yield* this.#blocks.read(bits, level, {
        verify: this.#options.verify,
        magicBitOffset: bitOffset,
      });
      this.#requireRoom(bytes.length, bitOffset);
      streamCrc = combineCrc(streamCrc, crc);
      const info: BlockInfo = {
        streamIndex: this.#streamIndex,
        blockIndex: this.#blockIndex++,
        bitOffset,
        bitLength: bits.bitOffset - bitOffset,
        byteOffset: this.#bytesBefore,
        byteLength: bytes.length,
        crc,
        level,
      };
      this.#bytesBefore += bytes.length;
      yield { type: "block", info, bytes };
    }
  }

  *#readEnd(streamCrc: number, bitOffset: number): Generator<DecoderEvent | undefined, void, undefined> {
    const bits = this.#bits;
    yield* needBits(bits, 32);
    const crc = bits.read32();
    if (this.#options.verify && crc !== streamCrc) {
      const [expected, found] = [crc, streamCrc].map((value) => value.toString(16).padStart(8, "0"));
      throw new Fault("STREAM_CRC", `Stream checksum mismatch: expected ${expected}, found ${found}`, bitOffset);
    }
    bits.alignToByte();
    yield { type: "end", crc, bitOffset, endByteOffset: bits.bitOffset / 8 };
  }

  /** Counts what follows the last stream, without keeping it. */
  *#readTrailing(): Generator<DecoderEvent | undefined, void, undefined> {
    const bits = this.#bits;
    const byteOffset = bits.bitOffset / 8;
    let byteLength = 0;
    for (;;) {
      byteLength += bits.skipAll();
      if (byteLength > 0 && this.#options.trailing === "error") {
        throw new Fault("TRAILING_DATA", "Bytes follow the last stream", byteOffset * 8);
      }
      if (bits.isEnded) break;
      yield undefined;
    }
    if (byteLength > 0) yield { type: "trailing", byteOffset, byteLength };
  }
}
