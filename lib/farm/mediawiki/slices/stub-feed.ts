/**
 * Turns the events of a dump reader over stubs into those that jobs take, and knows the current revision of each page from
 * the list that came with its slice.
 */
import type { DumpEvent } from "../../../dump/reading/dump-reader.ts";
import type { PageHead } from "../../../dump/reading/model.ts";
import { DOCUMENT_FOOTER } from "../../source/footer.ts";
import type { SourceEvent, SourceRevision } from "../../source/source.ts";
import type { CurrentRevisions } from "./slice-revisions.ts";

/** Pages that are named before the rest is only counted. */
const MAX_NOTICES = 5;

const NONE: CurrentRevisions = { pageIds: [], revisionIds: [], withoutCurrent: [] };

export class StubFeed {
  readonly #notices: string[] = [];
  #withoutCurrent = 0;
  #current: CurrentRevisions = NONE;
  /** Place in the lists of the current revisions. */
  #index = 0;
  #head: PageHead | undefined;
  #headBytes: Uint8Array = new Uint8Array(0);
  #latest: SourceRevision | undefined;
  #others: Uint8Array[] = [];
  pages = 0;
  revisions = 0;
  lastPageId = 0;

  /** What was odd so far, one line each. */
  get notices(): readonly string[] {
    const more = this.#withoutCurrent - MAX_NOTICES;
    return more > 0 ? [...this.#notices, `${more} more pages without a current revision`] : this.#notices;
  }

  /** The pages that follow have these current revisions. */
  startSlice(current: CurrentRevisions): void {
    this.#current = current;
    this.#index = 0;
  }

  convert(event: DumpEvent): SourceEvent {
    switch (event.type) {
      case "page":
        this.#startPage(event.page, event.bytes);
        return event;
      case "revision":
        return this.#passRevision(event);
      case "other":
        this.#others.push(event.bytes);
        return event;
      case "page-end":
        return this.#endPage(event.bytes);
      case "start":
        return { ...event, footer: DOCUMENT_FOOTER };
      case "end":
        return event;
    }
  }

  #startPage(page: PageHead, bytes: Uint8Array): void {
    this.#head = page;
    this.#headBytes = bytes;
    this.#latest = undefined;
    this.#others = [];
    this.lastPageId = page.id;
    this.pages++;
  }

  #passRevision({ revision, bytes, text }: DumpEvent & { type: "revision" }): SourceEvent {
    const passed = { type: "revision", revision, bytes, text, fault: undefined } as const;
    const { pageIds, revisionIds } = this.#current;
    if (pageIds[this.#index] === this.lastPageId && revisionIds[this.#index] === revision.id) {
      this.#latest = passed;
      this.#index++;
    }
    this.revisions++;
    return passed;
  }

  #endPage(bytes: Uint8Array): SourceEvent {
    if (this.#latest === undefined && ++this.#withoutCurrent <= MAX_NOTICES) {
      this.#notices.push(`Page ${this.lastPageId} has no current revision`);
    }
    const page = { head: this.#head!, headBytes: this.#headBytes, latest: this.#latest, others: this.#others };
    return { type: "page-end", page, bytes };
  }
}
