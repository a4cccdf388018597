/**
 * The dumps with text: pages-articles and pages-meta-current with current revisions, pages-meta-history with all of them.
 *
 * Pages and revisions are copied as the source has them, so that elements of newer schemas pass through.
 */
import type { SourceEvent, TextFault } from "../source/source.ts";
import type { DumpOutput } from "./dump-output.ts";
import { FaultList } from "./fault-list.ts";
import { articlesOnly, everyPage } from "./filters.ts";
import type { PageFilter } from "./filters.ts";
import type { JobContext, JobWork, OutputSpec, ReadingJob } from "./job.ts";
import { rangePieces } from "./pieces.ts";

const ARTICLES: OutputSpec = { dumpName: "pages-articles", type: "xml", extension: "bz2" };
const META_CURRENT: OutputSpec = { dumpName: "pages-meta-current", type: "xml", extension: "bz2" };
const META_HISTORY: OutputSpec = { dumpName: "pages-meta-history", type: "xml", extension: "bz2" };

export const articlesJob: ReadingJob = {
  kind: "reading",
  name: "articlesdump",
  title: "Content pages with their current text",
  detail: "Articles, templates, categories, project pages; no talk pages, no user pages. The right file for most uses.",
  needs: "text",
  revisions: "current",
  prerequisites: ["xmlstubsdump"],
  pieces: (layout) => rangePieces(layout, "articles", [ARTICLES]),
  start: (context: JobContext): JobWork => new CurrentPages(context.outputs[0]!, articlesOnly),
};

export const metaCurrentJob: ReadingJob = {
  kind: "reading",
  name: "metacurrentdump",
  title: "All pages with their current text",
  detail: "Talk pages and user pages, too.",
  needs: "text",
  revisions: "current",
  prerequisites: ["xmlstubsdump"],
  pieces: (layout) => rangePieces(layout, "meta-current", [META_CURRENT]),
  start: (context: JobContext): JobWork => new CurrentPages(context.outputs[0]!, everyPage),
};

export const metaHistoryJob: ReadingJob = {
  kind: "reading",
  name: "metahistorybz2dump",
  title: "All pages with the text of every revision",
  detail: "Unpacked, many times the size of the file.",
  needs: "text",
  revisions: "all",
  prerequisites: ["xmlstubsdump"],
  pieces: (layout) => rangePieces(layout, "meta-history", [META_HISTORY]),
  start: (context: JobContext): JobWork => new HistoryPages(context.outputs[0]!),
};

/** Pages with their current revision only. */
class CurrentPages implements JobWork {
  readonly #output: DumpOutput;
  readonly #includes: PageFilter;
  readonly #faults = new FaultList();

  constructor(output: DumpOutput, includes: PageFilter) {
    this.#output = output;
    this.#includes = includes;
  }

  get faults(): readonly string[] {
    return this.#faults.lines;
  }

  get faultCount(): number {
    return this.#faults.count;
  }

  take(event: SourceEvent): Promise<void> | undefined {
    if (event.type === "start" || event.type === "end") this.#output.add(event.bytes);
    else if (event.type === "page-end" && this.#includes(event.page.head)) {
      addCurrentPage(this.#output, event, this.#faults);
    }
    return this.#output.settled();
  }

  async finish(): Promise<void> {}
}

/** Writes one page with its current revision, and remembers the revision's fault. */
export function addCurrentPage(
  output: Pick<DumpOutput, "add">,
  event: SourceEvent & { type: "page-end" },
  faults: { add(fault: TextFault | undefined): void },
): void {
  const { headBytes, latest, others } = event.page;
  output.add(headBytes);
  if (latest !== undefined) {
    output.add(latest.bytes);
    faults.add(latest.fault);
  }
  for (const other of others) output.add(other);
  output.add(event.bytes);
}

/** Everything, as it comes. */
class HistoryPages implements JobWork {
  readonly #output: DumpOutput;
  readonly #faults = new FaultList();

  constructor(output: DumpOutput) {
    this.#output = output;
  }

  get faults(): readonly string[] {
    return this.#faults.lines;
  }

  get faultCount(): number {
    return this.#faults.count;
  }

  take(event: SourceEvent): Promise<void> | undefined {
    this.#output.add(event.bytes);
    if (event.type === "revision") this.#faults.add(event.fault);
    return this.#output.settled();
  }

  async finish(): Promise<void> {}
}
