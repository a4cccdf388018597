/**
 * The address of a database server, as MediaWiki's $wgDBserver has it, and what mysql wants to hear of it.
 */

/** Where a database server listens. */
export interface DatabaseHost {
  readonly host: string;
  /** Undefined: the default one. */
  readonly port: number | undefined;
  /** Path of a Unix socket; host is "localhost" then, which is what mysql takes as the word for it. */
  readonly socket: string | undefined;
}

/**
 * Reads "host", "host:port", "host:/path/of.socket", "[::1]:3306", or a bare IPv6 address. Undefined for what is none of them.
 *
 * For mysql, "localhost" means a socket whatever the port, so localhost with a port becomes 127.0.0.1.
 */
export function parseDatabaseHost(text: string): DatabaseHost | undefined {
  const socket = /^[\w.-]*:(\/\S+)$/.exec(text)?.[1];
  if (socket !== undefined) return { host: "localhost", port: undefined, socket };
  const [, bracketed, bare, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_][\w.-]*))(?::(\d{1,5}))?$/.exec(text) ??
    [];
  const port = digits === undefined ? undefined : Number(digits);
  if (port === 0 || (port ?? 1) > 65535) return undefined;
  const host = bracketed ?? bare;
  if (host !== undefined) {
    return { host: host === "localhost" && port !== undefined ? "127.0.0.1" : host, port, socket: undefined };
  }
  const isAddress = /^[0-9A-Fa-f:.]+$/.test(text) && text.split(":").length > 2;
  return isAddress ? { host: text, port: undefined, socket: undefined } : undefined;
}

/** Options of mysql and mysqldump that name the server. */
export function hostOptions({ host, port, socket }: DatabaseHost): readonly string[] {
  const more = socket !== undefined ? [`--socket=${socket}`] : port !== undefined ? ["--port", String(port)] : [];
  return ["-h", host, ...more];
}
