/**
 * Cuts a command line into tokens. A thin skin over `node:util`, so that lib/cli needs no `node:` import.
 */
import { parseArgs } from "node:util";

/** How an option is written. */
export interface ArgumentShape {
  readonly takesValue: boolean;
  readonly short: string | undefined;
}

/** One piece of a command line. */
export type ArgumentToken =
  | {
    readonly kind: "option";
    /** Long name without dashes, or the letter of an unknown short option. */
    readonly name: string;
    /** As it was written, such as "-n" or "--number". */
    readonly rawName: string;
    readonly value: string | undefined;
  }
  | { readonly kind: "positional"; readonly value: string };

/**
 * The tokens of a command line, with the habits of GNU: `--name=value`, `--name value`, `-nvalue`, `-abc`, options
 * after positionals, `--` before what only looks like an option. Unknown options come out as tokens too.
 */
export function tokenizeArguments(
  args: readonly string[],
  shapes: Readonly<Record<string, ArgumentShape>>,
): readonly ArgumentToken[] {
  const options = Object.fromEntries(
    Object.entries(shapes).map(([name, { takesValue, short }]) => [
      name,
      { type: takesValue ? "string" as const : "boolean" as const, ...(short === undefined ? {} : { short }) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const result: ArgumentToken[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") result.push({ kind: "positional", value: token.value });
    else if (token.kind === "option") {
      result.push({ kind: "option", name: token.name, rawName: token.rawName, value: token.value });
    }
  }
  return result;
}
