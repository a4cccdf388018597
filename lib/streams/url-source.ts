/**
 * A file on a server as a `ByteSource`: each read is one request for a range of bytes, so a page of a dump of many gigabytes
 * costs a few hundred kilobytes of traffic. Wrap it with `cachedSource`, which joins and keeps what was read.
 *
 * The server must answer ranges. The file must stay the same: its entity tag (or date) is sent along with every request.
 */
import type { Bytes } from "../bzip2/format.ts";
import { SourceError } from "../errors.ts";
import type { ByteSource, ReadOptions } from "./byte-source.ts";
import { clipRange } from "./clip-range.ts";

const TRY_AGAIN = "Try again, or download the file and read it from disk";

/** Options of `urlSource`. */
export interface UrlSourceOptions {
  /** Instead of the platform's own. */
  readonly fetch?: typeof fetch;
  /** Sent with every request, such as an authorisation. */
  readonly headers?: HeadersInit;
  /** Ends the request for the size; each read has its own. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a server for the size of a file and gives back a source over it.
 *
 * Throws SourceError: NOT_FOUND (no such file), NO_RANGES (the server sends whole files only), CHANGED (the file was replaced
 * between two reads), READ (anything else, the server's status in the message).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { urlSource } from "wikidump";
 *
 * // A server in one line: it knows ten bytes.
 * const fetch = async () => new Response("0", { status: 206, headers: { "content-range": "bytes 0-0/10" } });
 * const source = await urlSource("https://dumps.example/file.bz2", { fetch });
 * assert.equal(source.size, 10);
 * ```
 */
export async function urlSource(url: string | URL, options: UrlSourceOptions = {}): Promise<ByteSource> {
  const request = new RangeRequest(String(url), options);
  const response = await request.send(0, 1, options.signal);
  const size = await sizeFrom(response, request.url);
  request.pin(response, size);
  return {
    size,
    async read(start: number, end: number, readOptions?: ReadOptions): Promise<Bytes> {
      readOptions?.signal?.throwIfAborted();
      const range = clipRange(start, end, size);
      if (range.start === range.end) return new Uint8Array();
      return await request.bytes(range.start, range.end, readOptions?.signal);
    },
  };
}

class RangeRequest {
  readonly url: string;
  readonly #fetch: typeof fetch;
  readonly #headers: Headers;
  #tag: string | undefined;
  #size: number | undefined;

  constructor(url: string, options: UrlSourceOptions) {
    this.url = url;
    this.#fetch = options.fetch ?? fetch;
    this.#headers = new Headers(options.headers);
  }

  /** From now on a file that is no longer the one of this response is not read. */
  pin(response: Response, size: number): void {
    this.#size = size;
    const tag = response.headers.get("etag");
    this.#tag = tag ?? undefined;
    // A weak tag may stand for different bytes; If-Range does not take it.
    const validator = tag !== null && !tag.startsWith("W/") ? tag : response.headers.get("last-modified");
    if (validator !== null) this.#headers.set("if-range", validator);
  }

  async send(start: number, end: number, signal: AbortSignal | undefined): Promise<Response> {
    const headers = new Headers(this.#headers);
    headers.set("range", `bytes=${start}-${end - 1}`);
    const fetchOnce = this.#fetch;
    try {
      return await fetchOnce(this.url, signal === undefined ? { headers } : { headers, signal });
    } catch (cause) {
      throw readError(this.url, cause, signal);
    }
  }

  async bytes(start: number, end: number, signal: AbortSignal | undefined): Promise<Bytes> {
    const response = await this.send(start, end, signal);
    if (response.status !== 206) {
      await response.body?.cancel();
      if (response.status === 200 || response.status === 416) throw changed(this.url);
      throw statusError(this.url, response.status);
    }
    refuseOtherRange(response, this.url, start);
    this.#refuseOtherFile(response);
    let bytes: Bytes;
    try {
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (cause) {
      throw readError(this.url, cause, signal);
    }
    if (bytes.length !== end - start) {
      throw new SourceError(
        "READ",
        `${this.url}: the server sent ${bytes.length} bytes instead of ${end - start}`,
        this.url,
        { remedy: TRY_AGAIN },
      );
    }
    return bytes;
  }

  /** Not every server heeds "if-range": another tag or size tells that the file is another one. */
  #refuseOtherFile({ headers, body }: Response): void {
    const tag = headers.get("etag");
    const size = /\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1];
    const isSame = (tag === null || this.#tag === undefined || tag === this.#tag) &&
      (size === undefined || Number(size) === this.#size);
    if (isSame) return;
    body?.cancel().catch(() => {});
    throw changed(this.url);
  }
}

/** A cache or proxy on the way may answer with another part than was asked for. */
function refuseOtherRange(response: Response, url: string, start: number): void {
  const range = response.headers.get("content-range");
  if (range === null || range.startsWith(`bytes ${start}-`)) return;
  response.body?.cancel().catch(() => {});
  const message = `${url}: the server was asked for bytes from ${start} on, and sent "${range}"`;
  throw new SourceError("READ", message, url, { remedy: "Download the file and read it from disk" });
}

/** The size that a first answer tells: "bytes 0-0/1234", or "bytes *\/0" for an empty file. */
async function sizeFrom(response: Response, url: string): Promise<number> {
  await response.body?.cancel();
  const size = /^bytes (?:\d+-\d+|\*)\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
  if (response.status === 206 && size !== undefined) return Number(size);
  if (response.status === 416 && size === "0") return 0;
  if (response.status === 200 && response.headers.get("content-length") === "0") return 0;
  if (response.status === 200 || response.status === 206) {
    throw new SourceError("NO_RANGES", `${url}: the server does not send parts of the file`, url, {
      remedy: "Download the file and read it from disk",
    });
  }
  throw statusError(url, response.status);
}

function statusError(url: string, status: number): SourceError {
  const isMissing = status === 404 || status === 410;
  const isOurs = status >= 400 && status < 500 && status !== 408 && status !== 429;
  const message = `${url}: the server answered with status ${status}`;
  return new SourceError(isMissing ? "NOT_FOUND" : "READ", message, url, {
    remedy: isOurs ? "Check the address, and whether the file may be read there" : TRY_AGAIN,
  });
}

function changed(url: string): SourceError {
  return new SourceError("CHANGED", `${url}: the file on the server changed while it was read`, url, {
    remedy: "Start again",
  });
}

/** An aborted request ends with the signal's own reason; the rest is a failed read. */
function readError(url: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const reason = cause instanceof Error
    ? (cause.cause instanceof Error ? cause.cause.message : cause.message)
    : String(cause);
  return new SourceError("READ", `${url}: the request failed: ${reason}`, url, { cause, remedy: TRY_AGAIN });
}
