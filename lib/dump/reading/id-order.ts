/** The order of page ids in a dump: they rise. What is said where they do not. */
import { DumpFormatError } from "../../errors.ts";

/** The error for a page that follows one with a bigger or the same id. */
export function idOrderError(pageId: number, previousId: number): DumpFormatError {
  const message = `Page ${pageId} follows page ${previousId}, expected rising page ids`;
  return new DumpFormatError("ID_ORDER", message, { byteOffset: 0, pageId }, {
    remedy: 'Read the whole dump instead (bzdump pages --scan, or takePages with order: "any")',
  });
}

/** Throws DumpFormatError ID_ORDER unless each id is bigger than the one before it; undefined ones are left out. */
export function requireRising(pageIds: readonly (number | undefined)[]): void {
  let previousId = -1;
  for (const pageId of pageIds) {
    if (pageId === undefined) continue;
    if (pageId <= previousId) throw idOrderError(pageId, previousId);
    previousId = pageId;
  }
}
