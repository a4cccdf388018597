/**
 * Runs every example of the documentation: the ```ts blocks of JSDoc in lib/, of README.md and of docs/.
 *
 * Each becomes a module in a folder inside the package, so that "wikidump" and "wikidump/node" mean dist/lib, as for a user who
 * installed it. Blank lines in front put the code on its own line numbers: stacks and compiler errors name the right ones.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, ".examples");
const RUNNER = fileURLToPath(new URL("./example-runner.mjs", import.meta.url));
const PROCESSES = 2;
const LIMIT_MS = 20_000;

interface Example {
  /** "lib/dump/blocks.ts:38": the line of the fence. */
  readonly place: string;
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

const examples = documents().flatMap(examplesOf);
/** Place to what went wrong; undefined for what went well. */
const outcomes = new Map<string, string | undefined>();
let directory = "";

before(async () => {
  assert.ok(existsSync(join(ROOT, "dist/lib/mod.js")), "dist/lib is missing: run npm run build");
  mkdirSync(FOLDER, { recursive: true });
  directory = mkdtempSync(join(FOLDER, "run-"));
  writeFileSync(join(directory, ".gitignore"), "*\n");
  for (const example of examples) writeFileSync(modulePath(example), "\n".repeat(example.line) + example.code);
  const waiting = [...examples];
  await Promise.all(Array.from({ length: PROCESSES }, () => runWaiting(waiting)));
});

after(() => {
  rmSync(directory, { recursive: true, force: true });
  if (readdirSync(FOLDER).length === 0) rmdirSync(FOLDER);
});

test("the documentation has examples, in JSDoc and in README.md", () => {
  assert.ok(examples.filter(({ file }) => file.startsWith("lib/")).length >= 20);
  assert.ok(examples.filter(({ file }) => file === "README.md").length >= 3);
});

test("every ```ts fence is closed, and every @example has one", () => {
  for (const file of documents()) {
    const text = readFileSync(join(ROOT, file), "utf8");
    const fences = text.split("\n").filter((line) => /^\s*(?:\*\s?)?\s*```/.test(line)).length;
    assert.equal(fences % 2, 0, `${file} has an odd number of fences`);
    const tags = file.endsWith(".ts") ? text.match(/^ *\* @example/gm)?.length ?? 0 : 0;
    const found = examples.filter((example) => example.file === file).length;
    assert.ok(found >= tags, `${file}: ${tags} @example, but ${found} blocks of ts`);
  }
});

for (const example of examples) {
  test(`the example at ${example.place} runs`, () => {
    assert.ok(outcomes.has(example.place), "it was not run");
    const trouble = outcomes.get(example.place);
    if (trouble !== undefined) assert.fail(`${example.place}: ${trouble}`);
  });
}

test("the examples type-check against the declarations of the package", async () => {
  const config = {
    extends: "../../tsconfig.json",
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, allowImportingTsExtensions: true },
    include: ["./*.ts"],
    exclude: [],
  };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const { output, exitCode } = await run([compiler, "-p", join(directory, "tsconfig.json"), "--pretty", "false"]);
  assert.equal(exitCode, 0, output.replaceAll(/^.*?\.examples\/run-[^/]*\//gm, "").replaceAll("__", "/"));
});

/** Every file that may hold examples, as paths from the root. */
function documents(): readonly string[] {
  const below = (folder: string, extension: string): readonly string[] =>
    (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith(extension)).map((name) => `${folder}/${name.replaceAll("\\", "/")}`).sort();
  return ["README.md", "CONTRIBUTING.md", ...below("docs", ".md"), ...below("lib", ".ts")];
}

function examplesOf(file: string): readonly Example[] {
  const found: Example[] = [];
  let open: { line: number; code: string[] } | undefined;
  const isSource = file.endsWith(".ts");
  for (const [index, raw] of readFileSync(join(ROOT, file), "utf8").split("\n").entries()) {
    // In sources, only comments count.
    if (isSource && !/^\s*\*/.test(raw)) {
      open = undefined;
      continue;
    }
    const line = isSource ? raw.replace(/^\s*\* ?/, "") : raw;
    if (open === undefined) {
      if (/^\s*```ts\b/.test(line)) open = { line: index + 1, code: [] };
    } else if (/^\s*```\s*$/.test(line)) {
      const code = fromFolder(open.code.join("\n"), file);
      found.push({ place: `${file}:${open.line}`, file, line: open.line, code: `${code}\nexport {};\n` });
      open = undefined;
    } else open.code.push(line);
  }
  return found;
}

/** Examples of things that are not public import from files beside them: here, from what was built of those. */
function fromFolder(code: string, file: string): string {
  return code.replaceAll(
    /(\bfrom |\bimport\()"(\.\.?\/[^"]+)"/g,
    (_, keyword: string, path: string) =>
      `${keyword}"${join("../../dist", dirname(file), path).replaceAll("\\", "/").replace(/\.ts$/, ".js")}"`,
  );
}

/** "lib/dump/blocks.ts:38" → "…/lib__dump__blocks.ts.38.ts". */
function modulePath({ file, line }: Example): string {
  return join(directory, `${file.replaceAll("/", "__")}.${line}.ts`);
}

/** Runs examples until none waits. One that ends its process takes no other with it: a new process does the rest. */
async function runWaiting(waiting: Example[]): Promise<void> {
  while (waiting.length > 0) await runInOneProcess(waiting);
}

async function runInOneProcess(waiting: Example[]): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", RUNNER], { cwd: ROOT, stdio: ["pipe", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
  child.stdin.on("error", () => {});
  const ended = new Promise<string>((resolve) => child.on("close", (code, signal) => resolve(String(signal ?? code))));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (let example = waiting.shift(); example !== undefined; example = waiting.shift()) {
    child.stdin.write(`${pathToFileURL(modulePath(example)).href}\n`);
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
    const answer = await nextAnswer(answers);
    clearTimeout(timer);
    if (answer === undefined) {
      outcomes.set(
        example.place,
        `it ended its process (${await ended}) or took longer than ${LIMIT_MS} ms. ${stderr}`,
      );
      return;
    }
    outcomes.set(example.place, answer.trouble);
  }
  child.stdin.end();
  await ended;
}

/** Examples may print; answers have a mark. */
async function nextAnswer(lines: AsyncIterator<string>): Promise<{ trouble?: string } | undefined> {
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    if (line.value.startsWith("\u0001")) return JSON.parse(line.value.slice(1)) as { trouble?: string };
  }
  return undefined;
}

function run(args: readonly string[]): Promise<{ output: string; exitCode: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (bytes) => output += bytes);
    child.stderr.on("data", (bytes) => output += bytes);
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ output, exitCode }));
  });
}
