/**
 * What a command line of `bzdump pages` asks for: which pages go where, and as what.
 */
import { type PageRange, parsePageRanges } from "../../../lib/dump/pages/page-range.ts";
import { UsageError } from "../../../lib/errors.ts";

/** Pages that go to one output. */
export interface RangesTo {
  /** "-": standard output. */
  readonly path: string;
  readonly ranges: readonly PageRange[];
}

/** What is written. */
export type PagesForm = "xml" | "pages" | "revisions" | "texts";

/** Understood. */
export interface PagesRequest {
  readonly form: PagesForm;
  /** At least one; each path once. */
  readonly outputs: readonly RangesTo[];
  /** No range was given: all pages, in whatever order. */
  readonly isEverything: boolean;
  readonly namespaces: readonly number[] | undefined;
}

/** The options that matter here. */
export interface PagesChoices {
  readonly output: string | undefined;
  readonly namespace: readonly string[];
  readonly json: boolean;
  readonly revisions: boolean;
  readonly text: boolean;
}

const EVERYTHING: PageRange = { first: 0, last: Infinity };

/** Reads the arguments after the file. Throws UsageError. */
export function readRequest(args: readonly string[], choices: PagesChoices): PagesRequest {
  const form = choices.text ? "texts" : choices.revisions ? "revisions" : choices.json ? "pages" : "xml";
  const namespaces = choices.namespace.length === 0 ? undefined : choices.namespace.flatMap(readNamespaces);
  const isEverything = args.length === 0;
  if (isEverything && form === "xml" && namespaces === undefined) {
    throw new UsageError("Argument RANGE is missing", { remedy: "Say which pages: 5, 1000-2000, 10-" });
  }
  const outputs = new Map<string, PageRange[]>();
  const add = (path: string, ranges: readonly PageRange[]): void => {
    outputs.set(path, [...outputs.get(path) ?? [], ...ranges]);
  };
  if (isEverything) add(choices.output ?? "-", [EVERYTHING]);
  for (const arg of args) {
    const equals = arg.indexOf("=");
    const path = equals < 0 ? choices.output ?? "-" : arg.slice(equals + 1);
    if (path === "") throw new UsageError(`No file is named in ${JSON.stringify(arg)}`, { option: "RANGE" });
    add(path, parsePageRanges(equals < 0 ? arg : arg.slice(0, equals)));
  }
  if (choices.output !== undefined && !isEverything && args.every((arg) => arg.includes("="))) {
    throw new UsageError("Option --output has nothing to write: every RANGE names its own file", { option: "output" });
  }
  if (form !== "xml" && outputs.size > 1) {
    throw new UsageError("Objects of JSON go to one output", {
      option: "json",
      remedy: "Give RANGEs without =OUT, and -o",
    });
  }
  return { form, outputs: [...outputs].map(([path, ranges]) => ({ path, ranges })), isEverything, namespaces };
}

/** "0" or "0,14" as numbers. Throws UsageError. */
export function readNamespaces(text: string): number[] {
  return text.split(",").map((part) => {
    if (!/^\s*-?\d{1,9}\s*$/.test(part)) {
      throw new UsageError(`Not a namespace number: ${JSON.stringify(part)}`, { option: "namespace" });
    }
    return Number(part);
  });
}

/**
 * "-20" is a range and no option: it says the same as "1-20". What belongs to an option, or follows "--", stays.
 */
export function rangesWithFirst(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return args.map((arg, i) => {
    const isRange = /^-\d[\d,-]*(=.*)?$/.test(arg) && (end < 0 || i < end) &&
      !/^(-o|--output|--index|--namespace|-n|--threads)$/.test(args[i - 1] ?? "");
    return isRange ? `1${arg}` : arg;
  });
}
