/** Runs decoders and streams to their end, and keeps all that came out, also when it ended with an error. */

import { concatBytes } from "../../lib/bits/bytes.ts";
import { Bzip2Decoder, type DecoderEvent, type DecoderOptions } from "../../lib/bzip2/decoder.ts";

/** What a decoder gave. */
export interface Decoded {
  readonly events: readonly DecoderEvent[];
  /** The plain bytes of all blocks. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it threw in the end, or undefined. */
  readonly error: unknown;
}

/** Decodes chunks; each is given as a copy that is overwritten after its turn, as a reader that reuses its buffer does. */
export function decodeChunks(chunks: Iterable<Uint8Array>, options?: DecoderOptions): Decoded {
  const decoder = new Bzip2Decoder(options);
  const events: DecoderEvent[] = [];
  let error: unknown;
  try {
    for (const chunk of chunks) {
      const own = new Uint8Array(chunk);
      for (const event of decoder.push(own)) events.push(event);
      own.fill(0xaa);
    }
    for (const event of decoder.finish()) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  return { events, bytes: concatBytes(events.flatMap((event) => event.type === "block" ? [event.bytes] : [])), error };
}

/** Everything that a stream gives, and how it failed, if it did. */
export async function collectStream<T>(
  stream: ReadableStream<T>,
): Promise<{ readonly values: readonly T[]; readonly error: unknown }> {
  const values: T[] = [];
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { values, error: undefined };
      values.push(value);
    }
  } catch (error) {
    return { values, error };
  }
}

/** The bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}
