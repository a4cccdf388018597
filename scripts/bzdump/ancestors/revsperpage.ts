/**
 * revsperpage: the old tool that counted the revisions of each page of a dump on standard input.
 *
 * Batches hold N pages also when pages of other namespaces lie between them, and dumps without <ns> are read, too.
 */
import { batchRevisions, type RevisionBatch } from "../../../lib/dump/pages/batch-revisions.ts";
import type { RevisionCount } from "../../../lib/dump/pages/count-revisions.ts";
import { LineWriter } from "../io/line-writer.ts";
import { openXml } from "../io/open-xml.ts";
import { type Ancestor, type AncestorCall, usageError } from "./ancestor.ts";
import { countByLines } from "./count-lines.ts";

async function run({ arguments: { options }, stdout, signal }: AncestorCall): Promise<number> {
  const has = (name: string): boolean => options.some((one) => one.name === name);
  const numberOf = (name: string): number | undefined => {
    const text = options.findLast((one) => one.name === name)?.value;
    if (text !== undefined && !/^\s*\d/.test(text)) throw usageError(`Option --${name} requires a number\n`);
    return text === undefined ? undefined : Number.parseInt(text, 10);
  };
  const size = Math.max(1, numberOf("batch") ?? 1);
  const cutoff = numberOf("cutoff") ?? 0;
  const fields = FIELDS.filter(({ option }) => option === undefined || has(option));
  const isConcise = has("concise");
  const format = (batch: RevisionBatch): string => {
    const parts = fields.map(({ label, value }) => isConcise ? `${value(batch)}` : `${label}:${value(batch)}`);
    return parts.join(isConcise ? ":" : " ");
  };
  const pages = countByLines(await openXml("-", { signal }), signal);
  const lines = new LineWriter(stdout);
  try {
    for await (const batch of batchRevisions(has("all") ? pages : articles(pages), size)) {
      if (batch.revisions > cutoff) await lines.write(format(batch));
    }
  } finally {
    await lines.flush();
  }
  return 0;
}

async function* articles(pages: AsyncIterable<RevisionCount>): AsyncGenerator<RevisionCount, void, undefined> {
  for await (const page of pages) if (page.namespace === 0) yield page;
}

interface Field {
  /** The option that asks for it; undefined: always there. */
  readonly option: string | undefined;
  readonly label: string;
  value(batch: RevisionBatch): number | string;
}

const FIELDS: readonly Field[] = [
  { option: "all", label: "page", value: ({ pageId }) => pageId },
  { option: "bytes", label: "bytes", value: ({ textBytes }) => textBytes },
  { option: "maxrevlen", label: "maxrevlen", value: ({ maxTextBytes }) => maxTextBytes },
  { option: undefined, label: "revs", value: ({ revisions }) => revisions },
  { option: "title", label: "title", value: ({ titleXml }) => titleXml },
];

export const REVSPERPAGE: Ancestor = {
  name: "revsperpage",
  options: [
    { name: "all", short: "a" },
    { name: "bytes", short: "b" },
    { name: "maxrevlen", short: "m" },
    { name: "title", short: "t" },
    { name: "concise", short: "c" },
    { name: "batch", short: "B", takesValue: true },
    { name: "cutoff", short: "C", takesValue: true },
    { name: "help", short: "h" },
    { name: "version", short: "v" },
  ],
  usage: `Usage: revsperpage [--all] [--bytes] [--maxrevlen] [--title] [--concise] [--batch N] [--cutoff N] < DUMP
       revsperpage --help | --version

Prints one line for each page of the main namespace: how many revisions it has.

  -a, --all        pages of all namespaces, with their ids
  -b, --bytes      also the bytes of all revisions
  -m, --maxrevlen  also the bytes of the longest revision
  -t, --title      also the title
  -c, --concise    values only, with ":" between them
  -B, --batch N    one line for every N pages: sums, and id and title of the last page
  -C, --cutoff N   only lines with more than N revisions
  -h, --help       this text
  -v, --version    the version
`,
  run,
};
