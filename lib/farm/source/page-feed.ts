/**
 * Turns the events of a dump reader into those that jobs take: one start and one end over any number of files, each text
 * checked once, and with the end of each page the revision that is its current one.
 *
 * The current revision is the one with the newest timestamp; of equals, the one with the highest id. (An export does not say
 * which it is, and ids alone do not: imported old revisions get new ids.)
 */
import type { DumpEvent } from "../../dump/reading/dump-reader.ts";
import type { PageHead } from "../../dump/reading/model.ts";
import { DumpFormatError } from "../../errors.ts";
import { DOCUMENT_FOOTER } from "./footer.ts";
import type { SourceEvent, SourceRevision } from "./source.ts";
import { checkText } from "./text-check.ts";

/** Bytes of elements other than revisions that one page may have; held until its end. */
const MAX_OTHER_BYTES = 16 * 1024 * 1024;

/** Out-of-order ids that are named before the rest is only counted. */
const MAX_NOTICES = 5;

/** How much of a revision is checked while it passes. */
export type TextChecking = "check" | "skip";

export class PageFeed {
  readonly #checking: TextChecking;
  readonly #notices: string[] = [];
  #hasStarted = false;
  #footer: Uint8Array = new Uint8Array(0);
  #head: PageHead | undefined;
  #headBytes: Uint8Array = new Uint8Array(0);
  #latest: SourceRevision | undefined;
  #others: Uint8Array[] = [];
  #otherByteLength = 0;
  #lastPageId = 0;
  #outOfOrder = 0;
  pages = 0;
  revisions = 0;

  constructor(checking: TextChecking) {
    this.#checking = checking;
  }

  /** Id of the page that was seen last; 0 before the first. */
  get lastPageId(): number {
    return this.#lastPageId;
  }

  /** What was odd so far, one line each. */
  get notices(): readonly string[] {
    const more = this.#outOfOrder - MAX_NOTICES;
    return more > 0 ? [...this.#notices, `${more} more pages with ids out of order`] : this.#notices;
  }

  /** The event for the jobs that follows from one of the reader's, if any. */
  convert(event: DumpEvent): SourceEvent | undefined {
    switch (event.type) {
      case "start":
        if (this.#hasStarted) return undefined;
        this.#hasStarted = true;
        return { ...event, footer: DOCUMENT_FOOTER };
      case "page":
        return this.#startPage(event.page, event.bytes);
      case "revision":
        return this.#passRevision(event);
      case "other":
        return this.#passOther(event.bytes);
      case "page-end":
        return this.#endPage(event.bytes);
      case "end":
        this.#footer = event.bytes;
        return undefined;
    }
  }

  /** The end of everything, after the last file. */
  end(): SourceEvent {
    return { type: "end", bytes: this.#footer };
  }

  #startPage(page: PageHead, bytes: Uint8Array): SourceEvent {
    if (page.id <= this.#lastPageId && ++this.#outOfOrder <= MAX_NOTICES) {
      this.#notices.push(`Page ${page.id} follows page ${this.#lastPageId}: ids are out of order`);
    }
    this.#lastPageId = page.id;
    this.#head = page;
    this.#headBytes = bytes;
    this.#latest = undefined;
    this.#others = [];
    this.#otherByteLength = 0;
    this.pages++;
    return { type: "page", page, bytes };
  }

  #passRevision(event: DumpEvent & { type: "revision" }): SourceEvent {
    const { revision, bytes, text } = event;
    const fault = this.#checking === "check" ? checkText(this.#lastPageId, revision, bytes, text) : undefined;
    const passed = { type: "revision", revision, bytes, text, fault } as const;
    const latest = this.#latest?.revision;
    if (latest === undefined || isNewer(revision, latest)) this.#latest = passed;
    this.revisions++;
    return passed;
  }

  #passOther(bytes: Uint8Array): SourceEvent {
    this.#otherByteLength += bytes.length;
    if (this.#otherByteLength > MAX_OTHER_BYTES) {
      throw new DumpFormatError(
        "TOO_LARGE",
        `Page ${this.#lastPageId} has more than ${MAX_OTHER_BYTES} bytes beside its revisions`,
        { byteOffset: 0, pageId: this.#lastPageId },
        { remedy: "Export the wiki without file contents (dumpBackup.php without --include-files)" },
      );
    }
    this.#others.push(bytes);
    return { type: "other", bytes };
  }

  #endPage(bytes: Uint8Array): SourceEvent {
    const page = { head: this.#head!, headBytes: this.#headBytes, latest: this.#latest, others: this.#others };
    return { type: "page-end", page, bytes };
  }
}

function isNewer(candidate: { timestamp: string; id: number }, latest: { timestamp: string; id: number }): boolean {
  if (candidate.timestamp !== latest.timestamp) return candidate.timestamp > latest.timestamp;
  return candidate.id > latest.id;
}
