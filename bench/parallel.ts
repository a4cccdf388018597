/** Two workers against `lbzip2 -n2`, decoding and encoding at level 9; beside it, how much faster they are than one thread. */
import { type Figure, timeFigure } from "./figures.ts";
import { byTurns, has, run, runNode } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const WORKERS = 2;
const DIRECTIONS = {
  decode: { option: "-dc", limits: { must: 1.35, aim: 1 } },
  encode: { option: "-9c", limits: { must: 2.5, aim: 1.5 } },
} as const;

export async function* parallel(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const codec = await shop.program("codec");
  for (const { name, plain, packed } of shop.inputs()) {
    for (const what of ["decode", "encode"] as const) {
      const path = what === "decode" ? packed : plain;
      const { option, limits } = DIRECTIONS[what];
      const title = `${what} ${name}, ${WORKERS} workers`;
      const { ours, alone } = byTurns(shop.rounds, {
        ours: () => runNode([codec, what, String(WORKERS), path]),
        alone: () => runNode([codec, what, "0", path]),
      });
      yield timeFigure(`${title} : one thread`, ours, alone);
      if (!has("lbzip2")) continue;
      const against = byTurns(shop.rounds, {
        ours: () => runNode([codec, what, String(WORKERS), path]),
        theirs: () => run("lbzip2", [`-n${WORKERS}`, option, path]),
      });
      yield timeFigure(`${title} : lbzip2 -n${WORKERS}`, against.ours, against.theirs, limits);
    }
  }
}
