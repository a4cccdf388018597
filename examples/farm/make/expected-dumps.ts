/**
 * Makes the three page dumps out of an export, by the rules that README.md states, in the plainest way. check.ts compares the
 * result with what MediaWiki wrote, and so shows that the rules are right.
 */
import type { ExportFile, ExportPage, ExportRevision } from "./read-exports.ts";

/** The three kinds of page dump. */
export type Contents = "history" | "current" | "articles";

/** The part of a golden file that is compared. */
export interface Golden {
  readonly dumps: Readonly<Record<Contents, { readonly direct: { readonly sha1: string }; readonly textPass: { readonly sha1: string } }>>;
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

/** The same XML as dumpTextPass.php would have written it: it parses what dumpBackup.php wrote and writes it in its own way. */
export function textPassForm(xml: string): string {
  const passed = xml.replace(/<[^>]*>|[^<]+/g, (token) => {
    if (!token.startsWith("<")) return token.replaceAll('"', "&quot;");
    if (token.startsWith("<text ") && token.endsWith(' xml:space="preserve" />')) return token.replace(' xml:space="preserve"', "");
    return token.replace(/^(<\w+)\/>$/, "$1 />");
  });
  return passed.replace(/\n$/, "");
}
