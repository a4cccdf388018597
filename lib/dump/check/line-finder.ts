/**
 * Says on which line of a document a byte is. Lines are counted chunk by chunk, all at once; what is asked for later is a byte of the
 * chunk at hand, one shortly before it, or the one that was marked.
 */
import { concatBytes } from "../../bits/bytes.ts";
import { countLines } from "./count-lines.ts";

/** The end of the chunk before, in which a tag can begin. */
const KEPT_BYTES = 1024;

/** Follows a document. */
export class LineFinder {
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkStart = 0;
  /** Line feeds before the chunk, and up to its end. */
  #linesBefore = 0;
  #lines = 0;
  #before: Uint8Array = new Uint8Array(0);
  #mark = { byteOffset: 0, line: 1 };

  /** Takes the next chunk, which must stay as it is until `endChunk`. */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#linesBefore = this.#lines;
    this.#lines += countLines(chunk);
  }

  /** The chunk is done with. `openByteOffset`: a byte of it or before it that will be asked for later. */
  endChunk(openByteOffset: number): void {
    const chunk = this.#chunk;
    if (openByteOffset >= this.#chunkStart) {
      this.#mark = { byteOffset: openByteOffset, line: this.lineAt(openByteOffset) ?? 0 };
    }
    this.#chunkStart += chunk.length;
    this.#linesBefore = this.#lines;
    const last = chunk.slice(-KEPT_BYTES);
    this.#before = last.length === KEPT_BYTES ? last : concatBytes([this.#before, last]).slice(-KEPT_BYTES);
    this.#chunk = last.subarray(0, 0);
  }

  /** The line, from 1, of a byte from the start of the document; undefined if it went by too long ago. */
  lineAt(byteOffset: number): number | undefined {
    const at = byteOffset - this.#chunkStart;
    if (at >= 0) {
      const chunk = this.#chunk;
      // From the nearer end: what is asked for most is the last part of a chunk.
      if (at > chunk.length / 2) return 1 + this.#lines - countLines(chunk, Math.min(at, chunk.length));
      return 1 + this.#linesBefore + countLines(chunk, 0, at);
    }
    if (byteOffset === this.#mark.byteOffset) return this.#mark.line;
    const back = this.#before.length + at;
    return back < 0 ? undefined : 1 + this.#linesBefore - countLines(this.#before, back);
  }
}
