/**
 * Looks for a program before it is started, so that a missing one is told before any work.
 */
import { accessSync, constants, statSync } from "node:fs";
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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
