/**
 * What follows the last stream of a file is no junk if there are blocks in it: then the header of a stream is damaged.
 *
 * bzip2 takes all that follows such a header for junk. What goes from block to block stops there, and asks here whether that was
 * the end. See docs/decisions/071-lost-streams-are-damage.md.
 */
import { Bzip2Error } from "../../errors.ts";
import type { BlockPosition } from "./block-access.ts";
import type { BlockSearch } from "./block-search.ts";
import { readFileEnd } from "./file-end.ts";

/** A block after which no other one was found. */
export type LastBlock = BlockPosition & { readonly bitLength: number };

/** Throws Bzip2Error BAD_MAGIC if blocks follow the end of the stream of this block, but no stream does. */
export async function refuseLostStream(search: BlockSearch, last: LastBlock): Promise<void> {
  const endBit = last.bitOffset + last.bitLength;
  const { fault, goodBytes } = await readFileEnd(search.access, {
    bitOffset: endBit,
    level: last.level,
    crc: undefined,
  });
  if (fault?.code !== "TRAILING_DATA") return;
  if (await search.nextMagic(goodBytes * 8, Infinity) !== undefined) throw lostStreamError(goodBytes * 8);
}

/** The error for blocks behind a place at which no stream starts. */
export function lostStreamError(bitOffset: number): Bzip2Error {
  // In random access nobody has counted streams and blocks: -1 says so.
  const place = { bitOffset, streamIndex: -1, blockIndex: -1, bytesBefore: 0 };
  const message =
    `More blocks follow the end of the stream, but no stream starts here: its header is damaged (bit ${bitOffset})`;
  return new Bzip2Error("BAD_MAGIC", message, place, { remedy: "Fetch the file again" });
}
