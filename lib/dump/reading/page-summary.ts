/**
 * What is counted of a page: who it is, and how many revisions and bytes it has.
 *
 * Made by `DumpSkimmer`, for those who count: statistics, and revisions per page.
 */

/** A page and its revisions, counted. */
export interface PageSummary {
  readonly id: number;
  readonly namespace: number;
  readonly isRedirect: boolean;
  /** The title as it stands in the XML, with entities. */
  readonly titleXml: Uint8Array;
  readonly revisions: number;
  /** Bytes of all texts, entities decoded: as the dump states them, measured where it does not. */
  readonly textBytes: number;
  readonly maxTextBytes: number;
  /** The smallest and the biggest id of a revision; undefined for a page without revisions. */
  readonly firstRevisionId: number | undefined;
  readonly lastRevisionId: number | undefined;
  /** The earliest and the latest time, as numbers: 20261122151311. 0: no revision has a time in the form of dumps. */
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
  /** Bytes of the page in the XML, from the blanks before `<page>` to the line end after `</page>`. */
  readonly xmlBytes: number;
}

/** A summary that grows. */
export class GrowingSummary implements PageSummary {
  id = 0;
  namespace = 0;
  isRedirect = false;
  revisions = 0;
  textBytes = 0;
  maxTextBytes = 0;
  firstRevisionId: number | undefined;
  lastRevisionId: number | undefined;
  firstTimestamp = 0;
  lastTimestamp = 0;
  xmlBytes = 0;

  #titleSource: Uint8Array = new Uint8Array();
  #titleStart = 0;
  #titleEnd = 0;

  get titleXml(): Uint8Array {
    return this.#titleSource.subarray(this.#titleStart, this.#titleEnd);
  }

  /** Starts anew. */
  reset(): void {
    this.revisions = 0;
    this.textBytes = 0;
    this.maxTextBytes = 0;
    this.firstRevisionId = undefined;
    this.lastRevisionId = undefined;
    this.firstTimestamp = 0;
    this.lastTimestamp = 0;
    this.xmlBytes = 0;
  }

  /** Where the title stands; no view is made before somebody wants one. */
  setTitle(source: Uint8Array, start: number, end: number): void {
    this.#titleSource = source;
    this.#titleStart = start;
    this.#titleEnd = end;
  }

  /** Counts a revision; `timestamp` is 0 if it has none. */
  add(revisionId: number, timestamp: number, textByteLength: number): void {
    this.revisions++;
    this.textBytes += textByteLength;
    if (textByteLength > this.maxTextBytes) this.maxTextBytes = textByteLength;
    if (this.firstRevisionId === undefined || revisionId < this.firstRevisionId) this.firstRevisionId = revisionId;
    if (this.lastRevisionId === undefined || revisionId > this.lastRevisionId) this.lastRevisionId = revisionId;
    if (timestamp === 0) return;
    if (this.firstTimestamp === 0 || timestamp < this.firstTimestamp) this.firstTimestamp = timestamp;
    if (timestamp > this.lastTimestamp) this.lastTimestamp = timestamp;
  }
}

/** "2026-11-22T15:13:11Z" as 20261122151311; 0 for anything else. */
export function timestampNumber(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  return match === null ? 0 : Number(match.slice(1).join(""));
}

/** 20261122151311 as "2026-11-22T15:13:11Z". */
export function timestampText(timestamp: number): string {
  const digits = String(timestamp).padStart(14, "0");
  return digits.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6Z");
}
