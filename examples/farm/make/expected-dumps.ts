/**
 * Makes the three page dumps out of an export, by the rules that README.md states, in the plainest way. check.ts compares the
 * result with what MediaWiki wrote, and so shows that the rules are right.
 */
import { Buffer } from "node:buffer";
import { type ExportFile, type ExportPage, type ExportRevision, unescapeXml } from "./read-exports.ts";

/** The three kinds of page dump. */
export type Contents = "history" | "current" | "articles";

/** The part of a golden file that is compared. */
export interface Golden {
  readonly titles: Readonly<
    Record<"all-titles-in-ns0" | "all-titles", { readonly count: number; readonly sha1: string }>
  >;
  readonly dumps: Readonly<
    Record<Contents, { readonly direct: { readonly sha1: string }; readonly textPass: { readonly sha1: string } }>
  >;
}

/** The XML of one kind of dump, cut out of the export. */
export function selection(file: ExportFile, contents: Contents): string {
  const pages = file.pages.filter((page) => contents !== "articles" || isArticle(page));
  const parts = pages.map((page) => {
    const revisions = contents === "history" ? page.revisions : [latest(page)];
    return `${page.head}${revisions.map((revision) => revision.xml).join("")}  </page>\n`;
  });
  return `${file.header}${parts.join("")}</mediawiki>\n`;
}

/** Neither a talk page (an odd number) nor a user page. */
function isArticle(page: ExportPage): boolean {
  return !(page.ns > 0 && page.ns % 2 === 1) && page.ns !== 2;
}

/** The newest revision by its time; of two with the same time, the one with the higher id. */
function latest(page: ExportPage): ExportRevision {
  return page.revisions.reduce((best, revision) => (revision.time >= best.time ? revision : best));
}

/** The two lists of titles: as in the database, with underscores, in the order of namespaces and then of bytes. */
export function titleLists(file: ExportFile): Record<"all-titles-in-ns0" | "all-titles", string> {
  const rows = file.pages.map((page) => {
    const name = new RegExp(`<namespace key="${page.ns}"[^>]*>([^<]*)</namespace>`).exec(file.header)?.[1];
    const prefix = name === undefined ? "" : `${unescapeXml(name)}:`;
    return { ns: page.ns, key: Buffer.from(page.title.slice(prefix.length).replaceAll(" ", "_"), "utf8") };
  });
  rows.sort((a, b) => a.ns - b.ns || Buffer.compare(a.key, b.key));
  const articles = rows.filter((row) => row.ns === 0);
  return {
    "all-titles-in-ns0": articles.map((row) => `${row.key.toString("utf8")}\n`).join(""),
    "all-titles": rows.map((row) => `${row.ns}\t${row.key.toString("utf8")}\n`).join(""),
  };
}

/** The same XML as dumpTextPass.php would have written it: it parses what dumpBackup.php wrote and writes it in its own way. */
export function textPassForm(xml: string): string {
  const passed = xml.replace(/<[^>]*>|[^<]+/g, (token) => {
    if (!token.startsWith("<")) return token.replaceAll('"', "&quot;");
    if (token.startsWith("<text ") && token.endsWith(' xml:space="preserve" />')) {
      return token.replace(' xml:space="preserve"', "");
    }
    return token.replace(/^(<\w+)\/>$/, "$1 />");
  });
  return passed.replace(/\n$/, "");
}
