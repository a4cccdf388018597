/**
 * Encoding at level 9 on one thread, whole processes, against `bzip2 -9`: time and size; then the inputs on which sorters trip, by
 * their time against that of text like English.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { concatBytes } from "../lib/bits/bytes.ts";
import { decompress } from "../lib/bzip2/whole.ts";
import { hardInputs } from "../test/support/hard-inputs.ts";
import { sharedPath } from "../test/support/shared.ts";
import { type Figure, timeFigure } from "./figures.ts";
import { makeEnglish } from "./english.ts";
import { byTurns, has, run, runNode } from "./measure.ts";
import type { Input, Workshop } from "./workshop.ts";

/** Five blocks: enough that starting Node counts little. */
const HARD_BYTES = 4_500_000;

export async function* encode(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const codec = await shop.program("codec");
  if (has("bzip2")) { for (const input of shop.inputs()) yield* againstBzip2(shop, codec, input); }
  yield* hardCases(shop, codec);
}

function* againstBzip2(shop: Workshop, codec: string, { name, plain }: Input): Generator<Figure, void, undefined> {
  const [our, their] = ["ours.bz2", "theirs.bz2"].map((file) => join(shop.directory, file)) as [string, string];
  const { ours, theirs } = byTurns(shop.rounds, {
    ours: () => runNode([codec, "encode", "0", plain], our),
    theirs: () => run("bzip2", ["-9c", plain], their),
  });
  if (spawnSync("sh", ["-c", 'bzip2 -dc "$1" | cmp - "$2"', "sh", our, plain]).status !== 0) {
    throw new Error(`${plain} did not come out again`);
  }
  yield timeFigure(`encode ${name} : bzip2 -9`, ours, theirs, { must: 2, aim: 1.2 });
  const [size, theirSize] = [our, their].map((path) => statSync(path).size) as [number, number];
  const sizes = `${size} : ${theirSize} bytes, ${(size / theirSize).toFixed(5)}`;
  yield { what: `size of ${name} : bzip2 -9`, value: size / theirSize, unit: "×", must: 1.005, aim: 1, detail: sizes };
}

function* hardCases(shop: Workshop, codec: string): Generator<Figure, void, undefined> {
  const path = join(shop.directory, "typical");
  writeFileSync(path, makeEnglish(HARD_BYTES));
  for (const { name, bytes } of hardFiles()) {
    const hard = join(shop.directory, "hard");
    writeFileSync(hard, bytes);
    const runs = byTurns(Math.min(3, shop.rounds), {
      hard: () => runNode([codec, "encode", "0", hard]),
      typical: () => runNode([codec, "encode", "0", path]),
    });
    yield timeFigure(`encode ${name} : english of that length`, runs.hard, runs.typical, { must: 4 });
  }
}

/** Those that are made, and those of the shared corpus that were made to hurt sorters; said again until they are as long. */
function* hardFiles(): Generator<{ name: string; bytes: Uint8Array }, void, undefined> {
  yield* hardInputs(HARD_BYTES);
  for (const name of ["fib.bz2", "repet.bz2", "ch255.bz2", "fuzz-divbwt"]) {
    const path = sharedPath("conformance/corpus/lbzip2", name);
    if (path === undefined) continue;
    const files = name.endsWith(".bz2") ? [path] : readdirSync(path).sort().map((file) => join(path, file));
    const unit = concatBytes(files.map((file) => decompress(readFileSync(file))));
    yield { name, bytes: Uint8Array.from({ length: HARD_BYTES }, (_, i) => unit[i % unit.length]!) };
  }
}
