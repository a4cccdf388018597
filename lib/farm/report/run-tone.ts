/** The colour and shape that repeat how a run stands, the same on every page. */

import type { Tone } from "./page-shell.ts";
import type { RunStatus } from "./run-status.ts";
import { runTotals } from "./run-totals.ts";

export function runTone(status: Pick<RunStatus, "phase" | "jobs">): Tone {
  const { failed, isOver } = runTotals(status);
  if (status.phase === "aborted") return "bad";
  if (status.phase === "running") return failed > 0 ? "warn" : "busy";
  if (failed > 0) return "bad";
  return isOver ? "good" : "warn";
}
