/**
 * Our own bzip2 for a file of a run: a packer, and the one who carries what it has packed to the sink.
 *
 *     write, endStream → steps that wait for room → packer → sink
 */
import { Bzip2Packer } from "../../dump/packing/bzip2-packer.ts";
import type { PackedPiece } from "../../dump/packing/stream-packer.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import type { Compression, CompressionSink } from "./compression.ts";

/** Bytes to be packed, or the end of a stream. */
type Step = Uint8Array | "end";

/** So many bytes go in without a look at whether there is room. */
const PIECE_BYTES = 64 * 1024;

/** See the head of this file. */
export class Bzip2Compression implements Compression {
  readonly streamEnds: number[] = [];
  readonly #packer: Bzip2Packer;
  readonly #sink: CompressionSink;
  /** What the packer had no room for. */
  #steps: Step[] = [];
  #endedStreams = 0;
  #isStreamOpen = false;
  /** Settles when there is nothing to carry and room for more; stays when carrying failed. */
  #carrying: Promise<void> | undefined;

  constructor(sink: CompressionSink, pool: WorkerPool | undefined) {
    // Several outputs share the threads: none needs to be far ahead.
    this.#packer = new Bzip2Packer({ pool, blocksAhead: pool?.size, chunks: "borrowed" });
    this.#sink = sink;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    this.#isStreamOpen = true;
    this.#steps.push(bytes);
    return this.#pass();
  }

  endStream(): Promise<void> | undefined {
    this.#isStreamOpen = false;
    this.#endedStreams++;
    this.#steps.push("end");
    return this.#pass();
  }

  async flush(): Promise<void> {
    // One at a time: a piece is only valid until the next one is taken.
    while (this.#carrying !== undefined) await this.#carrying;
    await this.#begin(() => this.streamEnds.length === this.#endedStreams);
  }

  async close(): Promise<void> {
    const isOpen = this.#isStreamOpen || this.#endedStreams === 0;
    if (isOpen) void this.endStream();
    await this.flush();
    // The writer did not ask for this end.
    if (isOpen) this.streamEnds.pop();
  }

  async abort(): Promise<void> {
    this.#steps = [];
    this.#packer.giveUp(new Error("The compression was given up"));
    await this.#carrying?.catch(() => undefined);
  }

  get #isIdle(): boolean {
    return this.#steps.length === 0 && this.#packer.hasRoom;
  }

  /** Packs what there is room for, and gives what to wait for until there is room again. */
  #pass(): Promise<void> | undefined {
    if (this.#carrying !== undefined) return this.#carrying;
    this.#feed();
    if (this.#isIdle && !this.#packer.hasOutput) return undefined;
    return this.#begin(() => this.#isIdle);
  }

  #begin(isEnough: () => boolean): Promise<void> {
    const carrying = this.#carry(isEnough).then(() => this.#carrying = undefined);
    // Told to whoever waits for it.
    carrying.catch(() => undefined);
    return this.#carrying = carrying;
  }

  /** Carries what is packed to the sink, until there is nothing to carry and it is enough. */
  async #carry(isEnough: () => boolean): Promise<void> {
    for (;;) {
      this.#feed();
      const piece = this.#packer.take();
      if (piece !== undefined) await this.#write(piece);
      else if (isEnough()) return;
      else await this.#packer.change();
    }
  }

  async #write({ bytes, isStreamEnd }: PackedPiece): Promise<void> {
    await this.#sink.write(bytes);
    if (isStreamEnd) this.streamEnds.push(this.#sink.byteLength);
  }

  #feed(): void {
    while (this.#packer.hasRoom) {
      const step = this.#steps[0];
      if (step === undefined) return;
      if (step === "end") this.#packer.endStream();
      else {
        this.#packer.add(step.subarray(0, PIECE_BYTES));
        if (step.length > PIECE_BYTES) {
          this.#steps[0] = step.subarray(PIECE_BYTES);
          continue;
        }
      }
      this.#steps.shift();
    }
  }
}
