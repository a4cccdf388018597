/**
 * The place at which a dump that was cut or damaged can be continued: a border between blocks, as late as possible, and the plain
 * bytes behind it up to the end of the last whole page.
 *
 *     block · block · block | block, up to </page>      | … what is left of the next page, damage, nothing
 *     kept as it is           compressed again            dropped
 */
import type { Bytes, Level } from "../../bzip2/format.ts";
import { DumpFormatError } from "../../errors.ts";

/** Where a dump can be continued. */
export interface AppendPoint {
  /** Bits of the file that stay as they are. They end with a block, or with the header of a stream. */
  readonly keptBitLength: number;
  /** The level of the stream that is open there. */
  readonly level: Level;
  /** The combined checksum of the kept blocks of that stream. */
  readonly crc: number;
  /** The plain bytes that follow there, up to the end of the last whole page; less than two blocks. */
  readonly rest: Bytes;
  /** The last whole page; undefined if there is none, or it has no id that can be read. */
  readonly lastPageId: number | undefined;
  /** The header has a stream of its own: pages go on in streams of their own, too. */
  readonly isMultistream: boolean;
  /** The dump has its footer, and the file its end. */
  readonly isWhole: boolean;
  /** Why nothing behind the last good block could be read; undefined for a good file. */
  readonly trouble: Error | undefined;
}

/** A border between blocks, and what is known of the stream there. */
export interface Border {
  readonly bitOffset: number;
  readonly level: Level;
  /** The combined checksum of the blocks of the stream that lie before. */
  readonly crc: number;
}

/** A dump without a page or a header cannot be continued. */
export function noHeaderError(cause: Error | undefined): DumpFormatError {
  const message = "No whole page and no whole header was found, so there is nothing to continue";
  return new DumpFormatError("NO_MEDIAWIKI", message, { byteOffset: 0 }, { cause, remedy: "Make the dump again" });
}

/** Whether the plain bytes of the first block are a header and no more. */
export function isHeaderOnly(firstBlock: Uint8Array): boolean {
  const tail = new TextDecoder().decode(firstBlock.slice(-64));
  return /<\/siteinfo\s*>\s*$/.test(tail);
}

/** Whether these are the last bytes of a whole dump. */
export function isDumpEnd(lastBytes: Uint8Array): boolean {
  return /<\/mediawiki\s*>\s*$/.test(new TextDecoder().decode(lastBytes.slice(-64)));
}
