/**
 * Outputs that are packed as their names say, in streams or in one piece.
 */
import type { Level } from "../../../lib/bzip2/format.ts";
import { Bzip2Packer } from "../../../lib/dump/packing/bzip2-packer.ts";
import { PairPacker } from "../../../lib/dump/packing/pair-packer.ts";
import { plainPacker, type StreamPacker } from "../../../lib/dump/packing/stream-packer.ts";
import { gzipStream } from "../../../lib/host/gzip.ts";
import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";
import type { Output } from "../io/output.ts";

/** How a file is packed. */
export type Packing = "bzip2" | "gzip" | "plain";

/** What the ending of a name says. */
export function packingOf(name: string): Packing {
  if (name.endsWith(".bz2")) return "bzip2";
  return name.endsWith(".gz") ? "gzip" : "plain";
}

/** A packer for it. What it gives must be written before the next piece is taken. */
export function packerFor(
  packing: Packing,
  options: { level?: Level; pool?: WorkerPool | undefined } = {},
): StreamPacker {
  if (packing === "bzip2") return new Bzip2Packer({ ...options, chunks: "borrowed" });
  return packing === "gzip" ? new PairPacker(() => gzipStream()) : plainPacker();
}

/** Text that is written bit by bit into one packed stream. */
export class PackedText {
  readonly output: Output;
  readonly #packer: StreamPacker;
  readonly #encoder = new TextEncoder();
  #isEnded = false;

  constructor(output: Output, packing: Packing) {
    this.output = output;
    this.#packer = packerFor(packing);
  }

  async write(text: string): Promise<void> {
    this.#packer.add(this.#encoder.encode(text));
    await this.#drain();
    while (!this.#packer.hasRoom) {
      await this.#packer.change();
      await this.#drain();
    }
  }

  /** Writes what is left. The output is not finished by it. */
  async end(): Promise<void> {
    this.#packer.endStream();
    for (;;) {
      await this.#drain();
      if (this.#isEnded) return;
      await this.#packer.change();
    }
  }

  async #drain(): Promise<void> {
    for (let piece = this.#packer.take(); piece !== undefined; piece = this.#packer.take()) {
      this.#isEnded = piece.isStreamEnd;
      if (piece.bytes.length > 0) await this.output.write(piece.bytes);
    }
  }
}
