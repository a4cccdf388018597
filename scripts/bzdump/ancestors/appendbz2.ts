/**
 * appendbz2: compresses stdin to the rest of a bzip2 stream whose beginning is in another file, and ends on a byte.
 *
 *     cat prefix tail     the prefix ends on a byte, behind a block, is of level 9, and has the combined checksum that is given
 */
import { Bzip2Packer } from "../../../lib/dump/packing/bzip2-packer.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";
import { openInput } from "../io/input.ts";
import type { Output } from "../io/output.ts";
import { type Ancestor, type AncestorCall, AncestorError, usageError } from "./ancestor.ts";
import { oldOutput } from "./old-output.ts";

const FAILED = 1;

const USAGE = `Usage: appendbz2 -c CRC -o OUT [-b BUFSIZE] [-v]

Compresses stdin to the rest of a bzip2 stream of level 9, to be put behind a file that ends on a byte after a block.

  -c, --crc CRC       the combined checksum of the blocks in that file, a decimal number above 0
  -o, --outfile OUT   where the rest goes
  -b, --bufsize N     a number of at least 1; has no effect
  -v, --verbose       has no effect
  -h, --help          this text
  -V, --version       the version
`;

/** The digits at the start, with their sign; 0 where there are none. */
function integer(text: string): bigint {
  return BigInt(/^\s*\+?(\d+|(?<!\+)-\d+)/.exec(text)?.[1] ?? 0);
}

/** As C reads a checksum: what does not fit into 64 bits is the greatest number; then 32 bits are taken. */
function unsigned32(text: string): number {
  const value = integer(text);
  const isHeld = BigInt.asIntN(65, value) === value;
  return Number(BigInt.asUintN(32, isHeld ? value : -1n));
}

/** As C reads a size: what does not fit into 64 bits is the greatest or the least number; then 32 bits are taken. */
function signed32(text: string): number {
  const value = integer(text);
  const isHeld = BigInt.asIntN(64, value) === value;
  return Number(BigInt.asIntN(32, isHeld ? value : value > 0n ? -1n : 0n));
}

async function openOutput(path: string): Promise<Output> {
  try {
    return await oldOutput(path);
  } catch {
    // Told in the words of the old tool.
  }
  throw new AncestorError(`failed to open output file ${path}`, FAILED);
}

async function append({ arguments: { options }, signal }: AncestorCall): Promise<number> {
  const value = (name: string): string | undefined => options.findLast((one) => one.name === name)?.value;
  const crc = unsigned32(value("crc") ?? "");
  if (crc === 0) throw usageError("Missing crc argument.");
  const path = value("outfile");
  if (path === undefined) throw usageError("Missing outfile argument.");
  const bufferBytes = signed32(value("bufsize") ?? "1");
  if (bufferBytes < 0) throw new AncestorError(`failed to allocate ${bufferBytes} for input buffer`, FAILED);
  if (bufferBytes === 0) throw new AncestorError("The buffer size must be 1 or more", FAILED);
  const output = await openOutput(path);
  const packer = new Bzip2Packer({ continueFrom: { crc, bitCount: 0, lastByte: 0 } });
  const drain = async (): Promise<void> => {
    for (let piece = packer.take(); piece !== undefined; piece = packer.take()) await output.write(piece.bytes);
  };
  try {
    const { stream } = await openInput("-", { signal, isTerminalWelcome: true });
    for await (const chunk of chunksOf(stream)) {
      packer.add(chunk);
      await drain();
    }
    packer.endStream();
    await drain();
    await output.finish();
  } finally {
    await output.discard();
  }
  return 0;
}

export const APPENDBZ2: Ancestor = {
  name: "appendbz2",
  options: [
    { name: "help", short: "h" },
    { name: "crc", short: "c", takesValue: true },
    { name: "outfile", short: "o", takesValue: true },
    { name: "bufsize", short: "b", takesValue: true },
    { name: "verbose", short: "v" },
    { name: "version", short: "V" },
  ],
  usage: USAGE,
  run: append,
};
