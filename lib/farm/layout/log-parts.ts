/**
 * The parts of the log jobs: so many of equal size (`chunksForPagelogs`), or of the sizes that are listed
 * (`logitemsPerPagelogs`).
 */
import { ConfigError } from "../../errors.ts";
import type { PartRange } from "./part-range.ts";
import { MAX_PARTS, partsOfSizes } from "./parts.ts";

/** So many ids more than its share has each part of equal size: new items rather fill the last part than overflow it. */
const SPARE_IDS = 200;

/** What the configuration says of log parts. */
export interface LogPartSizes {
  /** chunksForPagelogs; 0 if it is not used. It goes before the sizes. */
  readonly count: number;
  /** logitemsPerPagelogs. */
  readonly sizes: readonly number[];
}

/**
 * The parts of the logs. With a count, all of them exist, also those that start after the last log id: the reference makes
 * their files, and a small wiki has them. Throws ConfigError BAD_VALUE.
 */
export function logParts({ count, sizes }: LogPartSizes, lastLogId: number): readonly PartRange[] {
  if (count === 0) return partsOfSizes(sizes, lastLogId, "logitemsPerPagelogs");
  if (!Number.isSafeInteger(count) || count < 1 || count > MAX_PARTS) {
    throw new ConfigError(
      "BAD_VALUE",
      `Wrong value for chunksForPagelogs: ${count}, expected at most ${MAX_PARTS} parts`,
      { file: "", section: "chunks", key: "chunksForPagelogs" },
      { remedy: "Choose fewer parts" },
    );
  }
  const size = SPARE_IDS + Math.floor(lastLogId / count);
  return Array.from({ length: count }, (_, index) => ({
    part: index + 1,
    first: index * size + 1,
    last: index + 1 === count ? Infinity : (index + 1) * size,
  }));
}
