/**
 * bzdump append: continues a dump that was cut or damaged. · appendbz2
 */
import type { Stats } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { formatBytes, ProgressLine } from "../../lib/cli/progress-line.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { appendToDump, findAppendPoint } from "../../lib/dump/packing/append.ts";
import type { AppendPoint } from "../../lib/dump/packing/append-point.ts";
import { SourceError, UsageError } from "../../lib/errors.ts";
import type { ByteSource } from "../../lib/streams/byte-source.ts";
import { sourceStream } from "../../lib/streams/source-stream.ts";
import { chunksOf } from "../../lib/streams/stream-from.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile } from "./io/file-error.ts";
import { fileStatus } from "./io/input.ts";
import { isUrl, openSource } from "./io/open-source.ts";
import { openXml } from "./io/open-xml.ts";
import { fileOutput, type Output, standardOutputAs } from "./io/output.ts";
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
    name: "bzdump append",
    summary: "Continues a bzip2 dump that was cut or damaged, after its last whole page; what is good stays as it is.",
    positionals: [{ name: "file", text: "the dump that is not whole, or is to get more pages: a file or a URL" }],
    options: {
      with: {
        kind: "text",
        short: "w",
        placeholder: "MORE",
        text: "add the pages of this dump, or rest of a dump: bzip2, gzip or plain XML; a URL; - is stdin",
      },
      close: { kind: "flag", text: "add nothing but the end of the dump" },
      all: { kind: "flag", text: "with --with: add all pages, also those with ids up to that of the last whole page" },
      output: { ...OUTPUT_OPTION, text: "write the result to this file; - is stdout" },
      "in-place": { kind: "flag", text: "replace FILE by the result; until then both need room on the disk" },
      quick: { kind: "flag", text: "search from the end and do not check what is kept" },
      "dry-run": { kind: "flag", text: "write nothing, tell what would be kept; needs no other option" },
      "pages-per-stream": {
        kind: "integer",
        short: "p",
        min: 1,
        text: "pages in each stream that is added to a multistream dump; default 100",
      },
      threads: THREADS_OPTION,
      force: { ...FORCE_OPTION, text: "replace an existing file; allow compressed data on a terminal" },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "a summary as one line of JSON" },
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump append cut.xml.bz2 --close -o whole.xml.bz2", text: "keeps all whole pages, ends the dump" },
      { command: "bzdump append cut.xml.bz2 --dry-run", text: "tells which page is the last whole one" },
      {
        command: "bzdump append cut.xml.bz2 --with other.xml.bz2 -o all.xml.bz2",
        text: "takes what is missing from there",
      },
    ],
    notes: [
      "Without --quick FILE is read once and checked: what lies behind the first damage is dropped.",
      "The index of a multistream dump must be made anew.",
    ],
  } satisfies CommandSpec,
);

/** Below it, one thread is done before the others have begun. */
const SMALLEST_FOR_THREADS = 1_000_000;

type AppendInvocation = Invocation<typeof SPEC>;

/** Throws UsageError for options that do not fit together. */
function checkOptions(file: string, options: AppendInvocation["options"]): void {
  if (options["dry-run"]) return;
  if ((options.with === undefined) !== options.close) {
    throw new UsageError(
      options.close ? "Options --with and --close do not go together" : "It is not said how to go on",
      { remedy: options.close ? "With --with, the dump is closed anyway" : "Use --with MORE or --close" },
    );
  }
  if (options.all && options.close) throw new UsageError("Option --all is of use with --with only", { option: "all" });
  if ((options.output === undefined) !== options["in-place"]) {
    throw new UsageError("Name one place for the result: -o OUT or --in-place", { option: "output" });
  }
  if (options["in-place"] && isUrl(file)) {
    throw new UsageError("A file on a server cannot be replaced in place", { remedy: "Use -o OUT" });
  }
  const isSame = options.output !== undefined && options.output !== "-" && resolve(options.output) === resolve(file);
  if (isSame) throw new UsageError("The result would replace the file it is made from", { remedy: "Use --in-place" });
}

/** Opens the output before any work: a directory that is missing must be told at once. None for a dry run. */
async function openOutput(file: string, { options, stdout }: AppendInvocation): Promise<Output | undefined> {
  const like = isUrl(file) ? undefined : await fileStatus(file);
  if (options["dry-run"]) return undefined;
  if (options["in-place"]) return await inPlaceOutput(file, like);
  if (options.output === "-") return standardOutputAs(stdout, { isBinary: !options.force });
  return await fileOutput(options.output!, { isForced: options.force });
}

/** A link stays one: the file that it points to is replaced. */
async function inPlaceOutput(file: string, like: Stats | undefined): Promise<Output> {
  if (like?.isFile() !== true) {
    throw new SourceError("WRITE", `${file} is no regular file, and is not replaced by one`, file, {
      remedy: "Use -o OUT",
    });
  }
  return await fileOutput(await realpath(file), { isForced: true, mode: like.mode & 0o777 });
}

interface Counts {
  added: number;
  skipped: number;
  lastPageId: number | undefined;
}

interface AppendWork {
  readonly source: ByteSource;
  readonly point: AppendPoint;
  readonly output: Output;
  readonly threads: Threads;
  readonly counts: Counts;
  readonly signal: AbortSignal;
  onProgress(): void;
}

/** The kept bytes, then the new ones. */
async function writeResult(work: AppendWork, options: AppendInvocation["options"]): Promise<void> {
  const { source, point, output, threads, counts, signal } = work;
  const keptBytes = Math.floor(point.keptBitLength / 8);
  for await (const bytes of chunksOf(sourceStream(source, { end: keptBytes, signal }))) {
    await output.write(bytes);
    work.onProgress();
  }
  const pages = options.with === undefined ? undefined : await openXml(options.with, { chunks: "borrowed", signal });
  const tail = appendToDump(source, point, {
    pages,
    which: options.all ? "all" : "newer",
    pagesPerStream: options["pages-per-stream"],
    pool: threads.poolFor(undefined),
    onPage(pageId, isAdded) {
      if (isAdded) counts.added++;
      else counts.skipped++;
      if (isAdded) counts.lastPageId = pageId;
    },
  });
  for await (const bytes of tail) {
    await output.write(bytes);
    work.onProgress();
  }
  await output.finish();
}

async function runAppend(invocation: AppendInvocation, signal: AbortSignal, threads: Threads): Promise<number> {
  const { options, positionals, stderr } = invocation;
  const [file = "-"] = positionals;
  checkOptions(file, options);
  let bytesIn = 0;
  const progress = new ProgressLine({ sink: stderr, label: basename(file), mode: progressMode(options) });
  const { source, close } = await openSource(file, {
    signal,
    onRead(byteLength) {
      bytesIn += byteLength;
      progress.update({ bytesIn });
    },
  });
  let output: Output | undefined;
  try {
    output = await openOutput(file, invocation);
    const pool = options.quick ? undefined : threads.poolFor(source.size);
    const point = await findAppendPoint(source, { method: options.quick ? "search" : "scan", pool, signal });
    if (point.isWhole && options.close) {
      if (!options.quiet) await stderr.write(`${SPEC.name}: ${file} is whole, there is nothing to do\n`);
      return EXIT.NOTHING_TO_DO;
    }
    const counts: Counts = { added: 0, skipped: 0, lastPageId: point.lastPageId };
    if (output !== undefined) {
      const out = output;
      const onProgress = (): void => progress.update({ bytesIn, bytesOut: out.byteLength });
      await writeResult({ source, point, output, threads, counts, signal, onProgress }, options);
    }
    progress.finish();
    await report({ file, source, point, output, counts }, invocation);
    return EXIT.DONE;
  } catch (error) {
    throw nameFile(error, file);
  } finally {
    progress.finish();
    await output?.discard();
    await close();
  }
}

interface Result {
  readonly file: string;
  readonly source: ByteSource;
  readonly point: AppendPoint;
  /** None when nothing was written. */
  readonly output: Output | undefined;
  readonly counts: Counts;
}

async function report({ file, source, point, output, counts }: Result, invocation: AppendInvocation): Promise<void> {
  const { options, stdout, stderr } = invocation;
  const keptBytes = Math.floor(point.keptBitLength / 8);
  const sink = output !== undefined && options.output === "-" ? stderr : stdout;
  if (options.json) {
    await writeJson(sink, "bzdump/append@1", {
      file,
      output: output === undefined ? null : options["in-place"] ? file : options.output,
      isChecked: !options.quick,
      wasWhole: point.isWhole,
      trouble: point.trouble?.message ?? null,
      lastWholePage: point.lastPageId ?? null,
      bytesIn: source.size,
      keptBytes,
      keptBits: point.keptBitLength,
      addedPages: counts.added,
      skippedPages: counts.skipped,
      lastPage: counts.lastPageId ?? null,
      bytesOut: output?.byteLength ?? null,
    });
    return;
  }
  if (options.quiet) return;
  const end = point.isWhole && output === undefined ? "the dump is whole, " : "";
  const last = point.lastPageId === undefined ? "no page" : `page ${point.lastPageId} is the last whole one`;
  const added = options.with === undefined || output === undefined ? "" : `, ${counts.added} pages added` +
    (counts.skipped === 0 ? "" : `, ${counts.skipped} were there`);
  const kept = `${formatBytes(keptBytes)} of ${formatBytes(source.size)} ${
    output === undefined ? "would be kept" : "kept"
  }`;
  await sink.write(`${output?.name ?? file}: ${kept}, ${end}${last}${added}\n`);
  if (point.trouble !== undefined) await stderr.write(`${SPEC.name}: ${file}: ${point.trouble.message}\n`);
}

export const APPEND: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await withThreads(
      new Threads(options.threads, SMALLEST_FOR_THREADS),
      (threads) => eachFile(positionals.slice(0, 1), context, () => runAppend(invocation, signal, threads)),
    );
  },
};
