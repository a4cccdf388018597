/** What a file can be that should be a dump: empty, something else, cut, damaged. */
import { gzipSync } from "node:zlib";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import { makeDump, multistream, oneStream } from "../../dump/dump-maker.ts";

const encoder = new TextEncoder();

/** The dump of these tests: odd ids from 1 to 127. */
export const DUMP = makeDump(Array.from({ length: 64 }, (_, i) => 2 * i + 1), () => 4000);
export const XML = encoder.encode(DUMP.xml);
export const FILE = oneStream(DUMP);
export const LAST_ID = DUMP.ids.at(-1)!;
export const MULTISTREAM = multistream(DUMP, 20);
export const PACKED_INDEX = compress(encoder.encode(MULTISTREAM.index));

export interface BadFile {
  readonly bytes: Uint8Array;
  /** What the file is, for the defaults of exit codes. */
  readonly kind: "other" | "cut" | "damaged" | "gzip" | "no dump" | "cut dump";
}

/** What a bzip2 file can be that should be `file`. */
export function badFilesOf(file: Uint8Array) {
  const decoder = new Bzip2Decoder();
  const events = [...decoder.push(file), ...decoder.finish()];
  const blocks = events.flatMap((event) => event.type === "block" ? [event.info.bitOffset] : []);
  const ends = events.flatMap((event) => event.type === "end" ? [event.bitOffset] : []);
  const [first, middle, end] = [blocks[0]!, blocks[blocks.length >> 1]!, ends.at(-1)!];
  const flip = (bit: number): Uint8Array => {
    const flipped = file.slice();
    flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
    return flipped;
  };
  return {
    "empty": { bytes: new Uint8Array(), kind: "other" },
    "text": { bytes: encoder.encode("hello, world\n".repeat(100)), kind: "other" },
    "gzip": { bytes: gzipSync(XML), kind: "gzip" },
    "header-only": { bytes: file.subarray(0, 4), kind: "cut" },
    "cut-in-first-magic": { bytes: file.subarray(0, 7), kind: "cut" },
    "cut-in-first-block": { bytes: file.subarray(0, Math.min(500, file.length >> 2)), kind: "cut" },
    "cut-in-the-middle": { bytes: file.subarray(0, (middle >> 3) + Math.min(900, file.length >> 2)), kind: "cut" },
    "cut-after-a-block": { bytes: file.subarray(0, middle >> 3), kind: "cut" },
    "cut-before-the-end": { bytes: file.subarray(0, end >> 3), kind: "cut" },
    "cut-by-one": { bytes: file.subarray(0, -1), kind: "cut" },
    "flip-in-header": { bytes: flip(13), kind: "damaged" },
    "flip-in-level": { bytes: flip(25), kind: "damaged" },
    "flip-in-first-magic": { bytes: flip(first + 20), kind: "damaged" },
    "flip-in-a-magic": { bytes: flip(middle + 20), kind: "damaged" },
    "flip-in-a-crc": { bytes: flip(middle + 60), kind: "damaged" },
    "flip-in-data": { bytes: flip(middle + Math.min(40_000, file.length << 2)), kind: "damaged" },
    "flip-in-end-magic": { bytes: flip(end + 20), kind: "damaged" },
    "flip-in-stream-crc": { bytes: flip(end + 60), kind: "damaged" },
    "no-dump-inside": { bytes: compress(encoder.encode("hello, world\n")), kind: "no dump" },
    "xml-cut": { bytes: compress(XML.subarray(0, XML.length >> 1), { level: 1 }), kind: "cut dump" },
  } as const satisfies Readonly<Record<string, BadFile>>;
}

export const FILES = badFilesOf(FILE);
export type FileName = keyof typeof FILES;

/** Where the streams with pages begin in the multistream dump. */
const STREAMS = [...new Set(MULTISTREAM.index.trimEnd().split("\n").map((line) => Number(line.split(":")[0])))];
const EMPTY_STREAM = compress(new Uint8Array());

function withByte(file: Uint8Array, byteOffset: number, value: number): Uint8Array {
  const changed = file.slice();
  changed[byteOffset] = value;
  return changed;
}

/** What can be wrong with a file of several streams. */
export const STREAM_FAULTS = {
  "good": MULTISTREAM.bytes,
  "cut-in-a-later-stream": MULTISTREAM.bytes.subarray(0, STREAMS[2]! + 3000),
  "cut-between-streams": MULTISTREAM.bytes.subarray(0, STREAMS[2]),
  "cut-in-a-later-header": MULTISTREAM.bytes.subarray(0, STREAMS[1]! + 2),
  "cut-after-a-later-header": MULTISTREAM.bytes.subarray(0, STREAMS[1]! + 4),
  "damaged-later-header": withByte(MULTISTREAM.bytes, STREAMS[1]!, 0x43),
  "damaged-later-level": withByte(MULTISTREAM.bytes, STREAMS[1]! + 3, 0x3a),
  "damaged-last-header": withByte(MULTISTREAM.bytes, STREAMS[3]! + 1, 0x5b),
  "empty-stream-first": concatBytes([EMPTY_STREAM, MULTISTREAM.bytes]),
  "empty-streams-only": concatBytes([EMPTY_STREAM, EMPTY_STREAM]),
  "text-behind": concatBytes([MULTISTREAM.bytes, encoder.encode("and here is something else")]),
  "zeros-behind": concatBytes([MULTISTREAM.bytes, new Uint8Array(512)]),
  "header-behind": concatBytes([FILE, encoder.encode("BZh9")]),
} as const satisfies Readonly<Record<string, Uint8Array>>;

const GZIP = new Uint8Array(gzipSync(XML));

/** What can be wrong with a gzip file, or with plain XML. */
export const PACKED_FAULTS = {
  "gzip-good": GZIP,
  "gzip-cut": GZIP.subarray(0, GZIP.length >> 1),
  "gzip-cut-in-its-end": GZIP.subarray(0, -4),
  "gzip-damaged": withByte(GZIP, GZIP.length >> 1, GZIP[GZIP.length >> 1]! ^ 4),
  "gzip-bad-checksum": withByte(GZIP, GZIP.length - 8, GZIP.at(-8)! ^ 1),
  "gzip-text-behind": concatBytes([GZIP, encoder.encode("and here is something else")]),
  "plain-good": XML,
  "plain-cut": XML.subarray(0, XML.length >> 1),
  "plain-without-its-end": XML.subarray(0, -"</mediawiki>\n".length),
  "plain-text-behind": concatBytes([XML, encoder.encode("and here is something else")]),
} as const satisfies Readonly<Record<string, Uint8Array>>;
