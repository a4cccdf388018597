/**
 * The events of a dump file on this machine, whatever it is packed with: plain, gzip, bzip2, or 7z through its program.
 */
import { type DumpEvent, DumpReader } from "../../../dump/reading/dump-reader.ts";
import { extractRange } from "../../../dump/pages/extract-range.ts";
import type { PageRange } from "../../../dump/pages/page-range.ts";
import { JobError } from "../../../errors.ts";
import { type FileSource, openFileSource } from "../../../host/file-source.ts";
import { gunzipStream } from "../../../host/gzip.ts";
import { openFileStream } from "../../../host/read-file.ts";
import { Bzip2DecoderStream } from "../../../streams/bzip2-decoder-stream.ts";
import { countBytes } from "../../../streams/count-bytes.ts";
import { sniff } from "../../../streams/sniff.ts";
import type { Command } from "../../process/command.ts";
import { startPipeline } from "../../process/pipeline.ts";
import { wholeEvents } from "./whole-events.ts";

export interface DumpEventsOptions {
  readonly signal: AbortSignal;
  /** The command that writes the content of a 7z file to its stdout. */
  readonly sevenZip?: ((path: string) => Command) | undefined;
  /** Pages that are wanted; what is before them is left out where that is cheap. */
  readonly pages?: PageRange | undefined;
  /** "borrowed": the bytes of an event are not read any more when the next one is asked for. */
  readonly chunks?: "own" | "borrowed" | undefined;
  readonly onBytesRead?: ((byteLength: number) => void) | undefined;
}

/** Reads one file, event by event; can be told to leave out what is left of a page. */
export class DumpEvents {
  readonly #path: string;
  readonly #options: DumpEventsOptions;
  readonly #reader = new DumpReader();
  #source: FileSource | undefined;

  constructor(path: string, options: DumpEventsOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** The next event is the end of the page at hand. */
  skipPage(): void {
    this.#reader.skipPage();
  }

  /** All events. To leave before the end, end the generator. */
  async *read(): AsyncGenerator<DumpEvent, void, undefined> {
    try {
      yield* wholeEvents(this.#reader, await this.#plainBytes());
    } finally {
      await this.#source?.close();
    }
  }

  async #plainBytes(): Promise<ReadableStream<Uint8Array>> {
    const { signal, onBytesRead, pages, sevenZip, chunks = "own" } = this.#options;
    const stored = countBytes(openFileStream(this.#path, { signal }), (length) => onBytesRead?.(length));
    const { format, stream } = await sniff(stored);
    if (format === "gzip") return stream.pipeThrough(gunzipStream({ path: this.#path }));
    if (format === "bzip2" && (pages === undefined || pages.first <= 1)) {
      return stream.pipeThrough(new Bzip2DecoderStream({ chunks }));
    }
    if (format !== "bzip2" && format !== "7z") return stream;
    await stream.cancel();
    if (format === "7z") return this.#unpack(sevenZip);
    this.#source = await openFileSource(this.#path);
    return extractRange(this.#source, pages!, { signal });
  }

  #unpack(sevenZip: DumpEventsOptions["sevenZip"]): ReadableStream<Uint8Array> {
    const { signal } = this.#options;
    if (sevenZip !== undefined) return startPipeline([sevenZip(this.#path)], { signal }).stdout;
    throw new JobError("FAILED", `${this.#path} is a 7z file, and no program is named that unpacks it`, { wiki: "" }, {
      remedy: "Set sevenzip= in [tools]",
    });
  }
}
