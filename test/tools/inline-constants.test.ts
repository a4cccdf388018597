import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { INLINE_CONSTANTS, inlineConstants, takeConstants } from "../../tools/inline-constants.ts";

/** Bundles modules of `lib/`, of which the first is the entry. */
async function bundle(modules: Readonly<Record<string, string>>): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-constants-"));
  try {
    mkdirSync(join(directory, "lib"));
    for (const [name, source] of Object.entries(modules)) writeFileSync(join(directory, "lib", name), source);
    const { outputFiles } = await build({
      ...INLINE_CONSTANTS,
      entryPoints: [join(directory, "lib", Object.keys(modules)[0]!)],
      bundle: true,
      write: false,
      format: "esm",
      plugins: [inlineConstants()],
    });
    return outputFiles[0]!.text;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const TABLES = `import { LIMIT } from "./format.ts";
export const BITS = 10;
/** Entries. */
export const SIZE: number = 1 << (BITS + 1);
const LOWEST = -4;
export const limit = (): number => LIMIT + LOWEST;
`;
const FORMAT = `export const LIMIT = 900;\n`;

test("a number that a module names stands where it is used, there and in other modules", async () => {
  const entry = `import { BITS, limit, SIZE } from "./tables.ts";
type Width = typeof BITS;
const OWN = 5;
console.log((value: number, width: Width) => (value >>> (32 - BITS)) + SIZE + OWN + limit() + width);
`;
  const text = await bundle({ "entry.ts": entry, "tables.ts": TABLES, "format.ts": FORMAT });
  assert.match(text, /value >>> 22\) \+ 2048 \+ 5 \+ limit\(\)/);
  assert.match(text, /limit = \(\) => 896;/);
  assert.doesNotMatch(text, /BITS|SIZE|LOWEST|OWN|LIMIT/);
});

test("what is no number, and what has its numbers from elsewhere, stays a variable with the same value", async () => {
  const entry = `#!/usr/bin/env node
import { BITS } from "./tables.ts";
const NAME = "1";
const LIST = [1];
const CALL = Math.max(1, BITS);
const MORE = BITS + 1;
globalThis.found = { NAME, LIST, CALL, MORE, BITS };
`;
  const text = await bundle({ "entry.ts": entry, "tables.ts": TABLES, "format.ts": FORMAT });
  assert.match(text, /^#!/);
  const found = new Function(`${text.slice(text.indexOf("\n"))}; return globalThis.found;`)() as unknown;
  assert.deepEqual(found, { NAME: "1", LIST: [1], CALL: 10, MORE: 11, BITS: 10 });
});

test("lines of a module stay where they are", () => {
  const { code, names } = takeConstants(TABLES);
  assert.deepEqual(names, ["BITS", "SIZE", "LOWEST"]);
  const lineOf = (text: string): number => text.split("\n").findIndex((line) => line.includes("limit ="));
  assert.equal(lineOf(code), 5);
  assert.equal(lineOf(code), lineOf(TABLES));
});
