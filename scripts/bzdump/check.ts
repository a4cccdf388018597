/**
 * bzdump check: whether bzip2 files are complete, by a look at their two ends; with --deep by reading them.
 */
import { EXIT, exitCodeFor } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { checkEnds, type EndsReport } from "../../lib/dump/blocks/check-ends.ts";
import { UsageError } from "../../lib/errors.ts";
import { checkDeep, DEEP_OPTIONS } from "./check/check-deep.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile, renderFileError } from "./io/file-error.ts";
import { openSource } from "./io/open-source.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { JSON_OPTION, PROGRESS_OPTION, QUIET_OPTION } from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump check",
    summary: "Says whether bzip2 files are complete: looks at both ends of each, or with --deep at all of it.",
    positionals: [{ name: "file", text: "files or URLs; only their ends are read, without --deep", isRepeated: true }],
    options: {
      deep: { kind: "flag", text: "read everything: checksums, pages, ids, texts" },
      ...DEEP_OPTIONS,
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "one line of JSON per file" },
      progress: { ...PROGRESS_OPTION, text: "with --deep, show progress on stderr: auto, always, never, json" },
    },
    examples: [
      { command: "bzdump check *.bz2", text: "one line for each file" },
      { command: "bzdump check -q https://…/pages.xml.bz2 && echo complete", text: "a file on a server, by its ends" },
    ],
    notes: [
      "The exit code is that of the first file that is not good: 4 cut off, 3 anything else that is wrong.",
      "Without --deep, what lies between the ends is not looked at: bzdump test, or --deep, does that.",
    ],
  } satisfies CommandSpec,
);

type CheckInvocation = Invocation<typeof SPEC>;

async function checkFile(file: string, invocation: CheckInvocation, signal: AbortSignal): Promise<number> {
  const { options, stdout, stderr } = invocation;
  if (file === "-") {
    throw new UsageError("The end of standard input cannot be looked at, expected a file or a URL", {
      remedy: "Use bzdump test, which reads everything, or save the data to a file",
    });
  }
  const report = await look(file, signal);
  const trouble = report.fault === undefined ? undefined : nameFile(report.fault, file);
  const exitCode = trouble === undefined ? EXIT.DONE : exitCodeFor(trouble);
  if (options.json) await writeJson(stdout, "bzdump/check@1", { file, isDeep: false, ...asJson(report, exitCode) });
  else if (trouble === undefined && !options.quiet) await stdout.write(`${file}: ${describe(report)}\n`);
  if (trouble !== undefined) {
    await stderr.write(renderFileError(trouble, { command: SPEC.name, isJson: options.json }));
  }
  return exitCode;
}

async function look(file: string, signal: AbortSignal): Promise<EndsReport> {
  const { source, close } = await openSource(file, { signal });
  try {
    return await checkEnds(source, { signal });
  } finally {
    await close();
  }
}

function asJson({ fault, ...found }: EndsReport, exitCode: number): Record<string, unknown> {
  return { isGood: fault === undefined, exitCode, ...found, problem: fault?.code };
}

function describe({ size, lastBlock, footer }: EndsReport): string {
  const end = `the last stream ends at byte ${footer?.endByteOffset ?? size}`;
  if (lastBlock === undefined) return `both ends good, ${size} bytes, no blocks; ${end}`;
  const byte = Math.floor(lastBlock.bitOffset / 8);
  return `both ends good, ${size} bytes; the last block begins at byte ${byte} and holds ${lastBlock.byteLength}, ${end}`;
}

export const CHECK: Verb<typeof SPEC> = {
  spec: SPEC,
  run(invocation, signal) {
    const { options, positionals, stdout, stderr } = invocation;
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return eachFile(
      positionals,
      context,
      (file) =>
        options.deep ? checkDeep(file, { options, stdout, stderr, signal }) : checkFile(file, invocation, signal),
    );
  },
};
