/**
 * Writes etc/api.txt: every exported name of the two entry points with its signature, as `deno doc` prints it.
 *
 *     npx tsx tools/api-report.ts            writes it
 *     npx tsx tools/api-report.ts --check    exit code 1 when it is stale
 *
 * The report has neither prose nor line numbers: it changes when, and only when, what users can see changes.
 */
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
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isMain } from "../lib/host/is-main.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const REPORT = join(root, "etc/api.txt");

const ENTRY_POINTS: readonly { readonly name: string; readonly file: string }[] = [
  { name: "wikidump", file: "lib/mod.ts" },
  { name: "wikidump/node", file: "lib/node.ts" },
];

/** The report as it should be. */
export function apiReport(): string {
  const copy = copyWithoutComments();
  try {
    const parts = ENTRY_POINTS.map(({ name, file }) => `# ${name}\n\n${tidy(denoDoc(copy, file), copy)}`);
    return `Public names of the package, written by tools/api-report.ts. Do not edit.\n\n${parts.join("\n\n")}\n`;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** deno doc has no option to leave prose out, so it is shown sources that have none. */
function copyWithoutComments(): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), "wikidump-api-")));
  cpSync(join(root, "lib"), join(copy, "lib"), { recursive: true });
  for (const name of readdirSync(join(copy, "lib"), { recursive: true }) as string[]) {
    if (!name.endsWith(".ts")) continue;
    const path = join(copy, "lib", name);
    writeFileSync(path, readFileSync(path, "utf8").replace(/^[ \t]*\/\*\*[\s\S]*?\*\/[ \t]*\n/gm, ""));
  }
  return copy;
}

function denoDoc(directory: string, file: string): string {
  const { status, stdout, stderr, error } = spawnSync(join(root, "node_modules/.bin/deno"), ["doc", "--no-npm", file], {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0 || stdout.trim() === "") {
    throw error ?? new Error(`deno doc ${file} failed with ${status}: ${stderr}`);
  }
  return stdout;
}

/** Places as paths in the project, one blank line between names. */
function tidy(text: string, directory: string): string {
  const base = pathToFileURL(`${directory}/`).href;
  return text
    .replaceAll(/^Defined in (\S+?)(?::\d+:\d+)?$/gm, (_, place: string) => `// ${place.replace(base, "")}`)
    .replaceAll(/^(\/\/ .*)\n\n/gm, "$1\n")
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n\n(?= {2})/g, "\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

function main(): void {
  const wanted = apiReport();
  if (wanted === readReport()) return;
  if (process.argv.includes("--check")) {
    process.stderr.write(
      `etc/api.txt is stale: run npx tsx tools/api-report.ts, and say in CHANGELOG.md what changed\n`,
    );
    process.exitCode = 1;
    return;
  }
  mkdirSync(join(root, "etc"), { recursive: true });
  writeFileSync(REPORT, wanted);
  process.stdout.write("etc/api.txt written\n");
}

function readReport(): string {
  try {
    return readFileSync(REPORT, "utf8");
  } catch {
    return "";
  }
}

if (isMain(import.meta)) main();
