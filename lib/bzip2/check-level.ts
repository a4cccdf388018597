/** The check of a level that a caller asks for. */
import type { Level } from "./format.ts";

/** Gives the level back, if it is one; else throws a RangeError. */
export function checkLevel(level: number): Level {
  if (!Number.isInteger(level) || level < 1 || level > 9) {
    throw new RangeError(
      `Level of bzip2 is ${
        typeof level === "string" ? JSON.stringify(level) : String(level)
      }, but it must be a whole number from 1 to 9`,
    );
  }
  return level as Level;
}
