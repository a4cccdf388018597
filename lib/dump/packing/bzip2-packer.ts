/**
 * Streams of bzip2, their blocks encoded by workers or here, put together in order.
 *
 * A block depends on no other, so those of several streams are in the making at the same time: small streams keep all workers
 * as busy as one big one. Can also go on with a stream whose beginning is in a file already.
 */
import { borrowedRoom, BufferStore, freshRoom } from "../../bits/buffer-store.ts";
import { BlockEncoder, type EncodedBlock } from "../../bzip2/block-encoder.ts";
import type { EncodeTask } from "../../bzip2/block-tasks.ts";
import { checkLevel } from "../../bzip2/check-level.ts";
import { BYTES_PER_LEVEL, type Level } from "../../bzip2/format.ts";
import { RunLengthEncoder } from "../../bzip2/rle1-encode.ts";
import { type StreamState, StreamWriter } from "../../bzip2/stream-writer.ts";
import { TaskGroup } from "../../streams/task-group.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import type { PackedPiece, StreamPacker } from "./stream-packer.ts";
import { WakeUp } from "../reading/wake-up.ts";

/** How to pack. */
export interface Bzip2PackerOptions {
  /**
   * The block size of the streams, in steps of 100,000 bytes.
   *
   * @default {9}
   */
  readonly level?: Level | undefined;
  /** Workers that encode blocks. Without them it is done here, between `add` and `take`. */
  readonly pool?: WorkerPool | undefined;
  /**
   * The most bytes that are in the making, in blocks of full size.
   *
   * @default {the size of the pool, and one}
   */
  readonly blocksAhead?: number | undefined;
  /** The first stream is this one: its header and first blocks are written already. */
  readonly continueFrom?: StreamState | undefined;
  /**
   * "borrowed": a piece is valid only until the next one is taken, which needs less memory.
   *
   * @default {"own"}
   */
  readonly chunks?: "own" | "borrowed" | undefined;
}

/** So many bytes are packed here, before the first worker is started. */
const BYTES_BEFORE_WORKERS = 300_000;
/** Streams can be empty: their number has a bound, too. */
const MAX_ITEMS_AHEAD = 2000;

/** Blocks of streams of 100 pages are mostly small: so many of them are under way for each worker … */
const BLOCKS_PER_WORKER = 4;
/** … and more, if they are tiny. */
const FEW_BYTES = 200_000;

/** A block, in the making or made; or the end of a stream. */
interface Item {
  readonly byteLength: number;
  readonly isStreamEnd: boolean;
  encoded: EncodedBlock | undefined;
  failure: { readonly error: unknown } | undefined;
}

/** See the head of this file. */
export class Bzip2Packer implements StreamPacker {
  readonly #runs: RunLengthEncoder;
  readonly #writer: StreamWriter;
  readonly #tasks: TaskGroup | undefined;
  readonly #wakeUp = new WakeUp();
  readonly #maxBytesAhead: number;
  readonly #maxBlocksAhead: number;
  /** Memory of blocks and of their bits, on its way back to the workers. */
  readonly #blockStore: BufferStore;
  readonly #bitsStore: BufferStore;
  #encoder: BlockEncoder | undefined;
  #items: Item[] = [];
  /** Items before this one were taken. */
  #next = 0;
  #bytesAhead = 0;
  #byteLength = 0;

  /** @throws {RangeError} if the level is not a whole number from 1 to 9 */
  constructor(options: Bzip2PackerOptions = {}) {
    const level = checkLevel(options.level ?? 9);
    const { pool } = options;
    this.#runs = new RunLengthEncoder(level);
    const makeRoom = options.chunks === "borrowed" ? borrowedRoom() : freshRoom;
    this.#writer = new StreamWriter(level, { continueFrom: options.continueFrom, makeRoom });
    this.#maxBlocksAhead = BLOCKS_PER_WORKER * (pool?.size ?? 1);
    this.#blockStore = new BufferStore(this.#maxBlocksAhead);
    this.#bitsStore = new BufferStore(this.#maxBlocksAhead);
    this.#tasks = pool === undefined ? undefined : new TaskGroup(pool);
    this.#maxBytesAhead = (options.blocksAhead ?? (pool?.size ?? 0) + 1) * level * BYTES_PER_LEVEL;
  }

  get hasRoom(): boolean {
    const itemsAhead = this.#items.length - this.#next;
    if (this.#bytesAhead < FEW_BYTES) return itemsAhead < MAX_ITEMS_AHEAD;
    // Each block may be a stream, and then its end is an item, too.
    return this.#bytesAhead < this.#maxBytesAhead && itemsAhead < 2 * this.#maxBlocksAhead;
  }

  /** Whether `take` has something to give, or to throw. */
  get hasOutput(): boolean {
    const item = this.#items[this.#next];
    return item !== undefined && (item.isStreamEnd || item.encoded !== undefined || item.failure !== undefined);
  }

  add(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length;) {
      start = this.#runs.push(bytes, start);
      if (this.#runs.isFull) this.#send();
    }
  }

  endStream(): void {
    this.#runs.flush();
    if (!this.#runs.isEmpty) this.#send();
    this.#items.push({ byteLength: 0, isStreamEnd: true, encoded: undefined, failure: undefined });
  }

  take(): PackedPiece | undefined {
    const item = this.#items[this.#next];
    if (item === undefined || !this.hasOutput) return undefined;
    if (item.failure !== undefined) throw item.failure.error;
    this.#bytesAhead -= item.byteLength;
    this.#items[this.#next++] = undefined!;
    if (this.#next > MAX_ITEMS_AHEAD) this.#items = this.#items.slice(this.#next), this.#next = 0;
    if (item.encoded === undefined) return { bytes: this.#writer.end(), isStreamEnd: true };
    const bytes = this.#writer.add(item.encoded);
    if (this.#tasks !== undefined) this.#bitsStore.give(item.encoded.bits);
    return { bytes, isStreamEnd: false };
  }

  change(): Promise<void> {
    return this.#wakeUp.wait();
  }

  giveUp(reason: unknown): void {
    this.#tasks?.giveUp(reason);
  }

  #send(): void {
    const runs = this.#runs;
    const { block, crc } = runs;
    const item: Item = { byteLength: block.length, isStreamEnd: false, encoded: undefined, failure: undefined };
    this.#items.push(item);
    this.#bytesAhead += block.length;
    this.#byteLength += block.length;
    if (this.#tasks === undefined || this.#byteLength <= BYTES_BEFORE_WORKERS) {
      this.#encoder ??= new BlockEncoder();
      item.encoded = this.#encoder.encode(block, crc);
    } else {
      this.#encoder = undefined;
      const copy = this.#blockStore.take(block.length);
      copy.set(block);
      this.#hand(item, this.#tasks, { kind: "encode", block: copy, crc, room: this.#bitsStore.takeAny() });
    }
    runs.clear();
  }

  #hand(item: Item, tasks: TaskGroup, task: EncodeTask): void {
    tasks.run(task).then((answer) => {
      this.#blockStore.give(answer.block);
      item.encoded = answer;
      this.#wakeUp.wake();
    }, (error: unknown) => {
      item.failure = { error };
      this.#wakeUp.wake();
    });
  }
}
