/**
 * The articles once more, as many small bzip2 streams with an index: 100 pages can be read without the rest.
 *
 * Streams: the header, then 100 pages each, then the closing tag, then an empty one; where the number of pages is a multiple
 * of 100, one more empty stream before the closing tag. So the reference's recompressxml writes them, and tools that join
 * multistream files by their last bytes rely on it. The index has one line for each page, "offset:id:title", where offset is
 * the byte at which the page's stream starts, and title stands as in the XML (entities escaped).
 */
import type { SourceEvent } from "../source/source.ts";
import type { DumpOutput } from "./dump-output.ts";
import { FaultList } from "./fault-list.ts";
import { articlesOnly } from "./filters.ts";
import type { JobContext, JobDefinition, JobWork } from "./job.ts";
import { addCurrentPage } from "./page-content.ts";

const PAGES_PER_STREAM = 100;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const multistreamJob: JobDefinition = {
  name: "articlesmultistreamdump",
  title: "Content pages with their current text, to be read page by page",
  detail: "Streams of 100 pages each; the index says at which byte the stream of a page starts.",
  needs: "text",
  prerequisites: ["articlesdump"],
  outputs: [
    { dumpName: "pages-articles-multistream", type: "xml", extension: "bz2", isMultistream: true },
    { dumpName: "pages-articles-multistream-index", type: "txt", extension: "bz2" },
  ],
  start: (context: JobContext): JobWork => new MultistreamPages(context),
};

class MultistreamPages implements JobWork {
  readonly #pages: DumpOutput;
  readonly #index: DumpOutput;
  readonly #faults = new FaultList();
  #streamStart = 0;
  #pagesInStream = 0;

  constructor(context: JobContext) {
    [this.#pages, this.#index] = context.outputs as [DumpOutput, DumpOutput];
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
        this.#pages.add(event.bytes);
        this.#endStream();
        break;
      case "page-end":
        if (articlesOnly(event.page.head)) this.#addPage(event);
        break;
      case "end":
        this.#endStream();
        this.#pages.add(event.bytes);
        this.#endStream();
        this.#endStream();
        break;
      default:
        return undefined;
    }
    return this.#pages.settled() ?? this.#index.settled();
  }

  #addPage(event: SourceEvent & { type: "page-end" }): void {
    addCurrentPage(this.#pages, event, this.#faults);
    const title = escapedTitle(event.page.headBytes);
    this.#index.add(encoder.encode(`${this.#streamStart}:${event.page.head.id}:${title}\n`));
    if (++this.#pagesInStream === PAGES_PER_STREAM) this.#endStream();
  }

  #endStream(): void {
    this.#streamStart = this.#pages.endStream();
    this.#pagesInStream = 0;
  }

  async finish(): Promise<void> {}
}

/** The title of a page as its XML has it. */
function escapedTitle(headBytes: Uint8Array): string {
  return /<title>([^<]*)<\/title>/.exec(decoder.decode(headBytes))?.[1] ?? "";
}
