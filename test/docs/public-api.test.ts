/** What the two doors show is named one by one, and every function and class of it has an example that is run. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const LIB = fileURLToPath(new URL("../../lib", import.meta.url));

/** Explained by the example at the top of its door, or by that of the function that gives it. */
const SHOWN_ELSEWHERE = new Set([
  "FarmWorker", // lib/node.ts
  "InterruptedError", // listenForShutdown
  "Secret", // secret
  "describeLock", // readLock
  "formatCommand", // command
  "formatIndexLine", // parseIndexLine
  "readRun", // lib/node.ts
  "runDirectory", // lib/node.ts
  "sweepFarm", // lib/node.ts
]);

interface Exported {
  readonly name: string;
  readonly file: string;
}

for (const door of ["mod.ts", "node.ts"]) {
  const exported = valuesOf(door);

  test(`lib/${door} names what it shows; only the errors come all together`, () => {
    const stars = [...readFileSync(join(LIB, door), "utf8").matchAll(/^export \* from "([^"]+)"/gm)].map((m) => m[1]);
    assert.deepEqual(stars, door === "mod.ts" ? ["./errors.ts"] : []);
    assert.ok(exported.length > 15);
  });

  test(`every function and class that lib/${door} shows has an example`, () => {
    const without = exported.filter(({ name, file }) => !SHOWN_ELSEWHERE.has(name) && !hasExample(name, file));
    assert.deepEqual(without, []);
  });
}

/** Functions and classes of a door, with the files they come from. Types need no example. */
function valuesOf(door: string): readonly Exported[] {
  const text = readFileSync(join(LIB, door), "utf8");
  return [...text.matchAll(/^export \{([^}]+)\} from "([^"]+)";/gm)].flatMap(([, names, path]) =>
    names!.split(",").map((name) => name.trim()).filter((name) => /^[a-zA-Z]\w*$/.test(name) && !/^[A-Z_]+$/.test(name))
      .map((name) => ({ name, file: join(dirname(door), path!) }))
  );
}

/** Whether the comment right above a declaration has an example. */
function hasExample(name: string, file: string): boolean {
  const text = readFileSync(join(LIB, file), "utf8");
  const declaration = new RegExp(`^export (?:async )?(?:function\\*? ?|class )${name}\\b`, "m").exec(text);
  assert.ok(declaration !== null, `${file} does not declare ${name}`);
  const before = text.slice(0, declaration.index).trimEnd();
  return before.endsWith("*/") && before.slice(before.lastIndexOf("/**")).includes("@example");
}
