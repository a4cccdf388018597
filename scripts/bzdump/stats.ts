/**
 * bzdump stats: what dumps hold, in numbers.
 */
import { basename } from "node:path";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { ProgressLine } from "../../lib/cli/progress-line.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { type DumpStats, dumpStats } from "../../lib/dump/pages/stats.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile } from "./io/file-error.ts";
import { openScan } from "./io/scan-input.ts";
import { statsTable } from "./stats-table.ts";
import { Threads, THREADS_OPTION, withThreads } from "./io/threads.ts";
import { JSON_OPTION, PROGRESS_OPTION, QUIET_OPTION, type Verb } from "./verb.ts";

const SPEC = defineCommand(
  {
    name: "bzdump stats",
    summary: "Counts pages, revisions, redirects and bytes of text, in all and per namespace.",
    positionals: [
      {
        name: "file",
        text: "dumps: bzip2, gzip, 7z or plain XML; URLs; - or none is stdin",
        isOptional: true,
        isRepeated: true,
      },
    ],
    options: {
      threads: THREADS_OPTION,
      json: { ...JSON_OPTION, text: "one line of JSON per file" },
      quiet: QUIET_OPTION,
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump stats elwiki-pages-articles.xml.bz2", text: "a table" },
      { command: "bzdump stats --json *.xml.bz2 | jq '[.file, .pages]'", text: "pages of several dumps" },
    ],
    notes: ["Bytes of text are those that the dump states; texts without a length are measured."],
  } satisfies CommandSpec,
);

type StatsInvocation = Invocation<typeof SPEC>;

/** A file is worth its threads from here on. */
const SMALLEST_BYTES = 4_000_000;

async function countFile(
  file: string,
  { options, stdout, stderr }: StatsInvocation,
  context: { readonly threads: Threads; readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = context;
  let bytesIn = 0;
  let pages = 0;
  let progress: ProgressLine | undefined;
  const onRead = (byteLength: number): void => {
    bytesIn += byteLength;
    progress?.update({ bytesIn, pages });
  };
  let stats: DumpStats;
  try {
    const { xml, byteLength } = await openScan(file, { ...context, onRead, chunks: "borrowed" });
    const mode = options.quiet ? "never" : options.progress ?? "auto";
    progress = new ProgressLine({ sink: stderr, label: basename(file), totalBytesIn: byteLength, mode });
    stats = await dumpStats(xml, { signal, onProgress: (count) => pages = count });
  } catch (error) {
    throw nameFile(error, file === "-" ? "standard input" : file);
  } finally {
    progress?.finish();
  }
  if (options.json) {
    const { siteInfo, ...counts } = stats;
    const { dbName, siteName, language, schemaVersion } = siteInfo;
    await writeJson(stdout, "bzdump/stats@1", { file, dbName, siteName, language, schemaVersion, ...counts, bytesIn });
  } else await stdout.write(statsTable(file === "-" ? "standard input" : file, stats));
}

export const STATS: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await withThreads(new Threads(options.threads, SMALLEST_BYTES), async (threads) => {
      return await eachFile(positionals, context, (file) => countFile(file, invocation, { threads, signal }));
    });
  },
};
