/**
 * Keys about the jobs of a run: parts, page ranges, retries, what is made and what is left out.
 *
 * Part of the schema (schema.ts).
 */

/** [cleanup]: old runs. */
export const CLEANUP_KEYS = {
  keep: {
    type: "integer",
    default: "3",
    level: "wiki",
    text: "How many runs are kept beside the current one; 0 removes all older runs.",
  },
} as const;

/** [chunks]: big wikis in parts and page ranges. */
export const CHUNKS_KEYS = {
  chunksEnabled: {
    type: "boolean",
    default: "0",
    level: "wiki",
    text: "Whether jobs are cut into parts that run side by side.",
  },
  pagesPerChunkHistory: {
    type: "integers",
    default: "0",
    level: "wiki",
    text: "Pages in part 1, in part 2 and so on; the last part is open-ended. 0 means no parts.",
  },
  chunksForPagelogs: {
    type: "integer",
    default: "0",
    level: "wiki",
    text: "How many parts the log jobs have. 0 means no parts.",
  },
  logitemsPerPagelogs: {
    type: "integers",
    default: "0",
    level: "wiki",
    text: "Log items in part 1, in part 2 and so on. 0 means no parts of fixed size.",
  },
  jobsperbatch: {
    type: "counts",
    default: "",
    level: "wiki",
    text: "How many parts of a job run at once, such as xmlstubsdump=4,xmlpagelogsdump=2; slots is the limit for all.",
  },
  recombineHistory: {
    type: "boolean",
    default: "1",
    level: "wiki",
    text: "Whether the parts of the history are also put together to one file.",
  },
  recombineMetaCurrent: {
    type: "boolean",
    default: "1",
    level: "wiki",
    text: "Whether the parts of the current pages are also put together to one file.",
  },
  checkpointTime: {
    type: "integer",
    default: "0",
    level: "wiki",
    text: "Any number but 0 writes content in files of a page range each. (In 2011, minutes per file.)",
  },
  revsPerJob: {
    type: "integer",
    default: "1000000",
    level: "wiki",
    text: "Revisions (history) or pages (other content) per page range file.",
  },
  maxrevbytes: {
    type: "bytes",
    default: "35000000000",
    level: "wiki",
    text: "Largest plain size of one history range file.",
  },
  revsMargin: {
    type: "integer",
    default: "100",
    level: "wiki",
    text: "How far ranges could miss their size in the reference; they are counted exactly now.",
    status: "retired",
  },
  revinfostash: {
    type: "boolean",
    default: "0",
    level: "wiki",
    text: "Whether page ranges are worked out from stubs rather than by asking the database.",
  },
  retryWait: {
    type: "seconds",
    default: "30",
    level: "wiki",
    text: "Pause before what failed is tried again; it doubles with each attempt.",
  },
  lbzip2threads: {
    type: "integer",
    default: "0",
    level: "wiki",
    text: "Threads of lbzip2 when parts are put together; 0 means that it is not used.",
    status: "later",
  },
  contentbatchesEnabled: {
    type: "boolean",
    default: "0",
    level: "wiki",
    text: "Whether several hosts may share the history job of a wiki that is cut into page ranges: worker --batches.",
  },
  revsPerChunkHistory: {
    type: "text",
    default: "",
    level: "wiki",
    text: "Never finished in the reference.",
    status: "retired",
  },
  pagesPerChunkAbstract: {
    type: "text",
    default: "",
    level: "wiki",
    text: "Abstracts are no longer made.",
    status: "retired",
  },
  testsleep: { type: "text", default: "", level: "wiki", text: "A test aid of the reference.", status: "retired" },
} as const;

/** [otherformats]: what is made beside the plain set. */
export const OTHER_FORMATS_KEYS = {
  multistream: {
    type: "boolean",
    default: "0",
    level: "wiki",
    text: "Whether the articles are also made as a multistream file with an index, for random access.",
  },
} as const;

/** [stubs]: how stubs are asked of MediaWiki. */
export const STUBS_KEYS = {
  minpages: {
    type: "integer",
    default: "1",
    level: "wiki",
    text: "Fewest pages in one slice of stubs.",
  },
  maxrevs: {
    type: "integer",
    default: "50000",
    level: "wiki",
    text: "Most revisions in one slice of stubs.",
  },
} as const;

/** [query]: one query on all wikis. */
export const QUERY_KEYS = {
  queryfile: {
    type: "path",
    default: "wikiquery.sql",
    level: "normal",
    text: "File with a query to run on all wikis.",
    status: "later",
  },
} as const;

/** [misc]: the rest. */
export const MISC_KEYS = {
  fixeddumporder: {
    type: "boolean",
    default: "0",
    level: "override",
    text: "Whether wikis are taken in the order of the dblist rather than the longest-waiting first.",
  },
  maxRetries: {
    type: "integer",
    default: "3",
    level: "wiki",
    text: "How often what failed because of a program or a server is tried again.",
  },
  // Ours.
  stallTime: {
    type: "seconds",
    default: "1800",
    level: "wiki",
    text:
      "A program of MediaWiki or of its database that gives no sign of life for so long is ended, and its work tried again.",
  },
  // Ours.
  slots: {
    type: "integer",
    default: "2",
    level: "wiki",
    text: "How many jobs, or parts of jobs, are at work at the same time.",
  },
  // Ours.
  threads: {
    type: "integer",
    default: "2",
    level: "wiki",
    text:
      "How many threads of the processor pack and unpack files that are made from others; 1 for none beside the main one.",
  },
  skipJobs: {
    type: "list",
    default: "sitelistdump",
    level: "wiki",
    text: "Names of jobs that are left out; a list of your own takes the place of the default.",
  },
  sevenzipprefetch: {
    type: "boolean",
    default: "0",
    level: "override",
    text: "Whether 7z files of old runs are tried before bz2 files when texts are taken over.",
  },
  lbzip2forhistory: {
    type: "boolean",
    default: "0",
    level: "override",
    text: "Had the history compressed by lbzip2 in the reference; the built-in encoder has threads of its own.",
    status: "retired",
  },
} as const;
