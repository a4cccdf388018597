/**
 * Decides which parts of a dump belong to wanted pages, and notices when no more can come.
 *
 * What reading a stream from its start and random access share. Knows nothing of compression.
 */
import { DumpFormatError } from "../../errors.ts";
import type { DumpPart } from "../../xml/dump-splitter.ts";
import { findPageId } from "../../xml/page-id.ts";
import { idOrderError } from "../reading/id-order.ts";
import { readPageHead } from "../reading/page-head.ts";
import type { Namespace } from "../reading/model.ts";
import { isInPageRanges, mergePageRanges, type PageRange } from "./page-range.ts";
import { readSiteInfo } from "../reading/site-info.ts";

/** Options of `PageFilter`. */
export interface PageFilterOptions {
  /** Told the id of every page that is taken. */
  readonly onPage?: ((pageId: number) => void) | undefined;
  /**
   * "ascending": page ids rise, the reading ends after the last wanted one, and ids that fall are an error. "any": all of the
   * dump is read.
   */
  readonly order: "ascending" | "any";
  /** Only pages of these namespaces. Default: all. */
  readonly namespaces?: readonly number[] | undefined;
}

/** Lets the parts of some pages through. */
export class PageFilter {
  readonly ranges: readonly PageRange[];
  readonly #onPage: ((pageId: number) => void) | undefined;
  readonly #isAscending: boolean;
  readonly #wantedNamespaces: readonly number[] | undefined;
  /** Those of the header, for dumps whose pages do not state theirs. */
  #namespaces: readonly Namespace[] = [];
  #hasHeader = false;
  #previousId = 0;
  #isTaking = false;
  #isDone: boolean;
  #waitingFor: number | undefined;

  constructor(ranges: readonly PageRange[], options: PageFilterOptions) {
    this.ranges = mergePageRanges(ranges);
    this.#onPage = options.onPage;
    this.#isAscending = options.order === "ascending";
    this.#wantedNamespaces = options.namespaces;
    this.#isDone = this.ranges.length === 0;
    this.#waitingFor = this.ranges[0]?.first;
  }

  /** No later page of an ascending dump can be wanted. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** The header of the dump has been seen. */
  get hasHeader(): boolean {
    return this.#hasHeader;
  }

  /** The page that was seen last; undefined before the first one. */
  get previousId(): number | undefined {
    return this.#previousId === 0 ? undefined : this.#previousId;
  }

  /** The first id of the next range, while no wanted page is being read. */
  get waitingFor(): number | undefined {
    return this.#waitingFor;
  }

  /** Reading goes on elsewhere, where heads of pages may come again that were seen. Not while a page is being taken. */
  restart(): void {
    this.#previousId = 0;
    this.#isTaking = false;
  }

  /** The parts that belong to wanted pages, and the header of the dump. */
  *take(parts: Iterable<DumpPart>): Generator<DumpPart, void, undefined> {
    for (const part of parts) {
      const isTaken = this.#isTaken(part);
      if (isTaken) yield part;
      else if (this.#isDone) break;
    }
  }

  #isTaken(part: DumpPart): boolean {
    const { type } = part;
    if (type === "header") {
      // The header of a second dump in the same file belongs to no page.
      const isFirst = !this.#hasHeader;
      this.#hasHeader = true;
      if (this.#wantedNamespaces !== undefined) this.#namespaces = readSiteInfo(part.bytes).namespaces;
      return isFirst;
    }
    if (type === "page") this.#startPage(part.bytes);
    const isTaken = this.#isTaking && type !== "footer";
    if (type === "page-end") this.#isTaking = false;
    return isTaken;
  }

  #startPage(head: Uint8Array): void {
    const pageId = findPageId(head);
    if (pageId === undefined) {
      throw new DumpFormatError("BAD_ID", `A page without a readable id follows page ${this.#previousId}`, {
        byteOffset: 0,
      });
    }
    if (this.#isAscending) this.#checkOrder(pageId);
    this.#isTaking = isInPageRanges(this.ranges, pageId) && this.#isWantedNamespace(head);
    this.#previousId = pageId;
    if (this.#isTaking) this.#onPage?.(pageId);
  }

  #isWantedNamespace(head: Uint8Array): boolean {
    return this.#wantedNamespaces?.includes(readPageHead(head, 0, this.#namespaces).namespace) ?? true;
  }

  #checkOrder(pageId: number): void {
    if (pageId <= this.#previousId) throw idOrderError(pageId, this.#previousId);
    const next = this.ranges.find((range) => pageId <= range.last);
    this.#isDone = next === undefined;
    this.#waitingFor = next === undefined || pageId >= next.first ? undefined : next.first;
  }
}
