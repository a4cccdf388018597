/**
 * bzdump pages: takes pages out of a dump, reading only where they are if it can.
 */
import { basename } from "node:path";
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { ProgressLine } from "../../lib/cli/progress-line.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { extractRange } from "../../lib/dump/extract-range.ts";
import { formatPageRange, type PageRange, parsePageRanges } from "../../lib/dump/page-range.ts";
import { takePages } from "../../lib/dump/take-pages.ts";
import { UsageError } from "../../lib/errors.ts";
import { type DumpInput, openDump } from "./dump-input.ts";
import { eachFile } from "./each-file.ts";
import { nameFile } from "./file-error.ts";
import { openIndex } from "./open-index.ts";
import { isUrl } from "./open-source.ts";
import type { Output } from "./output.ts";
import { openPagesOutput, writeDocument } from "./pages-output.ts";
import { FORCE_OPTION, JSON_OPTION, OUTPUT_OPTION, PROGRESS_OPTION, QUIET_OPTION, type Verb } from "./verb.ts";

const SPEC = defineCommand(
  {
    name: "bzdump pages",
    summary: "Takes pages out of a dump, by their ids. The result is a dump: header, whole pages, footer.",
    positionals: [
      { name: "file", text: "a dump: bzip2, gzip or plain XML; a URL; - is stdin" },
      { name: "range", text: "page ids: 5, 1000-2000, 10-, or several with commas" },
    ],
    options: {
      output: { ...OUTPUT_OPTION, text: "write to this file: .bz2, .gz or plain, by its name" },
      index: {
        kind: "text",
        placeholder: "INDEX",
        text: "index of a multistream dump; one beside the dump is found by its name",
      },
      "no-index": { kind: "flag", text: "do not use the index beside the dump" },
      scan: { kind: "flag", text: "read the dump from its start; page ids may come in any order" },
      force: { ...FORCE_OPTION, text: "replace an existing file" },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "a summary as one line of JSON" },
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump pages enwiki-pages-articles.xml.bz2 1000-2000 -o some.xml.bz2", text: "a small dump" },
      { command: "bzdump pages https://…/pages-articles-multistream.xml.bz2 12", text: "one page, from a server" },
    ],
    notes: ["A range without pages is told on stderr, and gives exit code 1; the document is written all the same."],
  } satisfies CommandSpec,
);

/** Counts pages, in all and for each range. */
class PageCounter {
  readonly #ranges: readonly PageRange[];
  readonly #found: number[];
  count = 0;

  constructor(ranges: readonly PageRange[]) {
    this.#ranges = ranges;
    this.#found = ranges.map(() => 0);
  }

  add(pageId: number): void {
    this.count++;
    this.#ranges.forEach(({ first, last }, i) => {
      if (first <= pageId && pageId <= last) this.#found[i]!++;
    });
  }

  get emptyRanges(): string[] {
    return this.#ranges.filter((_, i) => this.#found[i] === 0).map(formatPageRange);
  }
}

interface PagesWork {
  readonly file: string;
  readonly ranges: readonly PageRange[];
  readonly output: Output;
  readonly counter: PageCounter;
  readonly signal: AbortSignal;
  readonly options: { readonly index: string | undefined; readonly "no-index": boolean; readonly scan: boolean };
  onRead(byteLength: number): void;
}

/** Does the work; says how the dump was read. */
async function takeOut(work: PagesWork): Promise<"index" | "search" | "scan"> {
  const { file, options, signal } = work;
  let input: DumpInput | undefined;
  try {
    input = await openDump(file, { signal, isScanWanted: options.scan, onRead: work.onRead });
    const isIndexWanted = input.kind === "source" && !options["no-index"];
    const found = isIndexWanted && (options.index !== undefined || !isUrl(file))
      ? await readIndex(options.index, file, signal)
      : undefined;
    await writeDocument(documentOf(input, work, found), work.output);
    return input.kind === "stream" ? "scan" : found === undefined ? "search" : "index";
  } catch (error) {
    throw nameFile(error, nameOf(file));
  } finally {
    await input?.close();
  }
}

type FoundIndex = Awaited<ReturnType<typeof openIndex>>;

async function readIndex(named: string | undefined, file: string, signal: AbortSignal): Promise<FoundIndex> {
  try {
    return await openIndex(named, file, signal);
  } catch (error) {
    throw nameFile(error, named ?? `${file} (its index)`);
  }
}

function documentOf(input: DumpInput, work: PagesWork, found: FoundIndex): ReadableStream<Uint8Array> {
  const { ranges, signal } = work;
  const onPage = (pageId: number): void => work.counter.add(pageId);
  if (input.kind === "source") return extractRange(input.source, ranges, { index: found?.index, onPage, signal });
  return takePages(input.xml, ranges, { order: work.options.scan ? "any" : "ascending", onPage, signal });
}

type PagesInvocation = Invocation<typeof SPEC>;

async function runPages(
  { options, positionals, stdout, stderr }: PagesInvocation,
  signal: AbortSignal,
): Promise<number> {
  const [file = "-", rangeText = ""] = positionals;
  const ranges = parsePageRanges(rangeText);
  const output = await openPagesOutput({ path: options.output, isForced: options.force, stdout });
  const progress = new ProgressLine({ sink: stderr, label: basename(file), mode: options.progress ?? "auto" });
  const counter = new PageCounter(ranges);
  let bytesIn = 0;
  const onRead = (byteLength: number): void => {
    bytesIn += byteLength;
    progress.update({ bytesIn, bytesOut: output.byteLength, pages: counter.count });
  };
  let method: "index" | "search" | "scan";
  try {
    method = await takeOut({ file, ranges, output, counter, signal, options, onRead });
  } finally {
    progress.finish();
    await output.discard();
  }
  const { emptyRanges, count } = counter;
  if (options.json) {
    const isToStdout = options.output === undefined || options.output === "-";
    await writeJson(isToStdout ? stderr : stdout, "bzdump/pages@1", {
      file,
      ranges: ranges.map(formatPageRange),
      emptyRanges,
      pages: count,
      method,
      output: options.output ?? "-",
      bytesIn,
      bytesOut: output.byteLength,
    });
  } else if (emptyRanges.length > 0 && !options.quiet) {
    await stderr.write(`${SPEC.name}: ${nameOf(file)} has no page with an id in ${emptyRanges.join(", ")}\n`);
  }
  return emptyRanges.length > 0 ? EXIT.FAILED : EXIT.DONE;
}

function nameOf(file: string): string {
  return file === "-" ? "standard input" : file;
}

/** "-20" is a range and no option: it says the same as "1-20". What belongs to an option, or follows "--", stays. */
function rangesWithFirst(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  return args.map((arg, i) => {
    const isRange = /^-\d[\d,-]*$/.test(arg) && (end < 0 || i < end) &&
      !/^(-o|--output|--index)$/.test(args[i - 1] ?? "");
    return isRange ? `1${arg}` : arg;
  });
}

export const PAGES: Verb<typeof SPEC> = {
  spec: SPEC,
  prepare: rangesWithFirst,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    if (options.index !== undefined && (options.scan || options["no-index"])) {
      throw new UsageError("Option --index does not go together with --scan or --no-index", { option: "index" });
    }
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await eachFile(positionals.slice(0, 1), context, () => runPages(invocation, signal));
  },
};
