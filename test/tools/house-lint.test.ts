/** Every law of tools/house-lint.ts is broken once, in a small project of its own, and `deno lint` must say so. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { denoPath, skipWithoutDeno } from "../support/child.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HEADER = "/** What it does. */\n";

interface Snippet {
  readonly law: string;
  readonly path: string;
  readonly code: string;
  /** What deno lint must say; undefined for what is lawful. */
  readonly says: RegExp | undefined;
  readonly hasOwnHeader?: boolean;
}

const SNIPPETS: readonly Snippet[] = [
  broken(
    "an import upwards",
    "lib/bits/up.ts",
    'import "../bzip2/decoder.ts";',
    /lib\/bits\/ must not import from lib\/bzip2\//,
  ),
  broken(
    "an import of a neighbour on the same floor",
    "lib/xml/side.ts",
    'import "../bzip2/decoder.ts";',
    /lib\/xml\/ must not/,
  ),
  broken(
    "a type from above",
    "lib/bits/type.ts",
    'export type { A } from "../dump/a.ts";',
    /must not import from lib\/dump\//,
  ),
  broken(
    "an import() upwards",
    "lib/bits/later.ts",
    'await import("../dump/a.ts");',
    /must not import from lib\/dump\//,
  ),
  broken(
    "an import type upwards",
    "lib/bits/query.ts",
    'export type A = import("../dump/a.ts").A;',
    /must not import from/,
  ),
  broken(
    "the library on a host",
    "lib/streams/host.ts",
    'import "../host/clock.ts";',
    /must not import from lib\/host\//,
  ),
  broken(
    "parts of the farm that know each other",
    "lib/farm/lock/a.ts",
    'import "../config/load.ts";',
    /must not import from/,
  ),
  broken(
    "jobs that know the run",
    "lib/farm/jobs/a.ts",
    'import "../run.ts";',
    /lib\/farm\/jobs\/ must not import from lib\/farm\//,
  ),
  broken("the product on tests", "lib/dump/a.ts", 'import "../../test/support/shared.ts";', /no part of the product/),
  broken("a folder without a floor", "lib/attic/a.ts", "export const a = 1;", /lib\/attic\/a\.ts has no floor/),
  broken("an import through a door", "lib/farm/door.ts", 'import "../mod.ts";', /lib\/mod\.ts is a door/),
  broken("a package in the library", "lib/xml/package.ts", 'import "saxes";', /imports no package saxes/),
  broken("the one package elsewhere", "lib/farm/ini.ts", 'import "ini";', /imports no package ini/),
  broken(
    "node: outside of lib/host",
    "lib/farm/node.ts",
    'import "node:fs";',
    /node:fs may be imported in lib\/host\/ only/,
  ),
  broken("import() of node:", "lib/dump/node.ts", 'await import("node:fs");', /node:fs may be imported/),
  broken("Buffer as a global", "lib/bits/buffer.ts", "export const a = Buffer.alloc(1);", /Buffer belongs to a host/),
  broken("process as a global", "lib/farm/process.ts", "export const a = process.pid;", /process belongs to a host/),
  broken("Deno as a global", "lib/cli/deno.ts", "export const a = Deno.args;", /Deno belongs to a host/),
  broken("a timer in the library", "lib/streams/timer.ts", "setTimeout(() => {}, 1);", /setTimeout belongs to a host/),
  broken("an offset without a unit", "lib/bits/offset.ts", "export const offset = 1;", /has a unit in its name/),
  broken(
    "five parameters",
    "lib/bits/five.ts",
    "export function f(_a: 1, _b: 1, _c: 1, _d: 1, _e: 1): void {}",
    /at most 4 parameters/,
  ),
  broken(
    "a function of 41 lines",
    "lib/bits/long.ts",
    `export function f(): void {${"\n".repeat(40)}}`,
    /at most 40 lines; this one has 41/,
  ),
  broken(
    "a file of 301 lines",
    "lib/bits/file.ts",
    `${"\n".repeat(299)}export {};`,
    /at most 300 lines; this one has 301/,
  ),
  broken(
    "a kernel that says so elsewhere",
    "lib/bits/not-kernel.ts",
    `export function f(): void {${"\n".repeat(40)}} // @kernel`,
    /at most 40 lines/,
  ),
  broken("a default export", "lib/bits/default.ts", "export default 1;", /Exports have names/),
  broken("private as a word", "lib/bits/private.ts", "export class A {\n  private a = 1;\n}", /Private state is #x/),
  broken("a vague name", "lib/bits/utils.ts", "export {};", /files are called after what they do/),
  broken("a name with capitals", "lib/bits/bitReader.ts", "export {};", /kebab-case/),
  { ...broken("no header", "lib/bits/header.ts", "export {};", /opens with a comment/), hasOwnHeader: true },
  lawful(
    "imports downwards and in the same folder",
    "lib/dump/good.ts",
    'import "../bits/a.ts";\nimport "./b.ts";\nimport "../errors.ts";',
  ),
  lawful("the one package in its place", "lib/farm/config/ini.ts", 'import "ini";'),
  lawful(
    "node: in lib/host",
    "lib/host/good.ts",
    'import process from "node:process";\nexport const a: number = process.pid;\nsetTimeout(() => {}, 1);',
  ),
  lawful(
    "properties with names of globals",
    "lib/bits/names.ts",
    "export const a = { process: 1 };\nexport const b = a.process;",
  ),
  {
    ...lawful("a kernel", "lib/bits/kernel.ts", `/** Hot. @kernel */\nexport function f(): void {${"\n".repeat(400)}}`),
    hasOwnHeader: true,
  },
  lawful("tests, which may do more", "test/bits/a.test.ts", 'import "node:fs";\nimport "saxes";\nexport default 1;'),
];

describe("house-lint", { skip: skipWithoutDeno }, () => {
  let project = "";
  let told = new Map<string, string>();

  before(() => {
    // "lib" in the path above the project must not confuse it.
    project = join(realpathSync(mkdtempSync(join(tmpdir(), "wikidump-lint-"))), "lib");
    mkdirSync(join(project, "tools"), { recursive: true });
    cpSync(join(ROOT, "tools/house-lint.ts"), join(project, "tools/house-lint.ts"));
    const config = { lint: { plugins: ["./tools/house-lint.ts"], rules: { tags: [] }, exclude: ["tools"] } };
    writeFileSync(join(project, "deno.json"), JSON.stringify(config));
    for (const { path, code, hasOwnHeader } of SNIPPETS) {
      mkdirSync(dirname(join(project, path)), { recursive: true });
      writeFileSync(join(project, path), `${hasOwnHeader === true ? "" : HEADER}${code}\n`);
    }
    told = lint(project);
  });
  after(() => rmSync(dirname(project), { recursive: true, force: true }));

  for (const { law, path, says } of SNIPPETS) {
    if (says === undefined) test(`lets pass: ${law}`, () => assert.equal(told.get(path), undefined));
    else test(`refuses: ${law}`, () => assert.match(told.get(path) ?? "nothing was said", says));
  }
});

test("no file of the product imports itself in a circle", () => {
  const files = ["lib", "scripts"].flatMap((folder) =>
    (readdirSync(join(ROOT, folder), { recursive: true }) as string[]).map((name) => `${folder}/${name}`)
  ).filter((path) => path.endsWith(".ts"));
  const imports = new Map(files.map((path) => [path, importsOf(path)]));
  const settled = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(path), `A circle: ${[...trail.slice(trail.indexOf(path)), path].join(" → ")}`);
    if (settled.has(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
    settled.add(path);
  };
  for (const path of files) visit(path, []);
  assert.ok(settled.size > 100);
});

/** What deno lint says: path to all messages. */
function lint(directory: string): Map<string, string> {
  const { stdout, stderr } = spawnSync(denoPath()!, ["lint", "--json"], {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  });
  assert.ok(stdout.startsWith("{"), stderr);
  const found = new Map<string, string>();
  const answer = JSON.parse(stdout) as {
    readonly diagnostics: readonly { readonly filename: string; readonly message: string }[];
    readonly errors: readonly unknown[];
  };
  assert.deepEqual(answer.errors, []);
  for (const { filename, message } of answer.diagnostics) {
    const path = fileURLToPath(filename).slice(directory.length + 1);
    found.set(path, `${found.get(path) ?? ""}${message}\n`);
  }
  return found;
}

/** Files whose code a file needs; types alone make no circle at run time, and are left out. */
function importsOf(path: string): readonly string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  const statements = text.matchAll(/^(?:import|export)\s(?!type\b)[^;"]*?"(\.[^"]+)";/gm);
  return [...statements].map((match) => normalize(join(dirname(path), match[1]!)));
}

function broken(law: string, path: string, code: string, says: RegExp): Snippet {
  return { law, path, code, says };
}

function lawful(law: string, path: string, code: string): Snippet {
  return { law, path, code, says: undefined };
}
