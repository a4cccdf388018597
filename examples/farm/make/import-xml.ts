/**
 * Turns drafts into XML that MediaWiki's importDump.php reads. Edits of all pages are put in the order of their times, so that
 * the revision ids of a page are scattered, as they are on a wiki that grew by itself.
 */
import { isIP } from "node:net";
import type { DraftPage, DraftRevision } from "./draft.ts";

interface Edit {
  readonly page: DraftPage;
  readonly revision: DraftRevision;
}

/** The XML of the edits that belong to one of the two imports: the first, or the late one. */
export function importXml(pages: readonly DraftPage[], language: string, round: "first" | "late"): string {
  const edits = pages.flatMap((page) => page.revisions.map((revision): Edit => ({ page, revision })))
    .filter((edit) => edit.revision.isLate === (round === "late"))
    .sort((a, b) => (a.revision.time < b.revision.time ? -1 : a.revision.time > b.revision.time ? 1 : 0));
  const out = [`<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="${language}">\n`];
  let open: DraftPage | undefined;
  for (const { page, revision } of edits) {
    if (page !== open) {
      if (open !== undefined) out.push("</page>\n");
      out.push(`<page><title>${escapeXml(page.title)}</title>\n`);
      open = page;
    }
    out.push(revisionXml(page, revision));
  }
  out.push(open === undefined ? "" : "</page>\n", "</mediawiki>\n");
  return out.join("");
}

function revisionXml(page: DraftPage, revision: DraftRevision): string {
  const who = isIP(revision.user) === 0
    ? `<username>${escapeXml(revision.user)}</username>`
    : `<ip>${revision.user}</ip>`;
  const comment = revision.comment === "" ? "" : `<comment>${escapeXml(revision.comment)}</comment>`;
  const model = page.model === undefined ? "" : `<model>${page.model}</model>`;
  return `<revision><timestamp>${revision.time}</timestamp><contributor>${who}</contributor>${
    revision.isMinor ? "<minor/>" : ""
  }` +
    `${comment}${model}<text xml:space="preserve">${escapeXml(revision.text)}</text></revision>\n`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};
