/** worker --loop: workers in processes of their own, which read configuration, lists and code anew. */
import { loadConfig } from "../../lib/farm/config/load.ts";
import { loopWorkers } from "../../lib/farm/loop.ts";
import { neededPaths } from "../../lib/farm/needed-paths.ts";
import { readWikiLists } from "../../lib/farm/wiki-lists.ts";
import { configLocation, controlDirectories } from "../../lib/farm/where-to-look.ts";
import { onQuestion } from "../../lib/host/question-signal.ts";
import { runSelf } from "../../lib/host/self.ts";
import type { WorkerInvocation } from "./command.ts";

/** Loops; gives the exit code. */
export async function loop({ options, positionals, stderr }: WorkerInvocation, signal: AbortSignal): Promise<number> {
  // Meant for the worker that runs; it must not end the loop.
  onQuestion(() => undefined);
  const args = childArguments(options, positionals);
  const where = configLocation(options.configfile);
  const config = await loadConfig(where);
  const permissions = neededPaths(config, await readWikiLists(config.forWiki()), where);
  return await loopWorkers({
    runOnce: () => runSelf(args, { signal, permissions }),
    ends: positionals.length > 0
      ? "after-one"
      : options.onepass || options.cutoff !== undefined
      ? "when-idle"
      : "never",
    maxFails: options.maxfails ?? 3,
    maxSleepMs: (options.sleep ?? 60) * 1000,
    directories: controlDirectories(options.basedir),
    signal,
    log: (line) => void stderr.write(`worker: ${line}\n`),
  });
}

const LOOP_OPTIONS: readonly string[] = ["loop", "onepass", "maxfails", "sleep"];

function childArguments(options: WorkerInvocation["options"], positionals: readonly string[]): readonly string[] {
  const args = Object.entries(options).filter(([name]) => !LOOP_OPTIONS.includes(name)).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${name}`];
    return [value].flat().map((one) => `--${name}=${one}`);
  });
  return [...args, "--", ...positionals];
}
