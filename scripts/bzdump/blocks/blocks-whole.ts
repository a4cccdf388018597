/**
 * All blocks of a bzip2 file, read from its start to its end, and its map.
 */
import { basename } from "node:path";
import { ProgressLine, type ProgressMode } from "../../../lib/cli/progress-line.ts";
import type { OutputSink } from "../../../lib/host/terminal.ts";
import { type BlockMap, BlockMapBuilder } from "../../../lib/dump/blocks/block-map.ts";
import type { DecoderEvent } from "../../../lib/bzip2/decoder.ts";
import type { BlockInfo } from "../../../lib/bzip2/format.ts";
import { type AnyInput, openAnyInput } from "../io/any-input.ts";
import type { BlockRows } from "./block-rows.ts";
import { decodeCarefully } from "../codec/careful-decoder.ts";
import { tapped } from "../io/through.ts";
import type { Threads } from "../io/threads.ts";

export interface WholeListing {
  readonly rows: BlockRows;
  readonly threads: Threads;
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
  readonly isTerminalWelcome: boolean;
  readonly progress: ProgressMode;
  readonly isMapWanted: boolean;
}

/** What there is to tell of a file that was read to its end. */
export interface WholeFile {
  readonly map: BlockMap | undefined;
  readonly trailingBytes: number;
}

/** Lists a file, a URL, or standard input. What is good is listed before an error. */
export async function listWhole(file: string, listing: WholeListing): Promise<WholeFile> {
  const { rows, signal, isTerminalWelcome } = listing;
  const input = await openAnyInput(file, { signal, isTerminalWelcome });
  const notes = new BlockNotes(listing);
  try {
    for await (const _ of decodeWithProgress(input, listing, notes)) await rows.flush();
    notes.end();
  } finally {
    await rows.flush();
  }
  return { map: notes.map, trailingBytes: notes.trailingBytes };
}

async function* decodeWithProgress(
  input: AnyInput,
  { stderr, threads, signal, progress: mode }: WholeListing,
  notes: BlockNotes,
): AsyncGenerator<void, void, undefined> {
  const progress = new ProgressLine({
    sink: stderr,
    label: basename(input.name),
    totalBytesIn: input.byteLength,
    mode,
  });
  let [bytesIn, bytesOut] = [0, 0];
  const data = tapped(input.stream, ({ length }) => {
    signal.throwIfAborted();
    bytesIn += length;
    progress.update({ bytesIn, bytesOut });
  });
  try {
    const plain = decodeCarefully(data, threads.poolFor(input.byteLength), {
      chunks: "borrowed",
      onBlock: (info) => notes.addBlock(info),
      onEvent: (event) => notes.add(event),
    });
    for await (const { length } of plain) {
      signal.throwIfAborted();
      bytesOut += length;
      yield;
    }
  } finally {
    progress.finish();
  }
}

/** Makes rows, and the map, of what the decoder tells. */
class BlockNotes {
  readonly #rows: BlockRows;
  readonly #builder: BlockMapBuilder | undefined;
  #stream: { readonly streamIndex: number; readonly level: number; readonly compressedOffset: number } | undefined;
  #counts = { streams: 0, blocks: 0, bytes: 0 };
  /** The counts where the stream began. */
  #before = { blocks: 0, bytes: 0 };
  #compressedSize = 0;
  trailingBytes = 0;

  constructor({ rows, isMapWanted }: WholeListing) {
    this.#rows = rows;
    this.#builder = isMapWanted ? new BlockMapBuilder() : undefined;
  }

  get map(): BlockMap | undefined {
    return this.#builder?.finish();
  }

  addBlock(info: BlockInfo): void {
    this.#builder?.addBlock(info);
    this.#counts.blocks++;
    this.#counts.bytes += info.byteLength;
    this.#rows.addBlock(info);
  }

  add(event: Exclude<DecoderEvent, { type: "block" }>): void {
    this.#builder?.add(event);
    if (event.type === "stream") {
      const { streamIndex, level, byteOffset } = event;
      this.#stream = { streamIndex, level, compressedOffset: byteOffset };
      this.#before = { ...this.#counts };
    } else if (event.type === "end") this.#endStream(event.crc, event.endByteOffset);
    else {
      this.trailingBytes = event.byteLength;
      this.#compressedSize += event.byteLength;
      this.#rows.addNote("trailing", { compressedOffset: event.byteOffset, byteLength: event.byteLength });
    }
  }

  #endStream(crc: number, compressedEnd: number): void {
    const { blocks, bytes } = this.#counts;
    const plain = { byteOffset: this.#before.bytes, byteLength: bytes - this.#before.bytes };
    this.#rows.addStream({ ...this.#stream!, compressedEnd, crc, blocks: blocks - this.#before.blocks, ...plain });
    this.#counts.streams++;
    this.#compressedSize = compressedEnd;
  }

  /** The file was read to its end. */
  end(): void {
    const { streams, blocks, bytes } = this.#counts;
    this.#rows.addNote("end", { streams, blocks, compressedSize: this.#compressedSize, byteLength: bytes });
  }
}
