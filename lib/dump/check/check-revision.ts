/**
 * Looks at one revision after another, which come in pieces: their fields, and their texts against what they state.
 *
 * A revision of up to 4 MiB is put together, if it is not whole in a piece anyway; of a longer one only what stands around the text is
 * kept, so that memory stays small whatever the text is.
 */
import { ByteBuffer } from "../../bits/byte-buffer.ts";
import { DumpFormatError } from "../../errors.ts";
import { decodeText } from "../../xml/entities.ts";
import { parseId } from "../../xml/page-id.ts";
import { checkCharacters, type Complain, notNumber, withoutPlace } from "./check-heads.ts";
import { faultsOfDigest, faultsOfText, type StatedText, statedText } from "./check-text.ts";
import { LongRevision } from "./long-revision.ts";
import { type FieldPlace, RevisionFields } from "./revision-fields.ts";
import type { TextDigester } from "./text-digest.ts";

/** What was found out about the revision at hand. */
export interface CheckedRevision {
  readonly id: number | undefined;
  /** `hidden` texts have nothing to compare; an `absent` one is said to have bytes, and has none here. */
  readonly text: "none" | "hidden" | "empty" | "absent" | "unchecked" | "checked";
}

const NOTHING = new Uint8Array(0);
const LONGEST_WHOLE_BYTES = 4 * 1024 * 1024;
const NOTHING_STATED: StatedText = { byteLength: undefined, sha1: undefined, isHidden: false, isStub: false };
const TIMESTAMP =
  /^\s*-?[0-9]{4,}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](\.[0-9]+)?(Z|[+-][0-9:]{5})?\s*$/;
const PLAIN_TIMESTAMP = "dddd-dd-ddTdd:dd:ddZ";

/** Checks revisions. Call `push` for each piece; it gives the result with the last one; then `reset`. */
export class RevisionChecker {
  readonly #digester: TextDigester;
  readonly #fields = new RevisionFields();
  readonly #gathered = new ByteBuffer();
  #long: LongRevision | undefined;
  /** What is left of the revision at hand is passed over. */
  #isBroken = false;
  /** What is looked at, from the start of the revision on: all of it, or of a long one what stands before its text. */
  bytes: Uint8Array = NOTHING;
  #stated: StatedText = NOTHING_STATED;
  /** The revision at hand, as soon as its id was read. */
  id: number | undefined;

  constructor(digester: TextDigester) {
    this.#digester = digester;
  }

  /** Takes a piece of a revision. `complain` counts offsets from the start of the revision part. */
  push(piece: Uint8Array, isEnd: boolean, complain: Complain): CheckedRevision | undefined {
    try {
      if (!this.#isBroken) return this.#push(piece, isEnd, complain);
    } catch (error) {
      if (!(error instanceof DumpFormatError)) throw error;
      // Pieces of a long text are counted anew.
      const byteOffset = this.#long === undefined ? error.byteOffset : 0;
      complain(error.code, withoutPlace(error.message), byteOffset);
      this.#isBroken = true;
    }
    return isEnd ? { id: this.id, text: "unchecked" } : undefined;
  }

  /** Forgets the revision at hand: it is done, or its rest is lost. */
  reset(): void {
    if (this.#gathered.length > 0) this.#gathered.take();
    this.#long = undefined;
    this.#isBroken = false;
    this.id = undefined;
    this.bytes = NOTHING;
  }

  #push(piece: Uint8Array, isEnd: boolean, complain: Complain): CheckedRevision | undefined {
    if (this.#long !== undefined) return this.#pushLong(this.#long, piece, isEnd, complain);
    if (isEnd && this.#gathered.length === 0) return this.#whole(piece, complain);
    this.#gathered.append(piece);
    if (isEnd) return this.#whole(this.#gathered.take(), complain);
    if (this.#gathered.length > LONGEST_WHOLE_BYTES) this.#becomeLong(complain);
    return undefined;
  }

  #whole(bytes: Uint8Array, complain: Complain): CheckedRevision {
    const fields = this.#fields;
    this.bytes = bytes;
    fields.readChildren(bytes, fields.start(bytes));
    const id = this.id = this.#readId(bytes, complain);
    this.#checkFields(bytes, complain);
    const { text } = fields;
    if (text.tagStart < 0) {
      checkCharacters(bytes, 0, bytes.length, complain);
      return { id, text: "none" };
    }
    checkCharacters(bytes, 0, text.contentStart, complain);
    checkCharacters(bytes, text.contentEnd, bytes.length, complain);
    return { id, text: this.#checkText(bytes, complain) };
  }

  #readId(bytes: Uint8Array, complain: Complain): number | undefined {
    const { id } = this.#fields;
    if (id.tagStart < 0) {
      complain("MISSING", "The revision has no <id>", 0);
      return undefined;
    }
    const value = parseId(bytes, id.contentStart, id.contentEnd);
    if (value === undefined) {
      complain("BAD_ID", notNumber("revision", bytes, id.contentStart, id.contentEnd), id.tagStart);
    }
    return value;
  }

  #checkFields(bytes: Uint8Array, complain: Complain): void {
    const { timestamp, contributor, text, doubled } = this.#fields;
    if (doubled !== undefined) complain("BAD_TAG", `A second <${doubled.name}> in one revision`, doubled.tagStart);
    if (timestamp.tagStart < 0) complain("MISSING", "The revision has no <timestamp>", 0);
    else checkTimestamp(bytes, timestamp, complain);
    if (contributor.tagStart < 0) complain("MISSING", "The revision has no <contributor>", 0);
    if (text.tagStart < 0) complain("MISSING", "The revision has no <text>", 0);
  }

  #checkText(bytes: Uint8Array, complain: Complain): CheckedRevision["text"] {
    const { text, sha1, hasSlots } = this.#fields;
    const stated = statedText(bytes, text.tagStart, text.contentStart);
    if (stated.isHidden) return "hidden";
    const element = sha1.tagStart < 0 || hasSlots ? "" : decodeText(bytes, sha1.contentStart, sha1.contentEnd).trim();
    const all = withElement(stated, element);
    if (text.contentStart === text.contentEnd) {
      if ((stated.byteLength ?? 0) > 0 || stated.isStub) return "absent";
      if (all.byteLength === undefined && all.sha1 === undefined) return "empty";
    }
    if (all.byteLength === undefined && all.sha1 === undefined) return "unchecked";
    if (stated.sha1 !== undefined && element !== "" && element !== stated.sha1) {
      complain("TEXT_SHA1", `The revision states the SHA-1 ${element}, its <text> ${stated.sha1}`, sha1.tagStart);
    }
    const content = { bytes, start: text.contentStart, end: text.contentEnd };
    for (const { code, message } of faultsOfText(this.#digester, all, content)) complain(code, message, text.tagStart);
    return content.start === content.end ? "empty" : "checked";
  }

  #becomeLong(complain: Complain): void {
    const fields = this.#fields;
    const long = this.#long = new LongRevision(this.#gathered.take(), this.#digester, fields);
    this.bytes = long.head;
    if (!long.isFollowed) return;
    this.id = this.#readId(long.head, complain);
    this.#checkFields(long.head, complain);
    checkCharacters(long.head, 0, long.head.length, complain);
    this.#stated = statedText(long.head, fields.text.tagStart, fields.text.contentStart);
  }

  #pushLong(long: LongRevision, piece: Uint8Array, isEnd: boolean, complain: Complain): CheckedRevision | undefined {
    long.push(piece);
    if (!isEnd) return undefined;
    const { tail, digest, sha1 } = long.finish();
    const { id } = this;
    this.#long = undefined;
    if (digest === undefined) {
      complain("UNCHECKED", `A revision of ${long.byteLength} bytes was not compared with what it states`, 0);
      return { id, text: "unchecked" };
    }
    const { text, hasSlots } = this.#fields;
    checkCharacters(tail, 0, tail.length, (code, message) => complain(code, message, text.tagStart));
    const stated = withElement(this.#stated, hasSlots ? "" : sha1);
    if (stated.isHidden) return { id, text: "hidden" };
    if (stated.byteLength === undefined && stated.sha1 === undefined) return { id, text: "unchecked" };
    for (const { code, message } of faultsOfDigest(digest, stated)) {
      // Its returns may have been counted as XML reads them; that would have to be known before.
      if (long.hasReturn) complain("UNCHECKED", `${message}; it has carriage returns`, text.tagStart);
      else complain(code, message, text.tagStart);
    }
    return { id, text: "checked" };
  }
}

function withElement(stated: StatedText, element: string): StatedText {
  return stated.sha1 !== undefined || element === "" ? stated : { ...stated, sha1: element };
}

function checkTimestamp(bytes: Uint8Array, place: FieldPlace, complain: Complain): void {
  if (isPlainTimestamp(bytes, place.contentStart, place.contentEnd)) return;
  let text: string;
  try {
    text = decodeText(bytes, place.contentStart, place.contentEnd);
  } catch (error) {
    if (!(error instanceof DumpFormatError)) throw error;
    return complain(error.code, withoutPlace(error.message), place.tagStart);
  }
  if (!TIMESTAMP.test(text)) {
    complain(
      "BAD_TIMESTAMP",
      `The time is ${JSON.stringify(text.slice(0, 40))}, expected one like 2026-01-31T23:59:59Z`,
      place.tagStart,
    );
  }
}

function isPlainTimestamp(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== PLAIN_TIMESTAMP.length) return false;
  for (let i = 0; i < PLAIN_TIMESTAMP.length; i++) {
    const byte = bytes[start + i]!;
    const wanted = PLAIN_TIMESTAMP.charCodeAt(i);
    if (wanted === 0x64 ? byte < 0x30 || byte > 0x39 : byte !== wanted) return false;
  }
  return true;
}
