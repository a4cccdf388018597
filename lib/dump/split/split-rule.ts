/** Where a dump is cut: always before a page, and which pages those are. */

/**
 * A piece ends before the first page
 *
 * - after so many pages (`pages`),
 * - that begins at or after a multiple of so many bytes of XML (`xmlBytes`),
 * - that begins at or after a multiple of so many bytes of the packed input (`inputBytes`); the place of a page is that of its block.
 *
 * Multiples that fall into the same page make one border.
 */
export type SplitRule =
  | { readonly pages: number }
  | { readonly xmlBytes: number }
  | { readonly inputBytes: number };

/** The multiples of a number of bytes, one after another. The number need not be whole. */
export class Borders {
  readonly #everyBytes: number;
  #factor = 1;

  constructor(everyBytes: number) {
    if (!(everyBytes > 0)) throw new RangeError(`A piece has more than ${everyBytes} bytes`);
    this.#everyBytes = everyBytes;
  }

  /** The next border: a page that begins there or later begins a piece. */
  get next(): number {
    return Math.ceil(this.#factor * this.#everyBytes);
  }

  /** A piece began here: borders up to here are done with. */
  pass(byteOffset: number): void {
    // By division first: a tiny distance and a big offset would make a long loop.
    this.#factor = Math.max(this.#factor, Math.floor(byteOffset / this.#everyBytes));
    while (this.next <= byteOffset) this.#factor++;
  }
}

/** Tells before which pages to cut. */
export class BorderWatch {
  readonly #rule: SplitRule;
  readonly #borders: Borders | undefined;

  /** Throws RangeError for a number that is not above 0. */
  constructor(rule: SplitRule) {
    this.#rule = rule;
    if ("pages" in rule) {
      if (!Number.isInteger(rule.pages) || rule.pages < 1) {
        throw new RangeError(`A piece has at least one page, not ${rule.pages}`);
      }
    } else this.#borders = new Borders("xmlBytes" in rule ? rule.xmlBytes : rule.inputBytes);
  }

  /** Whether a page begins a new piece. `pages`: so many are in the piece at hand. */
  isBorder(page: { readonly xmlOffset: number; readonly inputOffset: number; readonly pages: number }): boolean {
    const rule = this.#rule;
    if ("pages" in rule) return page.pages >= rule.pages;
    return this.#offsetOf(page) >= this.#borders!.next;
  }

  /** A piece begins with this page. */
  begin(page: { readonly xmlOffset: number; readonly inputOffset: number }): void {
    this.#borders?.pass(this.#offsetOf(page));
  }

  #offsetOf(page: { readonly xmlOffset: number; readonly inputOffset: number }): number {
    return "xmlBytes" in this.#rule ? page.xmlOffset : page.inputOffset;
  }
}
