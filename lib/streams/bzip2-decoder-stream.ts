/** The bzip2 decoder as a stream of the platform: bzip2 in any chunks, one chunk of plain bytes out for each block. */

import { Bzip2Decoder, type DecoderEvent, type DecoderOptions } from "../bzip2/decoder.ts";
import type { BlockInfo, Bytes } from "../bzip2/format.ts";
import { pullPair } from "./pull-pair.ts";

/** How to decode, and who wants to hear what was found. */
export interface DecoderStreamOptions extends DecoderOptions {
  /** Called for each block, before its bytes come out. */
  onBlock?: (info: BlockInfo) => void;
  /** Called for everything else: streams, their ends, trailing bytes. */
  onEvent?: (event: Exclude<DecoderEvent, { type: "block" }>) => void;
}

/**
 * Decompresses what is piped through it: all streams of it, with checksums compared.
 *
 * Every good block comes out before an error does: the error waits until the reader has taken them. The chunks are
 * yours: each has a buffer of its own, of at most 900,000 bytes (more only where runs were packed).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Bzip2DecoderStream, compress } from "wikidump";
 *
 * const file = new Blob([compress(new TextEncoder().encode("some text"))]);
 * const plain = file.stream().pipeThrough(new Bzip2DecoderStream());
 * assert.equal(await new Response(plain).text(), "some text");
 * ```
 */
export class Bzip2DecoderStream implements ReadableWritablePair<Bytes, Uint8Array> {
  /** The plain bytes. */
  readonly readable: ReadableStream<Bytes>;
  /** Takes bzip2 data. A write is done when all that it completes has been read. */
  readonly writable: WritableStream<Uint8Array>;

  constructor(options: DecoderStreamOptions = {}) {
    const decoder = new Bzip2Decoder(options);
    const { readable, writable } = pullPair<Uint8Array, Bytes>({
      push: (chunk) => plainBytes(decoder.push(chunk), options),
      finish: () => plainBytes(decoder.finish(), options),
    });
    this.readable = readable;
    this.writable = writable;
  }
}

function* plainBytes(
  events: Iterable<DecoderEvent>,
  { onBlock, onEvent }: DecoderStreamOptions,
): Generator<Bytes, void, undefined> {
  for (const event of events) {
    if (event.type !== "block") {
      onEvent?.(event);
      continue;
    }
    onBlock?.(event.info);
    yield event.bytes;
  }
}
