/**
 * The head of a stream, "BZh" and the level; and what to say of a file that starts with something else.
 *
 * After the first stream anything may follow. What bzip2 1.0.8 does was measured (2026-11): bytes that cannot be a head
 * are ignored; a head that the end of the input cuts short is an error; "BZh0" is no head; after a whole head there is
 * no way back.
 */

import type { BitReader } from "../bits/bit-reader.ts";
import { Fault } from "./fault.ts";
import { type Level, STREAM_MAGIC } from "./format.ts";
import { needBits, needInput, type Step } from "./need-bits.ts";

/** Where a stream starts and how large its blocks may be. */
export interface StreamHeader {
  readonly level: Level;
  readonly byteOffset: number;
}

const ZERO = 0x30;

const REMEDY_FOR_EMPTY =
  "Look whether the file was written or fetched at all; an empty text makes 14 bytes of bzip2 data";
const REMEDY_FOR_XML = "Read it as it is, without decompressing";
const REMEDY_FOR_PAGE = "A web page lies in place of the file: look at it, fetch the file again";

/** Longest signature of the table below. */
const SNIFFED_BYTES = 9;

/** What people give to a bzip2 decoder instead; one character for each byte. */
const KINDS: readonly { readonly signature: string; readonly name: string; readonly remedy: string }[] = [
  { signature: "\x1f\x8b", name: "gzip data", remedy: "Decompress it with gzip -d" },
  { signature: "\x1f\x9d", name: "data of the old compress tool", remedy: "Decompress it with gzip -d" },
  { signature: "\xfd7zXZ\0", name: "xz data", remedy: "Decompress it with xz -d" },
  { signature: "\x28\xb5\x2f\xfd", name: "zstd data", remedy: "Decompress it with zstd -d" },
  { signature: "7z\xbc\xaf\x27\x1c", name: "a 7z archive", remedy: "Unpack it with 7z x" },
  { signature: "PK\x03\x04", name: "a zip archive", remedy: "Unpack it with unzip" },
  { signature: "\x04\x22\x4d\x18", name: "lz4 data", remedy: "Decompress it with lz4 -d" },
  { signature: "LZIP", name: "lzip data", remedy: "Decompress it with lzip -d" },
  { signature: "BZ0", name: "data of bzip version 1", remedy: "Decompress it with bzip 0.21, the only tool that can" },
  { signature: "<mediawik", name: "a plain XML dump", remedy: REMEDY_FOR_XML },
  { signature: "<?xml", name: "plain XML", remedy: REMEDY_FOR_XML },
  { signature: "\xef\xbb\xbf<", name: "plain XML", remedy: REMEDY_FOR_XML },
  { signature: "<!DOCTYPE", name: "an HTML page", remedy: REMEDY_FOR_PAGE },
  { signature: "<!doctype", name: "an HTML page", remedy: REMEDY_FOR_PAGE },
  { signature: "<html", name: "an HTML page", remedy: REMEDY_FOR_PAGE },
];

/**
 * Reads the head of a stream. Answers "end" when the input ends before it, and "other" when other bytes stand there
 * (which are not used up). For the first stream both are errors.
 */
export function* readStreamHeader(bits: BitReader, isFirst: boolean): Step<StreamHeader | "end" | "other"> {
  while (!bits.has(8)) {
    if (!bits.isEnded) yield* needInput(bits);
    else if (isFirst) throw new Fault("NOT_BZIP2", "Input is empty, expected bzip2 data", 0, REMEDY_FOR_EMPTY);
    else return "end";
  }
  const byteOffset = bits.bitOffset / 8;
  // Byte by byte: what is no head must be known as such even if the input ends right after it.
  for (let bitCount = 8; bitCount <= 24; bitCount += 8) {
    if (!bits.has(bitCount)) yield* needBits(bits, bitCount);
    if (bits.peek(bitCount) === STREAM_MAGIC >>> (24 - bitCount)) continue;
    if (!isFirst) return "other";
    throw notBzip2(yield* firstBytes(bits));
  }
  if (!bits.has(32)) yield* needBits(bits, 32);
  bits.skip(24);
  const level = bits.peek(8) - ZERO;
  if (level >= 1 && level <= 9) {
    bits.skip(8);
    return { level: level as Level, byteOffset };
  }
  if (isFirst) throw new Fault("BAD_LEVEL", `Level of the stream is ${character(level + ZERO)}, expected 1 to 9`, 24);
  bits.skip(-24);
  return "other";
}

/** The first bytes of the input, as many as there are up to the longest signature. */
function* firstBytes(bits: BitReader): Step<string> {
  while (!bits.has(SNIFFED_BYTES * 8) && !bits.isEnded) yield* needInput(bits);
  let text = "";
  while (text.length < SNIFFED_BYTES && bits.has(8)) text += String.fromCharCode(bits.read(8));
  return text;
}

function notBzip2(start: string): Fault {
  const kind = KINDS.find(({ signature }) => start.startsWith(signature));
  if (kind !== undefined) return new Fault("NOT_BZIP2", `Input is ${kind.name}, expected bzip2 data`, 0, kind.remedy);
  const shown = Array.from(start.slice(0, 4), (one) => one.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");
  return new Fault("NOT_BZIP2", `Input starts with the bytes ${shown}, expected 42 5a 68 ("BZh")`, 0);
}

function character(code: number): string {
  return code > 0x20 && code < 0x7f ? `"${String.fromCharCode(code)}"` : `the byte ${code}`;
}
