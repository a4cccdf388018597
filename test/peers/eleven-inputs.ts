/** The eleven inputs on which bzip2 packages part ways, and what this library must say of each. */
import { Chance, makeParagraph } from "../../bench/corpus-text.ts";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import type { Bzip2ErrorCode } from "../../lib/errors.ts";
import { utf8 } from "../support/collect.ts";

/** One input, with our answer. */
export interface PeerInput {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The plain bytes that come out, before the error if there is one. */
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly errorCode?: Bzip2ErrorCode;
  /** Bytes after the last stream, reported as such. */
  readonly trailingBytes?: number;
}

type Compress = (plain: Uint8Array) => Uint8Array;

const GARBAGE = utf8("What stands here is no bzip2 data.\n");
const NOTHING = new Uint8Array(0);

/** The inputs, packed by whoever is to be tried. Both texts fit into one block. */
export function elevenInputs(compress: Compress): readonly PeerInput[] {
  const [first, second] = [textOf(200_000, 1), textOf(150_000, 2)];
  const [one, other] = [compress(first), compress(second)];
  const both = concatBytes([first, second]);
  return [
    { name: "one stream", bytes: copyOf(one), plain: first },
    { name: "two streams", bytes: concatBytes([one, other]), plain: both },
    { name: "last 4 bytes missing", bytes: copyOf(one.subarray(0, -4)), plain: first, errorCode: "TRUNCATED" },
    {
      name: "cut in the second stream",
      bytes: concatBytes([one, other.subarray(0, other.length >> 1)]),
      plain: first,
      errorCode: "TRUNCATED",
    },
    {
      name: "garbage after the stream",
      bytes: concatBytes([one, GARBAGE]),
      plain: first,
      trailingBytes: GARBAGE.length,
    },
    {
      name: "4 KiB of zeros after the stream",
      bytes: concatBytes([one, new Uint8Array(4096)]),
      plain: first,
      trailingBytes: 4096,
    },
    { name: "block CRC damaged", bytes: withBitFlipped(one, 10 * 8), plain: NOTHING, errorCode: "BLOCK_CRC" },
    { name: "one bit flipped in the data", bytes: withOtherData(one), plain: NOTHING, errorCode: "BLOCK_CRC" },
    { name: "empty content", bytes: copyOf(compress(NOTHING)), plain: NOTHING },
    { name: "file of no bytes", bytes: NOTHING, plain: NOTHING, errorCode: "NOT_BZIP2" },
    { name: "not bzip2", bytes: first, plain: NOTHING, errorCode: "NOT_BZIP2" },
  ];
}

function textOf(byteLength: number, seed: number): Uint8Array<ArrayBuffer> {
  const chance = new Chance(seed);
  let text = "";
  while (text.length < byteLength) text += makeParagraph(chance);
  return utf8(text).slice(0, byteLength);
}

/** The slice of a Buffer would be a view. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function withBitFlipped(file: Uint8Array, bitOffset: number): Uint8Array<ArrayBuffer> {
  const damaged = copyOf(file);
  damaged[bitOffset >> 3]! ^= 0x80 >> (bitOffset & 7);
  return damaged;
}

/** With one bit flipped that only the checksum can tell. In the second half of a file there are no tables any more. */
function withOtherData(file: Uint8Array): Uint8Array<ArrayBuffer> {
  for (let bitOffset = file.length * 6;; bitOffset++) {
    const damaged = withBitFlipped(file, bitOffset);
    try {
      decompress(damaged, { verify: false });
      return damaged;
    } catch {
      // The block no longer holds together: the next bit.
    }
  }
}
