/** Whether work may begin: not while an operator's maintenance.txt says otherwise. */
import { JobError } from "../../errors.ts";

/** Throws JobError MAINTENANCE when there is a reason not to begin. */
export async function checkMaintenance(
  wiki: string,
  maintenance: (() => Promise<string | undefined>) | undefined,
): Promise<void> {
  const reason = await maintenance?.();
  if (reason === undefined) return;
  throw new JobError("MAINTENANCE", `No job is started: ${reason}`, { wiki }, {
    remedy: "Remove maintenance.txt when the maintenance is over, then run the worker with --skipdone",
  });
}
