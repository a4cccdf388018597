/**
 * `npm run test:runtimes`: the library and the bundles under Node 22, 24 and 26, Bun and Deno, after `npm run build`.
 *
 *     npm run test:runtimes                 all of them
 *     npm run test:runtimes -- node26 bun   only these
 *     npm run test:runtimes -- --strict     a runtime that cannot be fetched is a failure, too
 *
 * Runtimes come from npm, once, into a directory outside of the work tree ($WIKIDUMP_RUNTIMES, else ~/.cache/wikidump/runtimes); Deno is
 * that of node_modules. All of them run TypeScript as it is, so these are the test files themselves: those of the library's floors
 * without native tools (they are asked for under Node 20), then those of the package and of the bundles.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CACHE = process.env["WIKIDUMP_RUNTIMES"] ?? join(homedir(), ".cache/wikidump/runtimes");
/** A PATH with no program but this Node, which a link in node_modules/.bin may need. */
const NOWHERE = mkdtempSync(join(tmpdir(), "wikidump-no-tools-"));
symlinkSync(process.execPath, join(NOWHERE, "node"));
const FETCH_LIMIT_MS = 120_000;
/** Far more than the two minutes that a suite takes on a quiet machine: a busy one is no failure. */
const RUN_LIMIT_MS = 1_200_000;

/** Floors that run anywhere, and the files of lib/host/ that the library's users meet first. */
const LIBRARY = [
  ...["bits", "bzip2", "xml", "streams", "dump"].flatMap((folder) => testFiles(`test/${folder}`)),
  ...["worker-pool", "file-source", "read-file", "gzip"].map((name) => `test/host/${name}.test.ts`),
  "test/peers/eleven-inputs.test.ts",
];
const BUNDLES = ["test/bundle/bzdump.test.ts"];
const PACKAGE = ["test/bundle/install.test.ts"];

interface Runtime {
  readonly name: string;
  /** The package of npm that has it, with a version, and the program in it; undefined for what is installed. */
  readonly fetched?: { readonly packageName: string; readonly version: string; readonly program: string };
  /** Starts a run of test files. */
  readonly testArgs: readonly string[];
  readonly suites: readonly (readonly string[])[];
}

const [platform, arch] = [process.platform === "win32" ? "win" : process.platform, process.arch];
const RUNTIMES: readonly Runtime[] = [
  ...["22", "24", "26"].map((version): Runtime => ({
    name: `node${version}`,
    fetched: { packageName: `node-${platform}-${arch}`, version, program: "bin/node" },
    testArgs: ["--test", "--test-concurrency=1", "--test-reporter=spec"],
    suites: [LIBRARY, [...BUNDLES, ...PACKAGE, "test/bundle/bundles.test.ts"]],
  })),
  {
    name: "bun",
    fetched: {
      packageName: `@oven/bun-${process.platform === "win32" ? "windows" : platform}-${
        arch === "arm64" ? "aarch64" : arch
      }`,
      version: "latest",
      program: "bin/bun",
    },
    // Bun frees buffers when it likes: what is measured of them says nothing there.
    testArgs: ["test", "--timeout", "60000", "-t", "^(?!.*\\bmemory\\b)"],
    suites: [LIBRARY, [...BUNDLES, ...PACKAGE]],
  },
  // The package and the bundles are used under Deno by `npm test` already (install.test.ts, bundles.test.ts).
  { name: "deno", testArgs: ["test", "--allow-all", "--no-check", "--quiet"], suites: [LIBRARY] },
];

function testFiles(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts")).map((name) => `${folder}/${name}`);
}

/** The program of a runtime, fetched if need be; or why there is none. */
function programOf({ name, fetched }: Runtime): { path: string } | { trouble: string } {
  if (fetched === undefined) {
    const path = join(ROOT, "node_modules/.bin", name);
    return existsSync(path) ? { path } : { trouble: "it is not in node_modules" };
  }
  const directory = join(CACHE, name);
  const path = join(directory, "node_modules", fetched.packageName, fetched.program);
  if (existsSync(path)) return { path };
  mkdirSync(directory, { recursive: true });
  console.log(`${name}: fetching ${fetched.packageName}@${fetched.version} to ${directory}`);
  const options = ["--prefix", directory, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const args = ["install", ...options, `${fetched.packageName}@${fetched.version}`];
  const { status, stderr } = spawnSync("npm", args, { cwd: directory, encoding: "utf8", timeout: FETCH_LIMIT_MS });
  if (status === 0 && existsSync(path)) return { path };
  return { trouble: `npm install ended with ${status}: ${stderr.trim().split("\n").slice(0, 3).join(" ")}` };
}

/** Runs the suites; whether all was well. */
async function test(runtime: Runtime, program: string): Promise<boolean> {
  const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.split("\n", 1)[0];
  let isGood = true;
  for (const files of runtime.suites) {
    const startMs = performance.now();
    // Native tools tell nothing about a runtime, and Deno's spawnSync waits forever for one that writes while it reads much.
    const env = { ...process.env, NO_COLOR: "1", ...files === LIBRARY && { PATH: NOWHERE } };
    const { exitCode, output } = await run(program, [...runtime.testArgs, ...files.map((file) => `./${file}`)], env);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
    const verdict = exitCode === 0 ? "good" : exitCode === null ? `ENDED after ${seconds} s` : "FAILED";
    console.log(`${runtime.name} (${version}): ${files.length} test files, ${seconds} s: ${verdict}`);
    if (exitCode !== 0) console.log(output.split("\n").slice(-200).join("\n"));
    isGood &&= exitCode === 0;
  }
  return isGood;
}

function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"], timeout: RUN_LIMIT_MS });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output += text);
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (exitCode) => resolve({ exitCode, output }));
  });
}

const isStrict = process.argv.includes("--strict");
const names = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
const unknown = names.find((name) => !RUNTIMES.some((runtime) => runtime.name === name));
if (unknown !== undefined) {
  console.error(`There is no runtime ${unknown}; there are ${RUNTIMES.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
const missing: string[] = [];
let failures = 0;
const waiting = RUNTIMES.filter(({ name }) => names.length === 0 || names.includes(name));
try {
  // Two at a time: each keeps one processor busy.
  await Promise.all([0, 1].map(async () => {
    for (let runtime = waiting.shift(); runtime !== undefined; runtime = waiting.shift()) {
      const program = programOf(runtime);
      if ("path" in program) failures += await test(runtime, program.path) ? 0 : 1;
      else missing.push(`${runtime.name} could not be fetched and was NOT tested: ${program.trouble}`);
    }
  }));
} finally {
  rmSync(NOWHERE, { recursive: true, force: true });
}
for (const line of missing) console.log(line);
if (failures > 0 || (isStrict && missing.length > 0)) process.exit(1);
