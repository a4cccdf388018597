/**
 * Looks for a program before it is started, so that a missing one is told before any work.
 */
import { statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { environment } from "./environment.ts";

/**
 * The path of a program: `name` itself if it has a slash, else the first of that name in PATH. Undefined if there is none that may be
 * run.
 */
export function findProgram(name: string, searchPath: string | undefined = environment()["PATH"]): string | undefined {
  if (name.includes("/")) return isExecutable(name) ? name : undefined;
  const directories = (searchPath ?? "").split(delimiter).filter((directory) => directory !== "");
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** By the mode alone: Deno asks for more rights (--allow-sys=uid,gid) where a program asks for what this user may do. */
function isExecutable(path: string): boolean {
  try {
    const facts = statSync(path);
    return facts.isFile() && (facts.mode & 0o111) !== 0;
  } catch {
    return false;
  }
}
