/**
 * Runs the test files below test/, or those whose path contains one of the arguments.
 *
 * `npm test` builds first, because some tests run the bundles and the built library.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const wanted = process.argv.slice(2);
const files = testFiles(join(root, "test")).map((file) => relative(root, file)).filter((file) =>
  wanted.length === 0 || wanted.some((part) => file.includes(part))
);
if (files.length === 0) {
  console.error(`No test file matches ${wanted.join(" ")}`);
  process.exit(1);
}
const args = ["--import", "tsx", "--test", "--test-concurrency=2", ...files];
process.exit(spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1);

function testFiles(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  }).sort();
}
