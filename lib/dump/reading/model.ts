/**
 * What a dump says, as values: the wiki it comes from, its pages, their revisions.
 *
 * Words and fields are those of MediaWiki's export format (schemas 0.3 to 0.11); a field that older schemas lack is undefined.
 */

/** One namespace of a wiki, as the header of a dump lists it. */
export interface Namespace {
  readonly id: number;
  /** Local name without the colon; empty for the main namespace. */
  readonly name: string;
  /** "first-letter" or "case-sensitive"; undefined before schema 0.4. */
  readonly caseRule: string | undefined;
}

/** The `<siteinfo>` of a dump, and the attributes of its `<mediawiki>` element. */
export interface SiteInfo {
  readonly siteName: string;
  /** Database name of the wiki; undefined before schema 0.8 or so. */
  readonly dbName: string | undefined;
  readonly base: string;
  readonly generator: string;
  readonly caseRule: string;
  /** In the order of the dump. */
  readonly namespaces: readonly Namespace[];
  /** Schema version, such as "0.11". */
  readonly schemaVersion: string;
  /** `xml:lang`, such as "el". */
  readonly language: string | undefined;
}

/** Everything about a page that stands before its first revision. */
export interface PageHead {
  readonly id: number;
  /** Namespace number; before schema 0.6 taken from the title's prefix and the header. */
  readonly namespace: number;
  /** With the namespace prefix and blanks, as the dump has it. */
  readonly title: string;
  readonly isRedirect: boolean;
  /** Where a redirect leads; undefined before schema 0.6, which only says that the page is a redirect. */
  readonly redirectTitle: string | undefined;
  readonly restrictions: string | undefined;
}

/** Who made a revision. All fields undefined: the name was hidden (`isHidden`). */
export interface Contributor {
  readonly userName: string | undefined;
  readonly userId: number | undefined;
  /** Address (or other name) of a contributor without account. */
  readonly ip: string | undefined;
  readonly isHidden: boolean;
}

/** One version of a page. */
export interface Revision {
  readonly id: number;
  readonly parentId: number | undefined;
  /** As in the dump: "2026-11-22T15:13:11Z". */
  readonly timestamp: string;
  readonly contributor: Contributor;
  readonly comment: string | undefined;
  readonly isCommentHidden: boolean;
  readonly isMinor: boolean;
  readonly model: string | undefined;
  readonly format: string | undefined;
  /** SHA-1 in base 36, 31 digits, as the dump states it: of the text, or of all slots together where there are several. */
  readonly sha1: string | undefined;
  /** SHA-1 of the text (the main slot) alone, as schema 0.11 states it. */
  readonly textSha1: string | undefined;
  /** Bytes of the text, entities decoded, as the dump states them. */
  readonly textByteLength: number | undefined;
  /** The text stands in the dump: false in stubs, for hidden texts, and for empty ones that MediaWiki writes as `<text … />`. */
  readonly hasText: boolean;
  /** The text was hidden by an administrator; `textBytes()` is empty. */
  readonly isTextHidden: boolean;
  /** The text, entities decoded, as UTF-8. Decoded anew at every call. */
  textBytes(): Uint8Array<ArrayBuffer>;
  /** The text as a string. Throws RangeError above the platform's limit of about 512 MB. */
  text(): string;
}
