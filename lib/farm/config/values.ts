/**
 * Reads the text of one value as what its key wants: a number, a list, a path, …
 *
 * One small reader per type. A reader that cannot make sense of the text throws a ValueFault, which the loader turns
 * into a problem with file and line.
 */
import { closestName } from "../../closest-name.ts";
import type { KeySpec, Value, ValueType } from "./key-spec.ts";
import { parseServerAddress } from "./server-address.ts";

/** A value that is not what its key wants; the message goes on after `Value "abc" of keep `. */
export class ValueFault extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}
Object.defineProperty(ValueFault.prototype, "name", { value: "ValueFault" });

/** Turns the path of a value into an absolute one. */
export type ResolvePath = (path: string) => string;

/** Reads a value; throws ValueFault. */
export function readValue(text: string, spec: KeySpec, resolvePath: ResolvePath): Value {
  if (text.includes("\n") && !MULTI_LINE.has(spec.type)) {
    throw new ValueFault("goes on over several lines", "Take away the blanks in front of the line after it");
  }
  // Nobody means the root of the file system, or a file without a name.
  if (text === "" && spec.default !== "" && NEVER_EMPTY.has(spec.type)) {
    throw new ValueFault("is empty", `Write one, or leave the key out for ${spec.default}`);
  }
  return READERS[spec.type](text, spec, resolvePath);
}

const MULTI_LINE: ReadonlySet<ValueType> = new Set(["list", "paths", "integers", "counts"]);
const NEVER_EMPTY: ReadonlySet<ValueType> = new Set(["path", "filename", "command"]);

type Reader = (text: string, spec: KeySpec, resolvePath: ResolvePath) => Value;

const READERS: Readonly<Record<ValueType, Reader>> = {
  text: (text) => text,
  filename: readFileName,
  mail: (text) => (text.toLowerCase() === "nomail" ? "" : text),
  server: readServer,
  path: (text, _, resolvePath) => (text === "" ? "" : resolvePath(text)),
  paths: (text, _, resolvePath) => Object.freeze(splitList(text).map(resolvePath)),
  // A bare name is looked up on the PATH when it is run.
  command: (text, _, resolvePath) => (text.includes("/") ? resolvePath(text) : text),
  integer: (text) => readInteger(text),
  bytes: (text) => readScaled(text, BYTE_UNITS, "a number of bytes", "Write a number such as 35000000000, or 35G"),
  seconds: (text) => readScaled(text, TIME_UNITS, "a time", "Write seconds, or a number with s, m, h or d"),
  boolean: readBoolean,
  mode: readMode,
  integers: readIntegers,
  list: (text) => Object.freeze(splitList(text)),
  counts: readCounts,
  choice: readChoice,
};

const BYTE_UNITS: Readonly<Record<string, number>> = { "": 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const TIME_UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };

function readFileName(text: string): string {
  if (!text.includes("/") && text !== "." && text !== "..") return text;
  throw new ValueFault("is not the name of a file", "Write a name without a slash; its directory is known");
}

function readServer(text: string): string {
  if (text === "" || parseServerAddress(text) !== undefined) return text;
  throw new ValueFault("is not the address of a server", "Write a host, or host:port, such as mail.example:25");
}

function splitList(text: string): string[] {
  return text.split(/[,\n]/).map((item) => item.trim()).filter((item) => item !== "");
}

function readInteger(text: string): number {
  const number = /^\+?\d+(_\d+)*$/.test(text) ? Number(text.replaceAll("_", "")) : NaN;
  if (!Number.isSafeInteger(number)) throw new ValueFault("is not a whole number", "Write digits only, such as 3");
  return number;
}

function readScaled(text: string, units: Readonly<Record<string, number>>, what: string, remedy: string): number {
  const match = /^\+?(\d+(?:_\d+)*)\s*([a-z]?)$/i.exec(text);
  const factor = units[(match?.[2] ?? "").toLowerCase()];
  const number = factor === undefined ? NaN : Number((match?.[1] ?? "x").replaceAll("_", "")) * factor;
  if (!Number.isSafeInteger(number)) throw new ValueFault(`is not ${what}`, remedy);
  return number;
}

// Differs from dumps (Python): there, some switches take any text for "on", also the text "0".
function readBoolean(text: string): boolean {
  const word = text.toLowerCase();
  if (["", "0", "false", "no", "off"].includes(word)) return false;
  if (["true", "yes", "on"].includes(word)) return true;
  if (/^\d+$/.test(word)) return Number(word) !== 0;
  throw new ValueFault("is neither yes nor no", "Write 1 or 0, true or false, yes or no, on or off");
}

// Differs from dumps (Python): there, digits without a leading 0 are decimal, so that 640 is mode 1200.
function readMode(text: string): number {
  const digits = /^0[oO]?([0-7]+)$/.exec(text)?.[1];
  const mode = digits === undefined ? NaN : parseInt(digits, 8);
  if (!(mode <= 0o7777)) throw new ValueFault("is not an octal file mode", "Write a leading 0, such as 0640 or 0o640");
  return mode;
}

// A lone 0 is how files say "none".
function readIntegers(text: string): readonly number[] {
  const numbers = splitList(text).map(readInteger);
  return Object.freeze(numbers.length === 1 && numbers[0] === 0 ? [] : numbers);
}

function readCounts(text: string): Readonly<Record<string, number>> {
  const counts: [string, number][] = splitList(text).map((item) => {
    const [, name, number] = /^([^=]+?)\s*=\s*(\d+)$/.exec(item) ?? [];
    if (name === undefined || number === undefined) {
      throw new ValueFault(
        `has an item "${item}" that is not name=number`,
        "Write items such as xmlstubsdump=4, with commas between",
      );
    }
    return [name, readInteger(number)];
  });
  return Object.freeze(Object.fromEntries(counts));
}

function readChoice(text: string, spec: KeySpec): string {
  const choices = spec.choices ?? [];
  const word = text.toLowerCase();
  if (choices.includes(word)) return word;
  const near = closestName(word, choices);
  const known = choices.filter((choice) => choice !== "").join(", ");
  throw new ValueFault(`is not one of ${known}`, near ? `Did you mean ${near}?` : `Write one of ${known}`);
}
