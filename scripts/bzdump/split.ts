/**
 * bzdump split: cuts a dump into dumps of page ranges. · split_bz2.py
 */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { formatBytes, ProgressLine } from "../../lib/cli/progress-line.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { SourceError, UsageError } from "../../lib/errors.ts";
import { sourceError } from "../../lib/host/system-error.ts";
import { eachFile } from "./io/each-file.ts";
import { isUrl } from "./io/open-source.ts";
import { type SplitAnswer, type SplitMeasure, SplitWork } from "./split/split-work.ts";
import { parseByteSize } from "./split/split-size.ts";
import { Threads, THREADS_OPTION, withThreads } from "./io/threads.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { FORCE_OPTION, JSON_OPTION, PROGRESS_OPTION, progressMode, QUIET_OPTION } from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump split",
    summary: "Cuts a dump into smaller dumps, each with header, whole pages and footer, named by their page ranges.",
    positionals: [{ name: "file", text: "a dump: bzip2, gzip or plain XML; a URL; - is stdin" }],
    options: {
      bytes: { kind: "text", placeholder: "SIZE", text: "a piece for every 500M, 1G … of FILE, packed as it is" },
      "xml-bytes": { kind: "text", placeholder: "SIZE", text: "a piece for every 500M, 1G … of the XML" },
      pages: { kind: "integer", min: 1, text: "a piece for every N pages" },
      pieces: { kind: "integer", min: 1, text: "N pieces of about the same size" },
      directory: { kind: "text", short: "d", placeholder: "DIR", text: "where the pieces go; default here" },
      name: { kind: "text", placeholder: "NAME", text: "name the pieces after this file instead of FILE" },
      format: { kind: "choice", choices: ["bz2", "gz", "xml"], text: "how to pack the pieces; default as FILE is" },
      "dry-run": { kind: "flag", text: "only print what would be cut" },
      "no-verify": { kind: "flag", text: "do not read the pieces back", isAdvanced: true },
      threads: THREADS_OPTION,
      force: { ...FORCE_OPTION, text: "replace existing files" },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "one line of JSON per piece" },
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump split pages-meta-history.xml.bz2 --bytes=2G -d pieces", text: "pieces of about 2 GB" },
      { command: "bzdump split pages-articles.xml.bz2 --pieces=4 --dry-run", text: "says at which pages it would cut" },
    ],
    notes: ["Page ids must rise. All pieces get their names at the end, or none."],
  } satisfies CommandSpec,
);

/** Files below this size are done sooner than threads are warm. */
const SMALLEST_FOR_THREADS = 2_000_000;

type SplitInvocation = Invocation<typeof SPEC>;

function measureOf(options: SplitInvocation["options"]): SplitMeasure {
  const given = (["bytes", "xml-bytes", "pages", "pieces"] as const).filter((name) => options[name] !== undefined);
  const [name, other] = given;
  if (name === undefined) {
    throw new UsageError("It is not said how to cut", { remedy: "Use --bytes, --xml-bytes, --pages or --pieces" });
  }
  if (other !== undefined) {
    throw new UsageError(`Options --${name} and --${other} say two ways to cut`, { option: other });
  }
  if (name === "pages" || name === "pieces") return { by: name, count: options[name]! };
  return { by: name, count: parseByteSize(options[name]!, name) };
}

/** The directory must be there before hours are spent. */
async function requireDirectory(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    throw sourceError(error, path, "write");
  }
  throw new SourceError("WRITE", `Cannot write to ${path}: it is no directory`, path, {
    remedy: "Use -d to name a directory",
  });
}

async function runSplit(
  { options, positionals, stdout, stderr }: SplitInvocation,
  signal: AbortSignal,
  threads: Threads,
): Promise<number> {
  const [file = "-"] = positionals;
  const measure = measureOf(options);
  const directory = options.directory ?? ".";
  if (!options["dry-run"]) await requireDirectory(directory);
  const progress = new ProgressLine({ sink: stderr, label: basename(file), mode: progressMode(options) });
  const work = new SplitWork({
    file,
    measure,
    directory,
    name: options.name ?? (file === "-" ? "stdin.xml" : basename(isUrl(file) ? new URL(file).pathname : file)),
    extension: options.format === "xml" ? "" : options.format,
    isForced: options.force,
    isVerified: !options["no-verify"],
    threads,
    signal,
    onProgress: (state) => progress.update(state),
  });
  let answer: SplitAnswer;
  try {
    answer = await (options["dry-run"] ? work.plan() : work.run());
  } finally {
    progress.finish();
  }
  if (options.json) {
    for (const row of answer.rows) await writeJson(stdout, "bzdump/split@1", { file, ...row });
  } else if (!options.quiet) await stdout.write(answer.rows.map(rowText).join(""));
  return await judge(answer, { file, options, stderr });
}

function rowText({ output, pages, firstPageId, bytesOut, inputOffset }: SplitAnswer["rows"][number]): string {
  const parts = [
    pages === undefined ? `from page ${firstPageId}` : `${pages} page${pages === 1 ? "" : "s"}`,
    ...(bytesOut === undefined ? [] : [formatBytes(bytesOut)]),
    ...(bytesOut === undefined && inputOffset !== undefined ? [`from byte ${inputOffset}`] : []),
  ];
  return `${output}: ${parts.join(", ")}\n`;
}

/** Says what is not as it was asked for. */
async function judge(
  answer: SplitAnswer,
  { file, options, stderr }: { file: string } & Pick<SplitInvocation, "options" | "stderr">,
): Promise<number> {
  const name = file === "-" ? "standard input" : file;
  const count = answer.rows.length;
  if (count === 0) {
    await stderr.write(`${SPEC.name}: ${name} has no pages, so there is nothing to split\n`);
    return EXIT.FAILED;
  }
  const wanted = options.pieces ?? count;
  if (count < wanted && !options.quiet) {
    await stderr.write(`${SPEC.name}: ${name} gives ${count} of ${wanted} pieces: pages are not cut\n`);
  }
  return EXIT.DONE;
}

export const SPLIT: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await withThreads(
      new Threads(options.threads, SMALLEST_FOR_THREADS),
      (threads) => eachFile(positionals, context, () => runSplit(invocation, signal, threads)),
    );
  },
};
