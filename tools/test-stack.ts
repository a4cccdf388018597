/**
 * `npm run test:stack`: makes a MediaWiki farm and runs the tests that need one (`test/stack/*.stack.ts`), or those whose name
 * contains one of the arguments. `--packages` prints the Debian packages that must be installed, and does nothing else.
 * WIKIDUMP_STACK_BASE names a directory that keeps the farm for the next time; without it, everything goes away.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { FARM_WIKIS, makeFarm } from "../test/stack/farm-wikis.ts";
import { PACKAGES } from "../test/stack/mediawiki-code.ts";
import { type Stack, startStack } from "../test/stack/stack.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const wanted = process.argv.slice(2);
if (wanted.includes("--packages")) {
  console.log(PACKAGES.join("\n"));
  process.exit(0);
}
const files = readdirSync(join(root, "test/stack")).filter((name) => name.endsWith(".stack.ts"))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part))).sort()
  .map((name) => join("test/stack", name));
if (files.length === 0) {
  console.error(`No test in test/stack matches ${wanted.join(" ")}`);
  process.exit(1);
}
let tests: ChildProcess | undefined;
// A signal ends the tests, then the farm; before there are tests, `exit` ends the farm.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => tests === undefined ? process.exit(1) : void tests.kill("SIGTERM"));
}
process.exitCode = await run();

async function run(): Promise<number> {
  const startMs = performance.now();
  const log = (line: string) => console.log(`[${((performance.now() - startMs) / 1000).toFixed(1)} s] ${line}`);
  const stack = await startStack({ log });
  try {
    await makeFarm(stack);
    log("the farm is up");
    const status = await runTests(stack);
    log("the tests are over");
    return status;
  } finally {
    await stack.stop();
    log("the farm is down");
  }
}

function runTests(stack: Stack): Promise<number> {
  const child = spawn(process.execPath, ["--import", "tsx", "--test", "--test-concurrency=1", ...files], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, WIKIDUMP_STACK_BASE: stack.base, WIKIDUMP_STACK_ENV: writeEnv(stack) },
  });
  tests = child;
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
}

/** The settings of the farm as shell assignments, for tests that only read its wikis. Gives the path of the file. */
function writeEnv(stack: Stack): string {
  const namesOf = (wikis: typeof FARM_WIKIS): string => `"${wikis.map(({ name }) => name).join(" ")}"`;
  const values = {
    MW_DIR: stack.mediaWikiDirectory,
    MW_WIKIS: namesOf(FARM_WIKIS),
    MW_PRIVATE_WIKIS: namesOf(FARM_WIKIS.filter(({ isPrivate }) => isPrivate === true)),
    DB_HOST: "127.0.0.1",
    DB_PORT: stack.database.port,
    DB_SOCKET: stack.database.socket,
    DB_CLIENT_CNF: stack.clientConfig,
    API_BASE: stack.address,
  };
  const path = join(stack.base, "env.sh");
  writeFileSync(path, Object.entries(values).map(([name, value]) => `${name}=${value}\n`).join(""));
  return path;
}
