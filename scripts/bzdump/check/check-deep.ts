/**
 * bzdump check --deep: reads a dump to its end, and says all that is wrong with it.
 */
import { basename } from "node:path";
import { EXIT } from "../../../lib/cli/exit-codes.ts";
import type { CommandSpec } from "../../../lib/cli/options.ts";
import { writeJson } from "../../../lib/cli/output.ts";
import { ProgressLine, type ProgressMode } from "../../../lib/cli/progress-line.ts";
import { checkDump } from "../../../lib/dump/check/check-dump.ts";
import type { DumpCheck, DumpVerdict } from "../../../lib/dump/check/check-report.ts";
import { gunzipStream } from "../../../lib/host/gzip.ts";
import { makeSha1, sha1Hex } from "../../../lib/host/hash.ts";
import type { OutputSink } from "../../../lib/host/terminal.ts";
import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";
import { type AnyInput, openAnyInput } from "../io/any-input.ts";
import { describeCheck, describeProblem, describeTrouble } from "./check-words.ts";
import { Threads, THREADS_OPTION, withThreads } from "../io/threads.ts";
import { progressMode } from "../common-options.ts";

const COMMAND = "bzdump check";
/** Compressed bytes below which threads are not warm before the work is done. */
const SMALLEST_FOR_THREADS = 1024 * 1024;
const DEFAULT_MAX_ERRORS = 100;

/** What goes with --deep only. */
export const DEEP_OPTIONS = {
  threads: { ...THREADS_OPTION, text: `with --deep, ${THREADS_OPTION.text}` },
  "no-texts": { kind: "flag", text: "with --deep, hold texts against their lengths only, not their SHA-1" },
  "max-errors": {
    kind: "integer",
    placeholder: "N",
    text: `with --deep, end after N errors in a file; 0 is never; ${DEFAULT_MAX_ERRORS} without it`,
  },
} as const satisfies CommandSpec["options"];

/** What `checkDeep` needs of a command line. */
export interface DeepContext {
  readonly options: {
    readonly quiet: boolean;
    readonly json: boolean;
    readonly progress: ProgressMode | undefined;
    readonly threads: number | undefined;
    readonly "no-texts": boolean;
    readonly "max-errors": number | undefined;
  };
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
}

const EXIT_CODE_OF: Readonly<Record<DumpVerdict, number>> = {
  good: EXIT.DONE,
  wrong: EXIT.FAILED,
  truncated: EXIT.TRUNCATED,
  damaged: EXIT.DAMAGED,
};

/** Checks one file, URL, or standard input ("-"); says what it found, and returns the exit code. Throws errors of the source. */
export async function checkDeep(file: string, context: DeepContext): Promise<number> {
  const { options, stdout, stderr, signal } = context;
  const input = await openAnyInput(file, { signal, isTerminalWelcome: false });
  const threads = new Threads(options.threads, SMALLEST_FOR_THREADS);
  const check = await withThreads(threads, () => look(input, threads.poolFor(input.byteLength), context));
  const exitCode = EXIT_CODE_OF[check.verdict];
  const isGood = check.verdict === "good";
  if (options.json) {
    await writeJson(stdout, "bzdump/check@1", { file: input.name, isDeep: true, isGood, exitCode, ...check });
    return exitCode;
  }
  for (const problem of check.problems) {
    if (problem.severity === "notice" && options.quiet) continue;
    await stderr.write(`${COMMAND}: ${input.name}: ${describeProblem(problem)}\n`);
  }
  if (!isGood) await stderr.write(`${COMMAND}: ${input.name}: ${describeTrouble(check)}\n`);
  else if (!options.quiet) await stdout.write(`${input.name}: ${describeCheck(check)}\n`);
  return exitCode;
}

async function look(input: AnyInput, pool: WorkerPool | undefined, context: DeepContext): Promise<DumpCheck> {
  const { options, stderr, signal } = context;
  const maxErrors = options["max-errors"] ?? DEFAULT_MAX_ERRORS;
  const progress = new ProgressLine({
    sink: stderr,
    label: basename(input.name),
    totalBytesIn: input.byteLength,
    mode: progressMode(options),
  });
  try {
    return await checkDump(input.stream, {
      pool,
      signal,
      maxErrors: maxErrors === 0 ? Infinity : maxErrors,
      makeSha1: options["no-texts"] ? undefined : makeSha1,
      sha1Hex,
      makeGunzip: () => gunzipStream({ path: input.name }),
      onProgress: (state) => progress.update(state),
    });
  } finally {
    progress.finish();
  }
}
