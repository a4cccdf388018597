/**
 * One block, from the bit after its magic to its plain bytes:
 *
 *     head → code tables → last column of the sorted rotations → text → run lengths undone → checksum
 *      block-header  huffman-decode  symbol-decoder   bwt-inverse   rle1            crc32-bzip2
 *
 * The scratch memory is kept from block to block. It grows with what is really found, never with what a header claims.
 */

import type { BitReader } from "../bits/bit-reader.ts";
import { freshRoom } from "../bits/buffer-store.ts";
import { CRC_START, finishCrc, updateCrc } from "../bits/crc32-bzip2.ts";
import type { ArrayStore } from "./array-store.ts";
import { type BlockHeader, readBlockHeader } from "./block-header.ts";
import { BwtInverse } from "./bwt-inverse.ts";
import { Fault } from "./fault.ts";
import { type Bytes, BYTES_PER_LEVEL, type Level } from "./format.ts";
import { MoveToFrontDecoder } from "./mtf-decode.ts";
import { needInput, type Step } from "./need-bits.ts";
import { unrandomise } from "./randomise.ts";
import { RunUnpacker } from "./rle1.ts";
import {
  decodeSymbols,
  DONE,
  NEED_INPUT,
  NEED_ROOM,
  NO_SELECTOR,
  type SymbolStatus,
  TOO_LONG,
} from "./symbol-decoder.ts";
import { COLUMN_SLACK, SymbolState, WORD_BYTES } from "./symbol-state.ts";

/** Tables of steps pay for blocks of at least so many groups of symbols. */
const MIN_STEPPED_GROUPS = 200;

/** So many bits are decoded with one call; see docs/decisions/069-kernels-take-bites.md. */
const BITE_BITS = 1 << 12;
/** The same where places are decoded by whole groups: the last 1000 bits of a bite are none. */
const PLACES_BITE_BITS = 1 << 16;

/** From this share of bytes from behind the first 16 places on, the move-to-front list is gone through for many at once. */
const MIN_FAR_SHARE = 0.4;
/** mtf-decode.ts reads four bytes as a word, the first in the lowest bits. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** A decoded block. */
export interface PlainBlock {
  readonly bytes: Bytes;
  /** The checksum as the block states it. */
  readonly crc: number;
}

/** Gives memory for the plain bytes of a block whose magic is at a bit. May throw: nothing was allocated then. */
export type MakeBlockRoom = (byteLength: number, magicBitOffset: number) => Bytes;

/** Reads blocks, one at a time. */
export class BlockReader {
  readonly #symbols = new SymbolState();
  readonly #mtf = new MoveToFrontDecoder();
  readonly #bwt: BwtInverse;
  readonly #runs = new RunUnpacker();
  readonly #makeRoom: MakeBlockRoom;

  /**
   * @param makeRoom where the plain bytes of each block go; default: a buffer of their own
   * @param store memory that somebody else may use between two blocks
   */
  constructor(makeRoom: MakeBlockRoom = freshRoom, store?: ArrayStore) {
    this.#makeRoom = makeRoom;
    this.#bwt = new BwtInverse(store);
  }

  /**
   * Reads one block whose magic has been read.
   *
   * @param magicBitOffset where its magic was: what a wrong checksum is blamed on
   */
  *read(bits: BitReader, level: Level, options: { verify: boolean; magicBitOffset: number }): Step<PlainBlock> {
    const header = yield* readBlockHeader(bits, level);
    this.#prepare(header, level);
    yield* this.#readSymbols(bits);
    const bytes = this.#unpack(header, options.magicBitOffset);
    if (options.verify) {
      const found = finishCrc(updateCrc(CRC_START, bytes));
      if (found !== header.crc) {
        throw new Fault(
          "BLOCK_CRC",
          `Block checksum mismatch: expected ${hex(header.crc)}, found ${hex(found)}`,
          options.magicBitOffset,
        );
      }
    }
    return { bytes, crc: header.crc };
  }

  #prepare(header: BlockHeader, level: Level): void {
    const symbols = this.#symbols;
    symbols.selectors = header.selectors;
    const isFar = IS_LITTLE_ENDIAN && farShare(header) >= MIN_FAR_SHARE;
    if (isFar) symbols.setPlaces();
    else symbols.setList(header.symbols);
    symbols.endSymbol = header.symbols.length + 1;
    symbols.limit = level * BYTES_PER_LEVEL;
    symbols.length =
      symbols.group =
      symbols.groupLeft =
      symbols.run =
      symbols.runDigits =
        0;
    header.codeLengths.forEach((lengths, tree) => {
      symbols.tables.set(tree, lengths);
      if (!isFar && header.selectors.length >= MIN_STEPPED_GROUPS) symbols.tables.setSteps(tree, symbols.endSymbol);
    });
  }

  *#readSymbols(bits: BitReader): Step<void> {
    const symbols = this.#symbols;
    const biteBits = symbols.isPlaces ? PLACES_BITE_BITS : BITE_BITS;
    for (;;) {
      symbols.position = bits.position;
      const end = Math.min(bits.readableEnd, bits.position + biteBits);
      const status = decodeSymbols(symbols, bits.bytes, end);
      bits.position = symbols.position;
      if (status === DONE) return;
      if (status === NEED_INPUT && end < bits.readableEnd) continue;
      if (status === NEED_ROOM) growColumn(symbols);
      else if (status !== NEED_INPUT) throw symbolFault(status, symbols, bits.bitOffset);
      else if (!bits.moveOn()) yield* needInput(bits);
    }
  }

  /** From the column to plain bytes. */
  #unpack(header: BlockHeader, magicBitOffset: number): Bytes {
    const { column, length, isPlaces } = this.#symbols;
    if (isPlaces) this.#mtf.decode(column.subarray(0, length), header.symbols);
    if (header.origin >= length) {
      throw new Fault(
        "BAD_ORIGIN",
        `Origin ${header.origin} is not in its block of ${length} bytes`,
        header.originBitOffset,
      );
    }
    const text = this.#bwt.invert(column, length, header.origin);
    if (header.isRandomised) unrandomise(text);
    const bytes = this.#runs.unpack(text, (byteLength) => this.#makeRoom(byteLength, magicBitOffset));
    if (bytes === undefined) {
      throw new Fault(
        "BAD_SYMBOL",
        "Block ends with four equal bytes and no count of those that follow",
        magicBitOffset,
      );
    }
    return bytes;
  }
}

/** The share of symbols for bytes from behind the first 16 places, as code lengths make us expect it. */
function farShare({ selectors, codeLengths }: BlockHeader): number {
  // Of doubles from the start: code for an array of integers would be thrown away with the first share that is none.
  const shares = Float64Array.from(codeLengths, (lengths) => {
    let share = 0;
    for (let symbol = 1 + WORD_BYTES; symbol < lengths.length - 1; symbol++) share += 2 ** -lengths[symbol]!;
    return share;
  });
  let sum = 0;
  for (const tree of selectors) sum += shares[tree]!;
  return sum / selectors.length;
}

function growColumn(symbols: SymbolState): void {
  const wanted = Math.max(symbols.column.length * 2, symbols.length + symbols.run * 2);
  const larger = new Uint8Array(Math.min(wanted, symbols.limit) + COLUMN_SLACK);
  larger.set(symbols.column.subarray(0, symbols.length));
  symbols.column = larger;
}

function symbolFault(status: SymbolStatus, symbols: SymbolState, bitOffset: number): Fault {
  switch (status) {
    case TOO_LONG:
      return new Fault("BLOCK_TOO_LONG", `Block holds more than the ${symbols.limit} bytes of its level`, bitOffset);
    case NO_SELECTOR:
      return new Fault(
        "BAD_SELECTOR",
        `Block goes on after its last group, expected its end within ${symbols.selectors.length} groups`,
        bitOffset,
      );
    default:
      return new Fault("BAD_SYMBOL", "Bits that are no code of their table", bitOffset);
  }
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
