/**
 * revsperpage: the old tool that counted the revisions of each page of a dump on standard input.
 *
 * Batches hold N pages also when pages of other namespaces lie between them, and dumps without <ns> are read, too.
 */
import { DumpFormatError } from "../../../lib/errors.ts";
import type { OutputSink } from "../../../lib/host/terminal.ts";
import { LineWriter } from "../io/line-writer.ts";
import { openXml } from "../io/open-xml.ts";
import { type Ancestor, type AncestorCall, usageError } from "./ancestor.ts";
import { batchPages } from "./batch-pages.ts";
import { countByLines, type CountedPage } from "./count-lines.ts";

async function run({ arguments: { options }, stdout, signal }: AncestorCall): Promise<number> {
  const has = (name: string): boolean => options.some((one) => one.name === name);
  const numberOf = (name: string): number | undefined => {
    const text = options.findLast((one) => one.name === name)?.value;
    if (text !== undefined && !/^\d/.test(text)) throw usageError(`Option --${name} requires a number\n`);
    return text === undefined ? undefined : Number.parseInt(text, 10);
  };
  const size = Math.max(1, numberOf("batch") ?? 1);
  const cutoff = numberOf("cutoff") ?? 0;
  const fields = FIELDS.filter(({ option }) => option === undefined || has(option));
  const isConcise = has("concise");
  const format = (batch: CountedPage): string => {
    const parts = fields.map(({ label, value }) => isConcise ? `${value(batch)}` : `${label}:${value(batch)}`);
    return parts.join(isConcise ? ":" : " ");
  };
  const pages = countByLines(await openXml("-", { signal }), signal);
  const lines = new LineWriter(binary(stdout));
  try {
    for await (const batch of batchPages(pages, { size, hasAll: has("all") })) {
      if (batch.revisions > cutoff) await lines.write(format(batch));
    }
  } finally {
    await lines.flush();
  }
  return 0;
}

/** Throws DumpFormatError BAD_ID if there is none. */
function idOf({ pageId, titleBytes }: CountedPage): number {
  if (pageId !== undefined) return pageId;
  const message = `A page has no readable id, its title is "${new TextDecoder().decode(titleBytes)}"`;
  throw new DumpFormatError("BAD_ID", message, { byteOffset: 0 });
}

/** Takes text that has a character for each byte: a title may be in any encoding. */
function binary(sink: OutputSink): OutputSink {
  const write = (text: string | Uint8Array): Promise<void> =>
    sink.write(typeof text === "string" ? Uint8Array.from(text, (letter) => letter.charCodeAt(0)) : text);
  return { ...sink, write };
}

function binaryText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

interface Field {
  /** The option that asks for it; undefined: always there. */
  readonly option: string | undefined;
  readonly label: string;
  value(batch: CountedPage): number | string;
}

const FIELDS: readonly Field[] = [
  { option: "all", label: "page", value: idOf },
  { option: "bytes", label: "bytes", value: ({ textBytes }) => textBytes },
  { option: "maxrevlen", label: "maxrevlen", value: ({ maxTextBytes }) => maxTextBytes },
  { option: undefined, label: "revs", value: ({ revisions }) => revisions },
  { option: "title", label: "title", value: ({ titleBytes }) => binaryText(titleBytes) },
];

export const REVSPERPAGE: Ancestor = {
  name: "revsperpage",
  options: [
    { name: "all", short: "a" },
    { name: "batch", short: "B", takesValue: true },
    { name: "bytes", short: "b" },
    { name: "concise", short: "c" },
    { name: "cutoff", short: "C", takesValue: true },
    { name: "maxrevlen", short: "m" },
    { name: "title", short: "t" },
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
