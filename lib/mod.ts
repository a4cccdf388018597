/**
 * wikidump, the library: bzip2 and MediaWiki dumps as streams, in pure TypeScript.
 *
 * Runs in Node, Deno, Bun and browsers; nothing here touches files or processes. What needs a host is in `wikidump/node`.
 *
 * @example Titles of a compressed dump
 * ```ts
 * import assert from "node:assert/strict";
 * import { Bzip2DecoderStream, compress, readDump } from "wikidump";
 *
 * const xml = `<mediawiki><page><title>Home</title><ns>0</ns><id>1</id></page></mediawiki>`;
 * const file = new Blob([compress(new TextEncoder().encode(xml))]);
 * const { pages } = await readDump(file.stream().pipeThrough(new Bzip2DecoderStream()));
 * const titles: string[] = [];
 * for await (const page of pages) titles.push(page.title);
 * assert.deepEqual(titles, ["Home"]);
 * ```
 * @module
 */
export * from "./errors.ts";

export type { BlockInfo, Bytes, Level } from "./bzip2/format.ts";
export { compress } from "./bzip2/compress.ts";
export { Bzip2Decoder, type DecoderEvent, type DecoderOptions } from "./bzip2/decoder.ts";
export { Bzip2Encoder, type EncoderOptions } from "./bzip2/encoder.ts";
export { decompress, type DecompressOptions } from "./bzip2/whole.ts";

export { blobSource, type ByteSource, bytesSource, type ReadOptions } from "./streams/byte-source.ts";
export { Bzip2DecoderStream, type DecoderStreamOptions } from "./streams/bzip2-decoder-stream.ts";
export { Bzip2EncoderStream } from "./streams/bzip2-encoder-stream.ts";
export { cachedSource, type CachedSourceOptions } from "./streams/cached-source.ts";
export { PageSplitterStream } from "./streams/page-splitter-stream.ts";
export { parallelBzip2Decoder, type ParallelDecoderOptions } from "./streams/parallel-decoder.ts";
export { parallelBzip2Encoder, type ParallelEncoderOptions } from "./streams/parallel-encoder.ts";
export { type DataFormat, sniff, SNIFF_BYTE_LENGTH, type SniffedStream, sniffFormat } from "./streams/sniff.ts";
export { sourceStream, type SourceStreamOptions } from "./streams/source-stream.ts";
export { urlSource, type UrlSourceOptions } from "./streams/url-source.ts";
export { createWebWorkerPool, type WebWorkerPoolOptions } from "./streams/web-worker-pool.ts";
export type { WorkerError, WorkerErrorCode } from "./streams/worker-error.ts";
export type { WorkerPool } from "./streams/worker-pool.ts";

export { type DumpPart, DumpSplitter, type DumpSplitterOptions } from "./xml/dump-splitter.ts";

export type { BlockPosition, LocatedBlock } from "./dump/block-access.ts";
export {
  BlockMap,
  BlockMapBuilder,
  type BlockMapData,
  type BlockMapJson,
  type MappedBlock,
  type MappedStream,
} from "./dump/block-map.ts";
export { decodeFrom, findBlocks, type FindBlocksOptions, readBlock } from "./dump/blocks.ts";
export { type DumpEvent, DumpReader, type DumpReaderOptions } from "./dump/dump-reader.ts";
export { extractRange, type ExtractRangeOptions } from "./dump/extract-range.ts";
export { type DumpFileName, formatDumpFileName, parseDumpFileName } from "./dump/file-name.ts";
export { findPage, type FindPageOptions, type PagePlace } from "./dump/find-page.ts";
export { endsWithBzip2Footer } from "./dump/footer.ts";
export type { Contributor, Namespace, PageHead, Revision, SiteInfo } from "./dump/model.ts";
export {
  formatIndexLine,
  type IndexedStream,
  type IndexEntry,
  MultistreamIndex,
  parseIndexLine,
  readIndex,
} from "./dump/multistream-index.ts";
export { type PageRange, parsePageRanges } from "./dump/page-range.ts";
export type { PageProbe } from "./dump/page-search.ts";
export { type Page, readDump, type ReadDumpOptions, type ReadDumpResult } from "./dump/read-dump.ts";
export { readRange } from "./dump/read-range.ts";
export type { TextPlace } from "./dump/revision-reader.ts";
export { takePages, type TakePagesOptions } from "./dump/take-pages.ts";
