/**
 * The two lists of titles: those of the main namespace, and all with their namespace number.
 *
 * As the database of a wiki gives them: a header line with the column names, blanks as underscores, no namespace prefix,
 * sorted by namespace and bytes.
 */
import type { PageHead, SiteInfo } from "../../dump/reading/model.ts";
import type { SourceEvent } from "../source/source.ts";
import type { DumpOutput } from "./dump-output.ts";
import { LineSorter } from "./line-sorter.ts";
import type { JobContext, JobWork, ReadingJob } from "./job.ts";
import { wholePiece } from "./pieces.ts";

interface TitleList {
  readonly header: string;
  includes(page: PageHead): boolean;
  /** The line without its end. */
  line(namespace: number, title: string): string;
}

const MAIN_NAMESPACE_TITLES: TitleList = {
  header: "page_title",
  includes: (page) => page.namespace === 0,
  line: (_namespace, title) => title,
};

const ALL_TITLES: TitleList = {
  header: "page_namespace\tpage_title",
  includes: () => true,
  line: (namespace, title) => `${namespace}\t${title}`,
};

export const pageTitlesJob: ReadingJob = {
  kind: "reading",
  name: "pagetitlesdump",
  title: "Titles of the main namespace",
  detail: "",
  needs: "titles",
  revisions: "current",
  prerequisites: [],
  pieces: () => wholePiece([{ dumpName: "all-titles-in-ns0", extension: "gz" }]),
  start: (context: JobContext): JobWork => new TitlesWork(context, MAIN_NAMESPACE_TITLES),
};

export const allPageTitlesJob: ReadingJob = {
  kind: "reading",
  name: "allpagetitlesdump",
  title: "Titles of all pages",
  detail: "",
  needs: "titles",
  revisions: "current",
  prerequisites: [],
  pieces: () => wholePiece([{ dumpName: "all-titles", extension: "gz" }]),
  start: (context: JobContext): JobWork => new TitlesWork(context, ALL_TITLES),
};

class TitlesWork implements JobWork {
  readonly #output: DumpOutput;
  readonly #list: TitleList;
  readonly #sorter: LineSorter;
  readonly #encoder = new TextEncoder();
  #namespaceNames: ReadonlyMap<number, string> = new Map();

  constructor(context: JobContext, list: TitleList) {
    this.#output = context.outputs[0]!;
    this.#list = list;
    this.#sorter = new LineSorter(`${context.tempDirectory}/${this.#output.name}`);
  }

  take(event: SourceEvent): Promise<void> | undefined {
    if (event.type === "start") this.#namespaceNames = namesOf(event.siteInfo);
    if (event.type !== "page" || !this.#list.includes(event.page)) return undefined;
    const { namespace, title } = event.page;
    const bare = withoutPrefix(title, namespace, this.#namespaceNames).replaceAll(" ", "_");
    return this.#sorter.add(this.#encoder.encode(sortKey(namespace) + this.#list.line(namespace, bare)));
  }

  async finish(): Promise<void> {
    this.#output.add(this.#encoder.encode(this.#list.header + "\n"));
    for await (const line of this.#sorter.sorted()) {
      this.#output.add(line.subarray(SORT_KEY_LENGTH));
      this.#output.add(NEWLINE);
      const behind = this.#output.settled();
      if (behind !== undefined) await behind;
    }
  }

  dispose(): Promise<void> {
    return this.#sorter.dispose();
  }
}

const NEWLINE = Uint8Array.of(0x0a);
const SORT_KEY_LENGTH = 8;

/** Namespace numbers as text of equal length, in their order. */
function sortKey(namespace: number): string {
  return String(namespace + 10_000_000).padStart(SORT_KEY_LENGTH, "0");
}

function namesOf(siteInfo: SiteInfo): ReadonlyMap<number, string> {
  return new Map(siteInfo.namespaces.map((space) => [space.id, space.name]));
}

/** @internal The title as the page table has it, without its namespace's name. */
export function withoutPrefix(title: string, namespace: number, names: ReadonlyMap<number, string>): string {
  if (namespace === 0) return title;
  const name = names.get(namespace);
  if (name !== undefined && title.startsWith(`${name}:`)) return title.slice(name.length + 1);
  return title.slice(title.indexOf(":") + 1);
}
