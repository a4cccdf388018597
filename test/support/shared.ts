/** Where the shared reference material lies, if this machine has it. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import process from "node:process";

const ROOT = process.env["WIKIDUMP_SHARED"] ?? fileURLToPath(new URL("../../../shared", import.meta.url));

/** The path of a piece of the shared material, or undefined when it is not on this machine. */
export function sharedPath(...parts: readonly string[]): string | undefined {
  const path = [ROOT, ...parts].join("/");
  return existsSync(path) ? path : undefined;
}

/** For `{ skip }` of a test that needs the material: false when it is there, else the reason. */
export function skipWithoutShared(...parts: readonly string[]): string | false {
  return sharedPath(...parts) === undefined
    ? `shared material ${parts.join("/")} is not on this machine (WIKIDUMP_SHARED)`
    : false;
}
