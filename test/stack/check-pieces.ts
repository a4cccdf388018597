/**
 * Checks how a run is cut: parts and page ranges follow one another without gap or overlap, have the pages that their names say, and
 * are together what the whole file is.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { plainFile } from "./whole-files.ts";

/** A file of a part or a page range. */
export interface PieceFile {
  readonly name: string;
  readonly part: number;
  /** Of its name; undefined where the name has none. */
  readonly pages: readonly [first: number, last: number] | undefined;
}

/** Files of a dump: `pages-articles`, `xml`, `bz2`. */
export interface DumpKind {
  readonly dumpName: string;
  readonly type: "xml" | "txt";
  readonly extension: "bz2" | "gz" | "7z";
}

/** The pieces of a dump, in their order. */
export function piecesOf(directory: string, { dumpName, type, extension }: DumpKind): readonly PieceFile[] {
  const pattern = new RegExp(`-${dumpName}(\\d+)\\.${type}(?:-p(\\d+)p(\\d+))?\\.${extension}$`);
  return readdirSync(directory).flatMap((name): readonly PieceFile[] => {
    const match = pattern.exec(name);
    if (match === null) return [];
    const pages = match[2] === undefined ? undefined : [Number(match[2]), Number(match[3])] as const;
    return [{ name, part: Number(match[1]), pages }];
  }).sort((one, other) => one.part - other.part || (one.pages?.[0] ?? 0) - (other.pages?.[0] ?? 0));
}

/** Throws when the ranges do not tile all pages up to the last one. */
export function requireTiling(pieces: readonly PieceFile[], lastPage: number): void {
  let next = 1;
  for (const { name, pages } of pieces) {
    if (pages === undefined || pages[0] !== next || pages[1] < pages[0]) {
      throw new Error(`${name} should start at page ${next}`);
    }
    next = pages[1] + 1;
  }
  if (next !== lastPage + 1) throw new Error(`The ranges end at page ${next - 1}, the wiki at ${lastPage}`);
}

/** Throws when a piece has a page outside its range, or when the pieces together are not the whole file. */
export async function requireSameWhole(
  directory: string,
  pieces: readonly PieceFile[],
  wholeName: string,
): Promise<void> {
  const whole = cut(await plainFile(join(directory, wholeName)), wholeName);
  let body = "";
  for (const { name, pages } of pieces) {
    const piece = cut(await plainFile(join(directory, name)), name);
    if (piece.header !== whole.header || piece.footer.trimEnd() !== whole.footer.trimEnd()) {
      throw new Error(`${name} has another header or footer than ${wholeName}`);
    }
    for (const id of pages === undefined ? [] : pageIds(piece.body)) {
      if (id < pages![0] || id > pages![1]) throw new Error(`${name} has page ${id}`);
    }
    body += piece.body;
  }
  if (body !== whole.body) throw new Error(`${wholeName} is not ${pieces.map(({ name }) => name).join(" + ")}`);
}

/** A text of which each piece is a part as it is: titles, an index. */
export async function textOf(directory: string, names: readonly string[]): Promise<string> {
  const texts = names.map(async (name) => new TextDecoder().decode(await plainFile(join(directory, name))));
  return (await Promise.all(texts)).join("");
}

function pageIds(body: string): readonly number[] {
  return [...body.matchAll(/^ {4}<id>(\d+)<\/id>$/gm)].map(([, id]) => Number(id));
}

function cut(
  bytes: Uint8Array,
  name: string,
): { readonly header: string; readonly body: string; readonly footer: string } {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const bodyAt = text.indexOf("</siteinfo>\n") + "</siteinfo>\n".length;
  const footerAt = text.lastIndexOf("</mediawiki>");
  if (footerAt < bodyAt || bodyAt < "</siteinfo>\n".length) throw new Error(`${name} has no header, or no footer`);
  return { header: text.slice(0, bodyAt), body: text.slice(bodyAt, footerAt), footer: text.slice(footerAt) };
}
