/**
 * What the steps of decoding throw: a fault knows what is wrong and at which bit, but not which block of which stream
 * it is in. The decoder that does know turns it into a `Bzip2Error`.
 */

import { Bzip2Error, type Bzip2ErrorCode, type Bzip2Place } from "../errors.ts";

/** Something is wrong with the bits at `bitOffset`. Never leaves lib/bzip2. */
export class Fault extends Error {
  readonly code: Bzip2ErrorCode;
  readonly bitOffset: number;
  readonly remedy: string;

  constructor(code: Bzip2ErrorCode, what: string, bitOffset: number, remedy = "") {
    super(what);
    this.code = code;
    this.bitOffset = bitOffset;
    this.remedy = remedy || (REMEDIES[code] ?? REMEDY_FOR_DAMAGE);
  }
}

const REMEDY_FOR_DAMAGE = "The file is damaged: fetch it again, or compare its checksum with the published one";

const REMEDIES: Readonly<Partial<Record<Bzip2ErrorCode, string>>> = {
  TRUNCATED: "The file is not complete: fetch the rest, or read it as far as it goes",
  NOT_BZIP2: "Give a file that was written by bzip2, or decompress it with the tool it was made with",
  TRAILING_DATA: 'Cut the file after its last stream, or allow what follows with trailing: "ignore"',
  OUTPUT_LIMIT: "Raise maxBytes if the data is trusted, or decode it as a stream",
};

/** The public error for a fault in a block of a file; anything else comes back as it is. */
export function asBzip2Error(error: unknown, place: Omit<Bzip2Place, "bitOffset">): unknown {
  if (!(error instanceof Fault)) return error;
  const { code, message, bitOffset, remedy } = error;
  const isAboutBlock = code !== "NOT_BZIP2" && code !== "BAD_LEVEL" && code !== "TRAILING_DATA";
  const where = isAboutBlock
    ? `block ${place.blockIndex}, stream ${place.streamIndex}, bit ${bitOffset}`
    : `bit ${bitOffset}`;
  return new Bzip2Error(code, `${message} (${where})`, { ...place, bitOffset }, { remedy });
}

/** The public error for a fault in a block that was decoded by itself: nothing is known of the file around it. */
export function asBlockError(error: unknown): unknown {
  if (!(error instanceof Fault)) return error;
  const { code, message, bitOffset, remedy } = error;
  const place = { bitOffset, streamIndex: 0, blockIndex: 0, bytesBefore: 0 };
  return new Bzip2Error(code, `${message} (bit ${bitOffset})`, place, { remedy });
}
