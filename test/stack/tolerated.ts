/**
 * What may differ between two dumps, each with its reason. Everything else is a difference.
 *
 * A tolerance names the place by `where`: `header`, `page`, `revision` or `logitem`, then the path of elements, then `@` and an
 * attribute: `header/siteinfo/base`, `revision/text@sha1`.
 */

/** One kind of difference that is no fault. */
export interface Tolerance {
  readonly id: string;
  readonly reason: string;
  /** Whole path of the place. */
  readonly where: RegExp;
  /** Whether these two may stand there; either is undefined when it is absent. */
  readonly accepts: (left: string | undefined, right: string | undefined) => boolean;
}

/** The wiki was made again, on another day, port, and perhaps another release of Debian's package, than the reference's. */
export const MADE_AGAIN: readonly Tolerance[] = [
  {
    id: "address-of-the-farm",
    reason: "The reference's wikis were at 127.0.0.1:8088; those of a test are at a free port",
    where: /^header\/siteinfo\/base$/,
    accepts: (left, right) => withoutPort(left) === withoutPort(right),
  },
  {
    id: "debian-update",
    reason: "Debian's security updates raise the last part of MediaWiki's version",
    where: /^header\/siteinfo\/generator$/,
    accepts: (left, right) => isMediaWiki139(left) && isMediaWiki139(right),
  },
];

/** A stub, left or right, and the dump that was made from it. */
export const STUB_AND_DUMP: readonly Tolerance[] = [
  {
    id: "text-of-a-stub",
    reason: "A stub has the address of a text where a dump has the text",
    where: /^revision\/(?:text|content\/text)(?:@(?:id|location|xml:space))?$/,
    accepts: (left, right) => left === undefined || left === "" || right === undefined || right === "",
  },
];

/** A place-independent form of an address. */
function withoutPort(address: string | undefined): string | undefined {
  return address?.replace(/^http:\/\/127\.0\.0\.1:\d+\//, "http://127.0.0.1/");
}

function isMediaWiki139(generator: string | undefined): boolean {
  return generator !== undefined && /^MediaWiki 1\.39\.\d+$/.test(generator);
}
