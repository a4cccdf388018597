/** What is said where the index of a multistream dump is not that of the dump. */
import { DumpFormatError } from "../../errors.ts";

/** The error for an index that does not fit. The place is the byte of the dump at which the stream begins, or should. */
export function badIndexError(
  what: string,
  place: { readonly byteOffset: number; readonly pageId?: number | undefined },
  cause?: unknown,
): DumpFormatError {
  return new DumpFormatError("BAD_INDEX", `The multistream index does not fit the dump: ${what}`, place, {
    cause,
    remedy: "Give the index that was published with this dump, or none; bzdump index build makes a new one",
  });
}
