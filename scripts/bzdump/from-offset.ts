/**
 * bzdump from-offset: a compressed dump from a place in the file on, as a dump of its own.
 */
import { basename } from "node:path";
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { ProgressLine } from "../../lib/cli/progress-line.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { type FromOffsetProgress, readFromOffset } from "../../lib/dump/blocks/from-offset.ts";
import { UsageError } from "../../lib/errors.ts";
import type { ByteSource } from "../../lib/streams/byte-source.ts";
import { blockPlace, parsePlace } from "./blocks/block-place.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile } from "./io/file-error.ts";
import { openSource } from "./io/open-source.ts";
import type { Output } from "./io/output.ts";
import { openPagesOutput, writeDocument } from "./pages/pages-output.ts";
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
    name: "bzdump from-offset",
    summary: "Takes a bzip2 dump from a place in the file on. The result is a dump: header, whole pages, footer.",
    positionals: [
      { name: "file", text: "a bzip2 file or a URL" },
      { name: "place", text: "a byte of the file such as 4000; 4000.3 is three bits further; bit:32003 is the same" },
    ],
    options: {
      until: {
        kind: "text",
        placeholder: "PLACE",
        text: "only pages that begin in blocks which begin before this place",
      },
      "open-page": { kind: "flag", text: "begin with the page in the middle of which the first block begins, if any" },
      raw: { kind: "flag", text: "what the blocks hold, from the first byte on; no header, no footer" },
      "pages-only": { kind: "flag", text: "leave out header and footer" },
      output: { ...OUTPUT_OPTION, text: "write to this file: .bz2, .gz or plain, by its name" },
      threads: { ...THREADS_OPTION, text: `to compress the output, ${THREADS_OPTION.text}` },
      force: { ...FORCE_OPTION, text: "replace an existing file" },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "a summary as one line of JSON (on stderr when data goes to stdout)" },
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump from-offset dump.xml.bz2 5000000000 | head -c 3000", text: "the first pages behind 5 GB" },
      { command: "bzdump from-offset dump.xml.bz2 4000000 --until 8000000 -o part2.xml.bz2", text: "a part of a dump" },
    ],
    notes: [
      "Reading begins at the first block that begins at PLACE or behind it, and goes on over the borders of streams.",
      "A page belongs to the block in which its tag begins; parts with the same borders have every page once.",
      "No page (or with --raw no block) in the range: exit code 1, and a document without pages.",
    ],
  } satisfies CommandSpec,
);

type FromOffsetInvocation = Invocation<typeof SPEC>;

interface Work {
  readonly file: string;
  readonly fromBit: number;
  readonly untilBit: number | undefined;
  readonly invocation: FromOffsetInvocation;
  readonly threads: Threads;
  readonly signal: AbortSignal;
}

/** Does the work; says how far it came. */
async function copy(source: ByteSource, output: Output, work: Work): Promise<FromOffsetProgress> {
  const { file, fromBit, untilBit, invocation, threads, signal } = work;
  const { options, stderr } = invocation;
  const totalBytesIn = Math.floor((Math.min(untilBit ?? Infinity, source.size * 8) - fromBit) / 8);
  const mode = progressMode(options);
  const line = new ProgressLine({ sink: stderr, label: basename(file), totalBytesIn: Math.max(0, totalBytesIn), mode });
  let last: FromOffsetProgress = { start: undefined, bitOffset: fromBit, pages: 0, plainLength: 0 };
  const onProgress = (progress: FromOffsetProgress): void => {
    last = progress;
    const bytesIn = Math.max(0, Math.floor((progress.bitOffset - fromBit) / 8));
    line.update({ bytesIn, bytesOut: output.byteLength, pages: progress.pages });
  };
  const form = options.raw ? "raw" : options["pages-only"] ? "pages" : "document";
  const withOpenPage = options["open-page"];
  try {
    const text = readFromOffset(source, fromBit, {
      untilBit,
      form,
      withOpenPage,
      chunks: "borrowed",
      onProgress,
      signal,
    });
    await writeDocument(text, output, { threads, signal });
    return last;
  } finally {
    line.finish();
    await output.discard();
  }
}

async function runFromOffset(work: Work): Promise<number> {
  const { file, invocation, signal } = work;
  const { options, stdout, stderr } = invocation;
  let bytesIn = 0;
  const { source, close } = await openSource(file, { signal, onRead: (byteLength) => bytesIn += byteLength });
  try {
    const output = await openPagesOutput({ path: options.output ?? "-", isForced: options.force, stdout });
    const { start, pages, bitOffset } = await copy(source, output, work);
    const isEmpty = start === undefined || (!options.raw && pages === 0);
    if (options.json) {
      const isToStdout = options.output === undefined || options.output === "-";
      await writeJson(isToStdout ? stderr : stdout, "bzdump/from-offset@1", {
        file,
        start: start && blockPlace(start.bitOffset),
        end: blockPlace(bitOffset),
        pages: options.raw ? undefined : pages,
        output: options.output ?? "-",
        bytesIn,
        bytesOut: output.byteLength,
      });
    } else if (isEmpty && !options.quiet) {
      await stderr.write(`${SPEC.name}: ${emptyMessage(work, start, source.size)}\n`);
    }
    return isEmpty ? EXIT.FAILED : EXIT.DONE;
  } catch (error) {
    throw nameFile(error, file);
  } finally {
    await close();
  }
}

function emptyMessage({ file, untilBit }: Work, start: FromOffsetProgress["start"], size: number): string {
  const what = start === undefined ? "No block" : "No page";
  const range = untilBit === undefined ? "at that place or behind it" : "in that range";
  return `${what} of ${file} begins ${range}; the file has ${size} bytes`;
}

export const FROM_OFFSET: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const [file = "-", place = ""] = positionals;
    if (options.raw && (options["open-page"] || options["pages-only"])) {
      throw new UsageError("Option --raw does not go together with --open-page or --pages-only", { option: "raw" });
    }
    const fromBit = parsePlace(place);
    const untilBit = options.until === undefined ? undefined : parsePlace(options.until, "until");
    if (untilBit !== undefined && untilBit < fromBit) {
      throw new UsageError("The place of --until lies before the other one", { option: "until" });
    }
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await withThreads(new Threads(options.threads, 0), (threads) => {
      const work: Work = { file, fromBit, untilBit, invocation, threads, signal };
      return eachFile([file], context, () => runFromOffset(work));
    });
  },
};
