/**
 * bzdump blocks: the streams and blocks of a bzip2 file, and its map.
 */
import { UsageError } from "../../lib/errors.ts";
import { EXIT } from "../../lib/cli/exit-codes.ts";
import { type CommandSpec, defineCommand, type OptionSpec } from "../../lib/cli/options.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import type { BlockMap } from "../../lib/dump/blocks/block-map.ts";
import { type BlockRows, blockRows } from "./blocks/block-rows.ts";
import { listPart } from "./blocks/blocks-part.ts";
import { listWhole } from "./blocks/blocks-whole.ts";
import { SMALLEST_TO_DECODE_IN_THREADS } from "./codec/decompress-files.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile, renderFileError } from "./io/file-error.ts";
import { openSource } from "./io/open-source.ts";
import { fileOutput, type Output, standardOutputAs } from "./io/output.ts";
import { Threads, THREADS_OPTION, withThreads } from "./io/threads.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { FORCE_OPTION, JSON_OPTION, PROGRESS_OPTION, progressMode, QUIET_OPTION } from "./common-options.ts";

const FORMAT_OPTION = {
  kind: "choice",
  choices: ["json", "text"],
  text: "of the map: json (the default) has all, text is the table of seek-bzip: bit offset, plain bytes",
} as const satisfies OptionSpec;

const SPEC = defineCommand(
  {
    name: "bzdump blocks",
    summary: "Lists the blocks of a bzip2 file: where each begins, how long it is, and which plain bytes it holds.",
    positionals: [{ name: "file", text: "a bzip2 file or a URL; - or none is stdin", isOptional: true }],
    options: {
      from: { kind: "integer", placeholder: "BYTE", text: "only blocks that begin at or after this byte of FILE" },
      to: { kind: "integer", placeholder: "BYTE", text: "only blocks that begin before this byte of FILE" },
      last: { kind: "integer", min: 1, text: "only the last N blocks, found from the end" },
      "no-verify": { kind: "flag", text: "decode nothing: list each place that looks like a block" },
      streams: { kind: "flag", text: "list streams in place of blocks" },
      map: {
        kind: "text",
        placeholder: "MAP",
        text: "save the map of blocks in this file; - is stdout, without the list",
      },
      format: FORMAT_OPTION,
      force: { ...FORCE_OPTION, text: "replace an existing map; read from a terminal" },
      threads: THREADS_OPTION,
      quiet: { ...QUIET_OPTION, text: "no line of titles; say nothing but errors" },
      json: { ...JSON_OPTION, text: "one object a line: block, stream, trailing, end" },
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump blocks pages.xml.bz2", text: "lists all blocks" },
      { command: "bzdump blocks --last 2 https://…/pages.xml.bz2", text: "reads the end of a big file only" },
      { command: "bzdump blocks -q --map pages.map pages.xml.bz2 > /dev/null", text: "makes a map for random access" },
    ],
    notes: [
      "With --from, --to or --last, blocks behind damage are listed, too; what lies before a block is not read, so some columns are unknown (-).",
    ],
  } satisfies CommandSpec,
);

type BlocksInvocation = Invocation<typeof SPEC>;

/** Throws UsageError for options that do not fit together. */
function checkOptions(
  { from, to, last, streams, map, format, "no-verify": isQuick }: BlocksInvocation["options"],
): void {
  const isPart = from !== undefined || to !== undefined || last !== undefined || isQuick;
  if (isPart && (streams || map !== undefined)) {
    const option = streams ? "streams" : "map";
    throw new UsageError(`Option --${option} needs the whole file, and does not go together with a part of it`, {
      option,
      remedy: "Leave out --from, --to, --last and --no-verify",
    });
  }
  if (format !== undefined && map === undefined) {
    throw new UsageError("Option --format says how a map is saved, but no --map was given", { option: "format" });
  }
  if (from !== undefined && to !== undefined && from >= to) {
    throw new UsageError(`Option --from (${from}) must be below --to (${to})`, { option: "from" });
  }
}

async function runPart(file: string, { options, stderr }: BlocksInvocation, work: BlocksWork): Promise<number> {
  const { rows, signal } = work;
  const { source, close } = await openSource(file, { signal });
  try {
    const { blocks, exitCode } = await listPart(source, {
      rows,
      signal,
      fromByte: options.from,
      toByte: options.to,
      last: options.last,
      isQuick: options["no-verify"],
      onFault: (error) =>
        stderr.write(renderFileError(nameFile(error, file), { command: SPEC.name, isJson: options.json })),
    });
    if (exitCode !== EXIT.DONE || blocks > 0) return exitCode;
    if (!options.quiet && !options.json) await stderr.write(`${SPEC.name}: ${file} has no block there\n`);
    return EXIT.FAILED;
  } finally {
    await close();
  }
}

async function runWhole(file: string, invocation: BlocksInvocation, work: BlocksWork): Promise<void> {
  const { options, stdout, stderr } = invocation;
  const { map: path, force: isForced, quiet, json } = options;
  const output = path === undefined
    ? undefined
    : path === "-"
    ? standardOutputAs(stdout, { isBinary: false })
    : await fileOutput(path, { isForced });
  try {
    const { map, trailingBytes } = await withThreads(
      new Threads(options.threads, SMALLEST_TO_DECODE_IN_THREADS),
      (threads) =>
        listWhole(file, {
          ...work,
          threads,
          stderr,
          isTerminalWelcome: isForced,
          progress: progressMode(options),
          isMapWanted: output !== undefined,
        }),
    );
    if (output !== undefined && map !== undefined) await save(map, options.format ?? "json", output);
    if (trailingBytes > 0 && !quiet && !json) {
      await stderr.write(`${file}: ${trailingBytes} bytes after the last stream are no bzip2 data\n`);
    }
  } finally {
    await output?.discard();
  }
}

async function save(map: BlockMap, format: "json" | "text", output: Output): Promise<void> {
  await output.write(new TextEncoder().encode(format === "json" ? map.toJsonText() : map.toString()));
  await output.finish();
}

interface BlocksWork {
  readonly rows: BlockRows;
  readonly signal: AbortSignal;
}

export const BLOCKS: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stdout, stderr } = invocation;
    checkOptions(options);
    const isPart = options.from !== undefined || options.to !== undefined || options.last !== undefined ||
      options["no-verify"];
    const rows = blockRows({
      // The map itself is the output then.
      stdout: options.map === "-" ? { ...stdout, write: () => Promise.resolve() } : stdout,
      isJson: options.json,
      isOfStreams: options.streams,
      hasTitles: !options.quiet,
    });
    const work = { rows, signal };
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await eachFile(
      positionals,
      context,
      async (file) => isPart ? await runPart(file, invocation, work) : await runWhole(file, invocation, work),
    );
  },
};
