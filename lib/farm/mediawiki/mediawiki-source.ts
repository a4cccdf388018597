/**
 * A wiki whose content comes from a MediaWiki installation: its scripts, its database, its API.
 *
 * Stubs come from dumpBackup.php in slices; texts by the stubs of this run, from earlier dumps and from the database; tables and
 * titles from the database's own programs. Nothing is started before somebody asks for it.
 */
import type { PageRange } from "../../dump/pages/page-range.ts";
import type { WikiSettings } from "../config/schema.ts";
import type {
  PreviewedFile,
  Reading,
  ReadingRequest,
  SourceApi,
  SourceDatabase,
  SourceDocuments,
  WikiSource,
} from "../source/source.ts";
import { WikiApi } from "./api.ts";
import { WikiDatabase } from "./database.ts";
import { previewCommands } from "./command-preview.ts";
import { dumpFlow } from "./slices/flow-slices.ts";
import { HeaderReading } from "./header-reading.ts";
import { dumpLogs } from "./slices/log-slices.ts";
import { dumpSiteList } from "./site-list.ts";
import { MediaWikiSite } from "./site.ts";
import type { SliceSettings } from "./slices/slice-queue.ts";
import { StubReading } from "./slices/stub-reading.ts";

export interface MediaWikiSourceOptions {
  readonly wiki: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly settings: WikiSettings;
  readonly tempDirectory: string;
  /** The pages of a part; undefined for the whole wiki. */
  readonly pagesOf: (part: number | undefined) => PageRange | undefined;
  /** The texts of a part, by the stubs of this run. */
  readonly textsOf: (part: number | undefined) => Reading;
  readonly log: (line: string) => void;
}

/** The source that asks MediaWiki. */
export class MediaWikiSource implements WikiSource {
  readonly description: string;
  readonly database: SourceDatabase;
  readonly api: SourceApi;
  readonly documents: SourceDocuments;
  readonly site: MediaWikiSite;
  readonly #options: MediaWikiSourceOptions;
  readonly #clients: WikiDatabase;
  readonly #readings = new Map<string, Reading>();

  constructor(options: MediaWikiSourceOptions) {
    const { wiki, settings } = options;
    this.#options = options;
    this.description = `MediaWiki in ${settings.wiki.dir}`;
    const retry = { retries: settings.misc.maxRetries, pauseMs: settings.chunks.retryWait * 1000 };
    this.site = new MediaWikiSite({ wiki, php: phpToolsOf(settings), ...retry });
    this.#clients = new WikiDatabase({
      site: this.site,
      tools: {
        mysql: settings.tools.mysql,
        mysqldump: settings.tools.mysqldump,
        optionFile: settings.database.client_config_file,
        maxAllowedPacket: settings.database.max_allowed_packet,
      },
      ...retry,
    });
    const api = new WikiApi({ site: this.site, ...retry });
    this.database = this.#openDatabase();
    this.api = { siteInfo: (query, signal) => api.siteInfo(query, signal) };
    this.documents = this.#openDocuments();
  }

  /** Stubs of a part, or texts of a part: each the same object at every call. */
  reading({ kind, part }: ReadingRequest): Reading {
    const key = `${kind} ${part ?? ""}`;
    const known = this.#readings.get(key);
    if (known !== undefined) return known;
    const made = this.#open(kind, part);
    this.#readings.set(key, made);
    return made;
  }

  #open(kind: ReadingRequest["kind"], part: number | undefined): Reading {
    const { wiki, settings, textsOf } = this.#options;
    if (kind === "siteinfo") return new HeaderReading(wiki, phpToolsOf(settings));
    return kind === "text" ? textsOf(part) : this.#stubsOf(part);
  }

  async lastPageId(signal: AbortSignal): Promise<number> {
    return (await this.#clients.maxIds(signal)).pageId;
  }

  async preview(file: PreviewedFile, signal: AbortSignal): Promise<readonly string[]> {
    const { temporaryDirectory, ...settings } = this.#sliceSettings();
    return await previewCommands(
      file,
      { ...settings, temporaryDirectory, site: this.site, database: this.#clients },
      signal,
    );
  }

  #stubsOf(part: number | undefined): Reading {
    const { settings, pagesOf } = this.#options;
    const pages = pagesOf(part);
    return new StubReading({
      ...this.#sliceSettings(),
      database: this.#clients,
      maxRevisions: settings.stubs.maxrevs,
      minPages: settings.stubs.minpages,
      ...(pages !== undefined && { pages: openEnded(pages) }),
    });
  }

  #sliceSettings(): SliceSettings {
    const { wiki, date, settings, tempDirectory, log } = this.#options;
    return {
      wiki,
      date,
      php: phpToolsOf(settings),
      temporaryDirectory: tempDirectory,
      retries: settings.misc.maxRetries,
      firstPauseMs: settings.chunks.retryWait * 1000,
      stallMs: settings.misc.stallTime * 1000,
      onMessage: log,
    };
  }

  #openDatabase(): SourceDatabase {
    const clients = this.#clients;
    const stallMs = this.#options.settings.misc.stallTime * 1000;
    return {
      tables: async (signal) => [...await clients.tables(signal)],
      dumpTable: (table, sink, signal) => clients.dumpTable(table, sink, { signal, stallMs }),
      dumpTitles: (titles, sink, signal) => clients.listTitles(titles, sink, { signal, stallMs }),
    };
  }

  #openDocuments(): SourceDocuments {
    const settings = { ...this.#sliceSettings(), database: this.#clients };
    return {
      lastLogId: async (signal) => (await this.#clients.maxIds(signal)).logId,
      dumpLog: (ids, sink, options) =>
        dumpLogs(sink, { ...settings, ...(ids !== undefined && { range: openEnded(ids) }) }, options),
      dumpFlow: (revisions, sink, options) =>
        dumpFlow(sink, { ...settings, content: revisions === "all" ? "history" : "current" }, options),
      dumpSiteList: (sink, signal) => dumpSiteList(sink, settings, signal),
    };
  }
}

function phpToolsOf({ tools, wiki }: WikiSettings) {
  return { php: tools.php, directory: wiki.dir, multiversion: wiki.multiversion };
}

/** Without a last id where there is no end. */
function openEnded({ first, last }: PageRange): { readonly first: number; readonly last?: number } {
  return last === Infinity ? { first } : { first, last };
}
