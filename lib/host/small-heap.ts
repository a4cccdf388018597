/** How much memory V8 lets the heap of JavaScript take before it looks for what is no longer used. */
import { setFlagsFromString } from "node:v8";

/** Nursery: where objects are new. Old generation: what has lived for a while, and the buffers outside that it points to. */
const FLAGS = [
  // The nursery stays as large as it begins.
  "--semi-space-growth-factor=1",
  // It is looked through whenever a tenth, or 8 MB at least, has come to it.
  "--heap-growing-percent=10",
];

let isKeptSmall = false;

/** For programs whose bytes are in buffers; see docs/decisions/073. Other engines do as ever. */
export function keepHeapSmall(): void {
  isKeptSmall = true;
  for (const flag of FLAGS) setFlagsFromString(flag);
}

/** To be called when a thread has started: V8 (Node 20 and 22) forgets then what it was told. Does nothing where it was told nothing. */
export function remindOfSmallHeap(): void {
  if (isKeptSmall) keepHeapSmall();
}
