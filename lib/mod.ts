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

export {
  type AppendOptions,
  appendToDump,
  findAppendPoint,
  type FindAppendPointOptions,
} from "./dump/packing/append.ts";
export type { AppendPoint } from "./dump/packing/append-point.ts";
export type { BlockPosition, LocatedBlock } from "./dump/blocks/block-access.ts";
export {
  BlockMap,
  BlockMapBuilder,
  type BlockMapData,
  type BlockMapJson,
  type MappedBlock,
  type MappedStream,
} from "./dump/blocks/block-map.ts";
export { checkDump, type CheckDumpOptions } from "./dump/check/check-dump.ts";
export { checkRange, type CheckRangeOptions, type RangeCheck, rangeOfName } from "./dump/check/check-range.ts";
export type {
  CheckProgress,
  DumpCheck,
  DumpLoss,
  DumpPlace,
  DumpProblem,
  DumpProblemCode,
  DumpProblemKind,
  DumpVerdict,
  PageEnd,
} from "./dump/check/check-report.ts";
export type { Sha1 } from "./dump/check/text-digest.ts";
export { checkEnds, type EndsReport } from "./dump/blocks/check-ends.ts";
export {
  type BlockCrc,
  type CrcEvent,
  scanCrcs,
  type ScanCrcsOptions,
  type StreamCrc,
  type StreamStart,
} from "./dump/blocks/crcs.ts";
export { decodeFrom, findBlocks, type FindBlocksOptions, readBlock } from "./dump/blocks/blocks.ts";
export { batchRevisions, type RevisionBatch } from "./dump/pages/batch-revisions.ts";
export { countRevisions, type CountRevisionsOptions, type RevisionCount } from "./dump/pages/count-revisions.ts";
export { distributePages, type DistributePagesOptions, type PagesOutput } from "./dump/pages/distribute-pages.ts";
export { type DumpEvent, DumpReader, type DumpReaderOptions } from "./dump/reading/dump-reader.ts";
export { extractRange, type ExtractRangeOptions } from "./dump/pages/extract-range.ts";
export { type DumpFileName, formatDumpFileName, parseDumpFileName } from "./dump/file-name.ts";
export { findIndexedPages } from "./dump/index/find-indexed-page.ts";
export {
  findPage,
  type FindPageOptions,
  findPageOrNeighbours,
  type PageNeighbours,
  type PagePlace,
} from "./dump/pages/find-page.ts";
export type { FileEnd, StreamEnd } from "./dump/blocks/file-end.ts";
export { type Bzip2Footer, endsWithBzip2Footer, findBzip2Footer } from "./dump/blocks/footer.ts";
export { type FromOffsetProgress, readFromOffset, type ReadFromOffsetOptions } from "./dump/blocks/from-offset.ts";
export { findLastBlock, type FindLastBlockOptions, type LastBlock } from "./dump/blocks/last-block.ts";
export { buildIndex, type BuildIndexOptions } from "./dump/index/index-build.ts";
export {
  checkIndex,
  type CheckIndexOptions,
  checkIndexSample,
  type CheckIndexSampleOptions,
  type IndexFault,
} from "./dump/index/index-check.ts";
export { formatIndexJson, readIndexJson } from "./dump/index/index-json.ts";
export { lookUpIndex } from "./dump/index/index-lookup.ts";
export { type IndexQuery, searchIndex } from "./dump/index/index-search.ts";
export { findLastId, type FindLastIdOptions, type IdKind, type LastId } from "./dump/pages/last-id.ts";
export type { Contributor, Namespace, PageHead, Revision, SiteInfo } from "./dump/reading/model.ts";
export {
  formatIndexLine,
  type IndexedStream,
  type IndexEntry,
  MultistreamIndex,
  parseIndexLine,
  readIndex,
} from "./dump/index/multistream-index.ts";
export { oldPosition } from "./dump/blocks/old-position.ts";
export { type PageRange, parsePageRanges } from "./dump/pages/page-range.ts";
export {
  type PageRecord,
  pageRecords,
  type PageRecordsOptions,
  type RevisionRecord,
  revisionRecords,
  type RevisionRecordsOptions,
} from "./dump/pages/page-records.ts";
export type { PageProbe } from "./dump/pages/page-search.ts";
export { type Page, readDump, type ReadDumpOptions, type ReadDumpResult } from "./dump/reading/read-dump.ts";
export { readRange } from "./dump/blocks/read-range.ts";
export {
  recompressDump,
  type RecompressEvent,
  type RecompressOptions,
  type RecompressSummary,
} from "./dump/packing/recompress.ts";
export type { TextPlace } from "./dump/reading/revision-reader.ts";
export { type CutEvent, type CutPiece, DumpCutter } from "./dump/split/split-cutter.ts";
export { type PlannedPiece, planSplit, type PlanSplitOptions } from "./dump/split/split-plan.ts";
export type { SplitRule } from "./dump/split/split-rule.ts";
export type { PieceTally } from "./dump/split/split-tally.ts";
export {
  type DumpCounts,
  type DumpStats,
  dumpStats,
  type DumpStatsOptions,
  type LargestPage,
  type NamespaceCounts,
  type Span,
} from "./dump/pages/stats.ts";
export { takePages, type TakePagesOptions } from "./dump/pages/take-pages.ts";
export type { WantedPartsOptions } from "./dump/pages/wanted-parts.ts";
