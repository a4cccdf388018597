/**
 * Reads the head of a page: what stands between `<page>` and its first revision.
 *
 * Elements may come in any order; those that are not known are passed over.
 */
import { DumpFormatError } from "../../errors.ts";
import { asciiBytes } from "../../bits/bytes.ts";
import { readAttributes } from "../../xml/attributes.ts";
import { ElementCursor } from "../../xml/element.ts";
import { decodeText } from "../../xml/entities.ts";
import { parseId } from "../../xml/page-id.ts";
import type { Namespace, PageHead } from "./model.ts";

const TITLE = asciiBytes("title");
const NS = asciiBytes("ns");
const ID = asciiBytes("id");
const REDIRECT = asciiBytes("redirect");
const RESTRICTIONS = asciiBytes("restrictions");

/**
 * Reads a page part of the splitter. `byteOffset` is where the part begins in the dump, for errors; `namespaces` are those of
 * the header, for dumps before schema 0.6, which do not state a page's namespace.
 *
 * Throws DumpFormatError BAD_ID if the id or the namespace number is missing or is no number.
 */
export function readPageHead(bytes: Uint8Array, byteOffset: number, namespaces: readonly Namespace[]): PageHead {
  let id: number | undefined;
  let namespace: number | undefined;
  let title = "";
  let redirect: { readonly title: string | undefined } | undefined;
  let restrictions: string | undefined;
  const page = new ElementCursor(bytes, 0, bytes.length);
  page.nextOpening();
  const child = new ElementCursor(bytes, page.tagEnd, bytes.length);
  while (child.next()) {
    if (child.isNamed(TITLE)) title = decodeText(bytes, child.contentStart, child.contentEnd);
    else if (child.isNamed(NS)) namespace = readNamespaceNumber(bytes, child, byteOffset);
    else if (child.isNamed(ID)) id ??= readId(bytes, child, byteOffset);
    else if (child.isNamed(REDIRECT)) {
      redirect = { title: readAttributes(bytes, child.tagStart, child.tagEnd).get("title") };
    } else if (child.isNamed(RESTRICTIONS)) restrictions = decodeText(bytes, child.contentStart, child.contentEnd);
  }
  if (id === undefined) {
    const message = `A page without an id at byte ${byteOffset}, with the title ${JSON.stringify(title)}`;
    throw new DumpFormatError("BAD_ID", message, { byteOffset });
  }
  return {
    id,
    namespace: namespace ?? namespaceOfTitle(title, namespaces),
    title,
    isRedirect: redirect !== undefined,
    redirectTitle: redirect?.title,
    restrictions,
  };
}

/** Where the text of the title stands in a page part, in bytes; an empty stretch if the page has none. */
export function findTitle(bytes: Uint8Array): { readonly start: number; readonly end: number } {
  const page = new ElementCursor(bytes, 0, bytes.length);
  page.nextOpening();
  const child = new ElementCursor(bytes, page.tagEnd, bytes.length);
  while (child.next()) if (child.isNamed(TITLE)) return { start: child.contentStart, end: child.contentEnd };
  return { start: 0, end: 0 };
}

function readId(bytes: Uint8Array, child: ElementCursor, byteOffset: number): number {
  const id = parseId(bytes, child.contentStart, child.contentEnd);
  if (id === undefined) throw badNumber("Page id", bytes, child, byteOffset);
  return id;
}

function readNamespaceNumber(bytes: Uint8Array, child: ElementCursor, byteOffset: number): number {
  const text = decodeText(bytes, child.contentStart, child.contentEnd).trim();
  if (!/^-?[0-9]{1,9}$/.test(text)) throw badNumber("Namespace", bytes, child, byteOffset);
  return Number(text);
}

function badNumber(what: string, bytes: Uint8Array, child: ElementCursor, byteOffset: number): DumpFormatError {
  const found = JSON.stringify(
    decodeText(bytes, child.contentStart, Math.min(child.contentEnd, child.contentStart + 40)),
  );
  const place = byteOffset + child.tagStart;
  return new DumpFormatError("BAD_ID", `${what} at byte ${place} is ${found}, expected a number`, {
    byteOffset: place,
  });
}

/** The namespace whose name is the title's prefix; names are compared as MediaWiki does, without regard to case. */
export function namespaceOfTitle(title: string, namespaces: readonly Namespace[]): number {
  const colon = title.indexOf(":");
  if (colon <= 0) return 0;
  const prefix = comparable(title.slice(0, colon));
  return namespaces.find(({ name }) => name !== "" && comparable(name) === prefix)?.id ?? 0;
}

function comparable(name: string): string {
  return name.replaceAll("_", " ").trim().toLowerCase();
}
