/** What `bzdump stats` found out, as a table for people. */
import type { DumpCounts, DumpStats } from "../../lib/dump/pages/stats.ts";

type Row = readonly string[];

const HEADINGS: Row = ["namespace", "", "pages", "redirects", "revisions", "bytes of text"];

/** Some lines, with a line end. */
export function statsTable(name: string, stats: DumpStats): string {
  const { siteInfo, pageIds, revisionIds, timestamps, largestPage } = stats;
  const rows = [
    HEADINGS,
    ...stats.namespaces.map((one) => [
      String(one.namespace),
      one.name ?? (one.namespace === 0 ? "" : "?"),
      ...countsOf(one),
    ]),
    ["all", "", ...countsOf(stats)],
  ];
  const facts: [string, string][] = [
    ["file", name],
    ["wiki", [siteInfo.dbName, siteInfo.siteName].filter(Boolean).join(", ")],
    ["bytes of XML", number(stats.xmlBytes)],
    ["page ids", pageIds === undefined ? "" : `${pageIds.first} to ${pageIds.last}`],
    ["", stats.isAscending ? "" : "page ids do not rise from page to page"],
    ["revision ids", revisionIds === undefined ? "" : `${revisionIds.first} to ${revisionIds.last}`],
    ["times", timestamps === undefined ? "" : `${timestamps.first} to ${timestamps.last}`],
    ["largest page", largestPage === undefined ? "" : largest(largestPage)],
  ];
  const shown = facts.filter(([, text]) => text !== "");
  const width = Math.max(...shown.map(([what]) => what.length)) + 2;
  return `${shown.map(([what, text]) => `${what.padEnd(width)}${text}\n`).join("")}\n${tableOf(rows)}`;
}

function countsOf({ pages, redirects, revisions, textBytes }: DumpCounts): string[] {
  return [pages, redirects, revisions, textBytes].map(number);
}

function largest({ id, title, revisions, xmlBytes }: NonNullable<DumpStats["largestPage"]>): string {
  const count = revisions === 1 ? "1 revision" : `${number(revisions)} revisions`;
  return `${id} (${title}): ${count}, ${number(xmlBytes)} bytes of XML`;
}

/** Thousands apart: 1,234,567. */
function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function tableOf(rows: readonly Row[]): string {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => [...row[column]!].length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => column === 1 ? padEnd(cell, widths[1]!) : padStart(cell, widths[column]!)).join("  ")
      .trimEnd()
  );
  return `${lines.join("\n")}\n`;
}

function padEnd(text: string, width: number): string {
  return text + " ".repeat(width - [...text].length);
}

function padStart(text: string, width: number): string {
  return " ".repeat(width - [...text].length) + text;
}
