/** What `npm publish` would send. Whether it can be used is asked by install.test.ts. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { VERSION } from "../../lib/cli/version.ts";

interface PackedFile {
  readonly path: string;
  readonly size: number;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const manifest = readJson<Manifest>("package.json");
let files: readonly PackedFile[] = [];

before(() => {
  assert.ok(existsSync(join(ROOT, "dist/lib/mod.js")), "dist/lib is missing: run npm run build");
  const args = ["pack", "--dry-run", "--ignore-scripts", "--json"];
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  files = (JSON.parse(stdout) as [{ files: PackedFile[] }])[0].files;
});

test("the package has the bundles, the library with types and sources, and the papers", () => {
  const paths = new Set(files.map(({ path }) => path));
  const wanted = [
    "package.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "SECURITY.md",
    "wikidump.conf.example",
    "dist/worker.mjs",
    "dist/monitor.mjs",
    "dist/bzdump.mjs",
    "dist/lib/mod.js",
    "dist/lib/mod.d.ts",
    "dist/lib/node.js",
    "dist/lib/node.d.ts",
    "lib/mod.ts",
  ];
  assert.deepEqual(wanted.filter((path) => !paths.has(path)), []);
});

test("the package has nothing else", () => {
  const strangers = files.map(({ path }) => path).filter((path) =>
    !/^(?:dist\/(?:[a-z]+\.mjs|lib\/.+\.(?:js|js\.map|d\.ts))|lib\/.+\.ts|docs\/.+\.md|[A-Z]+(?:\.md)?|package\.json|wikidump\.conf\.example)$/
      .test(path)
  );
  assert.deepEqual(strangers, []);
});

test("the package is small: 6 MB in all, 1.3 MB for a file", () => {
  assert.deepEqual(files.filter(({ size }) => size > 1_300_000), []);
  assert.ok(files.reduce((sum, { size }) => sum + size, 0) < 6_000_000);
});

test("every source has its JavaScript and its types, and no JavaScript is left over from a source that is gone", () => {
  const stems = (pattern: RegExp): ReadonlySet<string> =>
    new Set(files.flatMap(({ path }) => pattern.exec(path)?.[1] ?? []));
  const without = (all: ReadonlySet<string>, some: ReadonlySet<string>): readonly string[] =>
    [...all].filter((one) => !some.has(one));
  const sources = stems(/^lib\/(.+)\.ts$/);
  for (const made of [stems(/^dist\/lib\/(.+)\.js$/), stems(/^dist\/lib\/(.+)\.d\.ts$/)]) {
    assert.deepEqual({ missing: without(sources, made), leftOver: without(made, sources) }, {
      missing: [],
      leftOver: [],
    });
  }
});

test("package.json, deno.json and --version agree", () => {
  const deno = readJson<Manifest>("deno.json");
  assert.equal(deno.version, manifest.version);
  assert.equal(deno.license, manifest.license);
  assert.equal(VERSION, manifest.version);
  assert.match(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8"), /^## Unreleased|^## \d/m);
});

test("deno.json has the entry points of package.json, as sources that exist", () => {
  const deno = readJson<{ exports: Record<string, string> }>("deno.json");
  assert.deepEqual(
    Object.keys(deno.exports),
    Object.keys(manifest.exports).filter((name) => name !== "./package.json"),
  );
  assert.deepEqual(Object.values(deno.exports).filter((path) => !existsSync(join(ROOT, path))), []);
});

test("what package.json exports exists, and its types come first", () => {
  for (const [name, target] of Object.entries(manifest.exports)) {
    const targets = typeof target === "string" ? [target] : Object.values(target);
    assert.deepEqual(targets.filter((path) => !existsSync(join(ROOT, path))), [], name);
    if (typeof target !== "string") assert.equal(Object.keys(target)[0], "types");
  }
});

for (const [name, path] of Object.entries(manifest.bin)) {
  test(`${name} can be started by its name: it has a line that says with what`, () => {
    assert.equal(readFileSync(join(ROOT, path), "utf8").split("\n", 1)[0], "#!/usr/bin/env node");
  });
}

test("no bundle has code of the GPL in it", () => {
  for (const path of Object.values(manifest.bin)) {
    const found = /compressjs|GNU (?:Lesser )?General Public/i.exec(readFileSync(join(ROOT, path), "utf8"));
    assert.equal(found?.[0], undefined, path);
  }
});

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8")) as T;
}
