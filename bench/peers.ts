/** npm's other bzip2 packages, decoding and, where they can, encoding at level 9: whole processes, all bytes in memory, ours beside. */
import { statSync } from "node:fs";
import { type Figure, timeFigure } from "./figures.ts";
import { byTurns, median, type Run, runNode } from "./measure.ts";
import { installedVersion, PEERS } from "./peers/packages.ts";
import type { Input, Workshop } from "./workshop.ts";

type Direction = "decode" | "encode";

/** compressjs takes a second for some 300 kB. */
const SHARES: Readonly<Record<Direction, number>> = { decode: 0.3, encode: 0.1 };
const OURS = "wikidump";

export async function* peers(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const program = await shop.program("peer");
  for (const what of ["decode", "encode"] as const) {
    for (const input of shop.inputs(SHARES[what])) yield* compare(shop, program, what, input);
  }
}

function* compare(
  shop: Workshop,
  program: string,
  what: Direction,
  { name, plain, packed }: Input,
): Generator<Figure, void, undefined> {
  const rivals = rivalsFor(what);
  const args = [what, what === "decode" ? packed : plain, String(statSync(plain).size)];
  const works = [OURS, ...rivals].map((who) => [who, () => runNode([program, who, ...args])] as const);
  const runs: Record<string, readonly Run[]> = byTurns(shop.rounds, Object.fromEntries(works));
  const figures = rivals.map((rival) =>
    timeFigure(`${what} ${name} : ${rival}`, runs[OURS]!, runs[rival]!, { must: 1 })
  );
  yield* figures;
  const value = Math.max(...figures.map((figure) => figure.value));
  const detail = `memory: ${works.map(([who]) => `${who} ${megabytesOf(runs[who]!)} MB`).join(", ")}`;
  yield { what: `${what} ${name} : the best of them`, value, unit: "×", must: 1, aim: 1 / 3, detail };
}

/** Those that are installed, each once: all inputs are of one stream. */
function rivalsFor(what: Direction): readonly string[] {
  return PEERS.filter(({ packageName, name, canEncode }) =>
    installedVersion(packageName) !== undefined && !name.endsWith(" multi") && (what === "decode" || canEncode)
  ).map(({ name }) => name);
}

function megabytesOf(runs: readonly Run[]): string {
  return median(runs.map(({ megabytes }) => megabytes)).toFixed(0);
}
