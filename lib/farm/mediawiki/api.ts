/**
 * A wiki's siteinfo, from its API on the web.
 *
 * Differs from dumps (Python): there, whatever the server answers becomes the file, also "you need permission" or nothing.
 */
import { ConfigError, SourceError } from "../../errors.ts";
import { concatBytes } from "../../bits/bytes.ts";
import type { MediaWikiSite, SiteFacts } from "./site.ts";
import { withRetries } from "./with-retries.ts";

const DEFAULT_RETRIES = 3;
const DEFAULT_PAUSE_MS = 5000;
const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface ApiOptions {
  readonly site: MediaWikiSite;
  /** How often it is tried again; 3 without it. */
  readonly retries?: number;
  /** Before the first new attempt, doubled each time; 5000 without it. */
  readonly pauseMs?: number;
  /** Longest time of one answer; a minute without it. */
  readonly timeoutMs?: number;
}

/** What of siteinfo is asked for. */
export interface SiteInfoRequest {
  /** Values of siprop; the answer has them in this order. */
  readonly properties: readonly string[];
  readonly formatVersion: 1 | 2;
}

/** The API of one wiki. */
export class WikiApi {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /**
   * The answer as the wiki gave it: whole JSON that holds all that was asked for. Throws SourceError READ when there is none
   * after all attempts, DENIED at once when the wiki does not let anybody read.
   */
  async siteInfo(request: SiteInfoRequest, signal?: AbortSignal): Promise<Uint8Array> {
    const { site, retries = DEFAULT_RETRIES, pauseMs = DEFAULT_PAUSE_MS, timeoutMs = DEFAULT_TIMEOUT_MS } =
      this.#options;
    const url = siteInfoAddress(await site.facts(signal), site.wiki, request);
    const once = async (): Promise<Uint8Array | SourceError> => {
      const answer = await fetchAnswer(url, { signal, timeoutMs });
      return judge(answer, url, request.properties) ?? answer;
    };
    const result = await withRetries(once, { retries, firstPauseMs: pauseMs, growth: 2, signal });
    if (result instanceof SourceError) throw result;
    return result;
  }
}

function siteInfoAddress(facts: SiteFacts, wiki: string, request: SiteInfoRequest): string {
  if (!/^https?:\/\//.test(facts.canonicalServer)) {
    const message = `The address of ${wiki} on the web is not known: $wgCanonicalServer is ` +
      JSON.stringify(facts.canonicalServer);
    throw new ConfigError("MISSING", message, { file: "LocalSettings.php", key: "$wgCanonicalServer" }, {
      remedy: "Set $wgCanonicalServer in the wiki's LocalSettings.php, with http:// or https://",
    });
  }
  const query = new URLSearchParams({
    action: "query",
    meta: "siteinfo",
    siprop: request.properties.join("|"),
    format: "json",
    formatversion: String(request.formatVersion),
  });
  return `${facts.canonicalServer}${facts.scriptPath}/api.php?${query}`;
}

interface FetchOptions {
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/** The body of a good answer. */
async function fetchAnswer(url: string, { signal, timeoutMs }: FetchOptions): Promise<Uint8Array> {
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      headers: { "user-agent": "wikidump" },
    });
    const body = await readBody(response, url);
    if (response.status !== 200) throw badAnswer(url, `answered with status ${response.status}`);
    const type = response.headers.get("content-type") ?? "nothing";
    if (!/^application\/json\b/.test(type)) throw badAnswer(url, `answered with ${type} where JSON was expected`);
    return body;
  } catch (error) {
    if (error instanceof SourceError) throw error;
    signal?.throwIfAborted();
    if (late.aborted) throw badAnswer(url, `gave no answer within ${timeoutMs} ms`, error);
    const cause = (error as Error).cause;
    throw badAnswer(url, `cannot be reached: ${(cause instanceof Error ? cause : error as Error).message}`, error);
  }
}

async function readBody(response: Response, url: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let byteLength = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
    byteLength += next.value.length;
    if (byteLength > MAX_ANSWER_BYTES) {
      await reader?.cancel();
      throw badAnswer(url, `answered with more than ${MAX_ANSWER_BYTES} bytes`);
    }
    pieces.push(next.value);
  }
  return concatBytes(pieces);
}

/** Undefined for a good answer; the error of one that will never be better. Throws that of one that might be next time. */
function judge(answer: Uint8Array, url: string, properties: readonly string[]): SourceError | undefined {
  let content: { readonly error?: { readonly code?: unknown; readonly info?: unknown }; readonly query?: object };
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(answer)) ?? {};
  } catch (error) {
    throw badAnswer(url, "answered with broken JSON", error);
  }
  if (content.error !== undefined) {
    const { code, info } = content.error;
    if (code === "readapidenied") return denied(url);
    throw badAnswer(url, `answered with the error ${String(code)}: ${String(info)}`);
  }
  const query = content.query ?? {};
  const missing = properties.filter((name) => !Object.hasOwn(query, name));
  if (missing.length === 0) return undefined;
  throw badAnswer(url, `answered without ${missing.join(", ")}`);
}

function badAnswer(url: string, what: string, cause?: unknown): SourceError {
  return new SourceError("READ", `The API ${url} ${what}`, url, {
    cause,
    remedy: "Open that address in a browser; see whether the web server and the wiki's $wgCanonicalServer are right",
  });
}

function denied(url: string): SourceError {
  return new SourceError("DENIED", `The API ${url} lets nobody read who is not logged in`, url, {
    remedy:
      "This is a private wiki: name its API jobs in skipJobs of its own section, or let $wgGroupPermissions['*']['read'] " +
      "or $wgWhitelistRead allow the dump host",
  });
}
