/** The memory of whole processes at its largest, decoding and encoding, with one thread and with workers, for small and large files. */
import type { Figure } from "./figures.ts";
import { runNode } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const SHARES = { small: 0.03, large: 1 };
const WORKERS = [0, 1, 2, 4];

export async function* memory(shop: Workshop): AsyncGenerator<Figure, void, undefined> {
  const codec = await shop.program("codec");
  for (const [size, share] of Object.entries(SHARES)) {
    for (const { name, plain, packed } of shop.inputs(share)) {
      for (const [what, path] of [["decode", packed], ["encode", plain]] as const) {
        for (const workers of WORKERS) {
          const value = Math.max(
            ...Array.from(
              { length: Math.min(3, shop.rounds) },
              () => runNode([codec, what, String(workers), path]).megabytes,
            ),
          );
          const threads = workers === 0 ? "one thread" : `${workers} worker${workers === 1 ? "" : "s"}`;
          yield {
            what: `${what} ${size} ${name}, ${threads}`,
            value,
            unit: "MB",
            must: workers === 0 ? 80 : 60 + 30 * workers,
          };
        }
      }
    }
  }
}
