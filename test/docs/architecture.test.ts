/** docs/architecture.md knows every folder of lib/, every kernel and every floor. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
const plan = /```text\n([^]*?)```/.exec(page)![1]!;
const entries = readdirSync(join(ROOT, "lib"), { recursive: true, withFileTypes: true }).map((entry) => ({
  isDirectory: entry.isDirectory(),
  path: join(entry.parentPath, entry.name).slice(join(ROOT, "lib").length + 1),
}));

test("the plan has every folder of lib/", () => {
  const folders = entries.filter(({ isDirectory }) => isDirectory).map(({ path }) => path.split("/").at(-1)!);
  assert.deepEqual(folders.filter((name) => !new RegExp(`^ *${name}/ `, "m").test(plan)), []);
});

test("the plan has the files that stand in no folder", () => {
  const files = entries.filter(({ isDirectory, path }) => !isDirectory && !path.includes("/")).map(({ path }) => path);
  assert.deepEqual(files.filter((name) => !new RegExp(`^ *${name} `, "m").test(plan)), []);
});

test("the table of kernels has every kernel, and nothing else", () => {
  const isKernel = (path: string): boolean =>
    /^\s*\/\*\*(?:(?!\*\/)[^])*@kernel\b/.test(readFileSync(join(ROOT, "lib", path), "utf8"));
  const kernels = entries.filter(({ path }) => path.endsWith(".ts") && isKernel(path)).map(({ path }) => path);
  const section = page.split(/^## /m).find((part) => part.startsWith("Kernels"))!;
  const named = section.split("\n").filter((line) => line.startsWith("| `")).flatMap((line) => {
    const names = [...line.split("|")[1]!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
    const folder = names[0]!.split("/")[0]!;
    return names.map((name) => (name.includes("/") ? name : `${folder}/${name}`));
  });
  assert.deepEqual(named.sort(), kernels.sort());
});

test("every word of the glossary is explained once", () => {
  const rows = page.split(/^## Glossary$/m)[1]!.split("\n").filter((line) => /^\| [a-z]/.test(line)).slice(1);
  const words = rows.flatMap((line) => line.split("|")[1]!.split(",").map((word) => word.trim()));
  assert.ok(words.length > 30);
  assert.deepEqual(words.filter((word, index) => words.indexOf(word) !== index), []);
});
