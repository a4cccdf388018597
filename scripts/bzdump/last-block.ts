/**
 * bzdump last-block: what the last whole block of a bzip2 file holds, or where it is.
 */
import { EXIT, exitCodeFor } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { checkEnds, checkHead } from "../../lib/dump/blocks/check-ends.ts";
import { findLastBlock, type LastBlock } from "../../lib/dump/blocks/last-block.ts";
import { UsageError } from "../../lib/errors.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import { blockPlace, formatPlace, parsePlace, PLACE_FORMS } from "./blocks/block-place.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile, renderFileError } from "./io/file-error.ts";
import { isUrl, openSource } from "./io/open-source.ts";
import { openPagesOutput, writeDocument } from "./pages/pages-output.ts";
import { Threads } from "./io/threads.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { FORCE_OPTION, JSON_OPTION, OUTPUT_OPTION, QUIET_OPTION } from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump last-block",
    summary: "Prints what the last whole block of a bzip2 file holds, or where it is. Works on truncated files.",
    positionals: [{ name: "file", text: "a file or a URL; only its end is read" }],
    options: {
      place: { kind: "flag", text: "print where the block begins, not what it holds" },
      offsets: {
        kind: "choice",
        placeholder: "FORM",
        choices: PLACE_FORMS,
        text: "how --place says it: byte (15868.1 is one bit further), bit, old (as the old tools)",
      },
      "from-last": {
        kind: "integer",
        short: "n",
        placeholder: "N",
        min: 1,
        text: "the N-th block from the end; 1 is the last",
      },
      before: {
        kind: "text",
        placeholder: "PLACE",
        text: "the last block that begins before this byte (or 4000.3, bit:32003)",
      },
      output: { ...OUTPUT_OPTION, text: "write to this file: .bz2, .gz or plain, by its name" },
      force: { ...FORCE_OPTION, text: "replace an existing file" },
      quiet: QUIET_OPTION,
      json: { ...JSON_OPTION, text: "place and lengths as one line of JSON (on stderr when the block goes to stdout)" },
    },
    examples: [
      { command: "bzdump last-block dump.xml.bz2 | tail -c 500", text: "how a dump ends" },
      { command: "bzdump last-block --place --json https://…/cut.xml.bz2", text: "where a download can go on" },
    ],
    notes: [
      "Blocks decode whole or not at all. Of a file that is cut off, the last whole one is printed, and exit code 4 says so.",
      "If more than the cut is wrong with what follows the block, the exit code is 3; without any good block nothing is printed.",
    ],
  } satisfies CommandSpec,
);

/** A file without good blocks is not fetched as a whole to find that out. */
const MOST_BYTES_OF_URL = 64 * 1024 * 1024;

type LastBlockInvocation = Invocation<typeof SPEC>;

async function runLastBlock(invocation: LastBlockInvocation, signal: AbortSignal): Promise<number> {
  const { options, positionals, stdout, stderr } = invocation;
  const [file = "-"] = positionals;
  const beforeBit = options.before === undefined ? undefined : parsePlace(options.before, "before");
  const { source, close } = await openSource(file, { signal });
  try {
    const searchBytes = isUrl(file) ? MOST_BYTES_OF_URL : undefined;
    const found = await findLastBlock(source, { beforeBit, fromLast: options["from-last"], searchBytes, signal });
    if (found.block === undefined) return await tellNone(file, (await checkEnds(source, { signal })).fault, invocation);
    const isDataOnStdout = !options.place && (options.output === undefined || options.output === "-");
    await give(found.block, invocation, signal);
    if (options.json) await tellJson(file, found, isDataOnStdout ? stderr : stdout);
    const head = found.end !== undefined ? await checkHead(source, { signal }) : undefined;
    return await tellFault(file, found.end?.fault ?? head?.fault, invocation);
  } catch (error) {
    throw nameFile(error, file);
  } finally {
    await close();
  }
}

/** One block is no work for threads. */
const ONE_THREAD = new Threads(1, 0);

type FoundBlock = NonNullable<LastBlock["block"]>;

async function give(block: FoundBlock, invocation: LastBlockInvocation, signal: AbortSignal): Promise<void> {
  const { options, stdout } = invocation;
  if (options.place) {
    if (!options.json) await stdout.write(`${formatPlace(block.bitOffset, options.offsets ?? "byte")}\n`);
    return;
  }
  const output = await openPagesOutput({ path: options.output ?? "-", isForced: options.force, stdout });
  const data = new Blob([block.bytes]).stream();
  await writeDocument(data, output, { threads: ONE_THREAD, signal });
}

async function tellJson(file: string, { block, end }: LastBlock, sink: OutputSink): Promise<void> {
  if (block === undefined) return;
  const { bytes, bitLength, crc } = block;
  await writeJson(sink, "bzdump/last-block@1", {
    file,
    ...blockPlace(block.bitOffset),
    bitLength,
    byteLength: bytes.length,
    crc,
    goodBytes: end?.goodBytes,
    footer: end?.footer,
    problem: end?.fault?.code,
  });
}

/** What is wrong with what follows the last block, or with the header of the file. */
async function tellFault(file: string, fault: unknown, invocation: LastBlockInvocation): Promise<number> {
  const { options, stderr } = invocation;
  if (fault === undefined) return EXIT.DONE;
  nameFile(fault, file);
  if (!options.quiet) await stderr.write(renderFileError(fault, { command: SPEC.name, isJson: options.json }));
  return exitCodeFor(fault);
}

async function tellNone(file: string, fault: unknown, invocation: LastBlockInvocation): Promise<number> {
  const { options, stderr } = invocation;
  // A good file has blocks unless it is empty, or others were asked for than there are.
  if (fault !== undefined && options.before === undefined) throw fault;
  if (!options.quiet) await stderr.write(`${SPEC.name}: ${file} has no such block\n`);
  return EXIT.FAILED;
}

export const LAST_BLOCK: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    if (options.offsets !== undefined && !options.place) {
      throw new UsageError("Option --offsets is of use with --place only", { option: "offsets" });
    }
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await eachFile(positionals, context, () => runLastBlock(invocation, signal));
  },
};
