/**
 * What surrounds the process: environment variables, the home directory, the runtime that it is.
 */
import { homedir } from "node:os";
import process from "node:process";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that the process was started with. */
export function environment(): Environment {
  return process.env;
}

/** The home directory of the user, or "" where there is none (a service without HOME and without an account). */
export function homeDirectory(): string {
  try {
    return homedir();
  } catch {
    return "";
  }
}

/** The runtime and its version, such as "node 20.20.2". */
export function runtimeName(): string {
  const { deno, bun, node } = process.versions as Readonly<Record<string, string | undefined>>;
  if (deno !== undefined) return `deno ${deno}`;
  return bun === undefined ? `node ${node}` : `bun ${bun}`;
}
