/** Which source a wiki has, from its settings. */
import type { PageRange } from "../../dump/pages/page-range.ts";
import { MediaWikiSource } from "../mediawiki/mediawiki-source.ts";
import { exportSource } from "../source/export-source.ts";
import type { Reading, WikiSource } from "../source/source.ts";
import type { Wiki } from "../wiki.ts";

/** What a source has to know of the run. */
export interface SourceSurroundings {
  /** YYYYMMDD. */
  readonly date: string;
  /** The pages of a part; undefined for the whole wiki. */
  readonly pagesOf: (part: number | undefined) => PageRange | undefined;
  /** The texts of a part, by the stubs of the run. */
  readonly textsOf: (part: number | undefined) => Reading;
  readonly log: (line: string) => void;
}

/** The source of a wiki's content. Reads nothing yet. */
export function openSource(wiki: Wiki, surroundings: SourceSurroundings): WikiSource {
  const { name, settings, tempDirectory } = wiki;
  if (settings.wiki.source === "export") return exportSource(name, settings.wiki.export);
  return new MediaWikiSource({ ...surroundings, wiki: name, settings, tempDirectory });
}
