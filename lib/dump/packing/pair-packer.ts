/**
 * Streams (members) of whatever a pair of platform streams makes: gzip, by `gzipStream` of a host or by `CompressionStream`.
 *
 * Each stream has a pair of its own; a few are in the making at the same time, their output comes in order.
 */
import type { Bytes } from "../../bzip2/format.ts";
import { chunksOf } from "../../streams/stream-from.ts";
import type { PackedPiece, StreamPacker } from "./stream-packer.ts";
import { WakeUp } from "../reading/wake-up.ts";

/** Makes the pair for one stream: plain bytes in, packed ones out. */
export type MakePair = () => ReadableWritablePair<Uint8Array, Uint8Array>;

const MAX_BYTES_AHEAD = 1024 * 1024;
const MAX_STREAMS_AHEAD = 8;

/** One stream in the making. */
interface Member {
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly output: AsyncGenerator<Uint8Array, void, undefined>;
}

/** See the head of this file. */
export class PairPacker implements StreamPacker {
  readonly #makePair: MakePair;
  readonly #wakeUp = new WakeUp();
  readonly #pieces: PackedPiece[] = [];
  /** Streams whose end was not read; the last one may be the one at hand. */
  readonly #members: Member[] = [];
  #open: Member | undefined;
  #bytesAhead = 0;
  #isReading = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(makePair: MakePair) {
    this.#makePair = makePair;
  }

  get hasRoom(): boolean {
    const ahead = this.#bytesAhead < MAX_BYTES_AHEAD && this.#members.length < MAX_STREAMS_AHEAD;
    return this.#failure === undefined && ahead && this.#pieces.length < 100;
  }

  add(bytes: Uint8Array): void {
    const { writer } = this.#member();
    this.#bytesAhead += bytes.length;
    writer.write(bytes.slice()).then(() => {
      this.#bytesAhead -= bytes.length;
      this.#wakeUp.wake();
    }, (error: unknown) => this.#fail(error));
  }

  endStream(): void {
    const { writer } = this.#member();
    this.#open = undefined;
    writer.close().catch((error: unknown) => this.#fail(error));
  }

  take(): PackedPiece | undefined {
    const piece = this.#pieces.shift();
    if (piece === undefined && this.#failure !== undefined) throw this.#failure.error;
    return piece;
  }

  change(): Promise<void> {
    return this.#failure === undefined ? this.#wakeUp.wait() : Promise.resolve();
  }

  giveUp(reason: unknown): void {
    this.#failure ??= { error: reason };
    for (const { writer } of this.#members) writer.abort(reason).catch(() => {});
  }

  #member(): Member {
    if (this.#open !== undefined) return this.#open;
    const { writable, readable } = this.#makePair();
    this.#open = { writer: writable.getWriter(), output: chunksOf(readable) };
    this.#open.writer.closed.catch(() => {});
    this.#members.push(this.#open);
    if (!this.#isReading) void this.#read();
    return this.#open;
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      for (let member = this.#members[0]; member !== undefined; member = this.#members[0]) {
        for await (const bytes of member.output) this.#give({ bytes: bytes as Bytes, isStreamEnd: false });
        this.#members.shift();
        this.#give({ bytes: new Uint8Array(0), isStreamEnd: true });
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isReading = false;
  }

  #give(piece: PackedPiece): void {
    this.#pieces.push(piece);
    this.#wakeUp.wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wakeUp.wake();
  }
}
