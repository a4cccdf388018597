/** `npm run check`: format, lint (with the laws of the house), types, generated files. `--fix` formats and fixes what it can. */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const isFix = process.argv.includes("--fix");

const STEPS: readonly (readonly string[])[] = [
  ["deno", "fmt", ...(isFix ? [] : ["--check"])],
  ["deno", "lint", "--quiet", ...(isFix ? ["--fix"] : [])],
  ["tsc", "-p", "tsconfig.json"],
  ["tsc", "-p", "tsconfig.build.json", "--noEmit"],
  ["tsx", "tools/example-conf.ts", ...(isFix ? [] : ["--check"])],
  ["tsx", "tools/worker-program.ts", ...(isFix ? [] : ["--check"])],
  ["tsx", "tools/cli-docs.ts", ...(isFix ? [] : ["--check"])],
  ["tsx", "tools/api-report.ts", ...(isFix ? [] : ["--check"])],
];

let failed = 0;
for (const [command, ...args] of STEPS) {
  console.log(`$ ${command} ${args.join(" ")}`);
  const { status } = spawnSync(`node_modules/.bin/${command}`, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) failed++;
}
if (failed > 0) {
  console.error(`${failed} of ${STEPS.length} checks failed`);
  process.exit(1);
}
