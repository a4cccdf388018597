/** Stubs of tiny dumps, with texts that the stand-in for fetchText.php knows. */
import { tinyDump, type TinyPage } from "../../../support/tiny-dump.ts";

/** The text that the stand-in gives for an address that ends in this number. */
export function programText(number: number): string {
  return `text ${number} with ünïcode and\nline ends `.repeat(number % 50);
}

/** The dump as dumpTextPass.php ends it. */
export function dumpOf(pages: readonly TinyPage[]): string {
  return tinyDump(pages).trimEnd().replaceAll(' xml:space="preserve" />', " />");
}

/** The stubs of a dump; `addressOf` gives where the text of a revision lies. */
export function stubsOf(dump: string, addressOf: (revisionId: number) => string): string {
  let id = 0;
  const stubs = dump.replace(
    /<revision>\s*<id>([0-9]+)<|<text ([^>]*?)(?: xml:space="preserve")?(?: \/>|>[^<]*<\/text>)/g,
    (
      match,
      revisionId: string | undefined,
      attributes: string,
    ) => {
      if (revisionId === undefined) return `<text ${attributes} location="${addressOf(id)}" id="7" />`;
      id = Number(revisionId);
      return match;
    },
  );
  return `${stubs}\n`;
}

/** Pages with some revisions each, whose texts the stand-in knows by the ids of the revisions. */
export function programPages(count: number, revisionsPerPage = 3): readonly TinyPage[] {
  return Array.from({ length: count }, (_, index) => ({
    id: 2 * index + 1,
    title: `Page ${index}`,
    revisions: Array.from({ length: revisionsPerPage }, (_, nth) => {
      const id = index * revisionsPerPage + nth + 1;
      return { id, text: programText(id), timestamp: "2026-01-01T00:00:00Z" };
    }),
  }));
}
