/**
 * The fast road of the check: heads and revisions that are whole in a chunk, written as MediaWiki does, and right in everything.
 *
 * Says only "all is well" or nothing: what is not plain, and what may be wrong, is left to the splitter and the closer look, which know
 * what to say of it. So the two roads differ in time, not in what they find.
 */
import { asciiBytes, startsWithBytes } from "../../bits/bytes.ts";
import { DumpFormatError } from "../../errors.ts";
import { readAttributes } from "../../xml/attributes.ts";
import { LESS_THAN } from "../../xml/characters.ts";
import { indexOfByte } from "../../xml/element.ts";
import { HAS_BYTES, HAS_OTHER, IS_STUB, PageSkimmer } from "../../xml/page-skimmer.ts";
import type { CheckedRevision } from "./check-revision.ts";
import { isPlainText } from "./plain-text.ts";
import { isSha1InDigits } from "./sha1-base36.ts";
import type { TextDigest, TextDigester } from "./text-digest.ts";

const REVISION = asciiBytes("<revision>");
const PAGE_END = asciiBytes("</page>");
const SHA1_DIGITS = 31;
/** Longer texts do not gain anything here. */
const LONGEST_TEXT_BYTES = 4 * 1024 * 1024;

/** Reads plain parts. What was found stands in the fields until the next call. */
export class PlainParts {
  pageId = 0;
  revisionId = 0;
  text: CheckedRevision["text"] = "none";
  readonly #skimmer = new PageSkimmer();
  readonly #digester: TextDigester;

  constructor(digester: TextDigester) {
    this.#digester = digester;
  }

  /** The place after the head of a page that begins at `from`; -1 for one that needs a closer look. */
  head(chunk: Uint8Array, from: number): number {
    const skimmer = this.#skimmer;
    const next = skimmer.head(chunk, from);
    if (next < 0 || skimmer.headEnd < 0 || skimmer.titleStart === skimmer.titleEnd) return -1;
    // What stands in place of a revision may be a fault of this page.
    if (!startsWithBytes(chunk, REVISION, next) && !startsWithBytes(chunk, PAGE_END, next)) return -1;
    if (skimmer.isRedirect && !hasAttributes(chunk, skimmer.redirectStart, skimmer.redirectEnd)) return -1;
    if (!isPlainText(chunk, from, skimmer.headEnd)) return -1;
    this.pageId = skimmer.pageId;
    return skimmer.headEnd;
  }

  /** The place after the end of a page; -1 if none stands at `from`. */
  pageEnd(chunk: Uint8Array, from: number): number {
    return this.#skimmer.end(chunk, from);
  }

  /** The place after a revision that begins at `from`; -1 for one that needs a closer look. */
  revision(chunk: Uint8Array, from: number): number {
    const skimmer = this.#skimmer;
    const end = skimmer.revision(chunk, from);
    if (end < 0 || skimmer.isUncommon || !skimmer.hasContributor) return -1;
    const { textStart, textEnd, timestamp } = skimmer;
    if (timestamp === 0 || textStart < 0 || textEnd - textStart > LONGEST_TEXT_BYTES) return -1;
    if (!isPlainText(chunk, from, textStart) || !isPlainText(chunk, textEnd, end)) return -1;
    if ((skimmer.textAttributes & HAS_OTHER) !== 0 || !this.#isTextRight(chunk)) return -1;
    this.revisionId = skimmer.revisionId;
    return end;
  }

  #isTextRight(chunk: Uint8Array): boolean {
    const { textAttributes, textByteLength, textStart, textEnd, textSha1Start, textSha1End } = this.#skimmer;
    const { sha1Start, sha1End } = this.#skimmer;
    if (textStart === textEnd && (textByteLength > 0 || (textAttributes & IS_STUB) !== 0)) {
      if (sha1Start >= 0 && indexOfByte(chunk, LESS_THAN, sha1Start, sha1End) >= 0) return false;
      this.text = "absent";
      return true;
    }
    const hasOwn = textSha1Start >= 0 && textSha1Start < textSha1End;
    const hasElement = sha1Start >= 0 && sha1Start < sha1End;
    if ((textAttributes & HAS_BYTES) === 0 || !(hasOwn || hasElement)) return false;
    if (hasOwn && hasElement) {
      if (sha1End - sha1Start !== SHA1_DIGITS) return false;
      if (!startsWithBytes(chunk, chunk.subarray(sha1Start, sha1End), textSha1Start)) return false;
    }
    const [start, length] = hasOwn ? [textSha1Start, textSha1End - textSha1Start] : [sha1Start, sha1End - sha1Start];
    const digest = this.#digest(chunk, textStart, textEnd);
    if (digest === undefined || digest.byteLength !== textByteLength || length !== SHA1_DIGITS) return false;
    this.text = textStart === textEnd ? "empty" : "checked";
    return digest.sha1 === undefined || isSha1InDigits(digest.sha1, chunk, start);
  }

  #digest(chunk: Uint8Array, start: number, end: number): TextDigest | undefined {
    try {
      return this.#digester.whole(chunk, start, end);
    } catch (error) {
      if (error instanceof DumpFormatError) return undefined;
      throw error;
    }
  }
}

function hasAttributes(bytes: Uint8Array, tagStart: number, tagEnd: number): boolean {
  try {
    readAttributes(bytes, tagStart, tagEnd);
    return true;
  } catch (error) {
    if (error instanceof DumpFormatError) return false;
    throw error;
  }
}
