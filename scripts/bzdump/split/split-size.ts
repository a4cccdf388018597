/** Numbers of bytes as people write them on a command line: "1G", "250M", "900k", "5000000". */
import { UsageError } from "../../../lib/errors.ts";

const FACTORS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Powers of 1000, as disks count. Throws UsageError. */
export function parseByteSize(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/.exec(text.trim().toUpperCase());
  const bytes = match === null ? NaN : Math.floor(Number(match[1]) * FACTORS[match[2]!]!);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new UsageError(`Option --${option} needs a number of bytes such as 500M or 1G, but "${text}" was given`, {
    option,
  });
}
