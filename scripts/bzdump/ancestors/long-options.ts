/**
 * Command lines as the old tools read them: long options with one dash or two, any abbreviation that is clear, clusters of short
 * flags, options after other arguments, `--` before what only looks like an option. (The habits of GNU's `getopt_long_only`.)
 */

/** An option of an old tool. */
export interface LongOption {
  readonly name: string;
  readonly short?: string;
  readonly takesValue?: boolean;
}

/** An option that was given; `value` is undefined for a flag. */
export interface GivenOption {
  readonly name: string;
  readonly value: string | undefined;
}

/** A command line, understood. */
export interface LongArguments {
  /** In their order; a flag that was given twice is there twice. */
  readonly options: readonly GivenOption[];
  readonly positionals: readonly string[];
}

/** A command line that the old tool would refuse; the message has no name of the tool in front. */
export class LongOptionError extends Error {
  /** The options in front of what is wrong. */
  before: readonly GivenOption[] = [];
}
Object.defineProperty(LongOptionError.prototype, "name", { value: "LongOptionError" });

/** Reads a command line. Throws LongOptionError. */
export function parseLongOptions(args: readonly string[], table: readonly LongOption[]): LongArguments {
  const reader = new ArgumentReader(args, table);
  try {
    while (reader.hasMore) reader.next();
  } catch (error) {
    if (error instanceof LongOptionError) error.before = reader.options;
    throw error;
  }
  return reader;
}

class ArgumentReader implements LongArguments {
  readonly options: GivenOption[] = [];
  readonly positionals: string[] = [];
  readonly #rest: string[];
  readonly #table: readonly LongOption[];

  constructor(args: readonly string[], table: readonly LongOption[]) {
    this.#rest = [...args];
    this.#table = table;
  }

  get hasMore(): boolean {
    return this.#rest.length > 0;
  }

  next(): void {
    const word = this.#rest.shift()!;
    if (word === "--") this.positionals.push(...this.#rest.splice(0));
    else if (word.startsWith("--")) this.#takeLong(word, "--");
    else if (!word.startsWith("-") || word === "-") this.positionals.push(word);
    else if (this.#isLong(word)) this.#takeLong(word, "-");
    else this.#takeCluster(word.slice(1));
  }

  /** Whether a word with one dash is a long option. A single letter that is a short option is that. */
  #isLong(word: string): boolean {
    const hasShort = this.#short(word[1]!) !== undefined;
    if (word.length === 2 && hasShort) return false;
    return !hasShort || this.#candidates(word.slice(1).split("=", 1)[0]!).length > 0;
  }

  #short(letter: string): LongOption | undefined {
    return this.#table.find(({ short }) => short === letter);
  }

  #candidates(name: string): readonly LongOption[] {
    const exact = this.#table.filter((option) => option.name === name);
    return exact.length > 0 ? exact : this.#table.filter((option) => option.name.startsWith(name));
  }

  #takeLong(word: string, dashes: string): void {
    const body = word.slice(dashes.length);
    const name = body.split("=", 1)[0]!;
    const given = body.length > name.length ? body.slice(name.length + 1) : undefined;
    const [option, other] = this.#candidates(name);
    if (option === undefined) throw new LongOptionError(`unrecognized option '${word}'`);
    if (other !== undefined) {
      const names = this.#candidates(name).map((one) => `'${dashes}${one.name}'`).join(" ");
      throw new LongOptionError(`option '${word}' is ambiguous; possibilities: ${names}`);
    }
    if (option.takesValue !== true) {
      if (given !== undefined) throw new LongOptionError(`option '${dashes}${option.name}' doesn't allow an argument`);
      this.options.push({ name: option.name, value: undefined });
      return;
    }
    const value = given ?? this.#rest.shift();
    if (value === undefined) throw new LongOptionError(`option '${dashes}${option.name}' requires an argument`);
    this.options.push({ name: option.name, value });
  }

  #takeCluster(letters: string): void {
    for (let i = 0; i < letters.length; i++) {
      const option = this.#short(letters[i]!);
      if (option === undefined) throw new LongOptionError(`invalid option -- '${letters[i]}'`);
      if (option.takesValue !== true) {
        this.options.push({ name: option.name, value: undefined });
        continue;
      }
      const value = letters.length > i + 1 ? letters.slice(i + 1) : this.#rest.shift();
      if (value === undefined) throw new LongOptionError(`option requires an argument -- '${letters[i]}'`);
      this.options.push({ name: option.name, value });
      return;
    }
  }
}
