/**
 * Keeps what was read of a slow source: reading a dump at random touches the same neighbourhood several times.
 *
 * The source is read in pages of a fixed size; the pages used last are kept. Readers who want the same page share one read,
 * which is given up when all of them have.
 */
import type { ByteSource, ReadOptions } from "./byte-source.ts";
import { clipRange } from "./clip-range.ts";

/** Options of `cachedSource`. */
export interface CachedSourceOptions {
  /** Bytes read at a time; default 256 KiB. */
  readonly pageByteLength?: number;
  /** Bytes kept at most; default 32 MiB. At least one page is kept. */
  readonly maxBytes?: number;
}

interface CachedPage {
  readonly bytes: Promise<Uint8Array>;
  readonly abort: AbortController;
  /** Readers that did not give up; one without a signal never does. */
  waiting: number;
  isDone: boolean;
}

/**
 * A source that keeps what it read of another one. The other source must not change meanwhile.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, cachedSource } from "wikidump";
 *
 * const slow = bytesSource(new TextEncoder().encode("to be or not to be"));
 * const source = cachedSource(slow, { pageByteLength: 4, maxBytes: 8 });
 * assert.equal(new TextDecoder().decode(await source.read(3, 8)), "be or");
 * ```
 */
export function cachedSource(source: ByteSource, options: CachedSourceOptions = {}): ByteSource {
  const { pageByteLength = 256 * 1024, maxBytes = 32 * 1024 * 1024 } = options;
  return new CachedSource(source, pageByteLength, Math.max(1, Math.floor(maxBytes / pageByteLength)));
}

class CachedSource implements ByteSource {
  readonly size: number;
  readonly #source: ByteSource;
  readonly #pageByteLength: number;
  readonly #maxPages: number;
  /** In the order of use: a Map keeps the order of insertion. */
  readonly #pages = new Map<number, CachedPage>();

  constructor(source: ByteSource, pageByteLength: number, maxPages: number) {
    this.size = source.size;
    this.#source = source;
    this.#pageByteLength = pageByteLength;
    this.#maxPages = maxPages;
  }

  async read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array> {
    options?.signal?.throwIfAborted();
    const range = clipRange(start, end, this.size);
    const first = Math.floor(range.start / this.#pageByteLength);
    const last = Math.floor((range.end - 1) / this.#pageByteLength);
    if (range.start === range.end) return new Uint8Array();
    if (first === last) {
      const page = await this.#page(first, options?.signal);
      const pageStart = first * this.#pageByteLength;
      return page.subarray(range.start - pageStart, range.end - pageStart);
    }
    const numbers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const pages = await Promise.all(numbers.map((number) => this.#page(number, options?.signal)));
    return cutFrom(pages, range.start - first * this.#pageByteLength, range.end - range.start);
  }

  #page(number: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    let page = this.#pages.get(number);
    if (page === undefined) page = this.#load(number);
    else this.#pages.delete(number);
    this.#pages.set(number, page);
    this.#forgetOld();
    page.waiting++;
    return signal === undefined || page.isDone ? page.bytes : this.#wait(number, page, signal);
  }

  /** The page's bytes, or the signal's reason. The last reader who gives up ends the read, and the page is forgotten. */
  #wait(number: number, page: CachedPage, signal: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        page.waiting--;
        if (page.waiting === 0 && !page.isDone) {
          this.#pages.delete(number);
          page.abort.abort(signal.reason);
        }
        reject(signal.reason);
      };
      const settle = (): void => signal.removeEventListener("abort", giveUp);
      signal.addEventListener("abort", giveUp, { once: true });
      page.bytes.then(resolve, reject).finally(settle);
    });
  }

  #load(number: number): CachedPage {
    const abort = new AbortController();
    const start = number * this.#pageByteLength;
    const bytes = this.#source.read(start, Math.min(start + this.#pageByteLength, this.size), { signal: abort.signal });
    const page: CachedPage = { bytes, abort, waiting: 0, isDone: false };
    bytes.then(
      () => page.isDone = true,
      // A failed page is not kept: the next reader tries again.
      () => this.#pages.get(number) === page && this.#pages.delete(number),
    );
    return page;
  }

  #forgetOld(): void {
    for (const [number, page] of this.#pages) {
      if (this.#pages.size <= this.#maxPages) return;
      // A page that somebody waits for stays: its readers share it.
      if (page.isDone) this.#pages.delete(number);
    }
  }
}

/** `byteLength` bytes out of joined pages, from `skip` on. */
function cutFrom(pages: readonly Uint8Array[], skip: number, byteLength: number): Uint8Array {
  const joined = new Uint8Array(byteLength);
  let at = -skip;
  for (const page of pages) {
    const from = Math.max(0, -at);
    const to = Math.min(page.length, byteLength - at);
    joined.set(page.subarray(from, to), at + from);
    at += page.length;
  }
  return joined;
}
