/**
 * `bzdump recompress` with two workers, from plain and from packed XML, beside recompressxml where it is: on the PATH, or in the
 * directory that MWBZUTILS names. Beside it always `bzip2 -9`, which is nearly all that recompressxml does: for packed input behind
 * `bzip2 -dc` in a pipe, as Wikimedia runs it.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { bundleScripts } from "../tools/bundle.ts";
import { type Figure, type Limits, timeFigure } from "./figures.ts";
import { byTurns, has, type Run, run, runNode } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const WORKERS = 2;
const AGAINST_OLD_TOOL: Limits = { must: 0.7 };
const MOST_MEGABYTES = 150;

export async function* recompress(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const bundles = join(shop.directory, "bundles");
  await bundleScripts(bundles);
  const memoryTeller = await shop.program("tell-at-exit");
  const output = join(shop.directory, "recompressed.bz2");
  const ours = (path: string): Run =>
    runNode([
      "--import",
      memoryTeller,
      join(bundles, "bzdump.mjs"),
      ...["recompress", path, "-n", String(WORKERS), "-f", "-o", output, "-i", `${output}.txt`],
    ]);
  for (const { name, plain, packed } of shop.dumps()) {
    if (!name.includes("xml")) continue;
    for (const [what, path] of [["plain", plain], ["packed", packed]] as const) {
      yield* compare(`recompress ${what} ${name}, ${WORKERS} workers`, path, { shop, ours });
    }
  }
}

interface Context {
  readonly shop: Workshop;
  ours(path: string): Run;
}

function* compare(title: string, path: string, { shop, ours }: Context): Generator<Figure, void, undefined> {
  const oldTool = findOldTool();
  const unpacked = path.endsWith(".bz2") ? `bzip2 -dc '${path}' |` : `cat '${path}' |`;
  const memory: number[] = [];
  const mine = (): Run => {
    const done = ours(path);
    memory.push(done.megabytes);
    return done;
  };
  if (has("bzip2")) {
    const runs = byTurns(shop.rounds, { ours: mine, theirs: () => run("sh", ["-c", `${unpacked} bzip2 -9`]) });
    yield timeFigure(`${title} : bzip2 -9`, runs.ours, runs.theirs);
  }
  if (oldTool !== undefined) {
    const index = join(shop.directory, "old.txt");
    const theirs = (): Run => run("sh", ["-c", `${unpacked} '${oldTool}' -p 100 -b '${index}' -o '${index}.bz2'`]);
    const runs = byTurns(shop.rounds, { ours: mine, theirs });
    yield timeFigure(`${title} : recompressxml`, runs.ours, runs.theirs, AGAINST_OLD_TOOL);
  }
  const known = memory.filter((megabytes) => !Number.isNaN(megabytes));
  if (known.length > 0) yield { what: `${title}: memory`, value: Math.max(...known), unit: "MB", must: MOST_MEGABYTES };
}

function findOldTool(): string | undefined {
  const name = "recompressxml";
  const places = [name, ...(process.env["MWBZUTILS"] === undefined ? [] : [join(process.env["MWBZUTILS"], name)])];
  return places.find((place) => spawnSync(place, ["--version"], { stdio: "ignore" }).error === undefined);
}
