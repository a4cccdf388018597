/**
 * bzdump stats: what dumps hold, in numbers.
 */
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { writeJson } from "../../lib/cli/output.ts";
import { type DumpStats, dumpStats } from "../../lib/dump/pages/stats.ts";
import type { OutputSink } from "../../lib/host/terminal.ts";
import { scanEach, type Scanned } from "./io/scan-each.ts";
import { statsTable } from "./stats-table.ts";
import { THREADS_OPTION } from "./io/threads.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { JSON_OPTION, PROGRESS_OPTION, QUIET_OPTION } from "./common-options.ts";

const SPEC = defineCommand(
  {
    name: "bzdump stats",
    summary: "Counts pages, revisions, redirects and bytes, per namespace too.",
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

export const STATS: Verb<typeof SPEC> = {
  spec: SPEC,
  run({ options, positionals, stdout, stderr }, signal) {
    const call = { command: SPEC.name, files: positionals, options, stderr, signal };
    return scanEach(
      call,
      ({ xml, onPages }) => dumpStats(xml, { signal, onProgress: onPages }),
      (scanned) => options.json ? writeAsJson(stdout, scanned) : stdout.write(asTable(scanned)),
    );
  },
};

function asTable({ file, result }: Scanned<DumpStats>): string {
  return statsTable(file === "-" ? "standard input" : file, result);
}

async function writeAsJson(stdout: OutputSink, { file, result, bytesIn }: Scanned<DumpStats>): Promise<void> {
  const { siteInfo, ...counts } = result;
  const { dbName, siteName, language, schemaVersion } = siteInfo;
  await writeJson(stdout, "bzdump/stats@1", { file, dbName, siteName, language, schemaVersion, ...counts, bytesIn });
}
