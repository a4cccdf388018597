/**
 * The last page id, or the last revision id, of a compressed dump, read from its end. · getlastidinbz2xml
 *
 * Blocks are decoded from the last one backwards until one has the start of a page (or of a revision). That is the least that
 * can be done: a page that begins later could be in any block that was not looked at. Memory does not grow with the page.
 */
import { asciiBytes, concatBytes } from "../../bits/bytes.ts";
import { type Bzip2Error, DumpFormatError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { isBlank } from "../../xml/characters.ts";
import { ElementCursor } from "../../xml/element.ts";
import { parseId } from "../../xml/page-id.ts";
import { BackwardBlocks } from "../blocks/backward-blocks.ts";
import type { BlockPosition, LocatedBlock } from "../blocks/block-access.ts";

/** What an id is of. */
export type IdKind = "page" | "revision";

/** The last page or revision of a dump, in the order of the file. */
export interface LastId {
  readonly kind: IdKind;
  readonly id: number;
  /** The block in which its start tag begins. */
  readonly position: BlockPosition;
  /** False: the file is cut or damaged after this id, or has no `</mediawiki>` (only with `incomplete: "accept"`). */
  readonly isComplete: boolean;
  /** What is wrong with the bzip2 data between this id and the end of the file (only with `incomplete: "accept"`). */
  readonly damage: Bzip2Error | undefined;
}

/** Options of `findLastId`. */
export interface FindLastIdOptions {
  /**
   * What to do when the file ends inside a stream or before `</mediawiki>`, or is damaged between the last id and its end:
   * "error" (the default), or "accept" the last id of those that can be read.
   */
  readonly incomplete?: "error" | "accept";
  /** Told of every block that is decoded. */
  readonly onProbe?: ((position: BlockPosition) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Kept of the plain bytes that follow a block: the head of a page or revision that the block begins may go on in them. */
const HEAD_BYTES = 64 * 1024;
/** Enough to see whether a dump has its end tag. */
const TAIL_BYTES = 64;
const START_TAGS = { page: asciiBytes("<page"), revision: asciiBytes("<revision") };
const ID = asciiBytes("id");

/**
 * Finds the last page id or the last revision id of a bzip2 dump: that which stands last, which is not always the greatest.
 *
 * Decodes the blocks from the end of the file up to the one in which the last page (or revision) begins. Gives undefined for a
 * dump without pages.
 *
 * Throws Bzip2Error NOT_BZIP2. Unless `incomplete` is "accept": Bzip2Error where the file is cut or damaged between the last id
 * and its end; DumpFormatError TRUNCATED if it does not end with `</mediawiki>`, BAD_ID if the last page has no id.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, compress, findLastId } from "wikidump";
 *
 * const xml = "<mediawiki><page><title>A</title><id>7</id><revision><id>31</id></revision></page></mediawiki>";
 * const source = bytesSource(compress(new TextEncoder().encode(xml)));
 * assert.equal((await findLastId(source, "page"))?.id, 7);
 * assert.equal((await findLastId(source, "revision"))?.id, 31);
 * ```
 */
export async function findLastId(
  source: ByteSource,
  kind: IdKind,
  options: FindLastIdOptions = {},
): Promise<LastId | undefined> {
  const { incomplete = "error", onProbe, signal } = options;
  const search = new LastIdSearch(kind, incomplete === "accept");
  for await (const { block, gap } of new BackwardBlocks(source, signal).blocks()) {
    signal?.throwIfAborted();
    onProbe?.(positionOf(block));
    if (gap !== undefined && !search.isIncompleteAccepted) throw gap;
    search.push(block, gap);
    if (search.isDone) break;
  }
  return search.result();
}

/** What is known while blocks come in from the last one to the first. */
class LastIdSearch {
  readonly isIncompleteAccepted: boolean;
  readonly #kind: IdKind;
  readonly #room = new Uint8Array(HEAD_BYTES);
  /** The first plain bytes that follow the block at hand. */
  #after: Uint8Array = new Uint8Array();
  /** The last plain bytes of the dump. */
  #tail: Uint8Array = new Uint8Array();
  /** The bit after the last block. */
  #endBit: number | undefined;
  #damage: Bzip2Error | undefined;
  #found: { readonly id: number; readonly position: BlockPosition } | undefined;

  constructor(kind: IdKind, isIncompleteAccepted: boolean) {
    this.#kind = kind;
    this.isIncompleteAccepted = isIncompleteAccepted;
  }

  /** The id is known, and whether the dump has its end. */
  get isDone(): boolean {
    return this.#found !== undefined &&
      (this.#damage !== undefined || this.#tail.length >= TAIL_BYTES || hasEnd(this.#tail, false));
  }

  push(block: LocatedBlock, gap: Bzip2Error | undefined): void {
    if (gap !== undefined) {
      this.#damage ??= gap;
      this.#after = new Uint8Array();
    }
    const { bytes } = block;
    this.#endBit ??= block.bitOffset + block.bitLength;
    if (this.#tail.length < TAIL_BYTES) this.#tail = concatBytes([bytes.subarray(-TAIL_BYTES), this.#tail]);
    this.#found ??= this.#lastIn(block);
    this.#keepStart(bytes);
  }

  /** Of blocks that are shorter than a head, what follows them is kept, too. */
  #keepStart(bytes: Uint8Array): void {
    const start = bytes.length >= HEAD_BYTES ? bytes.subarray(0, HEAD_BYTES) : concatBytes([bytes, this.#after]);
    const length = Math.min(start.length, HEAD_BYTES);
    this.#room.set(start.subarray(0, length));
    this.#after = this.#room.subarray(0, length);
  }

  result(): LastId | undefined {
    const isComplete = this.#damage === undefined && hasEnd(this.#tail, this.#found === undefined);
    if (!isComplete && !this.isIncompleteAccepted) {
      throw endError(this.#kind === "page" ? this.#found?.id : undefined, this.#endBit);
    }
    return this.#found && { kind: this.#kind, ...this.#found, isComplete, damage: this.#damage };
  }

  /** The last id among those whose start tag begins in the block. */
  #lastIn(block: LocatedBlock): { id: number; position: BlockPosition } | undefined {
    const { bytes } = block;
    const tag = START_TAGS[this.#kind];
    for (let end = bytes.length;;) {
      const at = this.#lastTagBefore(bytes, tag, end);
      if (at < 0) return undefined;
      const head = bytes.subarray(at, at + HEAD_BYTES);
      const id = readId(head.length < HEAD_BYTES ? concatBytes([head, this.#after]) : head);
      if (id !== undefined) return { id, position: positionOf(block) };
      // Where the file is cut, so may be the head; elsewhere nothing must be guessed.
      if (!this.isIncompleteAccepted) throw idError(this.#kind, block);
      end = at;
    }
  }

  /** Where the last start tag begins before `end`, also one that goes on after the bytes. */
  #lastTagBefore(bytes: Uint8Array, tag: Uint8Array, end: number): number {
    const borderStart = bytes.length - tag.length;
    if (end > borderStart) {
      const from = Math.max(0, borderStart);
      const border = concatBytes([bytes.subarray(from), this.#after.subarray(0, tag.length + 1)]);
      const found = lastTagBefore(border, tag, end - from);
      if (found >= 0) return from + found;
    }
    return lastTagBefore(bytes, tag, Math.max(0, Math.min(end, borderStart)));
  }
}

function positionOf({ bitOffset, level }: LocatedBlock): BlockPosition {
  return { bitOffset, level };
}

/** Where the last start tag begins that does so before a byte; it may reach beyond. -1: there is none. */
function lastTagBefore(bytes: Uint8Array, tag: Uint8Array, before: number): number {
  if (before === 0) return -1;
  for (
    let at = bytes.lastIndexOf(tag[0]!, before - 1);
    at >= 0;
    at = at === 0 ? -1 : bytes.lastIndexOf(tag[0]!, at - 1)
  ) {
    const after = bytes[at + tag.length];
    if (after !== 0x3e && !isBlank(after)) continue;
    if (tag.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

/** The number in the `<id>` of the page or revision with which the bytes begin; undefined if it cannot be read, or is cut. */
function readId(bytes: Uint8Array): number | undefined {
  const end = Math.min(bytes.length, HEAD_BYTES);
  try {
    const element = new ElementCursor(bytes, 0, end);
    if (!element.nextOpening()) return undefined;
    const child = new ElementCursor(bytes, element.tagEnd, end);
    while (child.next()) {
      if (child.isNamed(ID)) return parseId(bytes, child.contentStart, child.contentEnd);
    }
  } catch (error) {
    // A child that is not closed within the bytes at hand.
    if (!(error instanceof DumpFormatError)) throw error;
  }
  return undefined;
}

/** "<mediawiki … />" is a dump without pages. */
function hasEnd(tail: Uint8Array, isEmpty: boolean): boolean {
  const text = new TextDecoder().decode(tail).trimEnd();
  return text.endsWith("</mediawiki>") || (isEmpty && text.endsWith("/>"));
}

function endError(pageId: number | undefined, endBit: number | undefined): DumpFormatError {
  const where = endBit === undefined ? "there are 0 bytes of it" : `the last block ends at bit ${endBit}`;
  return new DumpFormatError("TRUNCATED", `The dump ends early, before </mediawiki>: ${where}`, {
    byteOffset: 0,
    pageId,
  }, {
    remedy: "Fetch the rest of the file, or accept the last id that there is (--incomplete)",
  });
}

function idError(kind: IdKind, block: LocatedBlock): DumpFormatError {
  const message = `The last ${kind} has no id that can be read, in the block at bit ${block.bitOffset}`;
  return new DumpFormatError("BAD_ID", message, { byteOffset: 0 });
}
