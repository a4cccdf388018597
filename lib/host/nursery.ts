/** The nursery of the heap: where V8 makes new objects, most of which are gone when it next looks. */
import { setFlagsFromString } from "node:v8";

let isKeptSmall = false;

/** Keeps the nursery of this process as small as it is; for programs whose bytes are in buffers. See docs/decisions/073. Other engines do as ever. */
export function keepNurserySmall(): void {
  isKeptSmall = true;
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** To be called when a thread has started: V8 (Node 20 and 22) forgets then what it was told. Does nothing where it was told nothing. */
export function remindOfNursery(): void {
  if (isKeptSmall) keepNurserySmall();
}
