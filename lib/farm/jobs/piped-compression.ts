/**
 * Compression by transform streams, one for each stream (gzip: member) of the file: small writes are gathered, the compressed bytes are
 * pumped to the sink. The work is done elsewhere (zlib's threads, another process), in the order in which it was asked for.
 */
import type { Compression, CompressionSink } from "./compression.ts";

const GATHERED_BYTES = 64 * 1024;
/** Pieces that may wait before the writer has to. */
const WAITING_PIECES = 2;

type BytesPair = ReadableWritablePair<Uint8Array, Uint8Array>;

/** See the head of this file. */
export class PipedCompression implements Compression {
  readonly streamEnds: number[] = [];
  readonly #open: () => BytesPair;
  readonly #sink: CompressionSink;
  #member: PipedMember | undefined;
  #hasMember = false;
  /** Settles when all that was asked for is done; the first failure stays. */
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isAborted = false;
  #gathered: Uint8Array = new Uint8Array(GATHERED_BYTES);
  #fill = 0;

  constructor(open: () => BytesPair, sink: CompressionSink) {
    this.#open = open;
    this.#sink = sink;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#fill + bytes.length <= this.#gathered.length) {
      this.#gathered.set(bytes, this.#fill);
      this.#fill += bytes.length;
      return undefined;
    }
    this.#sendGathered();
    this.#queue(() => this.#openMember().write(bytes));
    return this.#waiting > WAITING_PIECES ? this.#tail : undefined;
  }

  endStream(): Promise<void> | undefined {
    this.#sendGathered();
    this.#queue(async () => {
      await this.#endMember();
      this.streamEnds.push(this.#sink.byteLength);
    });
    return this.#tail;
  }

  async flush(): Promise<void> {
    await this.#tail;
  }

  async close(): Promise<void> {
    this.#sendGathered();
    this.#queue(async () => {
      if (this.#member !== undefined || !this.#hasMember) await this.#endMember();
    });
    await this.#tail;
  }

  async abort(): Promise<void> {
    this.#isAborted = true;
    await this.#member?.abort();
    await this.#tail.catch(() => undefined);
  }

  #sendGathered(): void {
    if (this.#fill === 0) return;
    const piece = this.#gathered.subarray(0, this.#fill);
    this.#gathered = new Uint8Array(GATHERED_BYTES);
    this.#fill = 0;
    this.#queue(() => this.#openMember().write(piece));
  }

  #queue(step: () => Promise<void>): void {
    this.#waiting++;
    this.#tail = this.#tail.then(() => {
      if (this.#isAborted) throw new Error("The compression was given up");
      return step();
    }).finally(() => this.#waiting--);
    // A failure shows in the next promise that is given out.
    this.#tail.catch(() => undefined);
  }

  #openMember(): PipedMember {
    this.#hasMember = true;
    return this.#member ??= new PipedMember(this.#open(), this.#sink);
  }

  async #endMember(): Promise<void> {
    const member = this.#openMember();
    await member.close();
    this.#member = undefined;
  }
}

/** One transform stream at work. */
class PipedMember {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #pumped: Promise<void>;

  constructor(stream: BytesPair, sink: CompressionSink) {
    this.#writer = stream.writable.getWriter();
    this.#writer.closed.catch(() => undefined);
    this.#pumped = pump(stream.readable, sink);
    this.#pumped.catch((error: unknown) => this.#writer.abort(error)).catch(() => undefined);
  }

  /** Resolves when the bytes have gone in. What the sink failed with counts more than the writer's word for it. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#writer.write(bytes).catch(async (error: unknown) => {
      await this.#pumped;
      throw error;
    });
  }

  /** Resolves when all has been written to the sink. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => this.#pumped);
    await this.#pumped;
  }

  async abort(): Promise<void> {
    await this.#writer.abort().catch(() => undefined);
    await this.#pumped.catch(() => undefined);
  }
}

async function pump(readable: ReadableStream<Uint8Array>, sink: CompressionSink): Promise<void> {
  const reader = readable.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) await sink.write(chunk.value);
  } catch (error) {
    await reader.cancel(error).catch(() => undefined);
    throw error;
  }
}
