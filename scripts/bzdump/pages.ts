/**
 * bzdump pages: takes pages out of a dump, reading only where they are if it can.
 */
import { basename } from "node:path";
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { ProgressLine } from "../../lib/cli/progress-line.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { formatPageRange } from "../../lib/dump/pages/page-range.ts";
import { UsageError } from "../../lib/errors.ts";
import { eachFile } from "./io/each-file.ts";
import type { Output } from "./io/output.ts";
import { PageCounter } from "./pages/page-counter.ts";
import { openPagesOutput } from "./pages/pages-output.ts";
import { type PagesRequest, rangesWithFirst, readRequest } from "./pages/pages-request.ts";
import { type ReadingMethod, takeOut } from "./pages/pages-work.ts";
import { Threads, THREADS_OPTION, withThreads } from "./io/threads.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import {
  FORCE_OPTION,
  JSON_OPTION,
  OUTPUT_OPTION,
  PROGRESS_OPTION,
  progressMode,
  QUIET_OPTION,
} from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump pages",
    summary: "Takes pages out of a dump, by their ids. The result is a dump: header, whole pages, footer.",
    positionals: [
      { name: "file", text: "a dump: bzip2, gzip, 7z or plain XML; a URL; - is stdin" },
      {
        name: "range",
        text: "page ids: 5, 1000-2000, 10-, several with commas; RANGE=OUT: to a file of their own",
        isOptional: true,
        isRepeated: true,
      },
    ],
    options: {
      output: { ...OUTPUT_OPTION, text: "write to this file: .bz2, .gz, .7z or plain, by its name" },
      namespace: { kind: "texts", placeholder: "N", text: "only pages of this namespace, or of several: 0,14" },
      json: { ...JSON_OPTION, text: "not a dump but one line of JSON a page" },
      revisions: { kind: "flag", text: "one line of JSON a revision" },
      text: { kind: "flag", text: "one line of JSON a revision, with its text" },
      index: {
        kind: "text",
        placeholder: "INDEX",
        text: "index of a multistream dump, if it is not beside the dump",
      },
      "no-index": { kind: "flag", text: "do not use the index beside the dump", isAdvanced: true },
      scan: { kind: "flag", text: "read from the start: ids may come in any order" },
      threads: { ...THREADS_OPTION, isAdvanced: true },
      summary: { kind: "flag", text: "at the end one line of JSON: what was read and written", isAdvanced: true },
      force: { ...FORCE_OPTION, text: "replace existing files" },
      quiet: QUIET_OPTION,
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump pages enwiki-pages-articles.xml.bz2 1000-2000 -o some.xml.bz2", text: "a small dump" },
      { command: "bzdump pages dump.xml.bz2 -100=a.xml.bz2 101-=b.xml.gz", text: "two dumps, in one pass" },
      {
        command: "bzdump pages https://…/dump.xml.bz2 --json --namespace 0 | jq -r .title",
        text: "titles of articles",
      },
    ],
    notes: [
      "Without RANGE, JSON and --namespace take all pages.",
      "A range without pages is told on stderr, and gives exit code 1; the document is written all the same.",
    ],
  } satisfies CommandSpec,
);

type PagesInvocation = Invocation<typeof SPEC>;

/** A file is worth its threads from here on. */
const SMALLEST_BYTES = 4_000_000;

async function runPages(invocation: PagesInvocation, threads: Threads, signal: AbortSignal): Promise<number> {
  const { options, positionals, stdout, stderr } = invocation;
  const [file = "-", ...rangeTexts] = positionals;
  const request = readRequest(rangeTexts, options);
  const outputs: Output[] = [];
  const progress = new ProgressLine({
    sink: stderr,
    label: basename(file),
    mode: progressMode(options),
  });
  const counter = new PageCounter(request.isEverything ? [] : request.outputs.flatMap(({ ranges }) => ranges));
  let bytesIn = 0;
  const onRead = (byteLength: number): void => {
    bytesIn += byteLength;
    progress.update({ bytesIn, bytesOut: bytesOf(outputs), pages: counter.count });
  };
  let method: ReadingMethod;
  try {
    for (const { path } of request.outputs) {
      outputs.push(await openPagesOutput({ path, isForced: options.force, stdout }));
    }
    method = await takeOut({ file, request, outputs, counter, threads, signal, options, onRead });
  } finally {
    progress.finish();
    for (const output of outputs) await output.discard();
  }
  await tell(invocation, request, { counter, method, bytesIn, bytesOut: bytesOf(outputs) });
  return counter.emptyRanges.length > 0 ? EXIT.FAILED : EXIT.DONE;
}

interface PagesResult {
  readonly counter: PageCounter;
  readonly method: ReadingMethod;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

async function tell(
  { options, positionals, stdout, stderr }: PagesInvocation,
  request: PagesRequest,
  { counter, method, bytesIn, bytesOut }: PagesResult,
): Promise<void> {
  const { emptyRanges, count } = counter;
  const file = positionals[0] ?? "-";
  if (options.summary) {
    const isToStdout = request.outputs.some(({ path }) => path === "-");
    await writeJson(isToStdout ? stderr : stdout, "bzdump/pages-summary@1", {
      file,
      outputs: request.outputs.map(({ path, ranges }) => ({
        output: path,
        ranges: request.isEverything ? [] : ranges.map(formatPageRange),
      })),
      namespaces: request.namespaces,
      emptyRanges,
      pages: count,
      method,
      bytesIn,
      bytesOut,
    });
  } else if (emptyRanges.length > 0 && !options.quiet) {
    const which = request.namespaces === undefined ? "" : ` of namespace ${request.namespaces.join(", ")}`;
    const name = file === "-" ? "standard input" : file;
    await stderr.write(`${SPEC.name}: ${name} has no page${which} with an id in ${emptyRanges.join(", ")}\n`);
  }
}

function bytesOf(outputs: readonly Output[]): number {
  return outputs.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

export const PAGES: Verb<typeof SPEC> = {
  spec: SPEC,
  prepare: rangesWithFirst,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    if (options.index !== undefined && (options.scan || options["no-index"])) {
      throw new UsageError("Option --index does not go together with --scan or --no-index", { option: "index" });
    }
    readRequest(positionals.slice(1), options);
    const context = { command: SPEC.name, isJson: options.summary, stderr, signal };
    return await withThreads(new Threads(options.threads, SMALLEST_BYTES), async (threads) => {
      return await eachFile(positionals.slice(0, 1), context, () => runPages(invocation, threads, signal));
    });
  },
};
