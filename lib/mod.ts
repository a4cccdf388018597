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
export * from "./bzip2/block-decoder.ts";
export * from "./bzip2/decoder.ts";
export * from "./bzip2/encoder.ts";
export * from "./bzip2/whole.ts";
export * from "./bzip2/compress.ts";

export * from "./streams/byte-source.ts";
export * from "./streams/bzip2-decoder-stream.ts";
export * from "./streams/bzip2-encoder-stream.ts";
export * from "./streams/cached-source.ts";
export * from "./streams/page-splitter-stream.ts";
export * from "./streams/sniff.ts";
export * from "./streams/source-stream.ts";
export * from "./streams/url-source.ts";

export * from "./xml/attributes.ts";
export * from "./xml/dump-splitter.ts";
export * from "./xml/entities.ts";

export * from "./dump/blocks.ts";
export * from "./dump/dump-reader.ts";
export * from "./dump/extract-range.ts";
export * from "./dump/file-name.ts";
export * from "./dump/find-page.ts";
export * from "./dump/footer.ts";
export * from "./dump/model.ts";
export * from "./dump/multistream-index.ts";
export * from "./dump/page-range.ts";
export * from "./dump/read-dump.ts";
export * from "./dump/take-pages.ts";
