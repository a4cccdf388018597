/**
 * docs/errors.md has every code of lib/errors.ts, under its class and with cause and remedy, and no other; and the exit codes
 * that it gives are those of lib/cli/exit-codes.ts.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { EXIT_CODES, exitCodeFor } from "../../lib/cli/exit-codes.ts";
import { UsageError, WikidumpError } from "../../lib/errors.ts";

const source = read("../../lib/errors.ts");
const page = read("../../docs/errors.md");
const codesByClass = codesOfSource();

test("the codes are found in lib/errors.ts", () => {
  const classes = [...source.matchAll(/^export class (\w+) extends WikidumpError/gm)].map((match) => match[1]);
  assert.deepEqual([...codesByClass.keys()].sort(), classes.sort());
});

for (const [name, codes] of codesByClass) {
  test(`docs/errors.md has every code of ${name}, and no other`, () => {
    assert.deepEqual(rowsOf(name).map(([code]) => code).sort(), [...codes].sort());
  });

  test(`docs/errors.md says of every code of ${name} what happened`, () => {
    assert.deepEqual(rowsOf(name).filter(([, cause]) => cause === undefined || cause.length < 10), []);
  });

  test(`docs/errors.md gives the exit codes of ${name}`, () => {
    const row = tableRows(section("Exit codes")).find(([names]) => names?.includes(`\`${name}\``))!;
    const [usual, ...exceptions] = row[1]!.split(";");
    for (const code of codes) {
      const exception = exceptions.find((one) => one.includes(`\`${code}\``));
      const told = Number(/(\d+)\s*$/.exec(exception ?? usual!)![1]);
      assert.equal(exitCodeFor(errorOf(name, code)), told, code);
    }
  });
}

test("every exit code that docs/errors.md gives is in the table of exit codes", () => {
  const known = new Set(EXIT_CODES.map(({ code }) => code));
  const told = tableRows(section("Exit codes")).flatMap(([, text]) => text!.match(/\d+/g) ?? []).map(Number);
  assert.deepEqual(told.filter((code) => !known.has(code)), []);
});

/** Class to codes, as the unions of lib/errors.ts list them. */
function codesOfSource(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>([["UsageError", [new UsageError("").code]]]);
  for (const [, name, union] of source.matchAll(/^export type (\w+Error)Code =([^;]+);/gm)) {
    found.set(name!, [...union!.matchAll(/"([A-Z0-9_]+)"/g)].map((match) => match[1]!));
  }
  return found;
}

/** An error as another copy of the library would make it: known by its name. */
function errorOf(name: string, code: string): WikidumpError {
  return Object.defineProperty(new WikidumpError(code, ""), "name", { value: name });
}

/** The rows of a class that begin with a code. */
function rowsOf(name: string): readonly (readonly string[])[] {
  return tableRows(section(`\`${name}\``)).filter(([first]) => /^`[A-Z0-9_]+`$/.test(first ?? ""))
    .map(([code, ...rest]) => [code!.replaceAll("`", ""), ...rest]);
}

function section(heading: string): string {
  const found = page.split(/^## /m).find((part) => part.startsWith(heading));
  assert.ok(found !== undefined, `docs/errors.md has no section ${heading}`);
  return found;
}

function tableRows(text: string): readonly (readonly string[])[] {
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  return rows.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

function read(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");
}
