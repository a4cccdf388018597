/**
 * bzdump revisions: how many revisions each page of a dump has.
 */
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";
import type { Invocation } from "../../lib/cli/run-command.ts";
import { type RevisionBatch, RevisionBatcher } from "../../lib/dump/pages/batch-revisions.ts";
import { countRevisionsByChunk } from "../../lib/dump/pages/count-revisions.ts";
import { LineWriter } from "./io/line-writer.ts";
import { readNamespaces } from "./pages/pages-request.ts";
import { type Scan, scanEach } from "./io/scan-each.ts";
import { THREADS_OPTION } from "./io/threads.ts";
import type { Verb } from "../../lib/cli/verb.ts";
import { JSON_OPTION, PROGRESS_OPTION, QUIET_OPTION } from "./common-options.ts";

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

/** Writes a line for each page of a dump, or for each batch of them. */
async function listRevisions(
  { xml, onPages }: Scan,
  { options, stdout }: RevisionsInvocation,
  signal: AbortSignal,
): Promise<void> {
  const namespaces = options.namespace.length === 0 ? undefined : options.namespace.flatMap(readNamespaces);
  const cutoff = options["more-than"] ?? 0;
  let pages = 0;
  const lines = new LineWriter(stdout);
  const batches = new RevisionBatcher(options.batch ?? 1);
  const tell = (batch: RevisionBatch | undefined): Promise<void> | undefined => {
    if (batch === undefined) return undefined;
    onPages(pages += batch.pages);
    if (batch.revisions <= cutoff) return undefined;
    return lines.write(options.json ? asJson(batch) : asText(batch, options.bytes));
  };
  try {
    for await (const counts of countRevisionsByChunk(xml, { namespaces, signal })) {
      for (const page of counts) {
        const written = tell(batches.add(page));
        if (written !== undefined) await written;
      }
    }
  } finally {
    // After an error, too: what was counted is right.
    await tell(batches.end());
    await lines.flush();
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
  run(invocation, signal) {
    const { options, positionals, stderr } = invocation;
    const call = { command: SPEC.name, files: positionals, options, stderr, signal };
    return scanEach(call, (scan) => listRevisions(scan, invocation, signal));
  },
};
