/** The jobs of which some pieces can be made alone, and by which options. */

/** A job that has pieces. */
export interface PartialJob {
  readonly name: string;
  readonly options: ReadonlySet<string>;
  /** Names of its outputs, without part and range. */
  readonly dumpNames: readonly string[];
  readonly extensions: readonly string[];
}

const CONTENT_OPTIONS = new Set(["partnum", "pageidrange", "checkpoint", "aftercheckpoint"]);
/** Their pieces follow those of another job, page by page, so no range of one's own can be asked for. */
const FOLLOWING_OPTIONS = new Set(["partnum", "checkpoint"]);

/** In the order of execution. */
export const PARTIAL_JOBS: readonly PartialJob[] = [
  {
    name: "xmlstubsdump",
    options: new Set(["partnum"]),
    dumpNames: ["stub-meta-history", "stub-meta-current", "stub-articles"],
    extensions: ["gz"],
  },
  { name: "articlesdump", options: CONTENT_OPTIONS, dumpNames: ["pages-articles"], extensions: ["bz2"] },
  { name: "metacurrentdump", options: CONTENT_OPTIONS, dumpNames: ["pages-meta-current"], extensions: ["bz2"] },
  { name: "metahistorybz2dump", options: CONTENT_OPTIONS, dumpNames: ["pages-meta-history"], extensions: ["bz2"] },
  { name: "metahistory7zdump", options: FOLLOWING_OPTIONS, dumpNames: ["pages-meta-history"], extensions: ["7z"] },
  {
    name: "articlesmultistreamdump",
    options: FOLLOWING_OPTIONS,
    dumpNames: ["pages-articles-multistream", "pages-articles-multistream-index"],
    extensions: ["bz2"],
  },
];
