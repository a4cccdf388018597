/**
 * The texts of a MediaWiki's pages, by the stubs of the run: from this run's own files where some are done, from the newest older
 * run that has them, and from the wiki's database.
 *
 * Which of it there is, is looked up when the reading begins: jobs before it, and other workers, may have made files meanwhile.
 */
import { command } from "../process/command.ts";
import { findSevenZip } from "../process/seven-zip.ts";
import type { PageRange } from "../../dump/pages/page-range.ts";
import { choosePrefetch, type PrefetchChoice, type PrefetchRun } from "../mediawiki/texts/choose-prefetch.ts";
import { phpScript, type PhpTools } from "../mediawiki/php-script.ts";
import { PrefetchReader } from "../mediawiki/texts/prefetch-reader.ts";
import { TextFetcher, type TextFetcherOptions } from "../mediawiki/texts/text-fetcher.ts";
import { textPassCommand } from "../mediawiki/texts/text-pass-command.ts";
import { TextPassReading } from "../mediawiki/texts/text-pass-reading.ts";
import { TextReading } from "../mediawiki/texts/text-reading.ts";
import type { TextCounts } from "../mediawiki/texts/text-supply.ts";
import type { PublishedFile } from "../jobs/job.ts";
import type { Reading, ReadingOptions, ReadingSummary, RevisionChoice, SourceConsumer } from "../source/source.ts";
import { runDirectory } from "../wiki.ts";
import type { Wiki } from "../wiki.ts";
import { listPrefetchRuns } from "./prefetch-runs.ts";

/** From which older run texts are taken: the newest that has them, none, or that of a date (YYYYMMDD). */
export type PrefetchFrom = "newest" | "none" | string;

/** What gets the texts that no older run has. */
export type TextPass = "fetchText" | "dumpTextPass";

export interface TextSourceOptions {
  readonly wiki: Wiki;
  /** YYYYMMDD. */
  readonly date: string;
  readonly prefetch: PrefetchFrom;
  readonly textPass: TextPass;
  /** The stub files of the run. */
  readonly stubs: () => readonly PublishedFile[];
  readonly log: (line: string) => void;
}

const LONGEST_ANSWER_MS = 60_000;

/** The reading of the texts of a part, or of the whole wiki. */
export class RunTexts implements Reading {
  readonly #options: TextSourceOptions;
  readonly #part: number | undefined;
  readonly #pages: PageRange | undefined;

  constructor(options: TextSourceOptions, part: number | undefined, pages: PageRange | undefined) {
    this.#options = options;
    this.#part = part;
    this.#pages = pages;
  }

  async run(consumers: readonly SourceConsumer[], options: ReadingOptions): Promise<ReadingSummary> {
    const { revisions } = options;
    const pages = this.#narrowed(options.pages);
    const prefetch = await this.#choosePrefetch(revisions, pages);
    if (prefetch !== undefined) this.#options.log(`Texts are taken over from ${prefetch.files.map(nameOf).join(", ")}`);
    const stub = this.#stubs(revisions === "all" ? "stub-meta-history" : "stub-meta-current");
    const current = revisions === "all" ? { currentStubs: [this.#stubs("stub-meta-current")] } : {};
    let texts: TextCounts | undefined;
    const reading = this.#options.textPass === "fetchText"
      ? await this.#fetching(stub, { ...current, prefetch, pages, onTexts: (counts) => texts = counts })
      : await this.#passing(stub, { ...current, revisions, prefetch });
    const summary = await reading.run(consumers, options);
    this.#tellCounts(texts);
    return summary;
  }

  /** From the first page that is wanted to the last one, as far as the part goes. */
  #narrowed(wanted: ReadingOptions["pages"]): PageRange | undefined {
    if (wanted === undefined || wanted.length === 0) return this.#pages;
    const { first, last } = this.#pages ?? { first: 1, last: Infinity };
    return { first: Math.max(first, wanted[0]!.first), last: Math.min(last, wanted.at(-1)!.last) };
  }

  #tellCounts(counts: TextCounts | undefined): void {
    if (counts === undefined) return;
    const { prefetched, fetched, faulty } = counts;
    const missing = faulty === 0 ? "" : `, ${faulty} not to be had as they should be`;
    this.#options.log(`Texts: ${prefetched} taken over, ${fetched} fetched${missing}`);
  }

  /** Our own text pass, with fetchText.php for what is nowhere else. */
  async #fetching(
    stub: string,
    { prefetch, onTexts, currentStubs, pages: narrowed }: FetchingOptions,
  ): Promise<Reading> {
    const { wiki, log } = this.#options;
    const fetch = await phpScript(phpToolsOf(wiki), wiki.name, "fetchText.php", []);
    const pages = narrowed === undefined ? {} : { pages: narrowed };
    return new TextReading({
      stubs: [{ path: stub, ...pages }],
      ...(currentStubs !== undefined && { currentStubs }),
      openFetcher: (signal) => new TextFetcher({ command: () => fetch, signal, onNotice: log, ...patienceOf(wiki) }),
      ...(prefetch !== undefined && {
        openPrefetch: (signal: AbortSignal) =>
          new PrefetchReader({ files: prefetch.files, signal, sevenZip: this.#sevenZip(), onNotice: log, ...pages }),
      }),
      onTexts,
    });
  }

  /** dumpTextPass.php itself. */
  async #passing(
    stub: string,
    options: {
      readonly currentStubs?: readonly string[];
      readonly revisions: RevisionChoice;
      readonly prefetch: FoundPrefetch | undefined;
    },
  ): Promise<Reading> {
    const { wiki, log } = this.#options;
    const { currentStubs, revisions, prefetch } = options;
    const script = await phpScript(phpToolsOf(wiki), wiki.name, "dumpTextPass.php", []);
    const built = textPassCommand({
      script: (...args) => command(script.file, ...script.args, ...args),
      stub,
      revisions,
      ...(prefetch !== undefined && { prefetch: prefetch.files }),
    });
    return new TextPassReading({
      command: () => built,
      stub,
      ...(currentStubs !== undefined && { currentStubs }),
      stallMs: wiki.settings.misc.stallTime * 1000,
      onNotice: log,
    });
  }

  #stubs(dumpName: string): string {
    const file = this.#options.stubs().find(({ spec }) => spec.dumpName === dumpName && spec.part === this.#part);
    if (file === undefined) throw new RangeError(`The run has no ${dumpName} of part ${this.#part}`);
    return file.path;
  }

  #sevenZip() {
    const { sevenzip } = this.#options.wiki.settings.tools;
    return (path: string) => command(findSevenZip(sevenzip), "e", "-so", path);
  }

  /** Own files first: they have just these revisions. */
  async #choosePrefetch(
    revisions: RevisionChoice,
    pages: PageRange | undefined,
  ): Promise<FoundPrefetch | undefined> {
    const { wiki, date, prefetch } = this.#options;
    const runs = await listPrefetchRuns(wiki);
    const own = runs.filter((run) => run.date === date);
    const found = this.#chooseFrom(own, { date: "", pages }, revisions) ??
      (prefetch === "none" ? undefined : this.#chooseFrom(runs, { date, pages }, revisions));
    if (found === undefined) return undefined;
    const directory = runDirectory(wiki, found.date);
    return { files: found.names.map((name) => `${directory}/${name}`) };
  }

  #chooseFrom(
    runs: readonly PrefetchRun[],
    { date, pages }: { readonly date: string; readonly pages: PageRange | undefined },
    revisions: RevisionChoice,
  ): PrefetchChoice | undefined {
    const { wiki, prefetch } = this.#options;
    const { sevenzipprefetch } = wiki.settings.misc;
    const history = [
      { extension: "bz2", job: "metahistorybz2dump" },
      { extension: "7z", job: "metahistory7zdump" },
    ] as const;
    const wishes = [
      ...(revisions === "current"
        ? [{ dumpName: "pages-meta-current", kinds: [{ extension: "bz2", job: "metacurrentdump" }] as const }]
        : []),
      { dumpName: "pages-meta-history", kinds: sevenzipprefetch ? history.toReversed() : history },
    ];
    for (const wish of wishes) {
      const chosen = choosePrefetch({
        ...wish,
        wiki: wiki.name,
        date,
        ...(pages !== undefined && { pages }),
        ...(date !== "" && prefetch !== "newest" && { onlyDate: prefetch }),
      }, runs);
      if (chosen !== undefined) return chosen;
    }
    return undefined;
  }
}

interface FoundPrefetch {
  readonly files: readonly string[];
}

interface FetchingOptions {
  readonly currentStubs?: readonly string[];
  readonly prefetch: FoundPrefetch | undefined;
  readonly pages: PageRange | undefined;
  readonly onTexts: (counts: TextCounts) => void;
}

/** A text is one row: it takes no half an hour. A database may be away for as long: beginning anew would take longer. */
function patienceOf({ settings }: Wiki): Pick<TextFetcherOptions, "answerTimeoutMs" | "outageMs"> {
  const stallMs = settings.misc.stallTime * 1000;
  return { answerTimeoutMs: Math.min(LONGEST_ANSWER_MS, stallMs), outageMs: stallMs };
}

function phpToolsOf({ settings }: Wiki): PhpTools {
  return { php: settings.tools.php, directory: settings.wiki.dir, multiversion: settings.wiki.multiversion };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
