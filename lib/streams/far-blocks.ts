/**
 * The blocks of a file, decoded ahead by workers: takes the place of `BlockReader` in a `Bzip2Decoder`.
 *
 * The decoder reads the file from front to back as ever, so that its events and errors are the same by construction. Only when
 * it comes to a block, it asks here: is there an answer for this bit? What no worker has decoded well (the bits were no
 * block, the level was another one, a checksum was wrong) is decoded on the spot, which also finds out what is wrong.
 */
import { BufferStore } from "../bits/buffer-store.ts";
import type { BitReader } from "../bits/bit-reader.ts";
import { BlockReader, type PlainBlock } from "../bzip2/block-reader.ts";
import { BlockScanner, type FilePiece } from "../bzip2/block-scanner.ts";
import { type DecodeAnswer, type DecodeTask, TABLE_COLUMNS } from "../bzip2/block-tasks.ts";
import type { Bytes, Level } from "../bzip2/format.ts";
import { needInput, type Step } from "../bzip2/need-bits.ts";
import { TaskGroup } from "./task-group.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** Bits of a magic; they have been read when a block is asked for. */
const MAGIC_BITS = 48;
/** A decoded block is skipped in steps, so that the bit reader need not hold it in one window. */
const SKIPPED_BITS = 1 << 20;

/** Smaller blocks, on average of a piece, are decoded here. */
const MIN_BLOCK_BYTES = 1024;

/** A piece of the file that a worker has or had, and what became of it. */
interface Piece {
  readonly byteOffset: number;
  readonly bitOffsets: readonly number[];
  readonly levels: readonly Level[];
  /** The place that is looked at next. */
  row: number;
  answer: DecodeAnswer | undefined;
  /** Plain bytes of the answer before `row`. */
  used: number;
  failure: { readonly error: unknown } | undefined;
}

/** What a worker found at a place. */
interface FarBlock {
  readonly bitLength: number;
  readonly block: PlainBlock;
}

/** How far ahead, and in what pieces. */
export interface FarBlocksOptions {
  readonly lookahead: number;
  readonly pieceBytes: number;
  /** "borrowed": the bytes of a block are not read any more when the next one is asked for. */
  readonly chunks?: "own" | "borrowed" | undefined;
}

/** Decodes ahead, and answers for blocks in the order of the file. */
export class FarBlocks {
  readonly #tasks: TaskGroup;
  readonly #lookahead: number;
  readonly #onChange: () => void;
  readonly #scanner: BlockScanner;
  #local: BlockReader | undefined;
  /** In the order of the file. */
  #pieces: Piece[] = [];
  #hasUsedWorkers = false;
  #isEnded = false;
  #isStopped = false;
  #isWaiting = false;
  #isHolding = false;
  #bitOffset = 0;
  readonly #areChunksBorrowed: boolean;
  /** Memory of pieces, and of what they hold, on its way back to the workers. */
  readonly #inputStore: BufferStore;
  readonly #plainStore: BufferStore;

  /** Blocks that are smaller than this on average cost more to send than to decode. Measured 2026-11: 70 bytes, 1.7 times the time. */
  readonly #minBlockBytes: number;

  constructor(pool: WorkerPool, options: FarBlocksOptions, onChange: () => void) {
    const { lookahead, pieceBytes, chunks } = options;
    this.#tasks = new TaskGroup(pool);
    this.#lookahead = lookahead;
    this.#inputStore = new BufferStore(lookahead + 1);
    this.#plainStore = new BufferStore(lookahead + 1);
    this.#scanner = new BlockScanner(pieceBytes, (byteLength) => this.#inputStore.take(byteLength));
    this.#minBlockBytes = Math.min(MIN_BLOCK_BYTES, pieceBytes);
    this.#areChunksBorrowed = chunks === "borrowed";
    this.#onChange = onChange;
  }

  /** Whether the decoder waits for a worker, and not for input. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Whether a block was asked for and not given yet: the decoder still reads the input that it has. */
  get isHolding(): boolean {
    return this.#isHolding;
  }

  /** The bit of the block that was asked for last. */
  get bitOffset(): number {
    return this.#bitOffset;
  }

  /** Whether more may be decoded ahead. */
  get hasRoom(): boolean {
    return this.#pieces.length < this.#lookahead;
  }

  /** Bytes of the file that the decoder will come to. */
  push(bytes: Uint8Array): void {
    if (this.#isStopped) return;
    for (const piece of this.#scanner.push(bytes)) this.#send(piece);
  }

  /** The file is complete. One that is too short for workers never starts one. */
  end(): void {
    this.#isEnded = true;
    const piece = this.#hasUsedWorkers && !this.#isStopped ? this.#scanner.end() : undefined;
    if (piece !== undefined) this.#send(piece);
  }

  /** All pieces so far are not wanted: the decoder is behind them. */
  forget(): void {
    this.#pieces = [];
  }

  /** No block will be asked for any more. */
  stop(): void {
    this.#isStopped = true;
    this.forget();
  }

  giveUp(reason: unknown): void {
    this.#tasks.giveUp(reason);
  }

  /** In place of `BlockReader.read`. */
  *read(bits: BitReader, level: Level, options: { verify: boolean; magicBitOffset: number }): Step<PlainBlock> {
    this.#isHolding = true;
    const far = yield* this.#far(options.magicBitOffset, level);
    this.#isHolding = false;
    if (far === undefined) {
      this.#local ??= new BlockReader();
      return yield* this.#local.read(bits, level, options);
    }
    for (let left = far.bitLength - MAGIC_BITS; left > 0;) {
      const step = Math.min(left, SKIPPED_BITS);
      while (!bits.has(step)) yield* needInput(bits);
      bits.skip(step);
      left -= step;
    }
    return far.block;
  }

  /** Waits for the worker that has the place; undefined when none has, or it is no good. */
  *#far(bitOffset: number, level: Level): Step<FarBlock | undefined> {
    this.#bitOffset = bitOffset;
    for (;;) {
      const piece = this.#pieceWith(bitOffset);
      this.#isWaiting = piece !== undefined && piece.answer === undefined && piece.failure === undefined;
      if (piece?.failure !== undefined) throw piece.failure.error;
      if (piece?.answer !== undefined) return this.#takeBlock(piece, piece.answer, bitOffset, level);
      if (piece === undefined && (this.#isEnded || !this.#scanner.isOpen(bitOffset))) return undefined;
      yield undefined;
    }
  }

  /** The piece that has a place; those before it are done with. */
  #pieceWith(bitOffset: number): Piece | undefined {
    for (;;) {
      const piece = this.#pieces[0];
      if (piece === undefined || piece.bitOffsets[0]! > bitOffset) return undefined;
      if (piece.bitOffsets.at(-1)! >= bitOffset) return piece;
      this.#pieces.shift();
      if (piece.answer !== undefined && this.#isFree(piece, piece.answer)) this.#plainStore.give(piece.answer.bytes);
    }
  }

  /** Whether nobody reads the plain bytes of a piece that is done with. The only block of an answer went to the reader as it was. */
  #isFree({ bitOffsets }: Piece, { bytes, table }: DecodeAnswer): boolean {
    return this.#areChunksBorrowed || bitOffsets.every((_, row) => table[row * TABLE_COLUMNS + 2] !== bytes.length);
  }

  #send({ bytes, byteOffset, bitOffsets, levels }: FilePiece): void {
    if (bytes.length < this.#minBlockBytes * bitOffsets.length) return;
    const piece: Piece = { byteOffset, bitOffsets, levels, row: 0, answer: undefined, used: 0, failure: undefined };
    this.#hasUsedWorkers = true;
    this.#pieces.push(piece);
    this.#run(piece, bytes);
  }

  /** Gives a piece to a worker; when its answer leaves places out, they become a piece of their own behind it. */
  #run(piece: Piece, input: Bytes): void {
    const task: DecodeTask = {
      kind: "decode",
      input,
      bitOffsets: piece.bitOffsets.map((bitOffset) => bitOffset - piece.byteOffset * 8),
      levels: piece.levels,
      room: this.#plainStore.takeAny(),
    };
    this.#tasks.run(task).then((answer) => {
      piece.answer = answer;
      this.#split(piece, answer);
      this.#onChange();
    }, (error: unknown) => {
      piece.failure = { error };
      this.#onChange();
    });
  }

  #split(piece: Piece, { table, input }: DecodeAnswer): void {
    const rows = table.length / TABLE_COLUMNS;
    const at = this.#pieces.indexOf(piece);
    if (rows === piece.bitOffsets.length || at < 0) return this.#inputStore.give(input);
    const rest: Piece = {
      ...piece,
      bitOffsets: piece.bitOffsets.slice(rows),
      levels: piece.levels.slice(rows),
      answer: undefined,
    };
    this.#pieces.splice(at, 1, { ...piece, bitOffsets: piece.bitOffsets.slice(0, rows) }, rest);
    this.#run(rest, input);
  }

  /** What an answer has for a place; goes on from the place before. */
  #takeBlock(piece: Piece, answer: DecodeAnswer, bitOffset: number, level: Level): FarBlock | undefined {
    const { table, bytes } = answer;
    for (; piece.row < piece.bitOffsets.length && piece.bitOffsets[piece.row]! <= bitOffset; piece.row++) {
      const column = piece.row * TABLE_COLUMNS;
      const byteLength = table[column + 2]!;
      const start = piece.used;
      piece.used += byteLength;
      if (piece.bitOffsets[piece.row] !== bitOffset || piece.levels[piece.row] !== level) continue;
      const bitLength = table[column]!;
      if (bitLength === 0) continue;
      piece.row++;
      return { bitLength, block: { bytes: this.#blockBytes(bytes, start, byteLength), crc: table[column + 1]! >>> 0 } };
    }
    return undefined;
  }

  /** The only block of an answer keeps its buffer; others get one of their own. */
  #blockBytes(bytes: Bytes, start: number, byteLength: number): Bytes {
    if (this.#areChunksBorrowed || byteLength === bytes.length) return bytes.subarray(start, start + byteLength);
    return bytes.slice(start, start + byteLength);
  }
}
