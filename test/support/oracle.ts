/** Native tools that tests compare with, where the machine has them. */
import { spawnSync } from "node:child_process";

const known = new Map<string, boolean>();

/** Whether a command is on the PATH. */
export function hasCommand(name: string): boolean {
  let has = known.get(name);
  if (has === undefined) {
    has = spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
    known.set(name, has);
  }
  return has;
}

/** For `{ skip }` of a test that needs a command: false when it is there, else the reason. */
export function skipWithoutCommand(name: string): string | false {
  return hasCommand(name) ? false : `${name} is not on this machine`;
}
