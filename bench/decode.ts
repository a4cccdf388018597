/** Decoding on one thread, whole processes, against `bzip2 -dc` and `lbzip2 -n1 -dc`. */
import { type Figure, timeFigure } from "./figures.ts";
import { byTurns, has, run, runNode } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const PEERS = [
  { command: "bzip2", args: ["-dc"], limits: { must: 0.85, aim: 0.68 } },
  { command: "lbzip2", args: ["-n1", "-dc"], limits: { aim: 1 } },
];

export async function* decode(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const codec = await shop.program("codec");
  for (const { name, packed } of shop.inputs()) {
    for (const { command, args, limits } of PEERS.filter((peer) => has(peer.command))) {
      const { ours, theirs } = byTurns(shop.rounds, {
        ours: () => runNode([codec, "decode", "0", packed]),
        theirs: () => run(command, [...args, packed]),
      });
      yield timeFigure(`decode ${name} : ${command} ${args.join(" ")}`, ours, theirs, limits);
    }
  }
}
