/** The thread that does the work: the main thread only looks whether it still moves. Its port gets findings and, at last, figures. */
import { parentPort, workerData } from "node:worker_threads";
import { Cases, TARGETS } from "./cases.ts";
import { compareClaims, Libbz2 } from "./libbz2.ts";
import type { Claim } from "./target.ts";

/** What a worker is told. */
export interface WorkerOrder {
  readonly target: string;
  readonly seed: number;
  readonly runs: number;
  readonly endTimeMs: number;
  readonly hasOracle: boolean;
  /** One number: the case that is being worked on. */
  readonly progress: SharedArrayBuffer;
}

/** What a worker tells. */
export type WorkerNews =
  | { readonly type: "finding"; readonly index: number; readonly problem: string; readonly bytes: Uint8Array }
  | {
    readonly type: "done";
    readonly runs: number;
    readonly compared: number;
    readonly outcomes: Record<string, number>;
  };

/** Cases that are sent to the oracle together, and worked on by us meanwhile. */
const BATCH = 200;

interface Asked {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly claim: Claim;
}

function tell(news: WorkerNews): void {
  parentPort!.postMessage(news);
}

async function work({ target, seed, runs, endTimeMs, hasOracle, progress }: WorkerOrder): Promise<void> {
  const cases = new Cases(TARGETS[target]!, seed);
  const oracle = hasOracle ? new Libbz2() : undefined;
  const current = new Int32Array(progress);
  const outcomes: Record<string, number> = {};
  let compared = 0;
  let asked: Asked[] = [];
  let index = 0;
  while (index < runs && Date.now() < endTimeMs) {
    const batch: Asked[] = [];
    for (const end = Math.min(runs, index + BATCH); index < end; index++) {
      Atomics.store(current, 0, index);
      const bytes = cases.bytes(index);
      const { problem, outcome, claim } = cases.check(index, bytes);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (problem !== undefined) tell({ type: "finding", index, problem, bytes });
      else if (claim !== undefined) batch.push({ index, bytes, claim });
    }
    if (oracle === undefined) continue;
    oracle.ask(batch);
    compared += await compare(oracle, asked);
    asked = batch;
  }
  if (oracle !== undefined) compared += await compare(oracle, asked);
  oracle?.close();
  tell({ type: "done", runs: index, compared, outcomes });
}

async function compare(oracle: Libbz2, asked: readonly Asked[]): Promise<number> {
  for (const { index, bytes, claim } of asked) {
    const problem = compareClaims(claim, await oracle.answer());
    if (problem !== undefined) tell({ type: "finding", index, problem, bytes });
  }
  return asked.length;
}

await work(workerData as WorkerOrder);
