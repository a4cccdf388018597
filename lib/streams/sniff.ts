/**
 * What kind of data is this? Judged by the first bytes, never by the name: a gzip file called `.bz2` is a gzip file.
 *
 * Sixteen bytes are enough for all kinds but XML, which may begin with blanks.
 */

import { concatBytes } from "../bits/bytes.ts";

/** The kinds that dumps come in, and what else one meets. */
export type DataFormat = "bzip2" | "gzip" | "zstd" | "xz" | "7z" | "xml" | "empty" | "unknown";

/** Bytes from the start of the data that `sniffFormat` wants to see, where there are as many. */
export const SNIFF_BYTE_LENGTH = 64;

const SIGNATURES: readonly (readonly [DataFormat, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
];

/**
 * The kind of data that begins with these bytes.
 *
 * A cut-off beginning counts as what it may become ("BZ" is bzip2), so that a truncated file is called truncated.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sniffFormat } from "wikidump";
 *
 * assert.equal(sniffFormat(new TextEncoder().encode("BZh91AY&SY")), "bzip2");
 * assert.equal(sniffFormat(new TextEncoder().encode('<mediawiki xmlns="')), "xml");
 * assert.equal(sniffFormat(new Uint8Array()), "empty");
 * ```
 */
export function sniffFormat(start: Uint8Array): DataFormat {
  if (start.length === 0) return "empty";
  if (isBzip2Start(start)) return "bzip2";
  for (const [format, signature] of SIGNATURES) {
    if (signature.every((byte, i) => i >= start.length || start[i] === byte)) return format;
  }
  return isXmlStart(start) ? "xml" : "unknown";
}

/** What `sniff` found out. */
export interface SniffedStream {
  readonly format: DataFormat;
  /** All of the data, from its first byte. Read this one: the stream that was given is locked. */
  readonly stream: ReadableStream<Uint8Array>;
}

/**
 * Looks at the start of a stream and gives the whole stream back with the answer.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sniff } from "wikidump";
 *
 * const { format, stream } = await sniff(new Blob(["<mediawiki>"]).stream());
 * assert.equal(format, "xml");
 * assert.equal(await new Response(stream as BodyInit).text(), "<mediawiki>");
 * ```
 */
export async function sniff(data: ReadableStream<Uint8Array>): Promise<SniffedStream> {
  const reader = data.getReader();
  const seen: Uint8Array[] = [];
  let byteLength = 0;
  let isEnded = false;
  while (byteLength < SNIFF_BYTE_LENGTH && !isEnded) {
    const { done, value } = await reader.read();
    isEnded = done;
    if (done || value.length === 0) continue;
    seen.push(value);
    byteLength += value.length;
  }
  const start = seen.length === 1 ? seen[0]! : concatBytes(seen);
  return { format: sniffFormat(start.subarray(0, SNIFF_BYTE_LENGTH)), stream: prepend(start, reader) };
}

/** What a reader has yet to read, with `start` in front. */
function prepend(start: Uint8Array, reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  let isStartDue = start.length > 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      if (isStartDue) {
        isStartDue = false;
        return controller.enqueue(start);
      }
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/** "BZh", a level, and the first byte of one of the two magics; as much of it as there is. */
function isBzip2Start(start: Uint8Array): boolean {
  const magic = [0x42, 0x5a, 0x68];
  if (!magic.every((byte, i) => i >= start.length || start[i] === byte)) return false;
  const level = start[3];
  if (level !== undefined && (level < 0x31 || level > 0x39)) return false;
  return start[4] === undefined || start[4] === 0x31 || start[4] === 0x17;
}

/** An optional byte order mark, blanks, and "<". */
function isXmlStart(start: Uint8Array): boolean {
  let i = start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? 3 : 0;
  while (start[i] === 0x20 || start[i] === 0x0a || start[i] === 0x0d || start[i] === 0x09) i++;
  return start[i] === 0x3c;
}
