/**
 * What stands with the end of each page: its head, its current revision, its other elements.
 *
 * The stubs of current revisions say which one is current. Where they do not (a page that came up between two slices of the
 * stubs), it is the newest one, and that is told.
 */
import type { PageHead } from "../../../dump/reading/model.ts";
import type { PageEnd, SourceRevision } from "../../source/source.ts";

export class PageEnds {
  #head: PageHead | undefined;
  #headBytes: Uint8Array = new Uint8Array(0);
  #currentId: number | undefined;
  #isFound = false;
  #latest: SourceRevision | undefined;
  #others: Uint8Array[] = [];
  pages = 0;
  /** Id of the page at hand, or of the last one; 0 before the first. */
  pageId = 0;

  /** Begins a page; without the id of the current revision, it is the newest. */
  start(head: PageHead, headBytes: Uint8Array, currentId: number | undefined): void {
    this.#head = head;
    this.#headBytes = headBytes;
    this.#currentId = currentId;
    this.#isFound = false;
    this.#latest = undefined;
    this.#others = [];
    this.pageId = head.id;
    this.pages++;
  }

  passRevision(revision: SourceRevision): void {
    if (this.#isFound) return;
    this.#isFound = revision.revision.id === this.#currentId;
    if (this.#isFound || this.#latest === undefined || isNewer(revision, this.#latest)) this.#latest = revision;
  }

  addOther(bytes: Uint8Array): void {
    this.#others.push(bytes);
  }

  end(): { readonly page: PageEnd; readonly notice: string | undefined } {
    const page = { head: this.#head!, headBytes: this.#headBytes, latest: this.#latest, others: this.#others };
    const isGuessed = this.#currentId !== undefined && !this.#isFound;
    const notice = `Page ${this.pageId}: revision ${this.#currentId} is the current one, and not in the stubs`;
    return { page, notice: isGuessed ? notice : undefined };
  }
}

function isNewer({ revision: a }: SourceRevision, { revision: b }: SourceRevision): boolean {
  return a.timestamp === b.timestamp ? a.id > b.id : a.timestamp > b.timestamp;
}
