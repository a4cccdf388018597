/** Small exports made on the spot, with right lengths and checksums, for tests that need a wiki. */
import { createHash } from "node:crypto";

export interface TinyRevision {
  readonly id: number;
  readonly timestamp?: string;
  readonly text: string;
  /** Replaces the attributes of `<text>`; for texts that lie about themselves. */
  readonly textAttributes?: string;
}

export interface TinyPage {
  readonly id: number;
  readonly title: string;
  readonly namespace?: number;
  readonly revisions: readonly TinyRevision[];
}

export const TINY_PAGES: readonly TinyPage[] = [
  { id: 1, title: "Home", revisions: [{ id: 1, text: "first" }, { id: 4, text: "second & better" }] },
  { id: 2, title: "Talk:Home", namespace: 1, revisions: [{ id: 2, text: "a question" }] },
  { id: 5, title: "User:Ann", namespace: 2, revisions: [{ id: 3, text: "me" }] },
  { id: 9, title: 'A <b>: "c"', revisions: [{ id: 7, text: "Ελληνικά 😀" }] },
  { id: 12, title: "Template:T", namespace: 10, revisions: [{ id: 9, text: "" }] },
];

export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export function sha1Base36Of(text: string): string {
  return BigInt(`0x${createHash("sha1").update(text).digest("hex")}`).toString(36).padStart(31, "0");
}

/** The export as MediaWiki 1.39 writes it. */
export function tinyDump(pages: readonly TinyPage[] = TINY_PAGES): string {
  return tinyHeader() + pages.map(tinyPage).join("") + "</mediawiki>\n";
}

export function tinyHeader(): string {
  const names = [
    "",
    "Talk",
    "User",
    "User talk",
    "Tiny",
    "Tiny talk",
    "File",
    "File talk",
    "MediaWiki",
    "MediaWiki talk",
    "Template",
  ];
  const spaces = [[-2, "Media"], [-1, "Special"], ...names.entries()].map(([id, name]) =>
    name === ""
      ? `      <namespace key="${id}" case="first-letter" />\n`
      : `      <namespace key="${id}" case="first-letter">${name}</namespace>\n`
  );
  return '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">\n' +
    "  <siteinfo>\n    <sitename>Tiny</sitename>\n    <dbname>tinywiki</dbname>\n    <base>http://tiny.example/wiki/Home</base>\n" +
    `    <generator>MediaWiki 1.39.17</generator>\n    <case>first-letter</case>\n    <namespaces>\n${
      spaces.join("")
    }` +
    "    </namespaces>\n  </siteinfo>\n";
}

export function tinyPage(page: TinyPage): string {
  return `  <page>\n    <title>${escapeXml(page.title)}</title>\n    <ns>${
    page.namespace ?? 0
  }</ns>\n    <id>${page.id}</id>\n` +
    page.revisions.map(tinyRevision).join("") + "  </page>\n";
}

function tinyRevision(revision: TinyRevision): string {
  const sha1 = sha1Base36Of(revision.text);
  const attributes = revision.textAttributes ??
    `bytes="${new TextEncoder().encode(revision.text).length}" sha1="${sha1}"`;
  const text = revision.text === ""
    ? `<text ${attributes} xml:space="preserve" />`
    : `<text ${attributes} xml:space="preserve">${escapeXml(revision.text)}</text>`;
  const timestamp = revision.timestamp ?? `2026-01-01T00:00:${String(revision.id).padStart(2, "0")}Z`;
  return `    <revision>\n      <id>${revision.id}</id>\n      <timestamp>${timestamp}</timestamp>\n` +
    "      <contributor>\n        <username>Ann</username>\n        <id>1</id>\n      </contributor>\n" +
    `      <origin>${revision.id}</origin>\n      <model>wikitext</model>\n      <format>text/x-wiki</format>\n      ${text}\n` +
    `      <sha1>${sha1}</sha1>\n    </revision>\n`;
}
