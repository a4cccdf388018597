/**
 * Ties programs to this process: the kernel kills them when it is gone, also when it is killed and can end nothing itself.
 *
 * Only Linux can do that, by `setpriv --pdeathsig` of util-linux, which becomes the program. Without it, and on Deno, whose
 * permissions name each program that may be run, programs are started as they are.
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { findProgram } from "./find-program.ts";

/** What to start. */
export interface ProgramCall {
  readonly file: string;
  readonly args: readonly string[];
}

let setpriv: string | false | undefined;

/** The call that starts the program tied; as it was given where that cannot be done. */
export function tiedProgram({ file, args }: ProgramCall): ProgramCall {
  setpriv ??= findSetpriv();
  // Whoever starts a missing program shall hear it from the system.
  if (setpriv === false || findProgram(file) === undefined) return { file, args };
  return { file: setpriv, args: ["--pdeathsig", "KILL", "--", file, ...args] };
}

/** False where it is missing, or cannot do it, as that of busybox. */
function findSetpriv(): string | false {
  if (process.platform !== "linux" || "deno" in process.versions) return false;
  const path = findProgram("setpriv");
  if (path === undefined) return false;
  const { status } = spawnSync(path, ["--pdeathsig", "KILL", "--", path, "--version"], { stdio: "ignore" });
  return status === 0 && path;
}
