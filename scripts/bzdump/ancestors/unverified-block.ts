/**
 * What a block holds whose checksum is wrong. Only for an old tool that wrote such blocks; nothing else hands out what was not checked.
 */
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import type { Bzip2Error } from "../../../lib/errors.ts";
import type { ByteSource } from "../../../lib/streams/byte-source.ts";

const HEADER = [0x42, 0x5a, 0x68, 0x39];
/** More than the longest block. */
const BLOCK_BYTES = 3_000_000;

/** The bytes of the block that the error is about; none if it does not decode at all. */
export async function unverifiedBlock(
  source: ByteSource,
  { bitOffset }: Bzip2Error,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const startByte = Math.floor(bitOffset / 8);
  const shift = bitOffset % 8;
  const input = await source.read(startByte, startByte + BLOCK_BYTES, { signal });
  const stream = new Uint8Array(HEADER.length + input.length);
  stream.set(HEADER);
  for (let i = 0; i < input.length; i++) {
    stream[HEADER.length + i] = (input[i]! << shift) | ((input[i + 1] ?? 0) >>> (8 - shift));
  }
  try {
    for (const event of new Bzip2Decoder({ verify: false }).push(stream)) {
      if (event.type === "block") return event.bytes;
    }
  } catch {
    // It was damaged in more than its checksum.
  }
  return new Uint8Array();
}
