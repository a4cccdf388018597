#!/usr/bin/env node
/**
 * bzdump: small tools for dump files, one verb each. The verbs are in scripts/bzdump/.
 *
 * Started through a link that has the name of an old tool, it is that tool: scripts/bzdump/ancestors/.
 */
import { closestName } from "../lib/closest-name.ts";
import { UsageError } from "../lib/errors.ts";
import { EXIT_CODES } from "../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../lib/cli/options.ts";
import { runCommand } from "../lib/cli/run-command.ts";
import { invokedName, isMain, scriptArguments } from "../lib/host/is-main.ts";
import { listenForShutdown } from "../lib/host/signals.ts";
import { runAncestor } from "./bzdump/ancestors/ancestor.ts";
import { ancestorNamed } from "./bzdump/ancestors/table.ts";
import { COMPRESS } from "./bzdump/compress.ts";
import { DECOMPRESS } from "./bzdump/decompress.ts";
import { PAGES } from "./bzdump/pages.ts";
import { TEST } from "./bzdump/test.ts";
import type { Verb } from "./bzdump/verb.ts";

interface Entry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  run(args: readonly string[], signal: AbortSignal): Promise<number>;
}

function entry<const Spec extends CommandSpec>(aliases: readonly string[], verb: Verb<Spec>): Entry {
  return {
    name: verb.spec.name.slice("bzdump ".length),
    aliases,
    summary: verb.spec.summary,
    run: (args, signal) =>
      runCommand(verb.spec, (invocation) => verb.run(invocation, signal), {
        args: verb.prepare?.(args) ?? args,
      }),
  };
}

const ENTRIES: readonly Entry[] = [
  entry(["expand", "d"], DECOMPRESS),
  entry(["c"], COMPRESS),
  entry(["t"], TEST),
  entry(["extract", "p"], PAGES),
];

const SPEC = defineCommand(
  {
    name: "bzdump",
    summary: "Tools for dump files: decompress, compress, test, take pages out.",
    positionals: [{ name: "verb", text: "what to do; bzdump VERB --help says more" }],
    options: {},
    examples: [
      { command: "bzdump test *.bz2", text: "checks files" },
      { command: "bzdump pages dump.xml.bz2 1000-2000", text: "prints pages 1000 to 2000" },
    ],
    notes: ENTRIES.map(({ name, aliases, summary }) => `${[name, ...aliases].join(", ")}: ${summary}`),
  } satisfies CommandSpec,
);

/** Runs the verb that the arguments name; sets the exit code of the process. Never throws. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const [verb, ...rest] = args;
  const chosen = ENTRIES.find((one) => one.name === verb || one.aliases.includes(verb ?? ""));
  if (chosen !== undefined) return await chosen.run(rest, signal);
  if (verb === "help") return await help(rest, signal);
  // What follows an unknown verb cannot be judged.
  const judged = verb === undefined || verb.startsWith("-") ? args : [verb];
  return await runCommand(SPEC, () => Promise.reject(unknownVerb(verb ?? "")), { args: judged });
}

/** "bzdump help", "bzdump help VERB", "bzdump help exit-codes". */
async function help(topic: readonly string[], signal: AbortSignal): Promise<number> {
  if (topic[0] !== "exit-codes") return await main(topic[0] === undefined ? ["--help"] : [topic[0], "--help"], signal);
  return await runCommand({ ...SPEC, positionals: [] }, async ({ stdout }) => {
    for (const { code, text } of EXIT_CODES) await stdout.write(`${String(code).padStart(3)}  ${text}\n`);
  }, { args: [] });
}

function unknownVerb(verb: string): UsageError {
  const near = closestName(verb, ENTRIES.map(({ name }) => name));
  return new UsageError(`Unknown verb ${JSON.stringify(verb)}`, {
    remedy: near === undefined ? "" : `Did you mean ${near}?`,
  });
}

if (isMain(import.meta)) {
  const shutdown = listenForShutdown();
  const ancestor = ancestorNamed(invokedName());
  if (ancestor === undefined) await main(scriptArguments(), shutdown.signal);
  else await runAncestor(ancestor, scriptArguments(), shutdown.signal);
  shutdown.finish();
}
