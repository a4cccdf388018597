/**
 * A revision that is too long to be put together: what stands before and after its text is kept, the text only goes through the digest.
 */
import { ByteBuffer } from "../../bits/byte-buffer.ts";
import { asciiBytes } from "../../bits/bytes.ts";
import { DumpFormatError } from "../../errors.ts";
import { CARRIAGE_RETURN, EXCLAMATION, GREATER_THAN, LESS_THAN } from "../../xml/characters.ts";
import { ElementCursor, indexOfByte } from "../../xml/element.ts";
import { decodeText } from "../../xml/entities.ts";
import type { RevisionFields } from "./revision-fields.ts";
import type { TextDigest, TextDigester } from "./text-digest.ts";

/** What stands around a text; more than this is not kept. */
const MAX_TAIL_BYTES = 4 * 1024 * 1024;
const TEXT = asciiBytes("text");

/** What is left of a long revision at its end. */
export interface LongRevisionEnd {
  /** From the end of its text on. */
  readonly tail: Uint8Array;
  /** Undefined if the text could not be followed. */
  readonly digest: TextDigest | undefined;
  /** The revision's SHA-1, as it states it after the text; empty without. */
  readonly sha1: string;
}

/** Takes a long revision in pieces. */
export class LongRevision {
  byteLength = 0;
  /** The text has a carriage return. */
  hasReturn = false;
  /** From its start to the start of its text; empty if no text begins in the first pieces. */
  readonly head: Uint8Array = new Uint8Array(0);
  readonly #digester: TextDigester;
  readonly #fields: RevisionFields;
  #tail: ByteBuffer | undefined;
  #state: "text" | "tail" | "lost" = "lost";

  /** `start`: the first pieces of the revision, in which its text must begin. `fields` gets the places of what stands before it. */
  constructor(start: Uint8Array, digester: TextDigester, fields: RevisionFields) {
    this.#digester = digester;
    this.#fields = fields;
    const child = openChild(start, fields);
    if (child?.isNamed(TEXT) !== true) {
      this.byteLength = start.length;
      return;
    }
    // Before its end is seen: the text is the rest.
    child.contentEnd = child.elementEnd = child.tagEnd;
    fields.note(child);
    this.head = start.slice(0, child.tagEnd);
    this.byteLength = child.tagEnd;
    this.#state = "text";
    digester.start();
    this.push(start.subarray(child.tagEnd));
  }

  push(piece: Uint8Array): void {
    this.byteLength += piece.length;
    let start = 0;
    if (this.#state === "text") {
      const end = indexOfByte(piece, LESS_THAN, 0, piece.length);
      start = end < 0 ? piece.length : end;
      this.hasReturn ||= indexOfByte(piece, CARRIAGE_RETURN, 0, start) >= 0;
      this.#digester.push(piece, 0, start);
      if (end >= 0) this.#state = "tail";
    }
    if (this.#state !== "tail") return;
    this.#tail ??= new ByteBuffer();
    if (this.#tail.length + piece.length - start > MAX_TAIL_BYTES) this.#state = "lost";
    else this.#tail.append(piece.subarray(start));
  }

  /** Whether the text was found: what stands before it is in `head`. */
  get isFollowed(): boolean {
    return this.head.length > 0;
  }

  finish(): LongRevisionEnd {
    const tail = this.#tail?.take() ?? new Uint8Array(0);
    const isSection = tail[1] === EXCLAMATION;
    if (this.#state !== "tail" || isSection) return { tail, digest: undefined, sha1: "" };
    const { sha1 } = this.#fields;
    this.#fields.readChildren(tail, indexOfByte(tail, GREATER_THAN, 0, tail.length) + 1);
    const stated = sha1.tagStart < 0 ? "" : decodeText(tail, sha1.contentStart, sha1.contentEnd).trim();
    return { tail, digest: this.#digester.finish(), sha1: stated };
  }
}

/** The child that is not whole in the bytes; those before it are noted. */
function openChild(bytes: Uint8Array, fields: RevisionFields): ElementCursor | undefined {
  const child = new ElementCursor(bytes, fields.start(bytes), bytes.length);
  try {
    while (child.next()) fields.note(child);
  } catch (error) {
    if (!(error instanceof DumpFormatError)) throw error;
    return child;
  }
  return undefined;
}
