#!/usr/bin/env node
/**
 * bzdump: small tools for dump files, one verb each. The verbs are in scripts/bzdump/.
 *
 * Started through a link that has the name of an old tool, it is that tool: scripts/bzdump/ancestors/.
 */
import { closestName } from "../lib/closest-name.ts";
import { UsageError } from "../lib/errors.ts";
import { type CommandSpec, defineCommand } from "../lib/cli/options.ts";
import { runCommand } from "../lib/cli/run-command.ts";
import { invokedName, isMain, scriptArguments } from "../lib/host/is-main.ts";
import { listenForShutdown } from "../lib/host/signals.ts";
import { loadAllVerbs, type VerbEntry, verbNamed, VERBS } from "./bzdump/verbs.ts";

/** What is left of 80 columns beside the name of a verb. */
const MOST_SUMMARY_COLUMNS = 66;

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
  } satisfies CommandSpec,
);

/** The main page with a line for each verb. */
function specWith(verbs: readonly VerbEntry[]): CommandSpec {
  const lines = [
    ...verbs.map(({ name, spec }) => [name, shortSummary(spec.summary)] as const),
    ["help", "With a VERB, exit-codes, man [VERB], or completion bash|zsh|fish"] as const,
  ];
  return { ...SPEC, notes: lines.map(([name, text]) => `${name.padEnd(12)} ${text}`) };
}

/** So that a verb has one line: its first sentence, or of a long one what stands before the first comma. */
function shortSummary(summary: string): string {
  const sentence = /^[^.:;]*/.exec(summary)![0];
  return sentence.length <= MOST_SUMMARY_COLUMNS ? sentence : sentence.split(",", 1)[0]!;
}

/** Runs the verb that the arguments name; sets the exit code of the process. Never throws. */
async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const [verb = "", ...rest] = args;
  const chosen = verbNamed(verb);
  if (chosen !== undefined) return await (await chosen.load()).run(rest, signal);
  if (verb === "help") return await help(rest, signal);
  if (await isHelpTopic(verb)) return await help(args, signal);
  // What follows an unknown verb cannot be judged.
  const judged = verb === "" || verb.startsWith("-") ? args : [verb];
  const spec = specWith(await loadAllVerbs());
  return await runCommand(spec, () => Promise.reject(unknownVerb(verb)), { args: judged });
}

/** "bzdump completion bash" is "bzdump help completion bash": the word before it is easily forgotten. */
async function isHelpTopic(word: string): Promise<boolean> {
  const { HELP_TOPICS } = await import("./bzdump/late.ts");
  return HELP_TOPICS.includes(word);
}

/** "bzdump help", "bzdump help VERB", "bzdump help exit-codes", and other topics. */
async function help(topic: readonly string[], signal: AbortSignal): Promise<number> {
  const { helpOn } = await import("./bzdump/late.ts");
  const [first] = topic;
  if (first === undefined || !await isHelpTopic(first)) {
    return await main(first === undefined ? ["--help"] : [first, "--help"], signal);
  }
  const verbs = await loadAllVerbs();
  return await runCommand({ ...SPEC, positionals: [] }, async ({ stdout }) => {
    await stdout.write(helpOn(topic, { spec: specWith(verbs), verbs }));
  }, { args: [] });
}

function unknownVerb(verb: string): UsageError {
  const near = closestName(verb, VERBS.map(({ name }) => name));
  return new UsageError(`Unknown verb ${JSON.stringify(verb)}`, {
    remedy: near === undefined ? "" : `Did you mean ${near}?`,
  });
}

/** What the name of a link to this script asks for. */
async function programNamed(name: string): Promise<typeof main> {
  if (name === SPEC.name) return main;
  const { ancestorNamed } = await import("./bzdump/late.ts");
  return ancestorNamed(name) ?? main;
}

if (isMain(import.meta)) {
  const shutdown = listenForShutdown();
  const program = await programNamed(invokedName());
  await program(scriptArguments(), shutdown.signal);
  shutdown.finish();
}
