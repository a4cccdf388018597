#!/usr/bin/env node
/**
 * monitor: puts runs in order whose workers are gone, and writes the index of all wikis; with --loop, again and again.
 *
 * With a verb, it is the operator's hand on the farm: the verbs are in scripts/monitor/.
 */
import { closestName } from "../lib/closest-name.ts";
import { EXIT } from "../lib/cli/exit-codes.ts";
import { defineCommand } from "../lib/cli/options.ts";
import { writeJson } from "../lib/cli/output.ts";
import { renderError } from "../lib/cli/render-error.ts";
import { runCommand, versionLine } from "../lib/cli/run-command.ts";
import type { Invocation } from "../lib/cli/run-command.ts";
import { UsageError } from "../lib/errors.ts";
import { loadConfig } from "../lib/farm/config/load.ts";
import { sweepFarm, type SweepOutcome } from "../lib/farm/sweep.ts";
import { configLocation, controlDirectories } from "../lib/farm/where-to-look.ts";
import { sleep } from "../lib/host/clock.ts";
import { fileFacts } from "../lib/host/directory.ts";
import { isMain, scriptArguments } from "../lib/host/is-main.ts";
import { listenForShutdown } from "../lib/host/signals.ts";
import { MONITOR_VERBS, monitorVerb } from "./monitor/verbs.ts";

const COMMAND = defineCommand({
  name: "monitor",
  summary: "Marks dumps whose workers are gone as aborted, frees their locks, and writes the index of all wikis.",
  positionals: [{ name: "configfile", text: "configuration, as with --configfile; or a verb", isOptional: true }],
  options: {
    configfile: {
      kind: "text",
      placeholder: "FILE[:SECTION]",
      text: "configuration, and a section that overrides others",
    },
    basedir: { kind: "text", placeholder: "DIR", text: "where maintenance.txt is looked for" },
    loop: { kind: "flag", text: "sweep again and again, until a signal" },
    sleep: {
      kind: "integer",
      placeholder: "SECONDS",
      min: 1,
      text: "with --loop: pause between two sweeps; default 15",
    },
    json: { kind: "flag", text: "one line of JSON per sweep on stdout" },
    verbose: { kind: "flag", text: "tell the counts of every sweep" },
  },
  examples: [
    { command: "monitor --configfile farm.conf", text: "one sweep" },
    { command: "monitor --configfile farm.conf --loop --sleep 60", text: "a sweep every minute" },
    { command: "monitor show failed --configfile farm.conf", text: "a verb; monitor VERB --help says more" },
  ],
  notes: [
    `Verbs: ${Object.keys(MONITOR_VERBS).join(", ")}.`,
    "Exit code 1: the sweep was made, but some wikis have records that cannot be read; stderr says which.",
  ],
});

type MonitorInvocation = Invocation<typeof COMMAND>;

if (isMain(import.meta)) await main(scriptArguments());

/** A verb, or a sweep; sets the exit code of the process. Never throws. */
async function main([first, ...rest]: readonly string[]): Promise<void> {
  const isHelp = first === "help" && rest.length > 0;
  const verb = monitorVerb(isHelp ? rest[0] : first);
  if (verb === undefined) return void await runCommand(COMMAND, work);
  const shutdown = listenForShutdown();
  await verb.run(isHelp ? ["--help"] : rest, shutdown.signal);
  shutdown.finish();
}

/** The monitor's work; gives the exit code. */
export async function work(invocation: MonitorInvocation): Promise<number> {
  const { options, positionals, stderr } = invocation;
  const late = positionals.find((word) => monitorVerb(word) !== undefined);
  if (late !== undefined) throw new UsageError(`The verb comes first: monitor ${late} [OPTION]…`);
  await checkVerb(positionals[0]);
  if (options.configfile !== undefined && positionals.length > 0) {
    throw new UsageError("The configuration is given twice: as --configfile and as an argument");
  }
  if (options.sleep !== undefined && !options.loop) throw new UsageError("--sleep needs --loop");
  const shutdown = listenForShutdown({
    onFirst: (reason) => void stderr.write(`monitor: ${reason.message}, stopping\n`),
  });
  try {
    const exitCode = await sweepOnce(invocation, shutdown.signal);
    return options.loop ? await loop(invocation, shutdown.signal) : exitCode;
  } catch (error) {
    if (shutdown.interruption === undefined) throw error;
    return shutdown.interruption.exitCode;
  } finally {
    shutdown.finish();
  }
}

/** A verb with a slip would be taken for a configuration file that is not there. */
async function checkVerb(word: string | undefined): Promise<void> {
  const near = word === undefined ? undefined : closestName(word, Object.keys(MONITOR_VERBS));
  if (near === undefined || await fileFacts(word!) !== undefined) return;
  throw new UsageError(`${JSON.stringify(word)} is no verb, and no configuration file`, {
    remedy: `Did you mean ${near}?`,
  });
}

/** After the first sweep: a failure is told and the next sweep tried, since lists and disks come back. */
async function loop(invocation: MonitorInvocation, signal: AbortSignal): Promise<number> {
  for (;;) {
    await sleep((invocation.options.sleep ?? 15) * 1000, { signal });
    try {
      await sweepOnce(invocation, signal);
    } catch (error) {
      signal.throwIfAborted();
      await invocation.stderr.write(renderError(error, { command: "monitor", version: versionLine("monitor") }));
    }
  }
}

/** One sweep, with the configuration as it is now. */
async function sweepOnce(
  { options, positionals, stdout, stderr }: MonitorInvocation,
  signal: AbortSignal,
): Promise<number> {
  const config = await loadConfig(configLocation(options.configfile ?? positionals[0]));
  const outcome = await sweepFarm(config, {
    directories: controlDirectories(options.basedir),
    log: (line) => void stderr.write(`monitor: ${line}\n`),
    signal,
  });
  if (options.json) await writeJson(stdout, "monitor/sweep@1", { ...outcome });
  if (options.verbose) await stderr.write(`monitor: ${describeSweep(outcome)}\n`);
  return outcome.problems.length === 0 ? EXIT.DONE : EXIT.FAILED;
}

function describeSweep({ counts, recovered, written }: SweepOutcome): string {
  const states = Object.entries(counts).filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
  const changed = written.length === 0 ? "nothing new to write" : `wrote ${written.join(", ")}`;
  return `${states.join(", ") || "no wikis"}; ${recovered.length} recovered; ${changed}`;
}
