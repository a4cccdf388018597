/**
 * Verbs that look at a few places of a file, however large: they take moments, of which the start is the larger part. A bundle
 * holds them packed by themselves (docs/decisions/042).
 */
import { CHECK_RANGE } from "./check-range.ts";
import { FIND_PAGE } from "./find-page.ts";
import { LAST_BLOCK } from "./last-block.ts";
import { LAST_ID } from "./last-id.ts";
import { type LoadedVerb, loadedVerb } from "../../lib/cli/verb.ts";

/** The verbs by their names. */
export const LOOKUP_VERBS: Readonly<Record<string, LoadedVerb>> = {
  "find-page": loadedVerb(FIND_PAGE),
  "last-id": loadedVerb(LAST_ID),
  "check-range": loadedVerb(CHECK_RANGE),
  "last-block": loadedVerb(LAST_BLOCK),
};
