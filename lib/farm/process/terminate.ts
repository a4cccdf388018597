/**
 * Ends the commands of a pipeline: politely first.
 */
import { sleep } from "../../host/clock.ts";
import type { SpawnedChain } from "../../host/spawn.ts";

/** SIGTERM to all groups; SIGKILL to what is left when the commands have ended, or after `graceMs`. */
export async function terminateChain(chain: SpawnedChain, graceMs: number): Promise<void> {
  const exits = Promise.all(chain.programs.map((program) => program.exit));
  const patience = new AbortController();
  chain.signal("SIGTERM");
  await Promise.race([exits, sleep(graceMs, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
  chain.signal("SIGKILL");
}
