/**
 * Keys about the farm: which wikis there are, where their content comes from, where dumps go, who hears of trouble.
 *
 * Part of the schema (schema.ts). Spelling of names is that of the reference; keys of ours are marked "Ours".
 */

/** [wiki]: the wikis, and where each gets its content from. */
export const WIKI_KEYS = {
  dblist: { type: "path", default: "", level: "override", text: "File with the names of all wikis, one per line." },
  skipdblist: { type: "paths", default: "", level: "override", text: "Files with the names of wikis to leave out." },
  privatelist: {
    type: "path",
    default: "",
    level: "override",
    text: "File with the names of private wikis; their dumps go to the private tree.",
  },
  closedlist: {
    type: "path",
    default: "",
    level: "override",
    text: "File with the names of closed wikis; status pages say so.",
  },
  // Ours.
  source: {
    type: "choice",
    choices: ["export", "mediawiki", ""],
    default: "",
    level: "wiki",
    text:
      "Where content comes from: export or mediawiki; empty means export when export is set, else mediawiki when dir is set.",
  },
  // Ours.
  export: {
    type: "path",
    default: "",
    level: "wiki",
    text: "File or directory with a full-history XML export; {wiki} in it stands for the name of the wiki.",
  },
  // Mandatory in the reference.
  dir: {
    type: "path",
    default: "",
    level: "wiki",
    text: "Directory of MediaWiki, for wikis whose content comes from a running MediaWiki.",
  },
  multiversion: {
    type: "path",
    default: "",
    level: "normal",
    text: "Directory with MWScript.php, on farms that run several versions of MediaWiki.",
  },
  flowlist: {
    type: "path",
    default: "",
    level: "override",
    text: "File with the names of wikis that have Flow boards.",
  },
  tablejobs: {
    type: "path",
    default: "",
    level: "override",
    text: "YAML file with the tables to dump; empty means the built-in list.",
  },
  apijobs: {
    type: "path",
    default: "",
    level: "override",
    text: "YAML file with what is asked of the API; empty means the built-in list.",
  },
  flaggedrevslist: {
    type: "path",
    default: "",
    level: "override",
    text: "The reference of 2011 kept a list of wikis with FlaggedRevs; later ones look at the tables.",
    status: "retired",
  },
  biglist: {
    type: "path",
    default: "",
    level: "override",
    text: "In the sample of the reference of 2011, never read.",
    status: "retired",
  },
  forcenormal: {
    type: "text",
    default: "",
    level: "override",
    text: "Added an option to PHP calls in the reference of 2011.",
    status: "retired",
  },
  halt: {
    type: "text",
    default: "",
    level: "override",
    text: "Stopped the choice of wikis in the reference of 2011; a maintenance file does that now.",
    status: "retired",
  },
} as const;

/** [export]: what is done with texts that are not what they should be, of an export or of a MediaWiki. Ours. */
export const EXPORT_KEYS = {
  textmismatch: {
    type: "choice",
    choices: ["fail", "report"],
    default: "fail",
    level: "wiki",
    text:
      "What a text that does not match its sha1 or its byte count does to jobs that carry text: fail, or report it and go on.",
  },
} as const;

/** [output]: where dumps and pages go. */
export const OUTPUT_KEYS = {
  public: {
    type: "path",
    default: "/dumps/public",
    level: "override",
    text: "Root of the tree that the web server shows.",
  },
  private: {
    type: "path",
    default: "/dumps/private",
    level: "override",
    text: "Root of the tree for locks, logs and the dumps of private wikis.",
  },
  temp: { type: "path", default: "/dumps/temp", level: "override", text: "Root of the tree for scratch files." },
  webroot: {
    type: "text",
    default: "http://localhost/dumps",
    level: "override",
    text: "Address under which the public tree can be seen.",
  },
  index: { type: "filename", default: "index.html", level: "override", text: "Name of the page that lists all wikis." },
  perdumpindex: { type: "filename", default: "index.html", level: "override", text: "Name of the page of one run." },
  logfile: { type: "filename", default: "dumplog.txt", level: "override", text: "Name of the log of one run." },
  fileperms: { type: "mode", default: "0640", level: "override", text: "Mode of status files and locks, in octal." },
  // Ours.
  verify: {
    type: "choice",
    choices: ["full", "footer"],
    default: "full",
    level: "override",
    text: "How a finished file is checked before it is published: full reads all of it, footer looks at its end.",
  },
  templatedir: {
    type: "path",
    default: "",
    level: "override",
    text: "Directory with templates of status pages; empty means the built-in pages.",
  },
} as const;

/** [reporting]: mail, and when a silent worker counts as gone. */
export const REPORTING_KEYS = {
  adminmail: {
    type: "mail",
    default: "root@localhost",
    level: "normal",
    text: "Who gets mail when a run fails, with commas between several; empty or nomail means nobody.",
  },
  mailfrom: { type: "text", default: "root@localhost", level: "normal", text: "Sender of that mail." },
  smtpserver: {
    type: "server",
    default: "localhost",
    level: "normal",
    text: "Mail server, host or host:port (25 without a port); empty means that nobody gets mail.",
  },
  staleage: {
    type: "seconds",
    default: "3600",
    level: "normal",
    text: "Age after which a lock that nobody touched counts as left behind.",
  },
  batchjobsstaleage: {
    type: "seconds",
    default: "3600",
    level: "normal",
    text: "Age after which a claimed batch that nobody touched counts as left behind, and may be claimed again.",
  },
  skipprivatetables: {
    type: "text",
    default: "",
    level: "normal",
    text: "Read by the reference, never used.",
    status: "retired",
  },
} as const;

/** [database]: how the database clients log in. */
export const DATABASE_KEYS = {
  client_config_file: {
    type: "path",
    default: "",
    level: "normal",
    text: "Option file of the MySQL clients, with user and password; keep it readable by the dump user only.",
  },
  max_allowed_packet: {
    type: "text",
    default: "16M",
    level: "wiki",
    text: "Largest packet for mysql and mysqldump.",
  },
  user: {
    type: "text",
    default: "",
    level: "wiki",
    text: "Now in the client_config_file, out of sight of the process list.",
    status: "retired",
  },
  password: {
    type: "text",
    default: "",
    level: "wiki",
    text: "Now in the client_config_file, out of sight of the process list.",
    status: "retired",
    isSecret: true,
  },
} as const;
