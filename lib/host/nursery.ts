/** The nursery of the heap: where V8 makes new objects, most of which are gone when it next looks. */
import { setFlagsFromString } from "node:v8";

/**
 * Keeps the nursery of this process as small as it is at the start, two times a megabyte; for programs whose bytes are in buffers. See
 * docs/decisions/073. Other engines than V8 do as ever.
 */
export function keepNurserySmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
