/**
 * The errors of the dump splitter: from what the scanner met and where, to a sentence.
 *
 * Cold code, kept apart from the splitter so that its steps stay readable.
 */
import { DumpFormatError } from "../errors.ts";
import { startsWithBytes } from "../bits/bytes.ts";
import type { ScanFault, TagScanner } from "./scan.ts";

/** Where the splitter is: which element the next byte belongs to. */
export type SplitterContext =
  | "start"
  | "header"
  | "siteinfo"
  | "body"
  | "page"
  | "revisions"
  | "revision"
  | "other"
  | "footer";

/** Where the splitter was when it could not go on. */
export interface SplitterPlace {
  readonly context: SplitterContext;
  readonly pageId: number | undefined;
  /** Bytes that were read and not handed out yet. */
  readonly unread: Uint8Array;
}

const PREVIEW_BYTES = 40;
const GIVE_A_DUMP = "Give the XML of a MediaWiki dump or export";

const DISGUISES: readonly { readonly magic: readonly number[]; readonly what: string; readonly remedy: string }[] = [
  { magic: [0x42, 0x5a, 0x68], what: "bzip2 data", remedy: "Decompress the input first" },
  { magic: [0x1f, 0x8b], what: "gzip data", remedy: "Decompress the input first" },
  { magic: [0x37, 0x7a, 0xbc, 0xaf], what: "a 7z archive", remedy: "Decompress the input first" },
  { magic: [0xff, 0xfe], what: "UTF-16 text", remedy: "Convert the input to UTF-8 first" },
  { magic: [0xfe, 0xff], what: "UTF-16 text", remedy: "Convert the input to UTF-8 first" },
  { magic: [0x3c, 0x00], what: "UTF-16 text", remedy: "Convert the input to UTF-8 first" },
  { magic: [0x00, 0x3c], what: "UTF-16 text", remedy: "Convert the input to UTF-8 first" },
];

/** What is wrong: a fault of the markup, or a good tag in a place where it cannot be. */
export type MarkupFault = ScanFault | "misplaced";

/** For markup that is wrong or stands in the wrong place. The scanner is at the fault, or after the tag at fault. */
export function markupError(scanner: TagScanner, place: SplitterPlace, fault: MarkupFault): DumpFormatError {
  if (place.context === "start") return startError(scanner, place, fault);
  const byteOffset = fault === "text" ? scanner.byteOffset : scanner.tagOffset;
  const at = { byteOffset, pageId: place.pageId };
  if (isPageLeftOpen(scanner, place, fault)) {
    const message = `Page ${place.pageId ?? "(id unknown)"} is not closed: found <${
      scanner.isEndTag ? "/" : ""
    }${scanner.name}> at byte ${byteOffset}`;
    return new DumpFormatError("UNCLOSED_PAGE", message, at, {
      remedy: "The dump is damaged or was joined from broken pieces",
    });
  }
  const message = `${describeFault(scanner, place, fault)} at byte ${byteOffset}${whichPage(place)}`;
  return new DumpFormatError("BAD_TAG", message, at, {
    remedy: "See with bzdump check --deep what else is wrong, then fetch or make the dump again",
  });
}

/** For input that ends before the dump does. */
export function endError(scanner: TagScanner, place: SplitterPlace): DumpFormatError {
  const byteOffset = scanner.byteOffset;
  if (place.context === "start" && !(scanner.isInMarkup && scanner.name === "mediawiki")) {
    const message = byteOffset === 0
      ? "The input is empty; expected the XML of a dump"
      : `The input ends at byte ${byteOffset}, before <mediawiki>`;
    return new DumpFormatError("NO_MEDIAWIKI", message, { byteOffset }, { remedy: GIVE_A_DUMP });
  }
  const page = place.pageId === undefined ? "no page id was read" : `the last page is ${place.pageId}`;
  const message = `The dump ends early, at byte ${byteOffset}, before </mediawiki>; ${page}`;
  return new DumpFormatError("TRUNCATED", message, { byteOffset, pageId: place.pageId }, {
    remedy: "Fetch the rest of the file; all pages before its end are good",
  });
}

/** For a head, or blanks and comments between parts, that would fill the memory. */
export function headError(
  maxBytes: number,
  place: { byteOffset: number; pageId: number | undefined },
): DumpFormatError {
  const message = `A head or blank stretch of more than ${maxBytes} bytes begins at byte ${place.byteOffset}`;
  return new DumpFormatError("TOO_LARGE", message, place);
}

function startError(scanner: TagScanner, place: SplitterPlace, fault: MarkupFault): DumpFormatError {
  const disguise = DISGUISES.find(({ magic }) => startsWithBytes(place.unread, Uint8Array.from(magic)));
  const found = disguise?.what ?? preview(place.unread);
  const remedy = disguise?.remedy ?? GIVE_A_DUMP;
  const byteOffset = fault === "text" ? scanner.byteOffset : scanner.tagOffset;
  return new DumpFormatError("NO_MEDIAWIKI", `Expected <mediawiki>, found ${found}`, { byteOffset }, { remedy });
}

function isPageLeftOpen(scanner: TagScanner, place: SplitterPlace, fault: MarkupFault): boolean {
  if (fault === "nested-page") return true;
  if (scanner.depth < 2) return false;
  const isInPage = place.context === "page" || place.context === "revisions" || place.context === "revision";
  return isInPage && (scanner.name === "mediawiki" || (scanner.name === "page" && !scanner.isEndTag));
}

function describeFault(scanner: TagScanner, place: SplitterPlace, fault: MarkupFault): string {
  switch (fault) {
    case "text":
      return place.context === "footer" ? "Text after </mediawiki>" : "Text between elements";
    case "declaration":
      return "A declaration that dumps do not have";
    case "quoted":
      return `"<" in an attribute of <${scanner.name}>`;
    case "nested-text":
      return 'An unescaped "<" in <text>';
    case "mismatch":
      return `Expected </${scanner.openName}>, found </${scanner.name}>`;
    case "stray-end":
      return `</${scanner.name}> without its start tag`;
    case "deep":
      return "Elements nested too deep";
    case "long-name":
      return "An element name that is too long";
    case "misplaced":
      return `Expected the end of the input or another <mediawiki>, found <${scanner.name}>`;
    default:
      return "A tag that is not well-formed";
  }
}

function whichPage(place: SplitterPlace): string {
  return place.pageId === undefined ? "" : `, in or after page ${place.pageId}`;
}

function preview(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, PREVIEW_BYTES));
  return JSON.stringify(text) + (bytes.length > PREVIEW_BYTES ? "…" : "");
}
