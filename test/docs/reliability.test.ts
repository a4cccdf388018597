/** docs/reliability.md has every weakness of the inventory, and each proof that it names is a test that exists; open ones are counted. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Numbers that the inventory does not use. */
const UNUSED = new Set([35, 36, 37, 40]);
const PROOF = /^(?<open>open: )?`(?<path>test\/[\w/.-]+\.(?:test|stack)\.ts)`: "(?<name>[^"]+)"$/;

interface Proof {
  readonly row: string;
  readonly isOpen: boolean;
  readonly path: string;
  readonly name: string;
}

const page = readFileSync(join(ROOT, "docs/reliability.md"), "utf8");
const rows = page.split("\n").filter((line) => /^\| W\d/.test(line)).map((line) =>
  line.split("|").slice(1, -1).map((cell) => cell.trim())
);
const proofs = rows.flatMap(([row, , , cell]) => cell!.split("<br>").map((text) => readProof(row!, text.trim())));

function readProof(row: string, text: string): Proof {
  const groups = PROOF.exec(text)?.groups;
  assert.ok(groups !== undefined, `${row}: not a proof: ${text}`);
  return { row, isOpen: groups["open"] !== undefined, path: groups["path"]!, name: groups["name"]! };
}

function isThere({ path, name }: Proof): boolean {
  return existsSync(join(ROOT, path)) && readFileSync(join(ROOT, path), "utf8").includes(name);
}

test("every weakness has one row, with what goes wrong, what we do, and a proof", () => {
  const numbers = Array.from({ length: 50 }, (_, index) => index + 1).filter((number) => !UNUSED.has(number));
  assert.deepEqual(rows.map(([row]) => row).sort(), numbers.map((number) => `W${number}`).sort());
  for (const [row, ...cells] of rows) assert.ok(cells.length === 3 && cells.every((cell) => cell.length > 5), row);
});

for (const proof of proofs.filter(({ isOpen }) => !isOpen)) {
  test(`${proof.row}: ${proof.path} has "${proof.name}"`, () => assert.ok(isThere(proof)));
}

test("the page says how many proofs are open", (context) => {
  const open = proofs.filter(({ isOpen }) => isOpen);
  assert.equal(Number(/Open proofs: (\d+)\./.exec(page)?.[1]), open.length);
  context.diagnostic(`open: ${open.map(({ row }) => row).join(", ") || "none"}`);
});

test("no proof is called open whose test is there", () => {
  assert.deepEqual(
    proofs.filter((proof) => proof.isOpen && isThere(proof)).map(({ row, name }) => `${row}: ${name}`),
    [],
  );
});
