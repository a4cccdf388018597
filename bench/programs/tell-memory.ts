/** The last word of a program that is measured: its memory at its largest, in KiB, as bench/measure.ts reads it. */
import { existsSync, readFileSync, writeSync } from "node:fs";
import process from "node:process";

const STATUS = "/proc/self/status";

export function tellMemory(): void {
  // Linux counts in maxRSS what the parent had when it started this process; the high-water mark is of this program alone.
  const own = existsSync(STATUS) ? /VmHWM:\s+(\d+)/.exec(readFileSync(STATUS, "utf8"))?.[1] : undefined;
  writeSync(2, `maxRSS=${own ?? process.resourceUsage().maxRSS}`);
}
