/**
 * A wiki whose content is a full-history XML export: plain, bzip2 or gzip, in one file or in parts.
 *
 * Everything that can be derived from it comes out of one reading: header, titles, stubs, texts.
 */
import { DumpReader } from "../../dump/reading/dump-reader.ts";
import type { DumpEvent } from "../../dump/reading/dump-reader.ts";
import { countBytes } from "../../streams/count-bytes.ts";
import { openFileStream } from "../../host/read-file.ts";
import { isWikidumpError } from "../../errors.ts";
import { findExportFiles } from "./export-files.ts";
import { lastPageIdOf } from "./last-page-id.ts";
import { unpack } from "./open-export.ts";
import { PageFeed } from "./page-feed.ts";
import type { Reading, ReadingOptions, ReadingSummary, SourceConsumer, SourceEvent, WikiSource } from "./source.ts";

/** Pages between two looks at the clock for the progress line. */
const PAGES_PER_REPORT = 100;

/** The source that reads a wiki's export at `location`, a file or a directory. It is looked for when it is read. */
export function exportSource(wiki: string, location: string): WikiSource {
  const reading = new ExportReading(wiki, location);
  return {
    description: `the export ${location}`,
    reading: () => reading,
    lastPageId: (signal) => lastPageIdOf(wiki, location, signal),
  };
}

class ExportReading implements Reading {
  readonly #wiki: string;
  readonly #location: string;

  constructor(wiki: string, location: string) {
    this.#wiki = wiki;
    this.#location = location;
  }

  async run(consumers: readonly SourceConsumer[], options: ReadingOptions): Promise<ReadingSummary> {
    const files = await findExportFiles(this.#wiki, this.#location);
    const feed = new PageFeed("check");
    const bytesTotal = files.reduce((sum, file) => sum + file.facts.byteLength, 0);
    const lastPageId = options.pages?.at(-1)?.last ?? Infinity;
    let bytesRead = 0;
    const report = (): void =>
      options.onProgress({
        pages: feed.pages,
        revisions: feed.revisions,
        pageId: feed.lastPageId,
        bytesRead,
        bytesTotal,
      });
    for (const file of files) {
      if (feed.lastPageId > lastPageId) break;
      const counted = countBytes(
        openFileStream(file.path, { signal: options.signal, unchangedSince: file.facts }),
        (length) => bytesRead += length,
      );
      try {
        await readOneFile(counted, feed, { consumers, report, lastPageId, signal: options.signal });
      } catch (error) {
        throw named(error, file.path);
      }
    }
    await handOut(consumers, feed.end());
    report();
    return { pages: feed.pages, revisions: feed.revisions, notices: feed.notices };
  }
}

interface FileReading {
  readonly consumers: readonly SourceConsumer[];
  readonly report: () => void;
  /** After a page with a higher id nobody looks at any. */
  readonly lastPageId: number;
  readonly signal: AbortSignal;
}

async function readOneFile(stored: ReadableStream<Uint8Array>, feed: PageFeed, reading: FileReading): Promise<void> {
  const reader = new DumpReader();
  const plain = (await unpack(stored)).getReader();
  try {
    for (let chunk = await plain.read(); !chunk.done; chunk = await plain.read()) {
      await handOutAll(reader.push(chunk.value), feed, reading);
      if (feed.lastPageId > reading.lastPageId) return void await plain.cancel();
    }
    await handOutAll(reader.finish(), feed, reading);
  } catch (error) {
    await plain.cancel(error).catch(() => undefined);
    throw error;
  }
}

async function handOutAll(events: Iterable<DumpEvent>, feed: PageFeed, reading: FileReading): Promise<void> {
  for (const event of events) {
    const converted = feed.convert(event);
    if (converted === undefined) continue;
    for (const consumer of reading.consumers) {
      const behind = consumer.take(converted);
      if (behind !== undefined) await behind;
    }
    if (converted.type === "page-end") {
      reading.signal.throwIfAborted();
      if (feed.pages % PAGES_PER_REPORT === 0) reading.report();
    }
  }
}

async function handOut(consumers: readonly SourceConsumer[], event: SourceEvent): Promise<void> {
  for (const consumer of consumers) await consumer.take(event);
}

/** The same error, with the file's name in front of its message. */
function named(error: unknown, path: string): unknown {
  if (isWikidumpError(error) && !error.message.includes(path)) error.message = `${path}: ${error.message}`;
  return error;
}
