/**
 * The articles once more, as many small bzip2 streams with an index: 100 pages can be read without the rest.
 *
 * Which page stands in which stream is said in lib/dump/packing/multistream-layout.ts. The index has one line for each page,
 * "offset:id:title", where offset is the byte at which the page's stream starts, and title stands as in the XML (entities escaped).
 */
import { formatIndexLine } from "../../dump/index/multistream-index.ts";
import { MultistreamLayout, type PlacedPage } from "../../dump/packing/multistream-layout.ts";
import type { SourceEvent } from "../source/source.ts";
import type { DumpOutput } from "./dump-output.ts";
import { FaultList } from "./fault-list.ts";
import { articlesOnly } from "./filters.ts";
import type { JobContext, JobWork, OutputSpec, ReadingJob } from "./job.ts";
import { addCurrentPage } from "./page-content.ts";
import { rangePieces } from "./pieces.ts";

const encoder = new TextEncoder();

const OUTPUTS: readonly OutputSpec[] = [
  { dumpName: "pages-articles-multistream", type: "xml", extension: "bz2", isMultistream: true },
  { dumpName: "pages-articles-multistream-index", type: "txt", extension: "bz2" },
];

export const multistreamJob: ReadingJob = {
  kind: "reading",
  name: "articlesmultistreamdump",
  title: "Content pages with their current text, to be read page by page",
  detail: "Streams of 100 pages each; the index says at which byte the stream of a page starts.",
  needs: "text",
  revisions: "current",
  prerequisites: ["articlesdump"],
  pieces: (layout) => rangePieces(layout, "articles", OUTPUTS),
  start: (context: JobContext): JobWork => new MultistreamPages(context),
};

class MultistreamPages implements JobWork {
  readonly #pages: DumpOutput;
  readonly #index: DumpOutput;
  readonly #layout: MultistreamLayout;
  readonly #faults = new FaultList();
  /** Pages whose stream has no place yet: it is packed while others are read. */
  #waiting: PlacedPage[] = [];

  constructor(context: JobContext) {
    [this.#pages, this.#index] = context.outputs as [DumpOutput, DumpOutput];
    this.#layout = new MultistreamLayout(this.#pages, { onPage: (page) => this.#waiting.push(page) });
  }

  get faults(): readonly string[] {
    return this.#faults.lines;
  }

  get faultCount(): number {
    return this.#faults.count;
  }

  take(event: SourceEvent): Promise<void> | undefined {
    switch (event.type) {
      case "start":
        this.#layout.header(event.bytes);
        break;
      case "page-end":
        if (articlesOnly(event.page.head)) this.#addPage(event);
        break;
      case "end":
        this.#layout.footer(event.bytes);
        this.#layout.end(true);
        break;
      default:
        return undefined;
    }
    this.#addLines();
    return this.#pages.settled() ?? this.#index.settled();
  }

  async finish(): Promise<void> {
    await this.#pages.flush();
    this.#addLines();
    await this.#index.settled();
  }

  #addPage(event: SourceEvent & { type: "page-end" }): void {
    this.#layout.beginPage(event.page.headBytes, 0);
    addCurrentPage(this.#layout, event, this.#faults);
    this.#layout.endPage();
  }

  /** The lines of pages whose stream has got its place. */
  #addLines(): void {
    const { streamEnds } = this.#pages;
    let count = 0;
    for (const { streamIndex, pageId, title } of this.#waiting) {
      const byteOffset = streamIndex === 0 ? 0 : streamEnds[streamIndex - 1];
      if (byteOffset === undefined) break;
      this.#index.add(encoder.encode(formatIndexLine({ byteOffset, pageId, title })));
      count++;
    }
    if (count > 0) this.#waiting = this.#waiting.slice(count);
  }
}
