/** A heap of JavaScript that stays small, for programs whose data lie outside of it. */
import { setFlagsFromString } from "node:v8";

/**
 * Tells V8 to favour memory over speed from now on. Measured in recompress on Node 20: a nursery of 2 MB in place of 16, of which
 * nothing was gained because the work is done on bytes. Other engines, and versions that refuse, stay as they are.
 */
export function keepHeapSmall(): void {
  try {
    setFlagsFromString("--optimize-for-size");
  } catch {
    // Bun and Deno do not know it.
  }
}
