/**
 * Scanning pages and ids in memory, on one thread, beside the 1 GB/s that is asked for; and the whole of `bzdump stats` beside
 * decoding the same file. Two inputs for the scan: full history, and current revisions, whose pages are short.
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { concatBytes } from "../lib/bits/bytes.ts";
import { DumpSkimmer } from "../lib/dump/reading/dump-skimmer.ts";
import { DumpSplitter } from "../lib/xml/dump-splitter.ts";
import { findPageId } from "../lib/xml/page-id.ts";
import { bundleScripts } from "../tools/bundle.ts";
import { makeCorpus } from "./corpus.ts";
import { type Figure, timeFigure } from "./figures.ts";
import { byTurns, median, run } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const CHUNK_BYTES = 256 * 1024;
const MOST_MEGABYTES = 150;

const SCANS: Readonly<Record<string, (chunks: Iterable<Uint8Array>) => number>> = {
  "pages and ids, skimmed"(chunks) {
    let sum = 0;
    const skimmer = new DumpSkimmer((page) => sum += page.id);
    for (const chunk of chunks) skimmer.push(chunk);
    skimmer.finish();
    return sum;
  },
  "pages split, ids read"(chunks) {
    let sum = 0;
    const splitter = new DumpSplitter();
    for (const chunk of chunks) {
      for (const part of splitter.push(chunk)) if (part.type === "page") sum += findPageId(part.bytes) ?? 0;
    }
    for (const _ of splitter.finish());
    return sum;
  },
};

export async function* stats(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  for (const shape of ["history", "current"] as const) {
    const xml = concatBytes([...makeCorpus({ byteLength: shop.byteLength, kind: shape })]);
    const sums = new Set<number>();
    for (const [what, scan] of Object.entries(SCANS)) {
      const milliseconds = msPerMegabyte(() => sums.add(scan(chunksOf(xml))), xml.length, shop.rounds);
      const detail = `${(1000 / milliseconds).toFixed(0)} MB/s`;
      yield { what: `${what}, ${shape}: time by that of 1 GB/s`, value: milliseconds, unit: "×", must: 1, detail };
    }
    if (sums.size !== 1) throw new Error("The two scans found different pages");
  }
  yield* wholeCommand(shop);
}

async function* wholeCommand(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const directory = join(shop.directory, "bundles");
  await bundleScripts(directory);
  const bzdump = join(directory, "bzdump.mjs");
  for (const { name, packed } of shop.dumps()) {
    if (!name.includes("xml")) continue;
    const label = `${name}.bz2, ${Math.round(statSync(packed).size / 1e6)} MB`;
    for (const threads of [["-n", "1"], []]) {
      const runs = byTurns(shop.rounds, {
        stats: () => run(process.execPath, [bzdump, "stats", ...threads, packed]),
        decode: () => run(process.execPath, [bzdump, "decompress", "-c", ...threads, packed]),
      });
      const how = threads.length > 0 ? "one thread" : "all threads";
      yield timeFigure(`stats : decompress, ${how}, ${label}`, runs.stats, runs.decode, { must: 1.1, aim: 1 });
    }
    const megabytes = peakMegabytes([bzdump, "stats", packed]);
    if (megabytes !== undefined) {
      yield { what: `stats, ${label}: memory`, value: megabytes, unit: "MB", must: MOST_MEGABYTES };
    }
  }
}

/** By GNU time, where it is. */
function peakMegabytes(args: readonly string[]): number | undefined {
  const { stderr, status } = spawnSync("/usr/bin/time", ["-f", "%M", process.execPath, ...args], { encoding: "utf8" });
  return status === 0 ? Number(stderr.trim().split("\n").at(-1)) * 1024 / 1e6 : undefined;
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

/** By the processor's time, which other work on the machine changes less; after one run to warm up. */
function msPerMegabyte(work: () => void, byteLength: number, rounds: number): number {
  work();
  const times = Array.from({ length: rounds }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return median(times) / (byteLength / 1e6);
}
