/** The address of a server as configuration has it: `host` or `host:port`, an IPv6 address in brackets when a port follows. */

export interface ServerAddress {
  readonly host: string;
  /** Undefined where none is given. */
  readonly port: number | undefined;
}

/** The port of mail servers. */
export const SMTP_PORT = 25;

/**
 * Reads an address; undefined for a text that is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseServerAddress } from "./server-address.ts";
 *
 * assert.deepEqual(parseServerAddress("mail.example:587"), { host: "mail.example", port: 587 });
 * assert.deepEqual(parseServerAddress("::1"), { host: "::1", port: undefined });
 * assert.deepEqual(parseServerAddress("[::1]:25"), { host: "::1", port: 25 });
 * assert.equal(parseServerAddress("mail.example:smtp"), undefined);
 * ```
 */
export function parseServerAddress(text: string): ServerAddress | undefined {
  const match = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]/@]+))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) {
    return /^[\da-fA-F:.]*:[\da-fA-F:.]*:[\da-fA-F:.]*$/.test(text) ? { host: text, port: undefined } : undefined;
  }
  const port = match[3] === undefined ? undefined : Number(match[3]);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { host: (match[1] ?? match[2])!, port };
}
