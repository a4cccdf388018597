/** How many page ranges a job may have. */
import { ConfigError } from "../../errors.ts";

/** Each range is a file and a piece of work; a farm's biggest wikis have some hundreds. */
export const MAX_RANGES = 100_000;

/** Throws ConfigError BAD_VALUE for more ranges than any wiki should have. */
export function requireFewRanges(count: number): void {
  if (count <= MAX_RANGES) return;
  throw new ConfigError(
    "BAD_VALUE",
    `revsPerJob or maxrevbytes is too small for this wiki: more than ${MAX_RANGES} page ranges per job`,
    { file: "", section: "chunks", key: "revsPerJob" },
    { remedy: "Set revsPerJob to the revisions that one file should have, such as 1000000" },
  );
}
