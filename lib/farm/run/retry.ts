/** Which failures may go better the next time: those of programs and of servers; not those of files that are what they are. */
import { isWikidumpError } from "../../errors.ts";

const PASSING: ReadonlySet<string> = new Set(["EXIT", "SIGNAL", "TIMEOUT", "UNAVAILABLE"]);

export function isWorthRetrying(error: unknown): boolean {
  return isWikidumpError(error) && PASSING.has(error.code);
}
