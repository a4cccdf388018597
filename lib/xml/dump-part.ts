/** What the dump splitter cuts a dump into; joined in order, the bytes of all parts are the dump. */

/** Choices of a `DumpSplitter`. */
export interface DumpSplitterOptions {
  /**
   * The input may begin and end between pages, as a stream of a multistream dump does; there need be no header and no footer.
   * Default false.
   */
  readonly isFragment?: boolean;
}

/** A part of a dump, or a piece of one. */
export type DumpPart =
  /** `<mediawiki …>` to `</siteinfo>` and what stands before; whole. */
  | { readonly type: "header"; readonly bytes: Uint8Array }
  /** `<page>` and its children before the first revision or upload; whole. */
  | { readonly type: "page"; readonly bytes: Uint8Array }
  /** A `<revision>`, in pieces; the last one, which can be empty, has `isEnd`. */
  | { readonly type: "revision"; readonly bytes: Uint8Array; readonly isEnd: boolean }
  /** Any other element inside or outside of pages (`<upload>`, `<logitem>`), in pieces. */
  | { readonly type: "other"; readonly bytes: Uint8Array; readonly isEnd: boolean }
  /** `</page>`. */
  | { readonly type: "page-end"; readonly bytes: Uint8Array }
  /** `</mediawiki>` and the blanks after it; whole. */
  | { readonly type: "footer"; readonly bytes: Uint8Array };
