/**
 * `bzdump check --deep` with two threads, whole processes, beside `lbzip2 -n2 -t`, which only decodes; and with one thread beside
 * `bzip2 -t`. Memory at its largest, too.
 *
 * For the size that is asked about: `npm run bench -- check --rounds 1 /path/1g.xml` with a /path/1g.xml.bz2.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { bundleScripts } from "../tools/bundle.ts";
import { type Figure, timeFigure } from "./figures.ts";
import { byTurns, has, type Run, run } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

/** Tells the memory of a script that does not know that it is measured, as bench/programs/tell-memory.ts does. */
const PRELOAD = `
  import { readFileSync, writeSync } from "node:fs";
  process.on("exit", () => {
    const own = /VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    writeSync(2, "maxRSS=" + own);
  });`;
const MUST_TIME = 1.3;
const MUST_MEGABYTES = 150;

export async function* check(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const directory = join(shop.directory, "check");
  await bundleScripts(directory);
  const preload = join(directory, "preload.mjs");
  writeFileSync(preload, PRELOAD);
  // A corpus may be cut in a page: that is told, with exit code 4.
  const script = '"$@" || [ $? -eq 4 ]';
  const words = ["-c", script, "sh", process.execPath, "--import", preload, join(directory, "bzdump.mjs")];
  const checkWith = (threads: number, path: string): Run =>
    run("sh", [...words, "check", "--deep", "-q", "-n", String(threads), path]);
  for (const { name, packed } of shop.dumps()) {
    if (!name.includes("xml")) continue;
    for (const [threads, peer, options] of [[2, "lbzip2", ["-n2", "-t"]], [1, "bzip2", ["-t"]]] as const) {
      const isThere = has(peer);
      const runs = byTurns(shop.rounds, {
        ours: () => checkWith(threads, packed),
        theirs: () => isThere ? run(peer, [...options, packed]) : { ms: NaN, megabytes: NaN },
      });
      const label = `check --deep -n ${threads}, ${name}.bz2`;
      const limits = threads === 2 ? { must: MUST_TIME } : {};
      if (isThere) yield timeFigure(`${label} : ${peer} ${options.join(" ")}`, runs.ours, runs.theirs, limits);
      else console.log(`  ${label}: ${runs.ours.map(({ ms }) => ms.toFixed(0)).join(", ")} ms; ${peer} is not here`);
      const value = Math.max(...runs.ours.map(({ megabytes }) => megabytes));
      yield { what: label, value, unit: "MB", must: MUST_MEGABYTES };
    }
  }
}
