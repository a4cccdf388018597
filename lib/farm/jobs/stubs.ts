/**
 * The stubs: three dumps without text, of all revisions, of current ones, and of current ones of articles.
 *
 * A stub's `<text>` keeps its attributes (length, SHA-1, whether it is hidden) and loses its content. What a MediaWiki
 * installation adds there, the address of the text in its own database, an export does not know.
 *
 * Each file is three gzip members: header, pages (perhaps none), footer. So parts can be joined without being packed anew.
 */
import type { PageHead } from "../../dump/reading/model.ts";
import type { SourceEvent, SourceRevision } from "../source/source.ts";
import type { DumpOutput } from "./dump-output.ts";
import { articlesOnly, everyPage } from "./filters.ts";
import type { JobContext, JobWork, OutputSpec, ReadingJob } from "./job.ts";
import { partPieces } from "./pieces.ts";
import { stubRevision } from "./stub-revision.ts";

const OUTPUTS: readonly OutputSpec[] = [
  { dumpName: "stub-meta-history", type: "xml", extension: "gz" },
  { dumpName: "stub-meta-current", type: "xml", extension: "gz" },
  { dumpName: "stub-articles", type: "xml", extension: "gz" },
];

export const stubsJob: ReadingJob = {
  kind: "reading",
  name: "xmlstubsdump",
  title: "All pages and revisions, without their text",
  detail:
    "Who changed which page, when, and by how much: of all revisions, of current ones, and of content pages only.",
  needs: "stubs",
  revisions: "all",
  prerequisites: [],
  pieces: (layout) => partPieces(layout.parts, OUTPUTS),
  start: (context: JobContext): JobWork => new StubsWork(context),
};

class StubsWork implements JobWork {
  readonly #history: DumpOutput;
  readonly #current: readonly { readonly output: DumpOutput; readonly includes: (page: PageHead) => boolean }[];

  constructor(context: JobContext) {
    const [history, current, articles] = context.outputs as [DumpOutput, DumpOutput, DumpOutput];
    this.#history = history;
    this.#current = [{ output: current, includes: everyPage }, { output: articles, includes: articlesOnly }];
  }

  take(event: SourceEvent): Promise<void> | undefined {
    switch (event.type) {
      case "start":
        this.#each((output) => {
          output.add(event.bytes);
          output.endStream();
        });
        break;
      case "end":
        this.#each((output) => {
          output.endStream();
          output.add(event.bytes);
          output.endStream();
        });
        break;
      case "page":
      case "other":
        this.#history.add(event.bytes);
        break;
      case "revision":
        this.#history.add(stubRevision(event));
        break;
      case "page-end":
        this.#history.add(event.bytes);
        this.#endPage(event);
        break;
    }
    return this.#history.settled() ?? this.#current[0]!.output.settled() ?? this.#current[1]!.output.settled();
  }

  #each(act: (output: DumpOutput) => void): void {
    act(this.#history);
    for (const { output } of this.#current) act(output);
  }

  #endPage(event: SourceEvent & { type: "page-end" }): void {
    const { head, headBytes, latest, others } = event.page;
    const stub = latest === undefined ? undefined : stubRevision(latest as SourceRevision);
    for (const { output, includes } of this.#current) {
      if (!includes(head)) continue;
      output.add(headBytes);
      if (stub !== undefined) output.add(stub);
      for (const other of others) output.add(other);
      output.add(event.bytes);
    }
  }

  async finish(): Promise<void> {}
}
