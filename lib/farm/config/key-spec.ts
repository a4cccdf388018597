/**
 * The vocabulary of the schema: what a key's value may be, who may set it, and the TypeScript type that follows from
 * it.
 */

/** How the text of a value is understood; values.ts has the reader of each. */
export type ValueType =
  | "text"
  | "filename"
  | "mail"
  | "server"
  | "path"
  | "paths"
  | "command"
  | "integer"
  | "bytes"
  | "seconds"
  | "boolean"
  | "mode"
  | "integers"
  | "list"
  | "counts"
  | "choice";

/**
 * Where a key may stand. "normal": in its own section only. "override": also in the override section.
 * "wiki": also in the override section and in a wiki's own section.
 */
export type KeyLevel = "normal" | "override" | "wiki";

/**
 * "later": read and checked, but nothing uses it yet. "retired": accepted in old files, has no effect.
 */
export type KeyStatus = "later" | "retired";

/** One key. */
export interface KeySpec {
  readonly type: ValueType;
  /** For type "choice": the words that are allowed. */
  readonly choices?: readonly string[];
  /** As it would stand in a file. */
  readonly default: string;
  readonly level: KeyLevel;
  /** One sentence. */
  readonly text: string;
  readonly status?: KeyStatus;
  /** The value must not appear in messages and logs. */
  readonly isSecret?: true;
}

/** The type that a key's value has in the settings. */
export type ValueOf<Spec extends KeySpec> = Spec extends { readonly choices: readonly (infer Word)[] } ? Word
  : ValueOfType<Spec["type"]>;

type ValueOfType<Type extends ValueType> = Type extends "integer" | "bytes" | "seconds" | "mode" ? number
  : Type extends "boolean" ? boolean
  : Type extends "integers" ? readonly number[]
  : Type extends "list" | "paths" ? readonly string[]
  : Type extends "counts" ? Readonly<Record<string, number>>
  : string;

/** Everything a value can be once it is read. */
export type Value =
  | string
  | number
  | boolean
  | readonly number[]
  | readonly string[]
  | Readonly<Record<string, number>>;
