import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenizeArguments } from "../../lib/host/parse-args.ts";

const SHAPES = { number: { takesValue: true, short: "n" }, force: { takesValue: false, short: "f" } };

function tokens(...args: readonly string[]): readonly string[] {
  return tokenizeArguments(args, SHAPES).map((token) =>
    token.kind === "positional" ? token.value : `${token.rawName}>${token.name}=${token.value}`
  );
}

test("values are found after an equals sign, as the next argument, and glued to a letter", () => {
  assert.deepEqual(tokens("--number=1", "--number", "2", "-n3", "-n", "4", "-fn5"), [
    "--number>number=1",
    "--number>number=2",
    "-n>number=3",
    "-n>number=4",
    "-f>force=undefined",
    "-n>number=5",
  ]);
});

test("unknown options are tokens too, and do not take the next argument", () => {
  assert.deepEqual(tokens("--what", "x", "-q"), ["--what>what=undefined", "x", "-q>q=undefined"]);
});

test("a dash alone, and everything after two dashes, is positional", () => {
  assert.deepEqual(tokens("-", "--", "--force", "-n"), ["-", "--force", "-n"]);
});
