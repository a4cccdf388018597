/**
 * Gives the text for each hole of the stubs, from prefetch or from the fetcher, held against the length and the SHA-1 that the
 * stub states.
 */
import { sha1Hex } from "../../../host/hash.ts";
import { sha1Base36 } from "../../source/text-check.ts";
import type { PrefetchReader } from "./prefetch-reader.ts";
import type { TextHole } from "./stub-markup.ts";
import type { TextFetcher } from "./text-fetcher.ts";

/** A text, or why there is none; with a fault it is not what the stub states. */
export interface SuppliedText {
  readonly bytes: Uint8Array | undefined;
  readonly fault: string | undefined;
}

/** How many texts came from where. */
export interface TextCounts {
  readonly prefetched: number;
  readonly fetched: number;
  /** Texts without bytes, which nobody has to be asked for. */
  readonly empty: number;
  /** Unavailable or wrong. */
  readonly faulty: number;
}

const SHA1_OF_NOTHING = "phoiac9h4m842xq45sp7s6u21eteeq1";
const NOTHING: SuppliedText = { bytes: undefined, fault: undefined };

export class TextSupply {
  readonly #fetcher: TextFetcher;
  readonly #prefetch: PrefetchReader | undefined;
  #counts = { prefetched: 0, fetched: 0, empty: 0, faulty: 0 };

  constructor(fetcher: TextFetcher, prefetch: PrefetchReader | undefined) {
    this.#fetcher = fetcher;
    this.#prefetch = prefetch;
  }

  get counts(): TextCounts {
    return { ...this.#counts };
  }

  /** Looks for the text in prefetch; where it is not, begins to fetch it, and does not wait for it. */
  async begin(pageId: number, revisionId: number, hole: TextHole): Promise<{ readonly text: Promise<SuppliedText> }> {
    if (hole.byteLength === 0 && (hole.sha1 === undefined || hole.sha1 === SHA1_OF_NOTHING)) {
      this.#counts.empty++;
      return { text: Promise.resolve(NOTHING) };
    }
    // A text of which nothing is stated cannot be told from another one.
    if (this.#prefetch !== undefined && hole.isMain && hole.sha1 !== undefined) {
      const bytes = await this.#prefetch.textOf(pageId, revisionId);
      if (bytes !== undefined && faultOf(bytes, hole) === undefined) {
        this.#counts.prefetched++;
        return { text: Promise.resolve({ bytes, fault: undefined }) };
      }
    }
    const text = this.#fetch(hole);
    // Whoever waits for it hears of a failure.
    text.catch(() => undefined);
    return { text };
  }

  async #fetch(hole: TextHole): Promise<SuppliedText> {
    let fetched = await this.#fetcher.fetch(hole.address, hole.byteLength);
    let fault = fetched.isAvailable ? faultOf(fetched.bytes, hole) : undefined;
    if (fetched.isAvailable && fault !== undefined) {
      fetched = await this.#fetcher.fetch(hole.address, hole.byteLength);
      if (fetched.isAvailable) fault = faultOf(fetched.bytes, hole);
    }
    if (!fetched.isAvailable) {
      this.#counts.faulty++;
      const words = fetched.stderrTail.length === 0 ? "" : ` (${fetched.stderrTail.slice(-3).join(" / ")})`;
      return { bytes: undefined, fault: `cannot be had: ${fetched.reason}${words}` };
    }
    if (fault === undefined) this.#counts.fetched++;
    else this.#counts.faulty++;
    return { bytes: fetched.bytes, fault };
  }
}

function faultOf(bytes: Uint8Array, { byteLength, sha1 }: TextHole): string | undefined {
  if (byteLength !== undefined && byteLength !== bytes.length) {
    return `has ${bytes.length} bytes where the stub states ${byteLength}`;
  }
  if (sha1 === undefined) return undefined;
  const found = sha1Base36(sha1Hex(bytes));
  return found === sha1 ? undefined : `has SHA-1 ${found} where the stub states ${sha1}`;
}
