/** Every decision has its three parts and stands in the list, docs/decisions/README.md, with its title. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../docs/decisions", import.meta.url));
const MAX_LINES = 25;

const decisions = readdirSync(FOLDER).filter((name) => name !== "README.md").sort();
const list = readFileSync(join(FOLDER, "README.md"), "utf8");

test("decisions have numbers of their own", () => {
  const numbers = decisions.map((name) => /^(\d{3})-[a-z0-9-]+\.md$/.exec(name)?.[1]);
  assert.deepEqual(numbers.filter((number) => number === undefined), []);
  assert.equal(new Set(numbers).size, numbers.length);
});

for (const name of decisions) {
  test(`decision ${name} has title, date, context, choice and consequence, and is short`, () => {
    const text = readFileSync(join(FOLDER, name), "utf8");
    assert.match(text, new RegExp(`^# ${name.slice(0, 3)}: .+\\n\\n20\\d\\d-\\d\\d-\\d\\d\\n\\n`));
    const parts = [...text.matchAll(/^\*\*(\w+)\.\*\*/gm)].map((match) => match[1]);
    assert.deepEqual(parts, ["Context", "Choice", "Consequence"]);
    assert.ok(text.split("\n").length <= MAX_LINES);
  });
}

test("the list has every decision once, with its title, in order", () => {
  const wanted = decisions.map((name) => {
    const title = readFileSync(join(FOLDER, name), "utf8").split("\n", 1)[0]!.replace(/^# \d{3}: /, "");
    return `- [${name.slice(0, 3)}](${name}): ${title}`;
  });
  assert.deepEqual(list.split("\n").filter((line) => line.startsWith("- ")), wanted);
});
