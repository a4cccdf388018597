/**
 * The ways to say where in a compressed file something is, and to read such a place from a command line.
 */
import { UsageError } from "../../../lib/errors.ts";

/** A place in all its forms. */
export interface BlockPlace {
  /** Bits from the start of the file. */
  readonly bitOffset: number;
  /** The byte that holds the first bit, and the bits of it that come before. */
  readonly byteOffset: number;
  readonly bitInByte: number;
  /** As the old tools said it: the byte, but one less where the place is on a byte. */
  readonly oldOffset: number;
}

/** A place in all its forms. */
export function blockPlace(bitOffset: number): BlockPlace {
  const byteOffset = Math.floor(bitOffset / 8);
  const bitInByte = bitOffset % 8;
  return { bitOffset, byteOffset, bitInByte, oldOffset: bitInByte === 0 ? byteOffset - 1 : byteOffset };
}

/** "byte" is the byte, with the bit behind a point where the place is not on a byte. */
export type PlaceForm = "byte" | "bit" | "old";

export const PLACE_FORMS = ["byte", "bit", "old"] as const;

/** A place as text, such as "15868.1" (byte 15868, one bit further), "126945" (bits), "15868" (old tools). */
export function formatPlace(bit: number, form: PlaceForm): string {
  const { bitOffset, byteOffset, bitInByte, oldOffset } = blockPlace(bit);
  if (form === "bit") return String(bitOffset);
  if (form === "old") return String(oldOffset);
  return bitInByte === 0 ? String(byteOffset) : `${byteOffset}.${bitInByte}`;
}

/** Reads a place in bits, from a byte "123", a byte and a bit "123.4", or bits "bit:987". Throws UsageError. */
export function parsePlace(text: string, option = ""): number {
  const [, unit, whole = "", bit = "0"] = /^(bit:|byte:)?(\d+)(?:\.([0-7]))?$/.exec(text) ?? [];
  const isBits = unit === "bit:";
  const place = isBits ? Number(whole) : Number(whole) * 8 + Number(bit);
  if (whole === "" || (isBits && bit !== "0") || !Number.isSafeInteger(place)) {
    throw new UsageError(`The place ${JSON.stringify(text)} is no place in a file, expected a number of bytes`, {
      option,
      remedy: "Give a byte such as 4000, a byte and a bit such as 4000.3, or bits such as bit:32003",
    });
  }
  return place;
}
