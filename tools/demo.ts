/**
 * `npm run demo`: dumps the example farm with the bundles, as an operator would, and shows what came of it.
 *
 * Writes below demo/ only. Starts afresh each time. `WIKIDUMP_DEMO_RUNTIME=deno` runs the same bundles on Deno.
 */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { chosenRuntime } from "./demo/runtime.ts";
import { runLoop } from "./demo/run-loop.ts";
import { runScript } from "./demo/run-script.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const CONFIG = "examples/farm/wikidump.conf";
const DUMP_ALL_THAT_IS_DUE = ["--loop", "--onepass", "--cutoff", "today", "--sleep", "0"];
const startedMs = performance.now();
const host = { root, runtime: chosenRuntime(root) };

process.chdir(root);
for (const tree of ["public", "private", "temp"]) rmSync(join("demo", tree), { recursive: true, force: true });

title("1. The worker dumps every wiki of the farm that is due");
await runLoop(host, "worker", "--configfile", CONFIG, ...DUMP_ALL_THAT_IS_DUE);

title("2. The monitor writes the index pages");
runScript(host, "monitor", "--configfile", CONFIG);

const file = largestFile(/-pages-articles-multistream\.xml\.bz2$/);
const extract = "demo/temp/pages-5-to-8.xml";
title("3. Pages 5 to 8 out of the middle of a dump, with its index");
runScript(host, "bzdump", "pages", file, "5-8", "-o", extract);

const run = file.replace(/[^/]*$/, "");
title(`Done in ${Math.round((performance.now() - startedMs) / 1000)} s. What is where`);
console.log(`
  demo/public/backup-index.html
      all wikis: open it in a browser
  ${run}
      one run: files, checksums, status
  demo/public/*/latest/
      links to the newest files, feeds
  demo/private/
      locks, logs, and everything of the private wiki
  ${extract}
      the pages that were just extracted

What to try next

  node dist/worker.mjs --configfile ${CONFIG} --dryrun lighthousewiki
  node dist/worker.mjs --configfile ${CONFIG} --date last --job namespaces lighthousewiki
  node dist/bzdump.mjs test ${file}
  node dist/bzdump.mjs --help
`);

function title(text: string): void {
  console.log(`\n== ${text}`);
}

/** The largest file below demo/public whose name matches. */
function largestFile(pattern: RegExp): string {
  const found = filesBelow("demo/public").filter((path) => pattern.test(path) && !path.includes("/latest/"));
  const [largest] = found.sort((a, b) => statSync(b).size - statSync(a).size);
  if (largest === undefined) throw new Error(`No file below demo/public matches ${pattern}`);
  return largest;
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
