/** What the farm is meant to hold, each with a search that names a place where it is, or undefined. */
import { element, type ExportFile, type ExportPage, type ExportRevision, unescapeXml } from "./read-exports.ts";

type Search = (files: readonly ExportFile[]) => string | undefined;

/** Searches for a page; gives back "wiki: title". */
function page(test: (page: ExportPage) => boolean): Search {
  return (files) => {
    for (const file of files) {
      const found = file.pages.find(test);
      if (found !== undefined) return `${file.wiki}, "${found.title}"`;
    }
    return undefined;
  };
}

/** Searches for a revision; gives back "wiki: title, id". */
function revision(test: (revision: ExportRevision, page: ExportPage) => boolean): Search {
  return (files) => {
    for (const file of files) {
      for (const owner of file.pages) {
        const found = owner.revisions.find((each) => test(each, owner));
        if (found !== undefined) return `${file.wiki}, "${owner.title}", revision ${found.id}`;
      }
    }
    return undefined;
  };
}

function has(part: string): Search {
  return revision((each) => each.xml.includes(part));
}

function namespace(ns: number): Search {
  return page((each) => each.ns === ns);
}

function newest(each: ExportPage): ExportRevision | undefined {
  return [...each.revisions].sort((a, b) => (a.time < b.time ? -1 : 1)).at(-1);
}

function newestText(each: ExportPage): string {
  return unescapeXml(element(newest(each)?.xml ?? "", "text"));
}

/** Whether the page numbers of a wiki leave gaps. */
function gap(files: readonly ExportFile[]): string | undefined {
  const file = files.find((each) =>
    each.pages.some((one, index) => index > 0 && one.id !== (each.pages[index - 1]?.id ?? 0) + 1)
  );
  return file === undefined
    ? undefined
    : `${file.wiki}, ${(file.pages.at(-1)?.id ?? 0) - file.pages.length} ids unused`;
}

/** How many bzip2 streams a file has, counted by their level byte and block mark on a byte border. */
function streams(files: readonly ExportFile[]): string | undefined {
  const counts = files.map((file) =>
    [file.wiki, file.packed.toString("latin1").split(/BZh[1-9]1AY&SY/).length - 1] as const
  );
  const found = counts.find(([, count]) => count > 2);
  return found === undefined ? undefined : `${found[0]}, ${found[1]} streams`;
}

function ending(form: string): Search {
  return (files) => files.find((file) => file.name.endsWith(form))?.name;
}

const MARKUP = ["</text>", "<page>", "&lt;", "&amp;lt;", "]]>", "<!--", "</mediawiki>", "<![CDATA["] as const;

/** Name and search of each trait. */
export const TRAITS: readonly (readonly [name: string, find: Search])[] = [
  ["a plain file", ending(".xml")],
  ["a gzip file", ending(".xml.gz")],
  ["several bzip2 streams in one file", streams],
  ["a wiki in Greek", (files) => files.find((file) => file.header.includes('xml:lang="el"'))?.wiki],
  ["Arabic text", has("مفتوح")],
  ["Hebrew text", has("החתול")],
  ["a title that is written from right to left", page((each) => /^[\u0590-\u06ff ]+$/.test(each.title))],
  ["a title outside the basic plane", page((each) => /[\u{10000}-\u{10ffff}]/u.test(each.title))],
  ["rare ideographs", has("𠮷")],
  ["Gothic", has("𐌲𐌰")],
  ["emoji", has("😀")],
  ["a page of over 300 revisions", page((each) => each.revisions.length > 300)],
  ["a text of over 1 MB", page((each) => new TextEncoder().encode(newestText(each)).length > 1_000_000)],
  ["a redirect", page((each) => each.head.includes("<redirect "))],
  ["a talk page", namespace(1)],
  ["a user page", namespace(2)],
  ["a user's talk page", namespace(3)],
  ["a project page", namespace(4)],
  ["a file page", namespace(6)],
  ["a page of the interface", namespace(8)],
  ["a template", namespace(10)],
  ["a category", namespace(14)],
  ["a page in a namespace of the wiki's own", namespace(100)],
  ["a talk page in a namespace of the wiki's own", namespace(101)],
  [
    "an article with : & \" and ' in its title",
    page((each) => each.ns === 0 && [":", "&", '"', "'"].every((sign) => each.title.includes(sign))),
  ],
  ["an article whose title begins like a namespace", page((each) => each.ns === 0 && each.title.startsWith("Chart:"))],
  ["IPv4 contributor", revision((each) => /<ip>[\d.]+<\/ip>/.test(each.xml))],
  ["IPv6 contributor", revision((each) => /<ip>[\dA-F:]+<\/ip>/.test(each.xml) && !/<ip>[\d.]+<\/ip>/.test(each.xml))],
  ["an imported contributor", has("<username>imported&gt;")],
  ["hidden text", revision((each) => /<text [^>]*deleted="deleted"/.test(each.xml))],
  [
    "a hidden contributor in the latest revision",
    page((each) => (newest(each)?.xml ?? "").includes('<contributor deleted="deleted" />')),
  ],
  ["hidden comment", has('<comment deleted="deleted" />')],
  ["hidden contributor", has('<contributor deleted="deleted" />')],
  ["a minor edit", has("<minor/>")],
  ["an edit with empty text", revision((each) => /<text bytes="0" [^>]*\/>/.test(each.xml))],
  ["an empty latest text", page((each) => /<text bytes="0" [^>]*\/>/.test(newest(each)?.xml ?? ""))],
  ["gaps in the page ids", gap],
  ["a protected page", has("<comment>Protected ")],
  ["a moved page", has("moved page [[")],
  [
    "a latest revision that has not the highest id",
    page((each) => newest(each)?.id !== Math.max(...each.revisions.map((one) => one.id))),
  ],
  ["a latest text full of markup", page((each) => MARKUP.every((part) => newestText(each).includes(part)))],
  ["a slot besides the main one", has("<content>")],
  ["titles that differ in the first letter's case", (files) => {
    const file = files.find((each) =>
      each.pages.some((one) => one.title === "rota") && each.pages.some((one) => one.title === "Rota")
    );
    return file === undefined ? undefined : `${file.wiki}, "rota" and "Rota"`;
  }],
  ["a style sheet", has("<model>css</model>")],
  ["a script", has("<model>javascript</model>")],
];
