/**
 * References inside values: `%(name)s` stands for another key of the same section or of [DEFAULT], `%%` for a percent
 * sign.
 *
 * Done when a value is asked for, after all files are put together, because a reference may point into another file.
 */

/** Raw value of a key, as the section and [DEFAULT] have it together; undefined when there is none. */
export type Lookup = (key: string) => string | undefined;

/** A reference that cannot be followed. */
export class InterpolationFault extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
Object.defineProperty(InterpolationFault.prototype, "name", { value: "InterpolationFault" });

/** As deep as `configparser` goes before it gives up. */
const MAX_DEPTH = 10;

/** The value with its references replaced. Throws InterpolationFault. */
export function interpolate(raw: string, lookup: Lookup): string {
  return expand(raw, lookup, 1);
}

function expand(raw: string, lookup: Lookup, depth: number): string {
  if (!raw.includes("%")) return raw;
  if (depth > MAX_DEPTH) {
    throw new InterpolationFault(`References go more than ${MAX_DEPTH} deep`, "Look for keys that refer to each other");
  }
  // Each "%" starts one of three things; what is neither is a mistake.
  return raw.replace(/%(?:(%)|\(([^)]+)\)s|)/g, (_, percent: string | undefined, name: string | undefined) => {
    if (percent !== undefined) return "%";
    if (name === undefined) {
      throw new InterpolationFault("A percent sign stands alone", "Write %% for a percent sign");
    }
    const value = lookup(name.toLowerCase());
    if (value === undefined) {
      throw new InterpolationFault(
        `%(${name})s refers to a key that is neither in this section nor in [DEFAULT]`,
        "Set that key, or write %% for a percent sign",
      );
    }
    return expand(value, lookup, depth + 1);
  });
}
