/**
 * munge_crc_info.py: reads what showcrcs printed, and combines the checksums one by one.
 *
 * The lines of `showcrcs -v`, where the checksum stands on a line of its own, are understood too.
 */
import { readFile } from "node:fs/promises";
import { combineCrc } from "../../../lib/bits/crc32-bzip2.ts";
import { type Ancestor, AncestorError } from "./ancestor.ts";
import { crcLine, HELP, hex, inputOf } from "./old-file.ts";

const NAME = "munge_crc_info";

export const MUNGE_CRC_INFO: Ancestor = {
  name: NAME,
  options: [HELP, { name: "input", short: "i", takesValue: true }, { name: "verbose", short: "v" }],
  usageExitCode: 1,
  usage: `Usage: ${NAME}.py --input FILE [--verbose] [--help]
Reads the output of showcrcs and prints the checksums of the blocks, one by one and combined.
`,
  async run({ arguments: args, stdout }) {
    const path = inputOf(args);
    let combined = 0;
    for (const { offset, crc } of blocksOf(await textOf(path))) {
      combined = combineCrc(combined, crc);
      await stdout.write(crcLine(crc, combined, offset));
    }
    await stdout.write(`And now the big finish, the final computed crc\nFile CRC: ${hex(combined)}\n`);
    return 0;
  },
};

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    throw new AncestorError(`failed to open file ${path} for read`, 1);
  }
}

function* blocksOf(text: string): Generator<{ offset: number; crc: number }, void, undefined> {
  let waiting: { readonly offset: number; readonly line: number } | undefined;
  for (const [i, line] of text.split("\n").entries()) {
    const [first = "", second = ""] = line.trim().split(/\s+/);
    if (first.startsWith("offset")) {
      if (waiting !== undefined) throw badLine(waiting.line, "has no checksum");
      waiting = { offset: numberIn(first, i + 1, 10), line: i + 1 };
      if (second === "buffer:") continue;
      if (second === "") throw badLine(i + 1, "has no checksum");
      if (!second.startsWith("CRC")) {
        waiting = undefined;
        continue;
      }
      yield { offset: waiting.offset, crc: numberIn(second, i + 1, 16) };
      waiting = undefined;
    } else if (waiting !== undefined && first.startsWith("CRC:")) {
      yield { offset: waiting.offset, crc: numberIn(first, i + 1, 16) };
      waiting = undefined;
    }
  }
  if (waiting !== undefined) throw badLine(waiting.line, "has no checksum");
}

/** What stands behind the colon of "offset:3" or "CRC:0xdecaf38f": decimal, or hexadecimal with or without "0x". */
function numberIn(word: string, line: number, base: 10 | 16): number {
  const digits = word.slice(word.indexOf(":") + 1);
  const isNumber = base === 10 ? /^\d+$/.test(digits) : /^(0x)?[0-9a-f]+$/i.test(digits);
  const value = isNumber ? parseInt(digits, base) : NaN;
  if (!Number.isSafeInteger(value)) throw badLine(line, `has no number in ${JSON.stringify(word)}`);
  return value;
}

function badLine(line: number, what: string): AncestorError {
  return new AncestorError(`Line ${line} ${what}, expected "offset:N CRC:0x…"`, 1);
}
