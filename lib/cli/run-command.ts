/**
 * What every script does around its work: parse, --help, --version, run, tell errors, set the exit code.
 */
import { runtimeName } from "../host/environment.ts";
import { scriptArguments } from "../host/is-main.ts";
import { type OutputSink, setExitCode, standardError, standardOutput, StdoutClosedError } from "../host/terminal.ts";
import { EXIT, exitCodeFor } from "./exit-codes.ts";
import { renderHelp } from "./help-page.ts";
import { type CommandSpec, parseArguments, type ParsedArguments } from "./options.ts";
import { errorAsJson, writeJson } from "./output.ts";
import { renderError } from "./render-error.ts";
import { VERSION } from "./version.ts";

/** What the work of a command is given. */
export interface Invocation<Spec extends CommandSpec> {
  readonly options: ParsedArguments<Spec>["options"];
  readonly positionals: readonly string[];
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
}

/** What can stand in for the process, in tests. */
export interface RunOptions {
  readonly args?: readonly string[];
  readonly stdout?: OutputSink;
  readonly stderr?: OutputSink;
}

/** The work of a command; returns its exit code, or nothing for 0. */
export type CommandWork<Spec extends CommandSpec> = (invocation: Invocation<Spec>) => Promise<number | void>;

/**
 * Runs a command to its end and sets the exit code of the process, which it also returns. Never throws.
 *
 * A reader that leaves (`| head -1`) is a quiet end with 0. With a `--json` among the arguments, errors are told as
 * JSON.
 */
export async function runCommand<const Spec extends CommandSpec>(
  spec: Spec,
  work: CommandWork<Spec>,
  options: RunOptions = {},
): Promise<number> {
  const { args = scriptArguments(), stdout = standardOutput(), stderr = standardError() } = options;
  const isJson = isJsonWanted(args);
  let exitCode: number;
  try {
    exitCode = await perform(spec, work, { args, stdout, stderr });
  } catch (error) {
    exitCode = await tellError(error, { command: spec.name, isJson, stderr });
  }
  setExitCode(exitCode);
  return exitCode;
}

async function perform<Spec extends CommandSpec>(
  spec: Spec,
  work: CommandWork<Spec>,
  { args, stdout, stderr }: Required<RunOptions>,
): Promise<number> {
  const parsed = parseArguments(spec, args);
  if (parsed.help !== "none") {
    await stdout.write(renderHelp(spec, { columns: Math.min(stdout.columns, 120), extent: parsed.help }));
    return EXIT.DONE;
  }
  if (parsed.isVersionWanted) {
    if (isJsonWanted(args)) await writeJson(stdout, "wikidump/version@1", { version: VERSION, runtime: runtimeName() });
    else await stdout.write(`${versionLine(spec.name)}\n`);
    return EXIT.DONE;
  }
  const { options, positionals } = parsed;
  return (await work({ options, positionals, stdout, stderr })) ?? EXIT.DONE;
}

async function tellError(
  error: unknown,
  context: { readonly command: string; readonly isJson: boolean; readonly stderr: OutputSink },
): Promise<number> {
  if (error instanceof StdoutClosedError) return EXIT.DONE;
  const text = context.isJson
    ? errorAsJson(error)
    : renderError(error, { command: context.command, version: versionLine(context.command) });
  await context.stderr.write(text);
  return exitCodeFor(error);
}

/** Such as "bzdump 0.1.0 (node 20.20.2)"; of a command with a verb, "bzdump find-page", the first word counts. */
export function versionLine(command: string): string {
  return `${command.split(" ", 1)[0] ?? ""} ${VERSION} (${runtimeName()})`;
}

// Asked of the plain arguments, because errors of their parsing are told as JSON too.
function isJsonWanted(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes("--json");
}
