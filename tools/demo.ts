/**
 * `npm run demo`: dumps the example farm with the bundles, as an operator would, and shows what came of it.
 *
 * Writes below demo/ only. Starts afresh each time.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const CONFIG = "examples/farm/wikidump.conf";
/** Deno runs the same bundles; `WIKIDUMP_DEMO_RUNTIME=deno` shows that. */
const runtime = process.env["WIKIDUMP_DEMO_RUNTIME"] === "deno" ? denoRuntime() : [process.execPath];
const startedMs = performance.now();

for (const tree of ["public", "private", "temp"]) rmSync(join(root, "demo", tree), { recursive: true, force: true });

title("1. The worker dumps every wiki of the farm that is due");
run("worker", "--configfile", CONFIG, "--loop", "--onepass", "--cutoff", "today", "--sleep", "0");

title("2. The monitor writes the index pages");
run("monitor", "--configfile", CONFIG);

const file = newestFile(/-pages-articles-multistream\.xml\.bz2$/);
const extract = "demo/temp/pages-5-to-8.xml";
title(`3. Pages 5 to 8 out of ${file}`);
run("bzdump", "pages", file, "5-8", "-o", extract, "-f");

title(`Done in ${Math.round((performance.now() - startedMs) / 1000)} s. What is where`);
console.log(`  demo/public/backup-index.html      all wikis: open it in a browser
  ${file.replace(/[^/]*$/, "")}  one run: files, checksums, status
  demo/public/*/latest/              links to the newest files, feeds
  demo/private/                      locks, logs, and everything of the private wiki
  ${extract}  the pages that were just extracted

What to try next
  node dist/worker.mjs --configfile ${CONFIG} --dryrun lighthousewiki
  node dist/worker.mjs --configfile ${CONFIG} --job articlesdump --date last lighthousewiki
  node dist/bzdump.mjs test ${file}
  node dist/bzdump.mjs --help`);

function title(text: string): void {
  console.log(`\n== ${text}`);
}

function run(script: string, ...args: readonly string[]): void {
  const command = [...runtime, join("dist", `${script}.mjs`), ...args];
  console.log(`$ ${[runtime.length > 1 ? "deno run" : "node", `dist/${script}.mjs`, ...args].join(" ")}`);
  const { status, signal } = spawnSync(command[0]!, command.slice(1), { cwd: root, stdio: "inherit" });
  if (status === 0) return;
  console.error(`${script} ended with ${status ?? signal}`);
  process.exit(status ?? 1);
}

/** The first file below demo/public whose name matches. */
function newestFile(pattern: RegExp): string {
  const found = filesBelow("demo/public").filter((path) => pattern.test(path) && !path.includes("/latest/"));
  const newest = found.sort((a, b) => statSync(join(root, b)).size - statSync(join(root, a)).size)[0];
  if (newest === undefined) throw new Error(`No file below demo/public matches ${pattern}`);
  return newest;
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function denoRuntime(): readonly string[] {
  const deno = join(root, "node_modules/.bin/deno");
  if (!existsSync(deno)) throw new Error("Deno is not installed: npm ci installs it");
  // The loop starts itself again: the permission goes by the program that runs, not by the link to it.
  const program = spawnSync(deno, ["eval", "console.log(Deno.execPath())"], { encoding: "utf8" }).stdout.trim();
  return [
    program,
    "run",
    "--no-prompt",
    // Deno makes symbolic links (latest/) only for a process that may read and write everywhere.
    "--allow-read",
    "--allow-write",
    "--allow-env",
    "--allow-sys=hostname,homedir,uid",
    `--allow-run=${program}`,
  ];
}
