/**
 * Reads the header of a dump: the attributes of `<mediawiki>` and what `<siteinfo>` says.
 *
 * Headers without `<siteinfo>` exist (exports made by other programs); their fields are empty.
 */
import { DumpFormatError } from "../../errors.ts";
import { asciiBytes } from "../../bits/bytes.ts";
import { readAttributes } from "../../xml/attributes.ts";
import { ElementCursor } from "../../xml/element.ts";
import { decodeText } from "../../xml/entities.ts";
import type { Namespace, SiteInfo } from "./model.ts";

const SITEINFO = asciiBytes("siteinfo");
const NAMESPACES = asciiBytes("namespaces");
const NAMESPACE = asciiBytes("namespace");

const ENCODING = /<\?xml\s[^>]*\bencoding\s*=\s*["']([^"']*)["']/;

/** Where old exports have no `version`: the schema's address ends in it. */
const VERSION_IN_ADDRESS = /export-([0-9]+\.[0-9]+)/;

/** Reads a header part of the splitter. Throws DumpFormatError BAD_TAG (also for an encoding that is not UTF-8) or BAD_ENTITY. */
export function readSiteInfo(bytes: Uint8Array): SiteInfo {
  const root = new ElementCursor(bytes, 0, bytes.length);
  root.nextOpening();
  checkEncoding(bytes.subarray(0, root.tagStart));
  const attributes = readAttributes(bytes, root.tagStart, root.tagEnd);
  const fields = new Map<string, string>();
  let namespaces: readonly Namespace[] = [];
  const section = new ElementCursor(bytes, root.tagEnd, bytes.length);
  if (section.nextOpening() && section.isNamed(SITEINFO) && !section.isSelfClosed) {
    const child = new ElementCursor(bytes, section.tagEnd, bytes.length);
    while (child.next()) {
      if (child.isNamed(NAMESPACES)) namespaces = readNamespaces(bytes, child);
      else fields.set(child.name, decodeText(bytes, child.contentStart, child.contentEnd));
    }
  }
  return {
    siteName: fields.get("sitename") ?? "",
    dbName: fields.get("dbname"),
    base: fields.get("base") ?? "",
    generator: fields.get("generator") ?? "",
    caseRule: fields.get("case") ?? "",
    namespaces,
    schemaVersion: attributes.get("version") ?? VERSION_IN_ADDRESS.exec(attributes.get("xmlns") ?? "")?.[1] ?? "",
    language: attributes.get("xml:lang"),
  };
}

/** MediaWiki writes UTF-8 and seldom says so; text of any other encoding would be read wrong. */
function checkEncoding(prolog: Uint8Array): void {
  const encoding = ENCODING.exec(new TextDecoder().decode(prolog))?.[1] ?? "utf-8";
  if (/^(utf-?8|us-ascii)$/i.test(encoding)) return;
  const message = `The dump says that it is written in ${encoding}, expected UTF-8`;
  throw new DumpFormatError("BAD_TAG", message, { byteOffset: 0 }, { remedy: "Convert the input to UTF-8 first" });
}

function readNamespaces(bytes: Uint8Array, list: ElementCursor): Namespace[] {
  const namespaces: Namespace[] = [];
  const child = new ElementCursor(bytes, list.contentStart, list.contentEnd);
  while (child.next()) {
    if (!child.isNamed(NAMESPACE)) continue;
    const attributes = readAttributes(bytes, child.tagStart, child.tagEnd);
    const id = Number.parseInt(attributes.get("key") ?? "", 10);
    if (Number.isNaN(id)) continue;
    const name = decodeText(bytes, child.contentStart, child.contentEnd);
    namespaces.push({ id, name, caseRule: attributes.get("case") });
  }
  return namespaces;
}
