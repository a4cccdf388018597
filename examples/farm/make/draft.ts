/**
 * What a page of the farm is before MediaWiki has seen it, and small helpers to write such drafts in code.
 * The text files in content/ are read into these by parse-pages.ts, the generators make them directly.
 */

/** The bits of MediaWiki's `rev_deleted`. */
export const HIDDEN_TEXT = 1;
export const HIDDEN_COMMENT = 2;
export const HIDDEN_USER = 4;

/** One edit. */
export interface DraftRevision {
  /** ISO 8601 in UTC, whole seconds. */
  readonly time: string;
  /** A user name, or an IP address for somebody who was not logged in. */
  readonly user: string;
  readonly comment: string;
  readonly text: string;
  readonly isMinor: boolean;
  /** Which parts are hidden from readers: a sum of the HIDDEN_ bits. */
  readonly hidden: number;
  /** Imported after everything else, so that its id is higher than that of newer revisions. */
  readonly isLate: boolean;
}

/** One page with all its edits, oldest first. */
export interface DraftPage {
  /** With the English name of its namespace, if it is not an article. */
  readonly title: string;
  /** The content model; MediaWiki chooses by the title when it is absent. */
  readonly model?: string;
  readonly revisions: readonly DraftRevision[];
}

/** What may be left out of a revision. */
export interface RevisionExtras {
  readonly isMinor?: boolean;
  readonly hidden?: number;
  readonly isLate?: boolean;
}

/** Makes a revision; what is not said is ordinary. `who` is the time, the user and the comment. */
export function revision(
  who: readonly [time: string, user: string, comment: string],
  text: string,
  extras: RevisionExtras = {},
): DraftRevision {
  const [time, user, comment] = who;
  const { isMinor = false, hidden = 0, isLate = false } = extras;
  return { time, user, comment, text, isMinor, hidden, isLate };
}

/** ISO time of a moment that lies some minutes after another. */
export function minutesAfter(time: string, minutes: number): string {
  return new Date(Date.parse(time) + Math.round(minutes * 60) * 1000).toISOString().replace(".000Z", "Z");
}
