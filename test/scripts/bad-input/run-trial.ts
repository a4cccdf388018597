/** Runs a verb in this process, and looks at what it says and leaves behind. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { CommandSpec } from "../../../lib/cli/options.ts";
import { runCommand } from "../../../lib/cli/run-command.ts";
import type { Verb } from "../../../lib/cli/verb.ts";
import { memorySink } from "../../support/memory-sink.ts";
import { BAD_NAME, type Codes, OUTPUT_NAME, ROOT, VERBS, type VerbTrial } from "./verb-trials.ts";

const SCRIPTS = fileURLToPath(new URL("../../../scripts/", import.meta.url));
/** Nothing here may take longer. */
export const LIMIT_MS = 10_000;

/** The verbs that scripts/bzdump/verbs.ts, late.ts and lookups.ts import, ready to be run in this process. */
async function readVerbs(): Promise<Map<string, Verb<CommandSpec>>> {
  const source = ["verbs.ts", "late.ts", "lookups.ts"].map((name) =>
    readFileSync(join(SCRIPTS, "bzdump", name), "utf8")
  ).join("");
  const verbs = new Map<string, Verb<CommandSpec>>();
  for (const [, constant, path] of source.matchAll(/import \{ ([A-Z_]+) \} from "\.\/([\w-]+\.ts)"/g)) {
    const address = new URL(path!, `file://${SCRIPTS}bzdump/`).href;
    const verb = (await import(address) as Record<string, Verb<CommandSpec>>)[constant!]!;
    verbs.set(verb.spec.name.slice("bzdump ".length), verb);
  }
  return verbs;
}

/** By their names. */
export const FOUND = await readVerbs();
/** The rows of the table whose verb there is. */
export const KNOWN = Object.entries(VERBS).filter(([name]) => FOUND.has(verbOf(name)));

/** The verb of a row: "index" of "index check". */
export function verbOf(name: string): string {
  return name.split(" ")[0]!;
}

/** How a verb ended. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a verb in this process; fails when it takes too long. The exit code of the test process stays as it is. */
export async function run(name: string, args: readonly string[], traits: { isTerminal?: boolean } = {}): Promise<Run> {
  const verb = FOUND.get(verbOf(name))!;
  const [stdout, stderr] = [memorySink(traits), memorySink()];
  const before = process.exitCode;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new Error(`${name} takes too long`)), LIMIT_MS);
  try {
    const code = await runCommand(verb.spec, (invocation) => verb.run(invocation, stop.signal), {
      args: verb.prepare?.(args) ?? args,
      stdout,
      stderr,
    });
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = before;
    clearTimeout(timer);
  }
}

/** A directory with one file, and a place for the output. */
export function place(
  bytes: Uint8Array | undefined,
  { output }: VerbTrial,
): { file: string; out: string; directory: string } {
  const directory = mkdtempSync(join(ROOT, "case-"));
  const file = join(directory, BAD_NAME);
  if (bytes !== undefined) writeFileSync(file, bytes);
  const out = join(directory, OUTPUT_NAME);
  if (output === "directory") mkdirSync(out);
  return { file, out, directory };
}

/** How a verb ended that was tried on a file, and the directory in which it was. */
export interface TrialRun extends Run {
  readonly directory: string;
}

/**
 * Tries a verb on a file with these bytes. What must hold of every end: one of the exit codes, words for people, the input as it was,
 * and nothing half done.
 */
export async function tryOn(
  name: string,
  trial: VerbTrial,
  bytes: Uint8Array,
  codes: Codes | undefined,
): Promise<TrialRun> {
  const { file, out, directory } = place(bytes, trial);
  const outcome = await run(name, trial.args(file, out));
  const told = `exit code ${outcome.code}: ${outcome.stderr}${outcome.stdout.slice(0, 300)}`;
  assert.ok(codes?.includes(outcome.code), told);
  checkWords(outcome, file);
  assert.deepEqual(new Uint8Array(readFileSync(file)), new Uint8Array(bytes), "the input is left alone");
  assert.deepEqual(leftOvers(directory).filter((one) => /inprog|~/.test(one)), []);
  return { ...outcome, directory };
}

/** The files that a verb has left in a directory. */
export function leftOvers(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.filter((one) => !one.isDirectory() && one.name !== BAD_NAME).map(({ name }) => name);
}

/** What must hold of every end that is none of success: words for people, and no trace of our own code. */
export function checkWords({ code, stderr, stdout }: Run, file: string): void {
  assert.notEqual(code, 70, stderr);
  assert.doesNotMatch(stderr, /^\s+at .+:\d+|This is a bug/m);
  if (code === 0 || code === 1) return;
  assert.ok(`${stderr}${stdout}`.includes(basename(file)), `the name of the file: ${stderr}`);
}

/** Damage has a place. */
export function checkPlace({ stderr, stdout }: Run): void {
  const text = stderr + stdout;
  assert.match(text, /\b(?:byte|bit|block|stream|offset|page)s? \d+|\d+ (?:good )?bytes/, `a place: ${text}`);
}

/** There is something that can be done. */
export function checkRemedy({ stderr, stdout }: Run): void {
  const lines = (stderr === "" ? stdout : stderr).trimEnd().split("\n");
  assert.ok(lines.length > 1 && /^[A-Z]/.test(lines.at(-1)!), `a remedy: ${stderr}`);
}
