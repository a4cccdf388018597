/**
 * A reading of all texts of a wiki or of some of its pages, made of this run's stubs and of the texts that they tell of: what
 * dumpTextPass.php does, byte for byte, but with many texts in flight, and with each text held against its stub.
 *
 *     stubs ──► begin texts (prefetch, fetcher) ──► look-ahead, in order ──► wait for the texts, fill them in ──► consumers
 */
import type { DumpEvent } from "../../../dump/reading/dump-reader.ts";
import { LazyRevision } from "../../../dump/reading/revision-reader.ts";
import type {
  Reading,
  ReadingOptions,
  ReadingSummary,
  SourceConsumer,
  SourceEvent,
  SourceRevision,
  TextFault,
} from "../../source/source.ts";
import { CurrentRevisions } from "./current-revisions.ts";
import { LookAhead } from "./look-ahead.ts";
import { PageEnds } from "./page-ends.ts";
import type { PrefetchReader } from "./prefetch-reader.ts";
import { type BegunEvent, type StubFile, TextBeginner } from "./text-beginner.ts";
import type { TextFetcher } from "./text-fetcher.ts";
import { type SuppliedText, type TextCounts, TextSupply } from "./text-supply.ts";

export type { StubFile } from "./text-beginner.ts";

export interface TextReadingOptions {
  /** Stubs of all revisions, or of current ones where only these are wanted; in the order of their pages. */
  readonly stubs: readonly StubFile[];
  /** Stubs of current revisions, which say what is current among all; not needed when `stubs` are those. */
  readonly currentStubs?: readonly string[];
  /** Only these pages, where the reading names none. */
  readonly pages?: { readonly first: number; readonly last: number };
  /** Opens what fetches; closed at the end. */
  readonly openFetcher: (signal: AbortSignal) => TextFetcher;
  /** Opens what has texts of an earlier run; closed at the end. */
  readonly openPrefetch?: (signal: AbortSignal) => PrefetchReader;
  /** Revisions begun at a time. Default 256. */
  readonly maxAhead?: number;
  /** Bytes of stubs and texts begun at a time. Default 8 MiB. */
  readonly maxAheadBytes?: number;
  /** Told now and then, and at the end, how many texts came from where. */
  readonly onTexts?: (counts: TextCounts) => void;
}

/** Pages between two looks at progress. */
const PAGES_PER_REPORT = 100;
const FOOTER = new TextEncoder().encode("</mediawiki>");

/** The reading. Can be run several times. */
export class TextReading implements Reading {
  readonly #options: TextReadingOptions;

  constructor(options: TextReadingOptions) {
    this.#options = options;
  }

  async run(consumers: readonly SourceConsumer[], options: ReadingOptions): Promise<ReadingSummary> {
    const run = new TextRun(this.#options, consumers, options);
    return await run.run();
  }
}

class TextRun {
  readonly #options: TextReadingOptions;
  readonly #consumers: readonly SourceConsumer[];
  readonly #reading: ReadingOptions;
  readonly #stop = new AbortController();
  readonly #ahead: LookAhead<BegunEvent>;
  readonly #pageEnds = new PageEnds();
  readonly #notices: string[] = [];
  #supply!: TextSupply;
  #beginner!: TextBeginner;
  #byteOffset = 0;
  #revisions = 0;

  constructor(options: TextReadingOptions, consumers: readonly SourceConsumer[], reading: ReadingOptions) {
    this.#options = options;
    this.#consumers = consumers;
    this.#reading = reading;
    this.#ahead = new LookAhead({
      count: options.maxAhead ?? 256,
      weight: options.maxAheadBytes ?? 8 * 1024 * 1024,
    });
  }

  async run(): Promise<ReadingSummary> {
    const { openFetcher, openPrefetch, currentStubs, stubs, pages } = this.#options;
    const { signal, pages: wanted = pages === undefined ? undefined : [pages] } = this.#reading;
    const abort = (): void => this.#stop.abort(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    const fetcher = openFetcher(this.#stop.signal);
    const prefetch = openPrefetch?.(this.#stop.signal);
    const current = currentStubs === undefined ? undefined : new CurrentRevisions(currentStubs, this.#stop.signal);
    this.#supply = new TextSupply(fetcher, prefetch);
    this.#beginner = new TextBeginner({
      stubs,
      pages: wanted,
      current,
      supply: this.#supply,
      signal: this.#stop.signal,
    });
    const beginning = this.#begin();
    try {
      await this.#handOutAll();
      await beginning;
    } finally {
      this.#ahead.leave();
      this.#stop.abort(new Error("The reading has ended"));
      signal.removeEventListener("abort", abort);
      await beginning;
      await Promise.all([fetcher.close(), prefetch?.close(), current?.close()]);
    }
    this.#report();
    return { pages: this.#pageEnds.pages, revisions: this.#revisions, notices: this.#notices };
  }

  /** Never rejects: what goes wrong comes out of the look-ahead, after all that was good. */
  async #begin(): Promise<void> {
    try {
      for await (const event of this.#beginner.read()) {
        if (!await this.#ahead.add(event, event.weight)) return;
      }
      this.#ahead.end();
    } catch (error) {
      this.#ahead.end({ error });
    }
  }

  async #handOutAll(): Promise<void> {
    for (let begun = await this.#ahead.take(); begun !== undefined; begun = await this.#ahead.take()) {
      await this.#handOut(await this.#complete(begun));
      if (begun.event.type !== "page-end") continue;
      this.#reading.signal.throwIfAborted();
      if (this.#pageEnds.pages % PAGES_PER_REPORT === 0) this.#report();
    }
    await this.#handOut({ type: "end", bytes: FOOTER });
  }

  async #complete({ event, markup, texts, currentId }: BegunEvent): Promise<SourceEvent> {
    const supplied = texts.length === 0 ? [] : await Promise.all(texts);
    const bytes = markup.fill(supplied.map((text) => text.bytes));
    this.#byteOffset += bytes.length;
    switch (event.type) {
      case "start":
        return { ...event, bytes, footer: FOOTER };
      case "page":
        this.#pageEnds.start(event.page, bytes, currentId);
        return { ...event, bytes };
      case "revision":
        return this.#passRevision(event, bytes, supplied);
      case "page-end": {
        const { page, notice } = this.#pageEnds.end();
        if (notice !== undefined) this.#notices.push(notice);
        return { type: "page-end", page, bytes };
      }
      default:
        this.#pageEnds.addOther(bytes);
        return { type: "other", bytes };
    }
  }

  #passRevision(
    { revision: stub }: DumpEvent & { type: "revision" },
    bytes: Uint8Array,
    supplied: readonly SuppliedText[],
  ): SourceEvent {
    const { pageId } = this.#pageEnds;
    const revision = new LazyRevision(bytes, { byteOffset: this.#byteOffset - bytes.length, pageId });
    const fault = faultOf(pageId, stub.id, supplied);
    const passed: SourceRevision = { revision, bytes, text: revision.textPlace, fault };
    this.#pageEnds.passRevision(passed);
    this.#revisions++;
    return { type: "revision", ...passed };
  }

  async #handOut(event: SourceEvent): Promise<void> {
    for (const consumer of this.#consumers) {
      const behind = consumer.take(event);
      if (behind !== undefined) await behind;
    }
  }

  #report(): void {
    const { bytesRead, bytesTotal } = this.#beginner;
    const { pages, pageId } = this.#pageEnds;
    this.#reading.onProgress({ pages, revisions: this.#revisions, pageId, bytesRead, bytesTotal });
    this.#options.onTexts?.(this.#supply.counts);
  }
}

function faultOf(pageId: number, revisionId: number, supplied: readonly SuppliedText[]): TextFault | undefined {
  const faults = supplied.flatMap(({ fault }) => fault ?? []);
  if (faults.length === 0) return undefined;
  const message = `Page ${pageId}, revision ${revisionId}: the text ${faults.join("; the text ")}`;
  return { pageId, revisionId, message };
}
