/**
 * showcrcs: the checksum of every block of a bzip2 file, the one that follows from them all, and the one at the end of the file.
 */
import { combineCrc } from "../../../lib/bits/crc32-bzip2.ts";
import { streamLevel } from "../../../lib/dump/blocks/block-access.ts";
import { scanCrcs } from "../../../lib/dump/blocks/crcs.ts";
import { findBzip2Footer, FOOTER_MAX_BYTES } from "../../../lib/dump/blocks/footer.ts";
import type { Bzip2Error } from "../../../lib/errors.ts";
import type { ByteSource } from "../../../lib/streams/byte-source.ts";
import { blockPlace } from "../blocks/block-place.ts";
import { type Ancestor, type AncestorCall, AncestorError, usageError } from "./ancestor.ts";
import { HELP, hex, hex8, openOldFile } from "./old-file.ts";
import { unverifiedBlock } from "./unverified-block.ts";

const NAME = "showcrcs";
const NO_FOOTER = 1;
const OLD_BUFFER_BYTES = 5000;
/** From the start of a marker to its checksum. */
const MAGIC_BYTES = 6;
const NO_SEEK = "lseek of file failed\n";
const NOT_FOUND = "failed to find bz2 footer";

export const SHOWCRCS: Ancestor = {
  name: NAME,
  options: [{ name: "filename", short: "f", takesValue: true }, HELP, { name: "verbose", short: "v" }, {
    name: "version",
    short: "V",
  }],
  usage: `Usage: ${NAME} --filename FILE [--verbose] [--help] [--version]
Prints a line for each block of a bzip2 file, "offset:N CRC:0x…", then computed_stream_CRC and extracted_stream_CRC.
`,
  async run(call) {
    const path = call.arguments.options.findLast(({ name }) => name === "filename")?.value;
    if (path === undefined) throw usageError("");
    const file = await openOldFile(path, { signal: call.signal, exitCode: 1 });
    if (file === undefined) {
      await call.stdout.write("computed_stream_CRC:0x0\n");
      const noSeek = "lseek of file to 0 failed (6)\n";
      throw new AncestorError(`${noSeek}${noSeek}${NO_SEEK}${NOT_FOUND}`, NO_FOOTER);
    }
    try {
      return await show(file.source, call);
    } finally {
      await file.close();
    }
  },
};

async function show(source: ByteSource, call: AncestorCall): Promise<number> {
  const { stdout, stderr, signal } = call;
  const verbosity = call.arguments.options.filter(({ name }) => name === "verbose").length;
  // The old tool decodes with the header of the file; without one it finds blocks, but cannot use them.
  const hasHeader = streamLevel(await source.read(0, 4)) !== undefined;
  let computed = 0;
  for await (const event of scanCrcs(source, { signal })) {
    if (event.type !== "block") continue;
    if (!hasHeader) {
      await stderr.write("Corrupt bzip2 header\n");
      continue;
    }
    const { bitOffset, crc, fault } = event;
    if (fault !== undefined && !(await isLong(source, fault, signal))) continue;
    const { oldOffset } = blockPlace(bitOffset);
    const combined = combineCrc(computed, crc);
    if (verbosity === 0) await stdout.write(`offset:${oldOffset} CRC:${hex8(crc)}\n`);
    else {
      const bytes = await crcBytes(source, Math.floor(bitOffset / 8) + MAGIC_BYTES);
      const shift = shiftLine("block crc", bitOffset);
      await stdout.write(`offset:${oldOffset} ${bufferLine(bytes)}`);
      await stdout.write(verbosity > 1 ? stepLines(bytes, bitOffset % 8, shift) : shift);
      await stdout.write(`CRC:${hex8(crc)}\n1's complement of block crc: ${hex(~crc >>> 0)}\n`);
      await stderr.write(`current cumul crc: ${hex(computed)},  NEW cumul crc: ${hex(combined)}\n`);
    }
    computed = combined;
  }
  await stdout.write(`computed_stream_CRC:${hex(computed)}\n`);
  return await showFooter(source, call, verbosity);
}

/** The old tool saw damage only in blocks that it decoded wholly: it gave up after so many bytes. */
async function isLong(source: ByteSource, fault: Bzip2Error, signal: AbortSignal): Promise<boolean> {
  if (fault.code !== "BLOCK_CRC") return false;
  return (await unverifiedBlock(source, fault, signal)).length > OLD_BUFFER_BYTES;
}

async function showFooter(source: ByteSource, { stdout }: AncestorCall, verbosity: number): Promise<number> {
  const start = Math.max(0, source.size - FOOTER_MAX_BYTES);
  const footer = findBzip2Footer(await source.read(start, source.size));
  if (footer === undefined) {
    throw new AncestorError(`${source.size < FOOTER_MAX_BYTES ? NO_SEEK : ""}${NOT_FOUND}`, NO_FOOTER);
  }
  if (verbosity > 0) {
    const bitOffset = start * 8 + footer.bitOffset;
    // That of an end on a byte is shown with the last byte of the magic.
    const crcByte = Math.ceil(bitOffset / 8) + MAGIC_BYTES - 1;
    await stdout.write(`${bufferLine(await crcBytes(source, crcByte))}${shiftLine("stream_crc", bitOffset)}`);
  }
  await stdout.write(`extracted_stream_CRC:${hex(footer.crc)}\n`);
  return 0;
}

/** Five bytes, in which a checksum lies. */
async function crcBytes(source: ByteSource, start: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(5);
  bytes.set(await source.read(start, start + bytes.length));
  return bytes;
}

function bufferLine(bytes: Uint8Array): string {
  return `buffer: ${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")}\n`;
}

function shiftLine(what: string, bitOffset: number): string {
  return bitOffset % 8 === 0 ? "" : `${what} bits shifted by ${bitOffset % 8}\n`;
}

/** How a checksum that begins at a bit comes together from its bytes. */
function stepLines(bytes: Uint8Array, bit: number, shiftLine: string): string {
  const step = (i: number, crc: number): string => `crc with buffer[${i}] and shifted: ${hex(crc >>> 0)}\n`;
  let crc = 0;
  let lines = "";
  for (let i = 0; i < 3; i++) {
    crc = (crc | (i === 0 ? bytes[i]! & (0xff >> bit) : bytes[i]!)) << 8;
    lines += step(i, crc);
  }
  return bit === 0 ? lines : `${lines}${shiftLine}${step(3, (crc | bytes[3]!) << bit)}`;
}
