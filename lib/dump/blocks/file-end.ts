/**
 * What follows a block of a bzip2 file: the end of its stream, empty streams, and then the end of the file, or something else.
 *
 *     | last whole block | end, zeros | "BZh9" end, zeros |      whole
 *     | last whole block | end, zeros | anything            |    trailing bytes
 *     | last whole block | en                                    cut
 *     | last whole block | some of a block                       cut
 *     | last whole block | a block whose data are wrong | …      damaged
 */
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, END_MAGIC_HIGH, END_MAGIC_LOW, type Level } from "../../bzip2/format.ts";
import { combineCrc } from "../../bits/crc32-bzip2.ts";
import { Bzip2Error, type Bzip2ErrorCode } from "../../errors.ts";
import { type BlockAccess, type LocatedBlock, streamLevel } from "./block-access.ts";
import { FOOTER_BITS, FOOTER_MAX_BYTES, readBits } from "./footer.ts";

/** The end of a stream, and where it is in the file. */
export interface StreamEnd {
  /** Bits from the start of the file to its magic. */
  readonly bitOffset: number;
  /** The byte after it. */
  readonly endByteOffset: number;
  /** The checksum of the stream, as it is stated. */
  readonly crc: number;
}

/** What a file ends with. */
export interface FileEnd {
  /** The last end of a stream that is whole; undefined if none follows. */
  readonly footer: StreamEnd | undefined;
  /** Streams without blocks at the end of the file. */
  readonly emptyStreams: number;
  /** Where the good part of the file ends: the byte after the last end of a stream or, within a stream, that in which the last block ends. */
  readonly goodBytes: number;
  /** What is wrong with the end of the file; undefined if nothing is. */
  readonly fault: Bzip2Error | undefined;
}

/** From where to look. */
export interface FileEndStart {
  /** The bit after a block, or after the header of the first stream. */
  readonly bitOffset: number;
  readonly level: Level;
  /** The checksum of the stream so far; undefined where it is not known. */
  readonly crc: number | undefined;
}

const MAGIC_BITS = 48;
const HEADER_BYTES = 4;
const HEADER = [0x42, 0x5a, 0x68];
const REMEDY_FOR_CUT = "Fetch the rest of the file; bzdump last-block and bzdump append work with what is there";
const REMEDY_FOR_DAMAGE = "Fetch the file again, or compare its checksum with the published one";

/** Looks at what follows, up to the end of the file. Errors are those of the source. */
export async function readFileEnd(access: BlockAccess, start: FileEndStart): Promise<FileEnd> {
  const { size } = access.source;
  let { bitOffset, level, crc } = start;
  let footer: StreamEnd | undefined;
  let emptyStreams = 0;
  for (;;) {
    const result = await readStreamEnd(access, bitOffset, crc, level);
    const goodBytes = footer?.endByteOffset ?? Math.ceil(start.bitOffset / 8);
    if (result instanceof Bzip2Error) return { footer, emptyStreams, goodBytes, fault: result };
    if (footer !== undefined || start.bitOffset === HEADER_BYTES * 8) emptyStreams++;
    footer = result;
    const headerByte = result.endByteOffset;
    const found = { footer, emptyStreams, goodBytes: headerByte };
    if (headerByte === size) return { ...found, fault: undefined };
    const header = await access.window.view(headerByte, headerByte + HEADER_BYTES);
    const next = streamLevel(header);
    if (next === undefined) return { ...found, fault: trailingError(header, headerByte, size) };
    ({ bitOffset, level, crc } = { bitOffset: (headerByte + HEADER_BYTES) * 8, level: next, crc: 0 });
  }
}

/** The checksum of the stream of a block, if the block is the first one of its stream; undefined if it is not. */
export async function crcOfFirst(access: BlockAccess, block: LocatedBlock): Promise<number | undefined> {
  const headerByte = block.bitOffset / 8 - HEADER_BYTES;
  if (!Number.isInteger(headerByte) || headerByte < 0) return undefined;
  const isFirst = streamLevel(await access.window.view(headerByte, headerByte + HEADER_BYTES)) !== undefined;
  return isFirst ? combineCrc(0, block.crc) : undefined;
}

async function readStreamEnd(
  access: BlockAccess,
  bitOffset: number,
  computed: number | undefined,
  level: Level,
): Promise<StreamEnd | Bzip2Error> {
  const { size } = access.source;
  const startByte = Math.floor(bitOffset / 8);
  const shift = bitOffset % 8;
  const bytes = await access.window.view(startByte, startByte + FOOTER_MAX_BYTES);
  const present = Math.min(FOOTER_BITS, Math.max(0, bytes.length * 8 - shift));
  const kind = markerKind(bytes, shift, Math.min(present, MAGIC_BITS));
  if (kind === "unknown") {
    return endError("BAD_MAGIC", "Neither a block nor the end of the stream stands here", bitOffset);
  }
  if (kind === "block") return await blockFault(access, bitOffset, level);
  if (present < FOOTER_BITS) return cutError(present, bitOffset, size);
  const crc = readBits(bytes, shift + MAGIC_BITS, 32);
  if (computed !== undefined && crc !== computed) {
    const what = `Stream checksum mismatch: stated ${hex(crc)}, found ${hex(computed)}`;
    return endError("STREAM_CRC", what, bitOffset);
  }
  const endByteOffset = Math.ceil((bitOffset + FOOTER_BITS) / 8);
  const paddingLength = endByteOffset * 8 - bitOffset - FOOTER_BITS;
  const padding = readBits(bytes, shift + FOOTER_BITS, paddingLength);
  if (padding !== 0) {
    const bits = padding.toString(2).padStart(paddingLength, "0");
    const what = `The bits that fill up the last byte of the stream are ${bits}, expected zeros`;
    return endError("BAD_MAGIC", what, bitOffset + FOOTER_BITS);
  }
  return { bitOffset, endByteOffset, crc };
}

/** What the first `bitCount` bits, at most 48, can be the start of. No bits can be the start of the end. */
function markerKind(bytes: Uint8Array, shift: number, bitCount: number): "end" | "block" | "unknown" {
  for (const [kind, high, low] of MARKERS) {
    const wanted = Math.floor((high * 0x1000000 + low) / 2 ** (MAGIC_BITS - bitCount));
    const found = readBits(bytes, shift, Math.min(bitCount, 24)) * 2 ** Math.max(0, bitCount - 24) +
      readBits(bytes, shift + 24, Math.max(0, bitCount - 24));
    if (found === wanted) return kind;
  }
  return "unknown";
}

const MARKERS = [
  ["end", END_MAGIC_HIGH, END_MAGIC_LOW],
  ["block", BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW],
] as const;

/** What is wrong with a block that was not found to be whole. */
async function blockFault(access: BlockAccess, bitOffset: number, level: Level): Promise<Bzip2Error> {
  try {
    await access.read({ bitOffset, level });
  } catch (error) {
    if (!(error instanceof Bzip2Error)) throw error;
    if (error.code !== "TRUNCATED") return error;
    const byteLength = access.source.size - Math.floor(bitOffset / 8);
    const what = `The file ends inside a block, of which it has ${
      counted(byteLength)
    }; a block decodes whole or not at all`;
    return endError("TRUNCATED", what, bitOffset, REMEDY_FOR_CUT);
  }
  return endError("BAD_MAGIC", "A block follows that was passed over", bitOffset);
}

function cutError(presentBits: number, bitOffset: number, size: number): Bzip2Error {
  const missing = Math.ceil((bitOffset + FOOTER_BITS) / 8) - size;
  const where = presentBits < 8
    ? "The file ends before the end of the stream is written"
    : "The file ends inside the end of the stream";
  return endError("TRUNCATED", `${where}: ${counted(missing)} missing`, bitOffset, REMEDY_FOR_CUT);
}

function trailingError(header: Uint8Array, byteOffset: number, size: number): Bzip2Error {
  const isCut = header.length < HEADER_BYTES && header.every((byte, i) => byte === HEADER[i]);
  if (isCut) {
    return endError("TRUNCATED", "The file ends inside the header of a stream", byteOffset * 8, REMEDY_FOR_CUT);
  }
  const what = `${counted(size - byteOffset)} after the last stream, expected the end of the file`;
  return endError("TRAILING_DATA", what, byteOffset * 8, `Cut the file to ${byteOffset} bytes, or fetch it again`);
}

/** An error at a place of a file of which streams and blocks were not counted. */
export function endError(
  code: Bzip2ErrorCode,
  what: string,
  bitOffset: number,
  remedy: string = REMEDY_FOR_DAMAGE,
): Bzip2Error {
  const place = { bitOffset, streamIndex: -1, blockIndex: -1, bytesBefore: 0 };
  return new Bzip2Error(code, `${what} (bit ${bitOffset})`, place, { remedy });
}

function counted(byteLength: number): string {
  return `${byteLength} byte${byteLength === 1 ? "" : "s"}`;
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
