/**
 * The length and the SHA-1 of a text that stands in XML, without making the text: entities are decoded on the way, in pieces of any
 * size.  @kernel
 *
 * Carriage returns are taken as they stand: MediaWiki writes and counts them so.
 */
import { AMPERSAND, GREATER_THAN, LESS_THAN, QUOTE, SEMICOLON } from "../../xml/characters.ts";
import { indexOfByte } from "../../xml/element.ts";
import { decodeEntities } from "../../xml/entities.ts";

/** A SHA-1 in the making; `createHash("sha1")` of node:crypto is one. */
export interface Sha1 {
  update(bytes: Uint8Array): unknown;
  /** The 20 bytes; called once. */
  digest(): Uint8Array;
}

/** How SHA-1 is computed. */
export interface Sha1Maker {
  /** Makes one. */
  readonly makeSha1: () => Sha1;
  /** The SHA-1 of some bytes in hexadecimal: for short texts, several times as fast as to make one. */
  readonly sha1Hex?: ((bytes: Uint8Array) => string) | undefined;
}

/** What a text turned out to be. */
export interface TextDigest {
  readonly byteLength: number;
  /** Undefined when nobody computes it. Valid until the next text. */
  readonly sha1: Uint8Array | undefined;
}

const SHA1_BYTES = 20;
const SCRATCH_BYTES = 64 * 1024;
const NOTHING = new Uint8Array(0);
/** A text without entities up to there is hashed where it stands. */
const LONG_BYTES = 1024;
const FOUR_AMPERSANDS = 0x26262626;
const LOW_BITS = 0x7f7f7f7f;
const TOP_BITS = 0x80808080 | 0;
/** "&#x10FFFF;" with some leading zeros: what is longer is no entity. */
const MAX_ENTITY_BYTES = 16;

/** Takes texts one after another; the scratch memory is shared. */
export class TextDigester {
  readonly #maker: Sha1Maker | undefined;
  readonly #sha1Bytes: Uint8Array = new Uint8Array(SHA1_BYTES);
  readonly #scratch: Uint8Array = new Uint8Array(SCRATCH_BYTES);
  readonly #target: DataView = new DataView(this.#scratch.buffer);
  /** The memory of the bytes at hand. */
  #source: DataView = this.#target;
  #fill = 0;
  #byteLength = 0;
  #sha1: Sha1 | undefined;
  /** An entity that the end of a piece cut. */
  #cut: Uint8Array = NOTHING;

  constructor(maker: Sha1Maker | undefined) {
    this.#maker = maker;
  }

  /** A text that is whole in `[start, end)`, without tags. Throws DumpFormatError BAD_ENTITY. */
  whole(bytes: Uint8Array, start: number, end: number): TextDigest {
    const sha1Hex = this.#maker?.sha1Hex;
    if (sha1Hex !== undefined && indexOfByte(bytes, AMPERSAND, start, end) < 0) {
      putHex(this.#sha1Bytes, sha1Hex(bytes.subarray(start, end)));
      return { byteLength: end - start, sha1: this.#sha1Bytes };
    }
    if (sha1Hex !== undefined && end - start <= SCRATCH_BYTES) {
      this.#fill = 0;
      this.#cut = NOTHING;
      let at = start;
      while (at < end) {
        at = this.#copyPlain(bytes, at, end);
        if (at < end) at = this.#entity(bytes, at, end);
      }
      // A cut entity is for `finish` to complain of.
      if (this.#cut.length === 0) {
        putHex(this.#sha1Bytes, sha1Hex(this.#scratch.subarray(0, this.#fill)));
        return { byteLength: this.#fill, sha1: this.#sha1Bytes };
      }
    }
    this.start();
    this.push(bytes, start, end);
    return this.finish();
  }

  /** Begins a text. */
  start(): void {
    this.#fill = 0;
    this.#byteLength = 0;
    this.#cut = NOTHING;
    this.#sha1 = this.#maker?.makeSha1();
  }

  /** Takes the next piece: `[start, end)` of `bytes`, without tags. Throws DumpFormatError BAD_ENTITY; offsets are those in `bytes`. */
  push(bytes: Uint8Array, start: number, end: number): void {
    let at = this.#cut.length > 0 ? this.#joinCut(bytes, start, end) : start;
    const first = indexOfByte(bytes, AMPERSAND, at, end);
    const plainEnd = first < 0 ? end : first;
    if (plainEnd - at >= LONG_BYTES) {
      this.#flush();
      this.put(bytes.subarray(at, plainEnd));
      at = plainEnd;
    }
    while (at < end) {
      at = this.#copyPlain(bytes, at, end);
      if (at < end) at = this.#entity(bytes, at, end);
    }
  }

  /** Takes bytes of the text that are decoded already. */
  put(plain: Uint8Array): void {
    this.#byteLength += plain.length;
    this.#sha1?.update(plain);
  }

  /** Ends the text. Throws DumpFormatError BAD_ENTITY, with an offset that says nothing, for one that is cut. */
  finish(): TextDigest {
    if (this.#cut.length > 0) decodeEntities(this.#cut, 0, this.#cut.length, (piece) => this.#add(piece));
    this.#flush();
    return { byteLength: this.#byteLength, sha1: this.#sha1?.digest() };
  }

  /** Takes over bytes until an entity, and gives its position (or `end`). */
  #copyPlain(bytes: Uint8Array, start: number, end: number): number {
    const scratch = this.#scratch;
    let at = start;
    for (;;) {
      const stop = Math.min(end, at + SCRATCH_BYTES - this.#fill);
      const before = at;
      at = this.#copyWords(bytes, at, stop);
      let to = this.#fill + at - before;
      for (; at < stop; at++) {
        const byte = bytes[at]!;
        if (byte === AMPERSAND) break;
        scratch[to++] = byte;
      }
      this.#fill = to;
      if (at < stop || at === end) return at;
      this.#flush();
    }
  }

  /** Takes over eight bytes at a time up to an "&"; gives its position, or that of the last bytes. What is written behind it does not count. */
  #copyWords(bytes: Uint8Array, start: number, stop: number): number {
    if (bytes.buffer !== this.#source.buffer) this.#source = new DataView(bytes.buffer);
    const source = this.#source;
    const target = this.#target;
    const { byteOffset } = bytes;
    const end = byteOffset + stop - 8;
    let from = byteOffset + start;
    for (let to = this.#fill; from <= end; from += 8, to += 8) {
      const low = source.getInt32(from, true);
      const high = source.getInt32(from + 4, true);
      target.setInt32(to, low, true);
      target.setInt32(to + 4, high, true);
      const lowOther = low ^ FOUR_AMPERSANDS;
      const highOther = high ^ FOUR_AMPERSANDS;
      // The top bit of each byte that is no "&".
      const lowOthers = ((lowOther & LOW_BITS) + LOW_BITS) | lowOther;
      const highOthers = ((highOther & LOW_BITS) + LOW_BITS) | highOther;
      if ((lowOthers & highOthers & TOP_BITS) === TOP_BITS) continue;
      const inLow = ~lowOthers & TOP_BITS;
      from += inLow !== 0 ? firstByte(inLow) : 4 + firstByte(~highOthers & TOP_BITS);
      break;
    }
    return from - byteOffset;
  }

  /** Decodes the entity at `at` and gives the position after it. */
  #entity(bytes: Uint8Array, at: number, end: number): number {
    const next = bytes[at + 1];
    if (at + 5 < end) {
      if (next === 0x71 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x6f && bytes[at + 4] === 0x74) {
        if (bytes[at + 5] === SEMICOLON) return this.#one(QUOTE, at + 6);
      } else if (bytes[at + 2] === 0x74 && bytes[at + 3] === SEMICOLON) {
        if (next === 0x6c) return this.#one(LESS_THAN, at + 4);
        if (next === 0x67) return this.#one(GREATER_THAN, at + 4);
      } else if (next === 0x61 && bytes[at + 2] === 0x6d && bytes[at + 3] === 0x70 && bytes[at + 4] === SEMICOLON) {
        return this.#one(AMPERSAND, at + 5);
      }
    }
    const limit = Math.min(end, at + MAX_ENTITY_BYTES);
    let semicolon = at + 1;
    while (semicolon < limit && bytes[semicolon] !== SEMICOLON) semicolon++;
    if (semicolon === end && limit === end) {
      this.#cut = bytes.slice(at, end);
      return end;
    }
    const after = Math.min(semicolon + 1, end);
    decodeEntities(bytes, at, after, (piece) => this.#add(piece));
    return after;
  }

  #one(byte: number, after: number): number {
    if (this.#fill === SCRATCH_BYTES) this.#flush();
    this.#scratch[this.#fill++] = byte;
    return after;
  }

  #add(piece: Uint8Array): void {
    for (const byte of piece) this.#one(byte, 0);
  }

  /** Puts the rest of a cut entity to its beginning; gives the position after it. */
  #joinCut(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    const joined = [...this.#cut];
    while (at < end && joined.length < MAX_ENTITY_BYTES && joined.at(-1) !== SEMICOLON) joined.push(bytes[at++]!);
    this.#cut = Uint8Array.from(joined);
    if (joined.at(-1) !== SEMICOLON && joined.length < MAX_ENTITY_BYTES) return at;
    const whole = this.#cut;
    this.#cut = new Uint8Array(0);
    decodeEntities(whole, 0, whole.length, (piece) => this.#add(piece));
    return at;
  }

  #flush(): void {
    if (this.#fill > 0) this.put(this.#scratch.subarray(0, this.#fill));
    this.#fill = 0;
  }
}

/** The number of the lowest byte whose top bit is set. */
function firstByte(tops: number): number {
  return (31 - Math.clz32(tops & -tops)) >>> 3;
}

function putHex(bytes: Uint8Array, hex: string): void {
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (hexDigit(hex.charCodeAt(2 * i)) << 4) | hexDigit(hex.charCodeAt(2 * i + 1));
  }
}

/** Lower-case digits only. */
function hexDigit(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
