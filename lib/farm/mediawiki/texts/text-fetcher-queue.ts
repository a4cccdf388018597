/**
 * Texts that were asked for and are not there yet, in the order in which they were asked for.
 */
import { steadyMs } from "../../../host/clock.ts";

/** What came of asking for a text. */
export type FetchedText =
  | { readonly isAvailable: true; readonly bytes: Uint8Array }
  | { readonly isAvailable: false; readonly reason: string; readonly stderrTail: readonly string[] };

/** One text that somebody waits for. */
export interface TextRequest {
  /** Where it stands among all. */
  readonly number: number;
  readonly address: string;
  /** Bytes that it is said to have. */
  readonly byteLength: number;
  readonly resolve: (text: FetchedText) => void;
  readonly reject: (error: unknown) => void;
  /** How often the program got into trouble over it. */
  failures: number;
  /** How often the answer was that there is none. */
  absences: number;
  /** Not to be asked again before; by the steady clock. */
  notBeforeMs: number;
}

/** A text over which there was trouble is asked for alone, so that it is clear whose fault the next trouble is. */
export function isSuspect(request: TextRequest): boolean {
  return request.failures > 0 || request.absences > 0;
}

export class TextFetcherQueue {
  #requests: TextRequest[] = [];

  add(request: TextRequest): void {
    this.#requests.push(request);
  }

  /** Puts requests back to their places. */
  putBack(requests: readonly TextRequest[]): void {
    if (requests.length === 0) return;
    this.#requests = [...requests, ...this.#requests].sort((a, b) => a.number - b.number);
  }

  /** The next one that may be asked for now; undefined if none may, or if `accepts` does not want it. */
  take(accepts: (request: TextRequest) => boolean): TextRequest | undefined {
    const now = steadyMs();
    const index = this.#requests.findIndex((request) => request.notBeforeMs <= now);
    const request = this.#requests[index];
    if (request === undefined || !accepts(request)) return undefined;
    this.#requests.splice(index, 1);
    return request;
  }

  /** Milliseconds until a request may be asked for that may not now; undefined if there is none. */
  dueInMs(): number | undefined {
    const now = steadyMs();
    const later = this.#requests.filter((request) => request.notBeforeMs > now);
    return later.length === 0 ? undefined : Math.min(...later.map((request) => request.notBeforeMs)) - now;
  }

  /** Takes all out. */
  drain(): readonly TextRequest[] {
    return this.#requests.splice(0);
  }

  get isEmpty(): boolean {
    return this.#requests.length === 0;
  }
}
