/**
 * One external command as an immutable value, and how it is shown to people: with its secrets struck out.
 */

/** What stands in the place of a secret. */
const STARS = "***";

/** An argument or the value of a variable that no message may show. */
export class Secret {
  /** Shown, such as "--password=". */
  readonly prefix: string;
  readonly #value: string;

  constructor(prefix: string, value: string) {
    this.prefix = prefix;
    this.#value = value;
  }

  /** The whole text, for the program alone. */
  reveal(): string {
    return this.prefix + this.#value;
  }

  /** The part that must not be shown. */
  hiddenPart(): string {
    return this.#value;
  }

  toString(): string {
    return this.prefix + STARS;
  }

  toJSON(): string {
    return this.toString();
  }
}

/**
 * Marks a text as secret; `prefix` is shown before the stars.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { secret } from "wikidump/node";
 *
 * assert.equal(String(secret("hunter2", "--password=")), "--password=***");
 * ```
 */
export function secret(value: string, prefix = ""): Secret {
  return new Secret(prefix, value);
}

/** A program with its arguments. Can be kept, shown and started any number of times. */
export interface Command {
  /** Path, or a name to look up in PATH. */
  readonly file: string;
  readonly args: readonly (string | Secret)[];
  /** Variables to add to the environment. */
  readonly env: Readonly<Record<string, string | Secret>>;
}

/**
 * Describes a command. Arguments go to the program as they are: no shell, no quoting. Undefined ones are left out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { command, formatCommand, secret } from "wikidump/node";
 *
 * const dump = command("mysqldump", "-u", "reader", secret("hunter2", "--password="), undefined, "my wiki");
 * assert.equal(formatCommand(dump), "mysqldump -u reader --password=*** 'my wiki'");
 * ```
 */
export function command(file: string, ...args: readonly (string | Secret | undefined)[]): Command {
  const given = args.filter((argument) => argument !== undefined);
  for (const text of [file, ...given.map(reveal)]) {
    if (text.includes("\0")) throw new TypeError("A command cannot hold a NUL character");
  }
  return Object.freeze({ file, args: Object.freeze(given), env: Object.freeze({}) });
}

/**
 * The same command with more variables in its environment.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { captureText, command, withEnvironment } from "wikidump/node";
 *
 * const show = withEnvironment(command("printenv", "WIKI"), { WIKI: "tewiki" });
 * assert.equal(await captureText([show]), "tewiki\n");
 * ```
 */
export function withEnvironment(original: Command, env: Readonly<Record<string, string | Secret>>): Command {
  return Object.freeze({ ...original, env: Object.freeze({ ...original.env, ...env }) });
}

/** The command as a person would type it, secrets struck out. */
export function formatCommand(shown: Command): string {
  return [shown.file, ...shown.args].map((part) => quote(String(part))).join(" ");
}

/** The commands of a pipeline with bars in between. */
export function formatPipeline(commands: readonly Command[]): string {
  return commands.map(formatCommand).join(" | ");
}

/** Text for the program itself. @internal */
export function reveal(value: string | Secret): string {
  return typeof value === "string" ? value : value.reveal();
}

/**
 * Gives a function that strikes the secrets of some commands out of a text, such as a line of their stderr. @internal
 */
export function redactor(commands: readonly Command[]): (text: string) => string {
  const hidden = commands.flatMap((one) => [...one.args, ...Object.values(one.env)])
    .flatMap((value) => typeof value === "string" || value.hiddenPart() === "" ? [] : [value.hiddenPart()])
    .sort((a, b) => b.length - a.length);
  return (text) => hidden.reduce((shown, part) => shown.replaceAll(part, STARS), text);
}

function quote(text: string): string {
  return /^[\w@%+=:,./*-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
