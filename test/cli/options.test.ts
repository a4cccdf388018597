import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineCommand, parseArguments, type ParsedArguments } from "../../lib/cli/options.ts";

const COMMAND = defineCommand({
  name: "demo",
  summary: "Shows how command lines are read.",
  options: {
    configfile: { kind: "text", placeholder: "FILE", text: "the file" },
    count: { kind: "integer", short: "n", min: 1, text: "how many" },
    job: { kind: "texts", text: "jobs" },
    mode: { kind: "choice", choices: ["fast", "thorough"], text: "how" },
    force: { kind: "flag", short: "f", text: "at any price" },
    "page-range": { kind: "text", text: "pages" },
    verbose: { kind: "flag", short: "v", text: "more words" },
  },
  positionals: [{ name: "wiki", text: "its name" }, {
    name: "file",
    text: "files",
    isOptional: true,
    isRepeated: true,
  }],
  examples: [{ command: "demo tenwiki", text: "shows it" }, { command: "demo tenwiki -f", text: "shows it by force" }],
});

function parse(...args: readonly string[]): ParsedArguments<typeof COMMAND> {
  return parseArguments(COMMAND, args);
}

function usageError(...args: readonly string[]): string {
  try {
    parse(...args);
  } catch (error) {
    assert.equal((error as Error).name, "UsageError");
    const { message, remedy } = error as { message: string; remedy: string };
    return remedy === "" ? message : `${message}. ${remedy}`;
  }
  assert.fail("It was accepted");
}

describe("options", () => {
  test("that are not given are false, empty or undefined", () => {
    assert.deepEqual({ ...parse("w").options }, {
      configfile: undefined,
      count: undefined,
      job: [],
      mode: undefined,
      force: false,
      "page-range": undefined,
      verbose: false,
    });
  });

  test("take their value after an equals sign or as the next argument, also when it looks like an option", () => {
    assert.equal(parse("w", "--configfile=a=b").options.configfile, "a=b");
    assert.equal(parse("w", "--configfile", "a").options.configfile, "a");
    assert.equal(parse("w", "--configfile", "--force").options.configfile, "--force");
    assert.equal(parse("w", "--configfile=").options.configfile, "");
    assert.equal(parse("w", "-n", "3").options.count, 3);
    assert.equal(parse("w", "-n3").options.count, 3);
    assert.equal(parse("w", "--page-range=1:2").options["page-range"], "1:2");
  });

  test("with one letter can be joined", () => {
    const { options } = parse("-fvn2", "w");
    assert.deepEqual([options.force, options.verbose, options.count], [true, true, 2]);
  });

  test("may stand between and after positionals, until --", () => {
    const { options, positionals } = parse("w", "--force", "a", "--", "--verbose", "-");
    assert.equal(options.force, true);
    assert.equal(options.verbose, false);
    assert.deepEqual(positionals, ["w", "a", "--verbose", "-"]);
  });

  test("of kind texts collect, of the others the last counts", () => {
    const { options } = parse("w", "--job=a", "--job", "b,c", "--mode=fast", "--mode=thorough");
    assert.deepEqual(options.job, ["a", "b,c"]);
    assert.equal(options.mode, "thorough");
  });

  test("have the types of the table", () => {
    const { options } = parse("w", "--mode=fast", "-n1");
    const mode: "fast" | "thorough" | undefined = options.mode;
    const count: number | undefined = options.count;
    const jobs: readonly string[] = options.job;
    // @ts-expect-error there is no such option
    assert.equal(options.nothing, undefined);
    assert.deepEqual([mode, count, jobs], ["fast", 1, []]);
  });

  test("that are unknown are refused with the nearest name", () => {
    assert.equal(usageError("w", "--confgfile=x"), "Unknown option --confgfile. Did you mean --configfile?");
    assert.equal(usageError("w", "--page"), "Unknown option --page. Did you mean --page-range?");
    assert.equal(usageError("w", "-x"), "Unknown option -x");
    assert.equal(usageError("w", "-fx"), "Unknown option -x");
    assert.equal(usageError("w", "--constructor"), "Unknown option --constructor");
    assert.equal(usageError("w", "--__proto__=1"), "Unknown option --__proto__");
  });

  test("with a missing, unwanted or wrong value are refused", () => {
    assert.equal(usageError("w", "--configfile"), "Option --configfile needs a value (FILE)");
    assert.equal(usageError("w", "-n"), "Option -n needs a value (N)");
    assert.equal(usageError("w", "--force=yes"), 'Option --force takes no value, but "yes" was given');
    assert.equal(usageError("w", "--count=0"), 'Option --count needs a whole number from 1, but "0" was given');
    assert.equal(usageError("w", "--count=1e3"), 'Option --count needs a whole number from 1, but "1e3" was given');
    assert.equal(usageError("w", "--count="), 'Option --count needs a whole number from 1, but "" was given');
    assert.equal(
      usageError("w", "--mode=fsat"),
      'Option --mode needs one of fast, thorough, but "fsat" was given. Did you mean fast?',
    );
  });
});

describe("positionals", () => {
  test("that must be there are missed by name", () => {
    assert.equal(usageError("--force"), "Argument WIKI is missing: its name");
  });

  test("that are too many are refused", () => {
    const one = { ...COMMAND, positionals: [{ name: "wiki", text: "its name", isOptional: true }] };
    assert.deepEqual(parseArguments(one, []).positionals, []);
    assert.throws(() => parseArguments(one, ["a", "b"]), {
      name: "UsageError",
      message: 'Argument "b" is one too many',
    });
    assert.deepEqual(parse("a", "b", "c").positionals, ["a", "b", "c"]);
  });
});

describe("help and version", () => {
  test("are found whatever else is on the line", () => {
    assert.equal(parse("--nonsense", "--help").help, "short");
    assert.equal(parse("--help=all").help, "all");
    assert.equal(parse("-h").help, "short");
    assert.equal(parse("-V", "--count=x").isVersionWanted, true);
    assert.equal(parse("w").help, "none");
    assert.equal(parse("w").isVersionWanted, false);
  });

  test("are not found in the value of another option or after --", () => {
    assert.equal(parse("w", "--configfile", "--help").help, "none");
    assert.equal(parse("w", "--", "--help").help, "none");
  });
});
