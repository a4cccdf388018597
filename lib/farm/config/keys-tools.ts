/**
 * Keys that name programs. Empty means the built-in way, where there is one; the reference defaults to paths such as
 * /usr/bin/bzip2.
 *
 * Part of the schema (schema.ts).
 */

/** [tools]: programs to use in place of built-in ways, and those for which nothing is built in. */
export const TOOLS_KEYS = {
  php: {
    type: "command",
    default: "php",
    level: "normal",
    text: "PHP, for wikis whose content comes from a running MediaWiki.",
  },
  mysql: { type: "command", default: "mysql", level: "normal", text: "MySQL client." },
  mysqldump: { type: "command", default: "mysqldump", level: "normal", text: "MySQL dump client." },
  bzip2: {
    type: "command",
    default: "",
    level: "normal",
    text: "Program that compresses to bzip2; empty means built in.",
  },
  lbzip2: {
    type: "command",
    default: "",
    level: "normal",
    text: "Parallel bzip2, for joining parts with lbzip2threads; empty means that it is not used.",
    status: "later",
  },
  gzip: {
    type: "command",
    default: "",
    level: "normal",
    text:
      "Program that compresses to gzip; empty means built in. Stubs and page logs start it once for each of their members.",
  },
  sevenzip: {
    type: "command",
    default: "",
    level: "normal",
    text:
      "7z archiver; empty means 7za, 7z or 7zz, whichever is in PATH, for a MediaWiki, and no 7z files for an export.",
  },
  checkforbz2footer: {
    type: "command",
    default: "",
    level: "normal",
    text: "Looked at the end of a bzip2 file in the reference; built in now.",
    status: "retired",
  },
  dumplastbz2block: {
    type: "command",
    default: "",
    level: "normal",
    text: "Read the last block of a bzip2 file in the reference; built in now.",
    status: "retired",
  },
  writeuptopageid: {
    type: "command",
    default: "",
    level: "normal",
    text: "Cut page ranges out of stubs in the reference; built in now.",
    status: "retired",
  },
  revsperpage: {
    type: "command",
    default: "",
    level: "normal",
    text: "Counted revisions in the reference; built in now.",
    status: "retired",
  },
  recompressxml: {
    type: "command",
    default: "",
    level: "normal",
    text: "Wrote multistream files in the reference; built in now.",
    status: "retired",
  },
  head: {
    type: "command",
    default: "",
    level: "normal",
    text: "Cut files in the reference; built in now.",
    status: "retired",
  },
  tail: {
    type: "command",
    default: "",
    level: "normal",
    text: "Cut files in the reference; built in now.",
    status: "retired",
  },
  cat: {
    type: "command",
    default: "",
    level: "normal",
    text: "Joined files in the reference; built in now.",
    status: "retired",
  },
  grep: {
    type: "command",
    default: "",
    level: "normal",
    text: "Filtered files in the reference; built in now.",
    status: "retired",
  },
  dd: {
    type: "command",
    default: "",
    level: "normal",
    text: "Cut files in the reference; built in now.",
    status: "retired",
  },
} as const;
