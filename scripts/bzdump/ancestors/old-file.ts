/**
 * What the old tools that read a file at any place have in common: opening it, numbers as C reads them.
 */
import { stat } from "node:fs/promises";
import { isWikidumpError } from "../../../lib/errors.ts";
import { type OpenSource, openSource } from "../io/open-source.ts";
import { AncestorError } from "./ancestor.ts";
import type { LongArguments, LongOption } from "./long-options.ts";

export const HELP: LongOption = { name: "help", short: "h" };

/** Opens a file. Undefined for what has no places, such as a pipe. */
export async function openOldFile(
  path: string,
  { signal, exitCode }: { signal: AbortSignal; exitCode: number },
): Promise<OpenSource | undefined> {
  try {
    return await openSource(path, { signal });
  } catch (error) {
    if (!isWikidumpError(error)) throw error;
    if (await isPipe(path)) return undefined;
    throw new AncestorError(`${exitCode === 1 ? "Failed" : "failed"} to open file ${path} for read`, exitCode);
  }
}

async function isPipe(path: string): Promise<boolean> {
  try {
    const status = await stat(path);
    return !status.isFile() && !status.isDirectory();
  } catch {
    return false;
  }
}

/** The number at the start of a text; 0 if there is none. */
export function oldNumber(text: string): number {
  return Number(/^\s*([+-]?\d+)/.exec(text)?.[1] ?? 0);
}

/** "0x" and eight digits. */
export function hex8(crc: number): string {
  return `0x${crc.toString(16).padStart(8, "0")}`;
}

/** "0x" and as many digits as are needed. */
export function hex(crc: number): string {
  return `0x${crc.toString(16)}`;
}

/** The line of show_byte_aligned_crcs.py and munge_crc_info.py about a block. */
export function crcLine(crc: number, combined: number, offset: number): string {
  return `Block_CRC: ${hex(crc)} ( ${crc} ), Cumul_CRC: ${hex(combined)} ( ${combined} ) Offset: ${offset}\n`;
}

/** The file that show_byte_aligned_crcs.py and munge_crc_info.py are to read. */
export function inputOf({ options, positionals }: LongArguments): string {
  const [unknown] = positionals;
  if (unknown !== undefined) {
    throw new AncestorError(`Unknown option specified: <${unknown}>`, 1, { hasUsage: true });
  }
  const path = options.findLast(({ name }) => name === "input")?.value ?? "";
  if (path === "") throw new AncestorError("The mandatory argument 'input' was not specified", 1, { hasUsage: true });
  return path;
}
