/**
 * Pages that wait for the offset of their stream: it is known only when all streams before it are packed.
 */
import type { IndexEntry } from "../index/multistream-index.ts";
import type { PlacedPage } from "./multistream-layout.ts";

/** Turns pages into lines of an index, in their order. */
export class PlacedPages {
  #pages: PlacedPage[] = [];
  /** Where the streams from number `#firstStream` on begin, as far as it is known. */
  #starts: number[] = [0];
  #firstStream = 0;

  /** A page was put into a stream. */
  add(page: PlacedPage): void {
    this.#pages.push(page);
  }

  /** The next stream begins at this byte. */
  startStream(byteOffset: number): void {
    this.#starts.push(byteOffset);
  }

  /** The lines whose offset is known by now. */
  take(): IndexEntry[] {
    const known = this.#firstStream + this.#starts.length;
    const firstUnknown = this.#pages.findIndex(({ streamIndex }) => streamIndex >= known);
    const ready = this.#pages.splice(0, firstUnknown < 0 ? this.#pages.length : firstUnknown);
    const entries = ready.map(({ streamIndex, pageId, title }) => ({
      byteOffset: this.#starts[streamIndex - this.#firstStream]!,
      pageId,
      title,
    }));
    // Pages that come later are in the last known stream or behind it.
    const needed = Math.min(this.#pages[0]?.streamIndex ?? Infinity, known - 1);
    this.#starts.splice(0, needed - this.#firstStream);
    this.#firstStream = needed;
    return entries;
  }
}
