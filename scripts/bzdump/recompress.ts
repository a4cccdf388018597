/**
 * bzdump recompress: a dump as multistream dump, with its index. · recompressxml
 */
import { basename, resolve } from "node:path";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { ProgressLine, type ProgressMode } from "../../lib/cli/progress-line.ts";
import type { Level } from "../../lib/bzip2/format.ts";
import { recompressDump, type RecompressOptions, type RecompressSummary } from "../../lib/dump/packing/recompress.ts";
import { UsageError } from "../../lib/errors.ts";
import { countBytes } from "../../lib/streams/count-bytes.ts";
import { sniff } from "../../lib/streams/sniff.ts";
import { streamFrom } from "../../lib/streams/stream-from.ts";
import type { WorkerPool } from "../../lib/streams/worker-pool.ts";
import { openAnyInput } from "./io/any-input.ts";
import { decodeForPacking } from "./packing/decode-for-packing.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile } from "./io/file-error.ts";
import { plainXml } from "./io/open-xml.ts";
import { fileOutput, type Output, standardOutputAs } from "./io/output.ts";
import { PackedText, packerFor, packingOf } from "./packing/packed-output.ts";
import { discardAll, type RecompressOutputs, writeRecompressed } from "./packing/recompress-output.ts";
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
    name: "bzdump recompress",
    summary: "Makes a multistream dump: some pages in each stream, so that each can be read alone, and an index.",
    positionals: [{
      name: "file",
      text: "a dump: bzip2 of any number of streams, gzip or plain XML; a URL; - or none is stdin",
      isOptional: true,
    }],
    options: {
      output: { ...OUTPUT_OPTION, text: "the multistream dump: .bz2 or .gz; - or none is stdout, as bzip2" },
      index: {
        kind: "text",
        short: "i",
        placeholder: "INDEX",
        text: "write the index to this file: .bz2, .gz or plain, by its name",
      },
      "pages-per-stream": { kind: "integer", short: "p", min: 1, text: "pages in each stream; default 100" },
      "no-header": { kind: "flag", text: "leave the header out; an empty stream stands in its place" },
      "no-footer": { kind: "flag", text: "leave the footer out" },
      level: {
        kind: "choice",
        placeholder: "1-9",
        choices: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        text: "blocks of 100 to 900 kB; 9 is the default",
      },
      threads: THREADS_OPTION,
      force: { ...FORCE_OPTION, text: "replace existing files; allow compressed data on a terminal" },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "a summary as one line of JSON" },
      progress: PROGRESS_OPTION,
    },
    examples: [
      {
        command: "bzdump recompress pages.xml.bz2 -o pages-multistream.xml.bz2 -i pages-multistream-index.txt.bz2",
        text: "a multistream dump as Wikimedia publishes them",
      },
      { command: "7z x -so pages.7z | bzdump recompress -o pages-multistream.xml.bz2", text: "from a pipe" },
    ],
    notes: ["The files get their names when both are whole. A dump that is damaged or cut makes none."],
  } satisfies CommandSpec,
);

/** Below it, one thread is done before the others have begun. */
const SMALLEST_FOR_THREADS = 1_000_000;

interface RecompressCall {
  readonly file: string;
  readonly options: {
    readonly output: string | undefined;
    readonly index: string | undefined;
    readonly "pages-per-stream": number | undefined;
    readonly "no-header": boolean;
    readonly "no-footer": boolean;
    readonly level: string | undefined;
    readonly force: boolean;
    readonly json: boolean;
    readonly quiet: boolean;
    readonly progress: ProgressMode | undefined;
  };
  readonly threads: Threads;
  readonly stdout: OutputSink;
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
}

/** Throws UsageError for names that do not fit together. */
function checkNames({ output, index, level }: RecompressCall["options"]): void {
  const isToStdout = output === undefined || output === "-";
  if (!isToStdout && packingOf(output) === "plain") {
    throw new UsageError(`The name ${output} does not say how to pack: it ends neither in .bz2 nor in .gz`, {
      option: "output",
    });
  }
  if (level !== undefined && !isToStdout && packingOf(output) === "gzip") {
    throw new UsageError("Option --level is for bzip2, and the output is gzip", { option: "level" });
  }
  if (index === undefined) return;
  if (isToStdout ? index === "-" : resolve(index) === resolve(output)) {
    throw new UsageError("The dump and its index cannot go to the same place", { option: "index" });
  }
}

async function openOutputs({ options, stdout }: RecompressCall): Promise<RecompressOutputs> {
  const dump = await openOne(options.output, true);
  try {
    if (options.index === undefined) return { dump, index: undefined };
    const packing = packingOf(options.index);
    return { dump, index: new PackedText(await openOne(options.index, packing !== "plain"), packing) };
  } catch (error) {
    await dump.discard();
    throw error;
  }

  async function openOne(path: string | undefined, isBinary: boolean): Promise<Output> {
    if (path !== undefined && path !== "-") return await fileOutput(path, { isForced: options.force });
    return standardOutputAs(stdout, { isBinary: isBinary && !options.force });
  }
}

async function recompressFile(call: RecompressCall): Promise<void> {
  const { file, options, threads, stderr, signal } = call;
  checkNames(options);
  const input = await openAnyInput(file, { signal, isTerminalWelcome: options.force, chunks: "borrowed" });
  const outputs = await openOutputs(call);
  const progress = new ProgressLine({
    sink: stderr,
    label: basename(input.name),
    totalBytesIn: input.byteLength,
    mode: progressMode(options),
  });
  let bytesIn = 0;
  const counted = countBytes(input.stream, (byteLength) => {
    bytesIn += byteLength;
    progress.update({ bytesIn, bytesOut: outputs.dump.byteLength });
  });
  try {
    const pool = threads.poolFor(input.byteLength);
    const events = recompressDump(await xmlOf(counted, input.name, pool), recompressOptions(options, pool));
    const summary = await writeRecompressed(events, outputs);
    progress.update({ bytesIn, bytesOut: outputs.dump.byteLength });
    if (options.json) await report(summary, { call, outputs, input: input.name, bytesIn });
  } catch (error) {
    throw nameFile(error, input.name);
  } finally {
    progress.finish();
    await discardAll(outputs);
  }
}

/** What is in the data, unpacked. */
async function xmlOf(
  data: ReadableStream<Uint8Array>,
  name: string,
  pool: WorkerPool | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const { format, stream } = await sniff(data);
  return format === "bzip2" ? streamFrom(decodeForPacking(stream, pool)) : plainXml(stream, format, name);
}

function recompressOptions(options: RecompressCall["options"], pool: WorkerPool | undefined): RecompressOptions {
  const isGzip = options.output !== undefined && packingOf(options.output) === "gzip";
  return {
    packer: packerFor(isGzip ? "gzip" : "bzip2", { level: Number(options.level ?? 9) as Level, pool }),
    pagesPerStream: options["pages-per-stream"],
    isHeaderLeftOut: options["no-header"],
    isFooterLeftOut: options["no-footer"],
    hasIndex: options.index !== undefined,
  };
}

interface Report {
  readonly call: RecompressCall;
  readonly outputs: RecompressOutputs;
  readonly input: string;
  readonly bytesIn: number;
}

async function report(summary: RecompressSummary, { call, outputs, input, bytesIn }: Report): Promise<void> {
  const { options, stdout, stderr } = call;
  const isToStdout = [options.output ?? "-", options.index].includes("-");
  await writeJson(isToStdout ? stderr : stdout, "bzdump/recompress@1", {
    file: input,
    output: options.output ?? "-",
    index: options.index ?? null,
    pages: summary.pages,
    streams: summary.streams,
    bytesIn,
    plainBytes: summary.plainByteLength,
    bytesOut: outputs.dump.byteLength,
    indexBytes: outputs.index?.output.byteLength ?? 0,
  });
}

export const RECOMPRESS: Verb<typeof SPEC> = {
  spec: SPEC,
  async run({ options, positionals, stdout, stderr }, signal) {
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await withThreads(
      new Threads(options.threads, SMALLEST_FOR_THREADS),
      (threads) =>
        eachFile(positionals, context, (file) => recompressFile({ file, options, threads, stdout, stderr, signal })),
    );
  },
};
