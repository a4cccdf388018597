/**
 * bzdump revisions: how many revisions each page of a dump has.
 */
import { basename } from "node:path";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import { ProgressLine } from "../../lib/cli/progress-line.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { batchRevisions, type RevisionBatch } from "../../lib/dump/pages/batch-revisions.ts";
import { countRevisions } from "../../lib/dump/pages/count-revisions.ts";
import { eachFile } from "./io/each-file.ts";
import { nameFile } from "./io/file-error.ts";
import { LineWriter } from "./io/line-writer.ts";
import { readNamespaces } from "./pages/pages-request.ts";
import { openScan } from "./io/scan-input.ts";
import { Threads, THREADS_OPTION, withThreads } from "./io/threads.ts";
import { JSON_OPTION, PROGRESS_OPTION, QUIET_OPTION, type Verb } from "./verb.ts";

const SPEC = defineCommand(
  {
    name: "bzdump revisions",
    summary: "Counts the revisions of every page, and the bytes of their texts.",
    positionals: [
      { name: "file", text: "a dump: bzip2, gzip, 7z or plain XML; a URL; - or none is stdin", isOptional: true },
    ],
    options: {
      namespace: { kind: "texts", placeholder: "N", text: "only pages of this namespace; several with commas" },
      "more-than": { kind: "integer", placeholder: "N", text: "only pages with more than N revisions" },
      batch: { kind: "integer", placeholder: "N", min: 1, text: "a line for every N pages: sums, and the last page" },
      bytes: { kind: "flag", text: "bytes of all texts, and of the longest one" },
      threads: THREADS_OPTION,
      json: { ...JSON_OPTION, text: "a line of JSON instead: everything that is known" },
      quiet: QUIET_OPTION,
      progress: PROGRESS_OPTION,
    },
    examples: [
      { command: "bzdump revisions elwiki-stub-meta-history.xml.gz --more-than 10000", text: "the long histories" },
      { command: "bzdump revisions dump.xml.bz2 | sort -n -k2 | tail", text: "pages with the most revisions" },
    ],
    notes: [
      "A line: page id, revisions, (--bytes: bytes of all texts, bytes of the longest,) namespace, title; with tabs between.",
      "Pages without revisions are left out. Bytes are those that the dump states; texts without a length are measured.",
    ],
  } satisfies CommandSpec,
);

type RevisionsInvocation = Invocation<typeof SPEC>;

/** A file is worth its threads from here on. */
const SMALLEST_BYTES = 4_000_000;

async function countFile(
  file: string,
  { options, stdout, stderr }: RevisionsInvocation,
  context: { readonly threads: Threads; readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = context;
  const namespaces = options.namespace.length === 0 ? undefined : options.namespace.flatMap(readNamespaces);
  const cutoff = options["more-than"] ?? 0;
  let bytesIn = 0;
  let pages = 0;
  let progress: ProgressLine | undefined;
  const onRead = (byteLength: number): void => {
    bytesIn += byteLength;
    progress?.update({ bytesIn, pages });
  };
  const lines = new LineWriter(stdout);
  try {
    const { xml, byteLength } = await openScan(file, { ...context, onRead, chunks: "borrowed" });
    const mode = options.quiet ? "never" : options.progress ?? "auto";
    progress = new ProgressLine({ sink: stderr, label: basename(file), totalBytesIn: byteLength, mode });
    for await (const batch of batchRevisions(countRevisions(xml, { namespaces, signal }), options.batch ?? 1)) {
      pages += batch.pages;
      if (batch.revisions > cutoff) await lines.write(options.json ? asJson(batch) : asText(batch, options.bytes));
    }
  } catch (error) {
    throw nameFile(error, file === "-" ? "standard input" : file);
  } finally {
    await lines.flush();
    progress?.finish();
  }
}

function asText(
  { pageId, namespace, title, revisions, textBytes, maxTextBytes }: RevisionBatch,
  hasBytes: boolean,
): string {
  const bytes = hasBytes ? [textBytes, maxTextBytes] : [];
  return [pageId, revisions, ...bytes, namespace, title].join("\t");
}

function asJson({ titleXml: _, ...fields }: RevisionBatch): string {
  return JSON.stringify({ schema: "bzdump/revisions@1", ...fields });
}

export const REVISIONS: Verb<typeof SPEC> = {
  spec: SPEC,
  async run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const context = { command: SPEC.name, isJson: options.json, stderr, signal };
    return await withThreads(new Threads(options.threads, SMALLEST_BYTES), async (threads) => {
      return await eachFile(positionals, context, (file) => countFile(file, invocation, { threads, signal }));
    });
  },
};
