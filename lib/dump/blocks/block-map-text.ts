/**
 * The two forms in which a block map is stored.
 *
 *     text   one line for each block, "bitOffset<TAB>plainBytes": the table of seek-bzip and micro-bunzip
 *     JSON   all that the map knows, one line for each stream and block; `schemaVersion` says how to read it
 */
import { badMap, type BlockMapData, type MappedBlock, type MappedStream } from "./block-map-model.ts";

/** The version of the JSON form that is written; others are refused. */
export const BLOCK_MAP_SCHEMA_VERSION = 1;

/** What the JSON form holds. */
export interface BlockMapJson extends BlockMapData {
  readonly schemaVersion: typeof BLOCK_MAP_SCHEMA_VERSION;
}

/** The text form, with a line end after each line. */
export function formatMapLines(blocks: readonly MappedBlock[]): string {
  return blocks.map(({ bitOffset, byteLength }) => `${bitOffset}\t${byteLength}\n`).join("");
}

/** Reads either form: JSON begins with a brace. Throws DumpFormatError BAD_INDEX; the numbers are still to be checked. */
export function parseMap(text: string): BlockMapData {
  return /^\s*\{/.test(text) ? parseJson(text) : parseLines(text);
}

function parseLines(text: string): BlockMapData {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  let byteOffset = 0;
  const blocks = lines.map((line, blockIndex): MappedBlock => {
    const match = /^(\d{1,15})\t(\d{1,15})\r?$/.exec(line);
    if (match === null) {
      const found = JSON.stringify(line.slice(0, 80));
      throw badMap(`line ${blockIndex + 1} is ${found}, expected a bit, a tab and a number of bytes`, byteOffset);
    }
    const block = { ...UNKNOWN, blockIndex, bitOffset: Number(match[1]), byteOffset, byteLength: Number(match[2]) };
    byteOffset += block.byteLength;
    return block;
  });
  return { compressedSize: undefined, streams: [], blocks };
}

const UNKNOWN = { bitLength: undefined, crc: undefined, level: undefined, streamIndex: undefined };

function parseJson(text: string): BlockMapData {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badMap(`it is not JSON (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  // Nothing is believed for good: checkMap looks at every field that is taken over.
  const { schemaVersion, compressedSize, streams, blocks } = value as Partial<BlockMapJson>;
  if (schemaVersion !== BLOCK_MAP_SCHEMA_VERSION) {
    const found = JSON.stringify(schemaVersion) ?? "missing";
    throw badMap(`its schemaVersion is ${found}, expected ${BLOCK_MAP_SCHEMA_VERSION}`);
  }
  if (!isListOfObjects(streams) || !isListOfObjects(blocks)) throw badMap("it has no lists of streams and blocks");
  return { compressedSize, streams: streams.map(streamOf), blocks: blocks.map(blockOf) };
}

function isListOfObjects<T>(value: readonly T[] | undefined): value is readonly T[] {
  return Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null);
}

/** Only the fields that are known, in their order. */
function streamOf(stream: MappedStream): MappedStream {
  const { streamIndex, level, compressedOffset, compressedEnd, crc } = stream;
  return { streamIndex, level, compressedOffset, compressedEnd, crc };
}

/** Only the fields that are known, in their order. */
export function blockOf(block: MappedBlock): MappedBlock {
  const { streamIndex, blockIndex, bitOffset, bitLength, byteOffset, byteLength, crc, level } = block;
  return { streamIndex, blockIndex, bitOffset, bitLength, byteOffset, byteLength, crc, level };
}

/** The JSON form as text, one line for each stream and block. */
export function formatMapJson(data: BlockMapJson): string {
  const list = (items: readonly unknown[]): string =>
    items.length === 0 ? "[]" : `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
  const size = data.compressedSize === undefined ? "" : `,"compressedSize":${data.compressedSize}`;
  return `{"schemaVersion":${data.schemaVersion}${size},\n"streams":${list(data.streams)},\n"blocks":${
    list(data.blocks)
  }}\n`;
}
