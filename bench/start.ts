/** What a small job costs: `bzdump decompress` of a file of 1 kB against a Node that does nothing. The bundle is made afresh. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { compress } from "../lib/bzip2/compress.ts";
import { bundleScripts } from "../tools/bundle.ts";
import { makeEnglish } from "./english.ts";
import { type Figure, timeFigure } from "./figures.ts";
import { byTurns, run } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

/** One run is short and the weather changes. */
const RUNS_PER_ROUND = 6;

export async function* start(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const directory = join(shop.directory, "bundles");
  await bundleScripts(directory);
  const file = join(shop.directory, "small.bz2");
  const packed = compress(makeEnglish(2200));
  writeFileSync(file, packed);
  const { ours, theirs } = byTurns(shop.rounds * RUNS_PER_ROUND, {
    ours: () => run(process.execPath, [join(directory, "bzdump.mjs"), "decompress", "-c", file]),
    theirs: () => run(process.execPath, ["-e", "0"]),
  });
  yield timeFigure(`bzdump decompress, ${packed.length} bytes : node -e 0`, ours, theirs, { must: 1.5 });
}
