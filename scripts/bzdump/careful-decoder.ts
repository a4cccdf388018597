/**
 * A decoder that does not take lost streams for junk.
 *
 * bzip2 ignores what follows the last stream if it is no stream. Damage to three bytes, the header of a stream in the middle of a
 * file, turns all that follows into such junk. Here a block after the last stream is an error.
 */
import { findMagicBackward } from "../../lib/bits/bit-search.ts";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { Bzip2Decoder, type DecoderEvent } from "../../lib/bzip2/decoder.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW } from "../../lib/bzip2/format.ts";
import { Bzip2Error } from "../../lib/errors.ts";

/** A magic that begins in the last bytes of a chunk ends in the next one. */
const KEPT_BYTES = 6;

/** Decodes bzip2 data in chunks; the events are those of `Bzip2Decoder`. */
export class CarefulDecoder {
  readonly #decoder = new Bzip2Decoder();
  #tail: Uint8Array = new Uint8Array();
  #byteLength = 0;
  /** Where the last magic of a block is. */
  #lastMagicBit = -1;
  #counts = { streams: 0, blocks: 0, bytes: 0 };

  *push(chunk: Uint8Array): Generator<DecoderEvent, void, undefined> {
    this.#search(chunk);
    yield* this.#count(this.#decoder.push(chunk));
  }

  /** Throws Bzip2Error BAD_MAGIC, among others, when blocks follow the last stream. */
  *finish(): Generator<DecoderEvent, void, undefined> {
    for (const event of this.#count(this.#decoder.finish())) {
      if (event.type === "trailing" && this.#lastMagicBit >= event.byteOffset * 8) throw this.#lost(event.byteOffset);
      yield event;
    }
  }

  *#count(events: Iterable<DecoderEvent>): Generator<DecoderEvent, void, undefined> {
    for (const event of events) {
      if (event.type === "stream") this.#counts.streams++;
      else if (event.type === "block") {
        this.#counts.blocks++;
        this.#counts.bytes += event.bytes.length;
      }
      yield event;
    }
  }

  #search(chunk: Uint8Array): void {
    const bytes = this.#tail.length === 0 ? chunk : concatBytes([this.#tail, chunk]);
    const found = findMagicBackward(bytes, BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, 0, bytes.length * 8);
    if (found >= 0) this.#lastMagicBit = (this.#byteLength - this.#tail.length) * 8 + found;
    this.#byteLength += chunk.length;
    this.#tail = bytes.slice(-KEPT_BYTES);
  }

  #lost(byteOffset: number): Bzip2Error {
    const { streams, blocks, bytes } = this.#counts;
    const place = { bitOffset: byteOffset * 8, streamIndex: streams, blockIndex: blocks, bytesBefore: bytes };
    const where = `block ${blocks}, stream ${streams}, bit ${byteOffset * 8}`;
    const message = `More blocks follow, but no stream starts here: its header is damaged (${where})`;
    return new Bzip2Error("BAD_MAGIC", message, place, {
      remedy: "Fetch the file again, or take pages from behind the damage with bzdump pages",
    });
  }
}
