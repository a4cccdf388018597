/**
 * Taking pages from the middle of a dump, beside reading it whole; what that costs over HTTP; and the memory of each verb.
 *
 * For the sizes that are asked about: `npm run bench -- file-tools /path/1g.xml` with a /path/1g.xml.bz2 (the plain file need not be
 * there), and a dump that is one page of 3 GB.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import process from "node:process";
import { extractRange } from "../lib/dump/pages/extract-range.ts";
import { findLastId } from "../lib/dump/pages/last-id.ts";
import { openFileSource } from "../lib/host/file-source.ts";
import { cachedSource } from "../lib/streams/cached-source.ts";
import { urlSource } from "../lib/streams/url-source.ts";
import { bundleScripts } from "../tools/bundle.ts";
import { type Figure, timeFigure } from "./figures.ts";
import { byTurns, run } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

/** Of the time of reading the dump whole. */
const MOST_OF_WHOLE = 1 / 20;
const MOST_HTTP_MEGABYTES = 12;
const MOST_MEGABYTES = 150;
/** A verb is watched for so long at most: memory that grows shows itself earlier. */
const LIMIT_SECONDS = 60;
const PAGES_WANTED = 10;
/** Done; a corpus that is cut in a page; still at work after the limit. */
const SEEN_STATUSES: readonly unknown[] = [0, 4, 124];

/** What is run to see the memory of a verb. `last` is the last page of the dump, `out` an empty directory. */
const VERBS: Readonly<Record<string, (dump: string, last: number, out: string) => readonly string[]>> = {
  "pages": (dump, last) => [dump, `${last}-`],
  "pages --scan": (dump, last) => [dump, `${last}-`, "--scan"],
  "pages --json": (dump) => [dump, "1-", "--json"],
  "pages -o .bz2": (dump, _, out) => [dump, "1-", "-o", join(out, "out.xml.bz2")],
  "find-page": (dump, last) => [dump, String(last)],
  "last-id": (dump) => [dump, "revision"],
  "last-block": (dump) => [dump],
  "from-offset": (dump) => [dump, "0"],
  "from-offset -o .bz2": (dump, _, out) => [dump, "0", "-o", join(out, "out.xml.bz2")],
  "check-range": (dump, last, out) => [linkedAs(`p1p${last}.bz2`, dump, out)],
  "check": (dump) => [dump],
  "check --deep": (dump) => [dump, "--deep"],
  "crcs": (dump) => [dump],
  "stats": (dump) => [dump],
  "revisions": (dump) => [dump],
  "index build": (dump, _, out) => [dump, "-o", join(out, "index.txt")],
  "recompress": (dump, _, out) => [dump, "-o", join(out, "out.xml.bz2")],
  "append": (dump, _, out) => [dump, "--close", "-o", join(out, "out.xml.bz2")],
  "split --dry-run": (dump) => [dump, "--pages=1000", "--dry-run"],
  "split": (dump, _, out) => [dump, "--pieces=4", "-d", out],
};

export async function* fileTools(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const directory = join(shop.directory, "bundles");
  await bundleScripts(directory);
  const bzdump = join(directory, "bzdump.mjs");
  for (const { name, packed } of shop.dumps()) {
    const label = `${name}.bz2, ${Math.round(statSync(packed).size / 1e6)} MB`;
    const last = await lastPageOf(packed);
    const middle = Math.floor(last / 2);
    const range = `${middle}-${middle + PAGES_WANTED - 1}`;
    const runs = byTurns(shop.rounds, {
      middle: () => run(process.execPath, [bzdump, "pages", packed, range, "-q"]),
      whole: () => run(process.execPath, [bzdump, "pages", packed, "1-"]),
    });
    yield timeFigure(`pages in the middle : all pages, ${label}`, runs.middle, runs.whole, { must: MOST_OF_WHOLE });
    const megabytes = await fetchedMegabytes(packed, middle);
    yield { what: `pages in the middle, ${label}: over HTTP`, value: megabytes, unit: "MB", must: MOST_HTTP_MEGABYTES };
    yield* memoryOfVerbs(bzdump, { packed, label, last, directory: shop.directory });
  }
}

async function lastPageOf(path: string): Promise<number> {
  const source = await openFileSource(path);
  try {
    return (await findLastId(source, "page"))?.id ?? 0;
  } finally {
    await source.close();
  }
}

/** What goes over the line for some pages; from a server of our own, with the cache that `bzdump` uses. */
async function fetchedMegabytes(path: string, first: number): Promise<number> {
  const file = await openFileSource(path);
  let byteLength = 0;
  const server = createServer(async (request, response) => {
    const [, start = 0, end = 0] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")?.map(Number) ?? [];
    const bytes = await file.read(start, end + 1);
    byteLength += bytes.length;
    const range = `bytes ${start}-${start + bytes.length - 1}/${file.size}`;
    response.writeHead(206, { "content-range": range }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dump.xml.bz2`;
    const source = cachedSource(await urlSource(url));
    for await (const _ of extractRange(source, { first, last: first + PAGES_WANTED - 1 }));
    return byteLength / 1e6;
  } finally {
    server.closeAllConnections();
    server.close();
    await file.close();
  }
}

function* memoryOfVerbs(
  bzdump: string,
  dump: { readonly packed: string; readonly label: string; readonly last: number; readonly directory: string },
): Generator<Figure, void, undefined> {
  for (const [words, argsOf] of Object.entries(VERBS)) {
    const out = mkdtempSync(join(dump.directory, "out-"));
    mkdirSync(out, { recursive: true });
    // "index build", but of "pages --json" the verb alone.
    const verb = words.split(" ").filter((word, i) => i === 0 || words.startsWith("index") && !word.startsWith("-"));
    const value = peakMegabytes([bzdump, ...verb, ...argsOf(dump.packed, dump.last, out)], join(out, "peak"));
    rmSync(out, { recursive: true });
    if (value === undefined) return console.log("  no GNU time here: memory is not measured");
    yield { what: `${words}, ${dump.label}: memory`, value, unit: "MB", must: MOST_MEGABYTES };
  }
}

/** The dump under a name that states its pages. */
function linkedAs(name: string, dump: string, directory: string): string {
  const link = join(directory, name);
  symlinkSync(resolve(dump), link);
  return link;
}

/** By GNU time, where it is. */
function peakMegabytes(args: readonly string[], report: string): number | undefined {
  const limits = ["timeout", "-s", "TERM", String(LIMIT_SECONDS), process.execPath];
  const { error, status } = spawnSync("/usr/bin/time", ["-o", report, "-f", "%M", ...limits, ...args], {
    stdio: "ignore",
  });
  if (error !== undefined) return undefined;
  if (!SEEN_STATUSES.includes(status)) throw new Error(`${args.slice(1).join(" ")} ended with exit code ${status}`);
  return Number(readFileSync(report, "utf8").trim().split("\n").at(-1)) * 1024 / 1e6;
}
