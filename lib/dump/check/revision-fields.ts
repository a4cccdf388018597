/**
 * Finds where the fields of a revision are that a check looks at. One object for all revisions: nothing is made for each.
 *
 * `LazyRevision` is for readers, who want values; here places are enough.
 */
import { asciiBytes } from "../../bits/bytes.ts";
import { ElementCursor } from "../../xml/element.ts";

const ID = asciiBytes("id");
const TIMESTAMP = asciiBytes("timestamp");
const CONTRIBUTOR = asciiBytes("contributor");
const TEXT = asciiBytes("text");
const SHA1 = asciiBytes("sha1");
const CONTENT = asciiBytes("content");

/** Where an element is; -1 everywhere if it is not there. */
export interface FieldPlace {
  readonly tagStart: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly elementEnd: number;
}

class Place implements FieldPlace {
  tagStart = -1;
  contentStart = -1;
  contentEnd = -1;
  elementEnd = -1;

  clear(): void {
    this.tagStart =
      this.contentStart =
      this.contentEnd =
      this.elementEnd =
        -1;
  }
}

/** The places of the fields of the revision that was read last. */
export class RevisionFields {
  readonly id: Place = new Place();
  readonly timestamp: Place = new Place();
  readonly contributor: Place = new Place();
  readonly text: Place = new Place();
  readonly sha1: Place = new Place();
  /** There are contents of further slots. */
  hasSlots = false;
  /** Name and place of a field that stands twice; undefined if none does. */
  doubled: { readonly name: string; readonly tagStart: number } | undefined;

  /** Begins a revision: `<revision>` is at the start of the bytes, after blanks. Gives the byte after its tag. */
  start(bytes: Uint8Array): number {
    for (const place of [this.id, this.timestamp, this.contributor, this.text, this.sha1]) place.clear();
    this.hasSlots = false;
    this.doubled = undefined;
    const revision = new ElementCursor(bytes, 0, bytes.length);
    return revision.nextOpening() && !revision.isSelfClosed ? revision.tagEnd : bytes.length;
  }

  /** Reads children from `from` on. Throws DumpFormatError BAD_TAG, as the cursor does, for one that is cut. */
  readChildren(bytes: Uint8Array, from: number): void {
    const child = new ElementCursor(bytes, from, bytes.length);
    while (child.next()) this.note(child);
  }

  /** Notes the element at hand, if it is one of the fields. */
  note(child: ElementCursor): void {
    const place = this.#placeFor(child);
    if (place === undefined) {
      if (child.isNamed(CONTENT)) this.hasSlots = true;
      return;
    }
    if (place.tagStart >= 0) {
      this.doubled ??= { name: child.name, tagStart: child.tagStart };
      return;
    }
    place.tagStart = child.tagStart;
    place.contentStart = child.contentStart;
    place.contentEnd = child.contentEnd;
    place.elementEnd = child.elementEnd;
  }

  #placeFor(child: ElementCursor): Place | undefined {
    if (child.isNamed(ID)) return this.id;
    if (child.isNamed(TEXT)) return this.text;
    if (child.isNamed(SHA1)) return this.sha1;
    if (child.isNamed(TIMESTAMP)) return this.timestamp;
    return child.isNamed(CONTRIBUTOR) ? this.contributor : undefined;
  }
}
