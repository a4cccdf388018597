/**
 * `npm run bench`: all benchmarks, one after another, or those that are named.
 *
 *     npm run bench                                    all of them; takes about an hour
 *     npm run bench -- decode encode                   only these
 *     npm run bench -- decode --bytes 3000000          smaller corpora (they have 100 MB each)
 *     npm run bench -- decode --rounds 9 FILE ...      more rounds; plain files in place of the corpora
 *
 * Each figure is ours by a peer's, of whole processes on the same file that take turns, the median of at least five rounds; with what
 * is asked of it. Figures of different machines or moments do not compare. The last line of each is the same as JSON.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { check } from "./check.ts";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { type Figure, missed, printFigure, printJson } from "./figures.ts";
import { fileTools } from "./file-tools.ts";
import { find } from "./find.ts";
import { memory } from "./memory.ts";
import { parallel } from "./parallel.ts";
import { peers } from "./peers.ts";
import { recompress } from "./recompress.ts";
import { split } from "./split.ts";
import { start } from "./start.ts";
import { stats } from "./stats.ts";
import { type Bench, Workshop } from "./workshop.ts";

const BENCHES: Readonly<Record<string, Bench>> = {
  decode,
  encode,
  parallel,
  split,
  peers,
  start,
  memory,
  find,
  check,
  stats,
  recompress,
  "file-tools": fileTools,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { bytes: { type: "string", default: "100000000" }, rounds: { type: "string", default: "5" } },
});
const named = positionals.filter((name) => name in BENCHES);
const files = positionals.filter((name) => !(name in BENCHES));
const directory = mkdtempSync(join(tmpdir(), "wikidump-bench-"));
try {
  const shop = new Workshop(directory, { byteLength: Number(values.bytes), rounds: Number(values.rounds), files });
  for (const name of named.length > 0 ? named : Object.keys(BENCHES)) {
    console.log(`\n== ${name}: ours : theirs, node ${process.version}, ${values.rounds} rounds`);
    const figures: Figure[] = [];
    for await (const figure of BENCHES[name]!(shop)) {
      printFigure(figure);
      figures.push(figure);
    }
    console.log(`${missed(figures).length} of ${figures.length} figures miss their "must"`);
    printJson(name, figures);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
