/**
 * The parts of a job, from `pagesPerChunkHistory` (or `logitemsPerPagelogs`): how many ids part 1 has, part 2, and so on.
 *
 *     70,90   last page 154   →   1-70, 71 and up
 *     50      last page 154   →   1-50, 51-100, 101-150, 151 and up
 *
 * Differs from dumps (Python): a single number makes parts of that size, as it did in 2011; today's reference makes one part of it
 * and leaves the other pages to chance.
 */
import { ConfigError } from "../../errors.ts";
import { type PartRange, WHOLE } from "./part-range.ts";

/** More parts than that are a slip of the pen: each is a file, and a command. */
export const MAX_PARTS = 10_000;

/**
 * The parts for these sizes, up to the last id. No size (or 0), or a single size that is not exceeded, means no parts: one range
 * without a part number. A part that would start after the last id does not exist; the last one is open-ended, because ids
 * grow while a wiki is dumped. Throws ConfigError BAD_VALUE, which names `key` of [chunks].
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { partsOfSizes } from "./parts.ts";
 *
 * const parts = partsOfSizes([70, 90], 154, "pagesPerChunkHistory");
 * assert.deepEqual(parts, [{ part: 1, first: 1, last: 70 }, { part: 2, first: 71, last: Infinity }]);
 * ```
 */
export function partsOfSizes(sizes: readonly number[], lastId: number, key: string): readonly PartRange[] {
  if (sizes.every((size) => size === 0)) return [WHOLE];
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0)) {
    throw badSizes(
      key,
      `${sizes.join(",")} has a part without ids`,
      "Give every part a size above 0, or set it to 0 for no parts",
    );
  }
  const [only] = sizes;
  if (sizes.length > 1) return cut(sizes, lastId);
  const count = Math.ceil(lastId / only!);
  if (count > MAX_PARTS) {
    const why = `${only} would make ${count} parts of ${lastId} ids, at most ${MAX_PARTS} are possible`;
    throw badSizes(key, why, "Choose bigger parts");
  }
  return count <= 1 ? [WHOLE] : cut(Array<number>(count).fill(only!), lastId);
}

function cut(sizes: readonly number[], lastId: number): PartRange[] {
  const parts: PartRange[] = [];
  let first = 1;
  for (const size of sizes) {
    if (parts.length > 0 && first > lastId) break;
    parts.push({ part: parts.length + 1, first, last: first + size - 1 });
    first += size;
  }
  parts[parts.length - 1] = { ...parts.at(-1)!, last: Infinity };
  return parts;
}

function badSizes(key: string, why: string, remedy: string): ConfigError {
  return new ConfigError("BAD_VALUE", `Wrong value for ${key}: ${why}`, { file: "", section: "chunks", key }, {
    remedy,
  });
}
