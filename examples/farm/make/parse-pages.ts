/**
 * Reads the files in content/, where a page's whole history stands as plain text. Lines that start with @@ are directives:
 *
 *     @@page TITLE                                begins a page
 *     @@model css                                 its content model, if the title does not decide it
 *     @@rev 2019-03-02 10:00 | User | flags | comment     an edit; the lines below are the whole new text
 *     @@append 2019-03-02 10:00 | User | flags | comment  an edit that adds the lines below at the end
 *     @@swap 2019-03-02 10:00 | User | flags | comment    an edit; each line below is `old => new`
 *
 * Flags: m (minor), hide=N (a sum of 1 text, 2 comment, 4 user), late (imported last).
 */
import { type DraftPage, type DraftRevision, revision } from "./draft.ts";

interface OpenEdit {
  readonly kind: string;
  readonly head: string;
  readonly lines: string[];
}

interface OpenPage {
  readonly title: string;
  model: string | undefined;
  readonly edits: OpenEdit[];
}

/** Reads all pages of one content file. Throws with the line's number when a directive is not understood. */
export function parsePages(source: string, fileName: string): DraftPage[] {
  const pages: OpenPage[] = [];
  source.split("\n").forEach((line, index) => {
    const match = /^@@(\w+) (.*)$/.exec(line);
    if (match !== null) direct(pages, match[1] ?? "", match[2] ?? "", `${fileName}:${index + 1}`);
    else pages.at(-1)?.edits.at(-1)?.lines.push(line);
  });
  return pages.map(closePage);
}

function direct(pages: OpenPage[], word: string, rest: string, place: string): void {
  const page = pages.at(-1);
  if (word === "page") pages.push({ title: rest.trim(), model: undefined, edits: [] });
  else if (page === undefined) throw new Error(`${place}: @@${word} stands before the first @@page`);
  else if (word === "model") page.model = rest.trim();
  else if (["rev", "append", "swap"].includes(word)) page.edits.push({ kind: word, head: rest, lines: [] });
  else throw new Error(`${place}: unknown directive @@${word}`);
}

function closePage(page: OpenPage): DraftPage {
  const revisions: DraftRevision[] = [];
  for (const edit of page.edits) revisions.push(closeEdit(page, edit, revisions));
  const { title, model } = page;
  return model === undefined ? { title, revisions } : { title, model, revisions };
}

function closeEdit(page: OpenPage, edit: OpenEdit, before: readonly DraftRevision[]): DraftRevision {
  const parts = edit.head.split("|").map((part) => part.trim());
  const [when = "", user = "", flags = ""] = parts;
  const comment = parts.slice(3).join("|");
  const seconds = (page.title.length * 7 + before.length * 13) % 60;
  const time = `${when.replace(" ", "T")}:${String(seconds).padStart(2, "0")}Z`;
  if (!Number.isFinite(Date.parse(time))) throw new Error(`${page.title}: "${when}" is not a date and time`);
  const written = edit.lines.join("\n").replace(/\n+$/, "");
  const old = before.at(-1)?.text ?? "";
  const text = edit.kind === "rev"
    ? written
    : edit.kind === "append"
    ? `${old}\n${written}`
    : swap(page.title, old, written);
  const hidden = Number(/\bhide=(\d)/.exec(flags)?.[1] ?? 0);
  const words = flags.split(/\s+/);
  return revision([time, user, comment], text, {
    isMinor: words.includes("m"),
    hidden,
    isLate: words.includes("late"),
  });
}

function swap(title: string, old: string, lines: string): string {
  let text = old;
  for (const line of lines.split("\n")) {
    const [from = "", to = ""] = line.split(" => ");
    if (from === "" || !text.includes(from)) throw new Error(`${title}: nothing to swap for "${from}"`);
    text = text.replace(from, () => to);
  }
  return text;
}
