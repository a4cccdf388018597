/**
 * The rows that `bzdump blocks` prints: columns for people, one object a line for machines.
 */
import type { OutputSink } from "../../../lib/host/terminal.ts";

/** What is known of a block. What stays unknown without reading what lies before it, or without decoding it, is undefined. */
export interface BlockRow {
  readonly streamIndex?: number | undefined;
  readonly blockIndex?: number | undefined;
  readonly level?: number | undefined;
  readonly bitOffset: number;
  readonly bitLength?: number | undefined;
  readonly crc: number;
  /** Plain bytes before it, and in it. */
  readonly byteOffset?: number | undefined;
  readonly byteLength?: number | undefined;
}

/** A whole stream. */
export interface StreamRow {
  readonly streamIndex: number;
  readonly level: number;
  /** Compressed bytes before it, and up to its end. */
  readonly compressedOffset: number;
  readonly compressedEnd: number;
  readonly crc: number;
  readonly blocks: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Takes rows, and writes them when asked. */
export interface BlockRows {
  addBlock(row: BlockRow): void;
  addStream(row: StreamRow): void;
  /** A line for machines only: the end of a file, and what follows its last stream. */
  addNote(type: string, note: Readonly<Record<string, number>>): void;
  /** Writes what was added. */
  flush(): Promise<void>;
}

export interface BlockRowsOptions {
  readonly stdout: OutputSink;
  readonly isJson: boolean;
  /** Streams in place of blocks. */
  readonly isOfStreams: boolean;
  readonly hasTitles: boolean;
}

const SCHEMA = "bzdump/blocks@1";

/** The rows in the form that is wanted. */
export function blockRows(options: BlockRowsOptions): BlockRows {
  const { stdout, isJson, isOfStreams, hasTitles } = options;
  let text = "";
  let areTitlesDue = hasTitles && !isJson;
  // With the first row: where there is none, an error is all that is to be seen.
  const titles = (columns: readonly { title: string; width: number }[]): string => {
    const isDue = areTitlesDue;
    areTitlesDue = false;
    return isDue ? titlesOf(columns) : "";
  };
  return {
    addBlock(row) {
      if (isOfStreams) return;
      text += isJson ? jsonLine("block", blockFields(row)) : titles(BLOCK_COLUMNS) + lineOf(BLOCK_COLUMNS, row);
    },
    addStream(row) {
      if (isJson) text += jsonLine("stream", { ...row, crcHex: hex(row.crc) });
      else if (isOfStreams) text += titles(STREAM_COLUMNS) + lineOf(STREAM_COLUMNS, row);
    },
    addNote(type, note) {
      if (isJson) text += jsonLine(type, note);
    },
    async flush() {
      if (text === "") return;
      const whole = text;
      text = "";
      await stdout.write(whole);
    },
  };
}

interface Column<Row> {
  readonly title: string;
  readonly width: number;
  valueOf(row: Row): number | string | undefined;
}

const BLOCK_COLUMNS: readonly Column<BlockRow>[] = [
  { title: "stream", width: 7, valueOf: (row) => row.streamIndex },
  { title: "block", width: 7, valueOf: (row) => row.blockIndex },
  { title: "level", width: 5, valueOf: (row) => row.level },
  { title: "bit offset", width: 13, valueOf: (row) => row.bitOffset },
  { title: "byte", width: 12, valueOf: (row) => Math.floor(row.bitOffset / 8) },
  { title: "bits", width: 9, valueOf: (row) => row.bitLength },
  { title: "CRC", width: 8, valueOf: (row) => hex(row.crc) },
  { title: "plain offset", width: 13, valueOf: (row) => row.byteOffset },
  { title: "plain bytes", width: 11, valueOf: (row) => row.byteLength },
];

const STREAM_COLUMNS: readonly Column<StreamRow>[] = [
  { title: "stream", width: 7, valueOf: (row) => row.streamIndex },
  { title: "level", width: 5, valueOf: (row) => row.level },
  { title: "byte", width: 12, valueOf: (row) => row.compressedOffset },
  { title: "bytes", width: 12, valueOf: (row) => row.compressedEnd - row.compressedOffset },
  { title: "CRC", width: 8, valueOf: (row) => hex(row.crc) },
  { title: "blocks", width: 7, valueOf: (row) => row.blocks },
  { title: "plain offset", width: 13, valueOf: (row) => row.byteOffset },
  { title: "plain bytes", width: 12, valueOf: (row) => row.byteLength },
];

function titlesOf(columns: readonly { title: string; width: number }[]): string {
  return `${columns.map(({ title, width }) => title.padStart(width)).join(" ")}\n`;
}

function lineOf<Row>(columns: readonly Column<Row>[], row: Row): string {
  return `${columns.map(({ width, valueOf }) => String(valueOf(row) ?? "-").padStart(width)).join(" ")}\n`;
}

function blockFields(row: BlockRow): Readonly<Record<string, unknown>> {
  const { streamIndex, blockIndex, level, bitOffset, bitLength, crc, byteOffset, byteLength } = row;
  const compressedOffset = Math.floor(bitOffset / 8);
  const place = { streamIndex, blockIndex, level, bitOffset, bitLength, compressedOffset };
  return { ...place, crc, crcHex: hex(crc), byteOffset, byteLength };
}

/** What is not known is null, so that all lines of a kind have the same fields. */
function jsonLine(type: string, fields: Readonly<Record<string, unknown>>): string {
  return `${
    JSON.stringify({ schema: SCHEMA, type, ...fields }, (_, value: unknown) => value === undefined ? null : value)
  }\n`;
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
