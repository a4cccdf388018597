/**
 * `find-page` and `last-id`: blocks decoded, time per lookup in the library (the file is open, as in a program that asks often) and
 * of whole processes, beside findpageidinbz2xml and getlastidinbz2xml where they are: on the PATH, or in the directory that
 * MWBZUTILS names. They are built from their published source, by hand, outside of this repository.
 *
 * For the size that is asked about: `npm run bench -- find /path/1g.xml` with a /path/1g.xml.bz2.
 */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { findPageOrNeighbours } from "../lib/dump/pages/find-page.ts";
import { findLastId } from "../lib/dump/pages/last-id.ts";
import { openFileSource } from "../lib/host/file-source.ts";
import { bundleScripts } from "../tools/bundle.ts";
import { type Figure, timeFigure } from "./figures.ts";
import { byTurns, median, medianMs, type Run, run } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const LOOKUPS = 60;
const MOST_BLOCKS = 12;
const GOLDEN_RATIO = 0.6180339887;
/** From the command line, this much more than the old tool is allowed. */
const MORE_MS = 100;

interface Lookups {
  readonly ms: number[];
  readonly blocks: number[];
}

export async function* find(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const directory = join(shop.directory, "bundles");
  await bundleScripts(directory);
  const bzdump = join(directory, "bzdump.mjs");
  for (const { name, packed } of shop.dumps()) {
    const isDump = name.includes("xml");
    if (!isDump) continue;
    const label = `${name}.bz2, ${Math.round(statSync(packed).size / 1e6)} MB`;
    const { lastId, pages, pageId } = await inLibrary(packed, shop.rounds);
    yield blocksFigure(`find-page, ${label}: most blocks of ${pages.blocks.length} lookups`, pages);
    yield blocksFigure(`last-id, ${label}: most blocks`, lastId);
    tell(`find-page ${label}`, pages);
    tell(`last-id ${label}`, lastId);
    const middle = String(pageId);
    const ours = commandTimes(shop.rounds, [bzdump, "find-page", packed, middle]);
    const oursLast = commandTimes(shop.rounds, [bzdump, "last-id", packed, "page"]);
    console.log(
      `  from the command line: find-page ${medianMs(ours).toFixed(0)} ms, last-id ${
        medianMs(oursLast).toFixed(0)
      } ms, node alone ${medianMs(commandTimes(shop.rounds, ["-e", "0"])).toFixed(0)} ms`,
    );
    yield* besideOldTools({ label, packed, middle, pages, lastId, ours, oursLast, rounds: shop.rounds });
  }
}

/** Lookups of pages all over the dump, whether they are there or not, and of its last ids; and a page that is there. */
async function inLibrary(path: string, rounds: number): Promise<{ lastId: Lookups; pages: Lookups; pageId: number }> {
  const source = await openFileSource(path);
  try {
    const lastId: Lookups = { ms: [], blocks: [] };
    let last = 0;
    for (let i = 0; i < rounds; i++) {
      await timed(lastId, async (onProbe) => {
        last = (await findLastId(source, "page", { onProbe }))?.id ?? 0;
      });
      await timed(lastId, (onProbe) => findLastId(source, "revision", { onProbe }));
    }
    const ids = Array.from({ length: LOOKUPS }, (_, i) => 1 + Math.floor(last * (((i + 1) * GOLDEN_RATIO) % 1)));
    const pages: Lookups = { ms: [], blocks: [] };
    for (const id of ids) await timed(pages, (onProbe) => findPageOrNeighbours(source, id, { onProbe }));
    const found = await findPageOrNeighbours(source, ids[0]!);
    return { lastId, pages, pageId: "pageId" in found ? found.pageId : found.below?.pageId ?? last };
  } finally {
    await source.close();
  }
}

async function timed(into: Lookups, work: (onProbe: () => void) => Promise<unknown>): Promise<void> {
  let blocks = 0;
  const startMs = performance.now();
  await work(() => blocks++);
  into.ms.push(performance.now() - startMs);
  into.blocks.push(blocks);
}

function blocksFigure(what: string, { blocks }: Lookups): Figure {
  const most = Math.max(...blocks);
  const mean = blocks.reduce((sum, count) => sum + count, 0) / blocks.length;
  return {
    what: `${what} : ${MOST_BLOCKS}`,
    value: most / MOST_BLOCKS,
    unit: "×",
    must: 1,
    detail: `${most}, on the average ${mean.toFixed(1)}`,
  };
}

function tell(what: string, { ms }: Lookups): void {
  console.log(`  ${what}: ${median(ms).toFixed(1)} ms a lookup, ${(1000 / median(ms)).toFixed(0)} lookups a second`);
}

function commandTimes(rounds: number, args: readonly string[]): Run[] {
  return byTurns(rounds, { ours: () => run(process.execPath, args) }).ours;
}

interface Comparison {
  readonly label: string;
  readonly packed: string;
  readonly middle: string;
  readonly pages: Lookups;
  readonly lastId: Lookups;
  readonly ours: readonly Run[];
  readonly oursLast: readonly Run[];
  readonly rounds: number;
}

function* besideOldTools(work: Comparison): Generator<Figure, void, undefined> {
  const { label, packed, middle, rounds } = work;
  const tools = [
    ["findpageidinbz2xml", ["-f", packed, "-p", middle], work.pages, work.ours],
    ["getlastidinbz2xml", ["-f", packed, "-t", "page"], work.lastId, work.oursLast],
  ] as const;
  for (const [name, args, library, command] of tools) {
    const tool = oldTool(name);
    if (tool === undefined) {
      console.log(`  ${name} is not on this machine (MWBZUTILS names a directory that has it)`);
      continue;
    }
    const theirs = byTurns(rounds, { theirs: () => run(tool, args) }).theirs;
    const inLibraryMs = Array.from({ length: rounds }, () => ({ ms: median(library.ms), megabytes: NaN }));
    yield timeFigure(`lookup in the library, ${label} : ${name}`, inLibraryMs, theirs, { must: 1 });
    const allowed = theirs.map((one) => ({ ...one, ms: one.ms + MORE_MS }));
    yield timeFigure(`command line, ${label} : ${name} + ${MORE_MS} ms`, command, allowed, { must: 1 });
  }
}

/** Whether the old tool is there; it says something without arguments, whatever its exit code. */
function oldTool(name: string): string | undefined {
  const directory = process.env["MWBZUTILS"];
  const path = directory === undefined ? name : join(directory, name);
  return spawnSync(path, [], { stdio: "ignore" }).error === undefined ? path : undefined;
}
