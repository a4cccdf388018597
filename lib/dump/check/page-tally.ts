/**
 * Counts the pages and revisions of a document that is checked, and sees whether their ids rise.
 */
import type { CheckedRevision } from "./check-revision.ts";

/** What went by, and where in a page the check stands. */
export class PageTally {
  pages = 0;
  revisions = 0;
  textsChecked = 0;
  textsAbsent = 0;
  firstPageId: number | undefined;
  lastPageId: number | undefined;
  /** The last page that was whole. */
  wholePageId: number | undefined;
  isInPage = false;
  /** The page at hand, if its id is known. */
  pageId: number | undefined;
  #revisionId: number | undefined;
  #isOrderTold = false;

  /** Ids begin anew with each document. */
  startDocument(): void {
    this.lastPageId = undefined;
  }

  /** Whether a page with this id can follow those that went by. */
  isNextPage(id: number): boolean {
    return this.lastPageId === undefined || id > this.lastPageId;
  }

  /** Whether a revision with this id can follow those of the page that went by. */
  isNextRevision(id: number): boolean {
    return this.#revisionId === undefined || id > this.#revisionId;
  }

  /** A page begins; its id, if it has one, is told afterwards by `setPageId`. */
  startPage(): void {
    this.leavePage();
    this.isInPage = true;
    this.#isOrderTold = false;
  }

  /** Gives what is wrong with the id. */
  setPageId(id: number): string | undefined {
    const message = this.isNextPage(id)
      ? undefined
      : `Page ${id} follows page ${this.lastPageId}, expected rising page ids`;
    this.firstPageId ??= id;
    this.pageId = this.lastPageId = id;
    return message;
  }

  /** Gives what is wrong with the id, once a page. */
  addRevision(id: number | undefined, text: CheckedRevision["text"]): string | undefined {
    this.revisions++;
    if (text === "checked") this.textsChecked++;
    if (text === "absent") this.textsAbsent++;
    if (id === undefined) return undefined;
    let message: string | undefined;
    if (!this.isNextRevision(id) && !this.#isOrderTold) {
      this.#isOrderTold = true;
      message = `Revision ${id} follows revision ${this.#revisionId} in one page`;
    }
    this.#revisionId = id;
    return message;
  }

  /** Gives the id of the page that is whole now. */
  endPage(): number | undefined {
    const { pageId } = this;
    this.pages++;
    this.leavePage();
    if (pageId !== undefined) this.wholePageId = pageId;
    return pageId;
  }

  /** The page at hand is done with, or lost. */
  leavePage(): void {
    this.isInPage = false;
    this.pageId = this.#revisionId = undefined;
  }
}
