/**
 * The work of `bzdump pages`: from a dump to one output or several, as XML or as lines of JSON.
 */
import { distributePages } from "../../../lib/dump/pages/distribute-pages.ts";
import { pageRecords, type RevisionRecord, revisionRecords } from "../../../lib/dump/pages/page-records.ts";
import type { PageRecord } from "../../../lib/dump/pages/page-records.ts";
import { pullPair } from "../../../lib/streams/pull-pair.ts";
import { streamFrom } from "../../../lib/streams/stream-from.ts";
import { type DumpInput, openDump } from "../io/dump-input.ts";
import { nameFile } from "../io/file-error.ts";
import { openIndex } from "../io/open-index.ts";
import { isUrl } from "../io/open-source.ts";
import type { Output } from "../io/output.ts";
import type { PageCounter } from "./page-counter.ts";
import { fillDocument, packingOf } from "./pages-output.ts";
import type { PagesForm, PagesRequest } from "./pages-request.ts";
import type { Threads } from "../io/threads.ts";

/** How the dump was read. */
export type ReadingMethod = "index" | "search" | "scan";

export interface PagesWork {
  readonly file: string;
  readonly request: PagesRequest;
  /** One for each of the request. */
  readonly outputs: readonly Output[];
  readonly counter: PageCounter;
  readonly threads: Threads;
  readonly signal: AbortSignal;
  readonly options: { readonly index: string | undefined; readonly "no-index": boolean; readonly scan: boolean };
  onRead(byteLength: number): void;
}

/** Lines of JSON are written in pieces of about this length. */
const PIECE_LENGTH = 64 * 1024;

/** Does the work; says how the dump was read. */
export async function takeOut(work: PagesWork): Promise<ReadingMethod> {
  const { file, options, request, signal, threads, onRead } = work;
  const isScanWanted = options.scan || request.isEverything;
  let input: DumpInput | undefined;
  try {
    input = await openDump(file, { signal, isScanWanted, onRead, threads, chunks: chunksFor(work) });
    const isIndexWanted = input.kind === "source" && !options["no-index"];
    const found = isIndexWanted && (options.index !== undefined || !isUrl(file))
      ? await readIndex(options.index, file, signal)
      : undefined;
    await write(input, work, found);
    // Not before all are written: either all files get their names, or none.
    for (const output of work.outputs) await output.finish();
    return input.kind === "stream" ? "scan" : found === undefined ? "search" : "index";
  } catch (error) {
    throw nameFile(error, file === "-" ? "standard input" : file);
  } finally {
    await input?.close();
  }
}

/** What goes to a program waits there, and must stay as it is. */
function chunksFor({ outputs }: PagesWork): "own" | "borrowed" {
  return outputs.some(({ name }) => packingOf(name) === "7z") ? "own" : "borrowed";
}

type FoundIndex = Awaited<ReturnType<typeof openIndex>>;

async function readIndex(named: string | undefined, file: string, signal: AbortSignal): Promise<FoundIndex> {
  try {
    return await openIndex(named, file, signal);
  } catch (error) {
    throw nameFile(error, named ?? `${file} (its index)`);
  }
}

async function write({ dump }: DumpInput, work: PagesWork, found: FoundIndex): Promise<void> {
  const { request, outputs, signal, threads, counter } = work;
  const options = {
    index: found?.index,
    order: work.options.scan || request.isEverything ? "any" : "ascending",
    namespaces: request.namespaces,
    chunks: chunksFor(work),
    onPage: (pageId: number): void => counter.add(pageId),
    signal,
  } as const;
  if (request.form !== "xml") {
    const { ranges } = request.outputs[0]!;
    const records = request.form === "pages"
      ? pageRecords(dump, ranges, options)
      : revisionRecords(dump, ranges, { ...options, withText: request.form === "texts" });
    await fillDocument(streamFrom(lines(records, request.form)), outputs[0]!, { threads, signal });
    return;
  }
  const pipes = outputs.map(() => pullPair<Uint8Array, Uint8Array>(PASSING_ON));
  const targets = request.outputs.map(({ ranges }, i) => ({ ranges, writable: pipes[i]!.writable }));
  const results = await Promise.allSettled([
    distributePages(dump, targets, options),
    ...outputs.map((output, i) => fillDocument(pipes[i]!.readable, output, { threads, signal })),
  ]);
  throwCause(results);
}

/** A write is done when its reader asks for more; what a `TransformStream` has taken, it keeps. */
const PASSING_ON = {
  *push(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    yield chunk;
  },
  *finish(): Generator<Uint8Array, void, undefined> {},
};

/** The failure of one end makes all others fail; the one that comes from the dump or from an output itself is told. */
function throwCause([reading, ...writings]: readonly PromiseSettledResult<void>[]): void {
  const failures = writings.filter((result) => result.status === "rejected").map(({ reason }) => reason as unknown);
  const dumpFailure: unknown = reading?.status === "rejected" ? reading.reason : undefined;
  const cause = failures.find((reason) => reason instanceof Error && reason !== dumpFailure) ?? dumpFailure ??
    failures[0];
  if (cause !== undefined) throw cause;
}

const SCHEMAS: Readonly<Record<Exclude<PagesForm, "xml">, string>> = {
  pages: "bzdump/pages@1",
  revisions: "bzdump/pages-revision@1",
  texts: "bzdump/pages-revision@1",
};

async function* lines(
  records: AsyncIterable<PageRecord | RevisionRecord>,
  form: Exclude<PagesForm, "xml">,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const schema = SCHEMAS[form];
  let piece = "";
  for await (const record of records) {
    piece += `${JSON.stringify({ schema, ...record })}\n`;
    if (piece.length < PIECE_LENGTH) continue;
    yield encoder.encode(piece);
    piece = "";
  }
  if (piece !== "") yield encoder.encode(piece);
}
