/**
 * Reads one revision: finds where its fields are, and decodes a field when it is asked for.
 *
 * Only direct children of `<revision>` count: the fields of further slots (`<content>`, schema 0.11) are passed over, so that
 * `model`, `format` and the text are always those of the main slot.
 */
import { DumpFormatError } from "../../errors.ts";
import { asciiBytes } from "../../bits/bytes.ts";
import { readAttributes } from "../../xml/attributes.ts";
import { ElementCursor } from "../../xml/element.ts";
import { decodeBytes, decodeText } from "../../xml/entities.ts";
import { parseId } from "../../xml/page-id.ts";
import type { Contributor, Revision } from "./model.ts";

/** Where the `<text>` element stands in a revision's bytes. All positions are -1 if the revision has none. */
export interface TextPlace {
  /** "<" of the start tag. */
  readonly tagStart: number;
  /** After ">" of the start tag, or after "/>". */
  readonly tagEnd: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  /** After `</text>`; the same as `tagEnd` if there is none. */
  readonly elementEnd: number;
  readonly isSelfClosed: boolean;
}

/** Where a revision stands, for errors. */
export interface RevisionPlace {
  /** Bytes from the start of the XML to the first byte of the part. */
  readonly byteOffset: number;
  readonly pageId: number | undefined;
}

const ID = asciiBytes("id");
const PARENTID = asciiBytes("parentid");
const TIMESTAMP = asciiBytes("timestamp");
const CONTRIBUTOR = asciiBytes("contributor");
const COMMENT = asciiBytes("comment");
const MINOR = asciiBytes("minor");
const MODEL = asciiBytes("model");
const FORMAT = asciiBytes("format");
const TEXT = asciiBytes("text");
const SHA1 = asciiBytes("sha1");
const USERNAME = asciiBytes("username");
const IP = asciiBytes("ip");

/** Fields of which the place is noted, in the order in which MediaWiki writes them. */
const FIELDS = [ID, PARENTID, TIMESTAMP, CONTRIBUTOR, COMMENT, MINOR, MODEL, FORMAT, TEXT, SHA1] as const;
const [AT_ID, AT_PARENTID, AT_TIMESTAMP, AT_CONTRIBUTOR, AT_COMMENT, AT_MINOR, AT_MODEL, AT_FORMAT, AT_TEXT, AT_SHA1] =
  [
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
  ] as const;
/** What is noted of a field's element, all in bytes of the piece; an element that is not there has END = 0. */
const [TAG_START, CONTENT_START, CONTENT_END, END] = [0, 1, 2, 3] as const;
const NUMBERS_PER_FIELD = 4;
const NO_FIELDS: readonly number[] = new Array<number>(FIELDS.length * NUMBERS_PER_FIELD).fill(0);

const NO_TEXT: TextPlace = {
  tagStart: -1,
  tagEnd: -1,
  contentStart: -1,
  contentEnd: -1,
  elementEnd: -1,
  isSelfClosed: true,
};

/**
 * A revision whose fields are decoded when they are read, from the bytes of a revision part.
 *
 * The constructor reads the id. Throws DumpFormatError BAD_ID (a missing or bad id), BAD_TAG (a revision with two texts); reading
 * a field can throw BAD_ENTITY, BAD_TAG or BAD_ID.
 */
export class LazyRevision implements Revision {
  readonly id: number;
  readonly #bytes: Uint8Array;
  readonly #place: RevisionPlace;
  readonly #places: number[] = NO_FIELDS.slice();
  #textAttributes: ReadonlyMap<string, string> | undefined;

  constructor(bytes: Uint8Array, place: RevisionPlace) {
    this.#bytes = bytes;
    this.#place = place;
    this.#findFields();
    const id = this.#has(AT_ID) ? this.#number(AT_ID, "Revision id") : undefined;
    if (id === undefined) {
      const message = `A revision without an id at byte ${place.byteOffset}${ofPage(place)}`;
      throw new DumpFormatError("BAD_ID", message, place);
    }
    this.id = id;
  }

  get parentId(): number | undefined {
    return this.#has(AT_PARENTID) ? this.#number(AT_PARENTID, "Parent id") : undefined;
  }

  get timestamp(): string {
    return this.#text(AT_TIMESTAMP) ?? "";
  }

  get contributor(): Contributor {
    if (!this.#has(AT_CONTRIBUTOR)) return { userName: undefined, userId: undefined, ip: undefined, isHidden: false };
    return this.#located(() => this.#readContributor());
  }

  get comment(): string | undefined {
    return this.#isHidden(AT_COMMENT) ? undefined : this.#text(AT_COMMENT);
  }

  get isCommentHidden(): boolean {
    return this.#isHidden(AT_COMMENT);
  }

  get isMinor(): boolean {
    return this.#has(AT_MINOR);
  }

  get model(): string | undefined {
    return this.#text(AT_MODEL);
  }

  get format(): string | undefined {
    return this.#text(AT_FORMAT);
  }

  get sha1(): string | undefined {
    return this.#text(AT_SHA1) || undefined;
  }

  get textSha1(): string | undefined {
    return this.#attributesOfText().get("sha1") || undefined;
  }

  get textByteLength(): number | undefined {
    const stated = this.#attributesOfText().get("bytes");
    return stated !== undefined && /^[0-9]{1,15}$/.test(stated) ? Number(stated) : undefined;
  }

  get hasText(): boolean {
    return this.#at(AT_TEXT, CONTENT_START) < this.#at(AT_TEXT, CONTENT_END);
  }

  get isTextHidden(): boolean {
    return this.#attributesOfText().get("deleted") === "deleted";
  }

  /** Where the text is. */
  get textPlace(): TextPlace {
    if (!this.#has(AT_TEXT)) return NO_TEXT;
    const elementEnd = this.#at(AT_TEXT, END);
    const tagEnd = this.#at(AT_TEXT, CONTENT_START);
    return {
      tagStart: this.#at(AT_TEXT, TAG_START),
      tagEnd,
      contentStart: tagEnd,
      contentEnd: this.#at(AT_TEXT, CONTENT_END),
      elementEnd,
      isSelfClosed: elementEnd === tagEnd,
    };
  }

  textBytes(): Uint8Array<ArrayBuffer> {
    if (!this.#has(AT_TEXT)) return new Uint8Array(0);
    return this.#located(() =>
      decodeBytes(this.#bytes, this.#at(AT_TEXT, CONTENT_START), this.#at(AT_TEXT, CONTENT_END))
    );
  }

  text(): string {
    return this.#text(AT_TEXT) ?? "";
  }

  #findFields(): void {
    const bytes = this.#bytes;
    const revision = new ElementCursor(bytes, 0, bytes.length);
    if (!revision.nextOpening() || revision.isSelfClosed) return;
    const child = new ElementCursor(bytes, revision.tagEnd, bytes.length);
    let expected = 0;
    while (child.next()) {
      const field = fieldOf(child, expected);
      if (field < 0) continue;
      if (this.#has(field)) {
        // A flag that is set twice is set; of a value that stands twice nobody knows which counts.
        if (field === AT_MINOR) continue;
        throw this.#doubled(child);
      }
      expected = field + 1;
      const at = field * NUMBERS_PER_FIELD;
      this.#places[at + TAG_START] = child.tagStart;
      this.#places[at + CONTENT_START] = child.contentStart;
      this.#places[at + CONTENT_END] = child.contentEnd;
      this.#places[at + END] = child.elementEnd;
    }
  }

  #doubled(child: ElementCursor): DumpFormatError {
    const byteOffset = this.#place.byteOffset + child.tagStart;
    const message = `A second <${child.name}> in one revision at byte ${byteOffset}${ofPage(this.#place)}`;
    return new DumpFormatError("BAD_TAG", message, { byteOffset, pageId: this.#place.pageId });
  }

  #at(field: number, which: number): number {
    return this.#places[field * NUMBERS_PER_FIELD + which]!;
  }

  #has(field: number): boolean {
    return this.#at(field, END) !== 0;
  }

  #text(field: number): string | undefined {
    if (!this.#has(field)) return undefined;
    return this.#located(() => decodeText(this.#bytes, this.#at(field, CONTENT_START), this.#at(field, CONTENT_END)));
  }

  #number(field: number, what: string): number {
    const start = this.#at(field, CONTENT_START);
    const end = this.#at(field, CONTENT_END);
    const value = parseId(this.#bytes, start, end);
    if (value !== undefined) return value;
    const byteOffset = this.#place.byteOffset + this.#at(field, TAG_START);
    const found = new TextDecoder().decode(this.#bytes.subarray(start, Math.min(end, start + 40)));
    const message = `${what} at byte ${byteOffset}${ofPage(this.#place)} is ${
      JSON.stringify(found)
    }, expected a number`;
    throw new DumpFormatError("BAD_ID", message, { byteOffset, pageId: this.#place.pageId });
  }

  #isHidden(field: number): boolean {
    if (!this.#has(field)) return false;
    const attributes = this.#located(() =>
      readAttributes(this.#bytes, this.#at(field, TAG_START), this.#at(field, CONTENT_START))
    );
    return attributes.get("deleted") === "deleted";
  }

  #attributesOfText(): ReadonlyMap<string, string> {
    if (!this.#has(AT_TEXT)) return new Map();
    this.#textAttributes ??= this.#located(() =>
      readAttributes(this.#bytes, this.#at(AT_TEXT, TAG_START), this.#at(AT_TEXT, CONTENT_START))
    );
    return this.#textAttributes;
  }

  #readContributor(): Contributor {
    const bytes = this.#bytes;
    let userName: string | undefined;
    let userId: number | undefined;
    let ip: string | undefined;
    const child = new ElementCursor(
      bytes,
      this.#at(AT_CONTRIBUTOR, CONTENT_START),
      this.#at(AT_CONTRIBUTOR, CONTENT_END),
    );
    while (child.next()) {
      if (child.isNamed(USERNAME)) userName = decodeText(bytes, child.contentStart, child.contentEnd);
      else if (child.isNamed(ID)) userId = parseId(bytes, child.contentStart, child.contentEnd);
      else if (child.isNamed(IP)) ip = decodeText(bytes, child.contentStart, child.contentEnd);
    }
    return { userName, userId, ip, isHidden: this.#isHidden(AT_CONTRIBUTOR) };
  }

  /** Turns offsets in the piece, which the XML floor reports, into offsets in the dump. */
  #located<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DumpFormatError) || error.pageId !== undefined) throw error;
      const byteOffset = this.#place.byteOffset + error.byteOffset;
      const what = error.message.replace(/, at byte [0-9]+( of the piece)?$/, "");
      const message = `${what}, at byte ${byteOffset}${ofPage(this.#place)}`;
      throw new DumpFormatError(error.code, message, { byteOffset, pageId: this.#place.pageId }, { cause: error });
    }
  }
}

/** The number of the field that an element is, or -1. Fields mostly come in order, so the next one is tried first. */
function fieldOf(child: ElementCursor, expected: number): number {
  for (let field = expected; field < FIELDS.length; field++) {
    if (child.isNamed(FIELDS[field]!)) return field;
  }
  for (let field = 0; field < expected; field++) {
    if (child.isNamed(FIELDS[field]!)) return field;
  }
  return -1;
}

function ofPage(place: RevisionPlace): string {
  return place.pageId === undefined ? "" : ` in page ${place.pageId}`;
}
