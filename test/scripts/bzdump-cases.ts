/** What the tests of bzdump share: a dump, damaged files of all kinds, and how the script is run. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { makeDump, oneStream } from "../dump/dump-maker.ts";
import { runScript, type ScriptOptions, type ScriptRun } from "./run-script.ts";

export const ROOT: string = mkdtempSync(join(tmpdir(), "bzdump-"));
process.once("exit", () => rmSync(ROOT, { recursive: true, force: true }));

const encoder = new TextEncoder();
export const DUMP = makeDump(Array.from({ length: 120 }, (_, i) => 2 * i + 1), () => 2000);
export const XML: Uint8Array = encoder.encode(DUMP.xml);
export const FILE: Uint8Array = oneStream(DUMP);
let directories = 0;

/** A fresh directory with these files. */
export function directoryWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(ROOT, String(directories++));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

/** Runs bzdump with arguments that have blanks between them. */
export function bzdump(args: string, cwd: string, options: Partial<ScriptOptions> = {}): Promise<ScriptRun> {
  return runScript("bzdump", args === "" ? [] : args.split(" "), { cwd, ...options });
}

export function jsonLines(text: Uint8Array | string): Record<string, unknown>[] {
  const lines = (typeof text === "string" ? text : new TextDecoder().decode(text)).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

export function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
  return flipped;
}

/** Everything that a file called .bz2 can be, and the exit code and error code that it deserves; made from a good file. */
export function hostileCases(good: Uint8Array): readonly (readonly [string, Uint8Array, number, string])[] {
  return [
    ["empty", new Uint8Array(), 3, "NOT_BZIP2"],
    ["text", encoder.encode("hello, world\n"), 3, "NOT_BZIP2"],
    ["xml", XML.subarray(0, 100), 3, "NOT_BZIP2"],
    ["xz", Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0), 3, "NOT_BZIP2"],
    ["header-1", good.subarray(0, 1), 4, "TRUNCATED"],
    ["header-3", good.subarray(0, 3), 4, "TRUNCATED"],
    ["header-4", good.subarray(0, 4), 4, "TRUNCATED"],
    ["cut-in-magic", good.subarray(0, 7), 4, "TRUNCATED"],
    ["cut-in-block-crc", good.subarray(0, 12), 4, "TRUNCATED"],
    ["cut-in-tables", good.subarray(0, 60), 4, "TRUNCATED"],
    ["cut-in-data", good.subarray(0, good.length >> 1), 4, "TRUNCATED"],
    ["cut-in-end", good.subarray(0, -5), 4, "TRUNCATED"],
    ["cut-by-one", good.subarray(0, -1), 4, "TRUNCATED"],
    ["cut-second-stream", concatBytes([good, good.subarray(0, 500)]), 4, "TRUNCATED"],
    ["cut-second-header", concatBytes([good, good.subarray(0, 2)]), 4, "TRUNCATED"],
    ["flip-second-header", concatBytes([good, flip(good, 9), good]), 3, "BAD_MAGIC"],
    ["flip-header", flip(good, 2), 3, "NOT_BZIP2"],
    ["flip-level", flip(good, 27), 3, "BLOCK_TOO_LONG|BAD_LEVEL"],
    ["flip-magic", flip(good, 32 + 5), 3, "BAD_MAGIC"],
    ["flip-block-crc", flip(good, 32 + 50), 3, "BLOCK_CRC"],
    ["flip-data", flip(good, good.length * 4), 3, "BLOCK_CRC|BAD_|BLOCK_TOO"],
    ["flip-stream-crc", flip(good, good.length * 8 - 20), 3, "STREAM_CRC"],
  ];
}

export const HOSTILE = hostileCases(FILE);

export function hostileFiles(cases: typeof HOSTILE = HOSTILE): Record<string, Uint8Array> {
  return Object.fromEntries(cases.map(([name, bytes]) => [`${name}.bz2`, bytes]));
}
