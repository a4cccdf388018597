/** A sum over everything that a wiki of the stack is made of: a base that is kept does not keep wikis of yesterday's making. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

const SOURCES = ["activity.ts", "farm-wikis.ts", "restore-reference.ts", "settings-php.ts"];
const EXPORTS = new URL("../../examples/farm/exports/", import.meta.url);

let known: string | undefined;

/** The sum. */
export function recipe(): string {
  if (known === undefined) {
    const hash = createHash("sha1");
    for (const name of SOURCES) hash.update(readFileSync(new URL(name, import.meta.url)));
    for (const name of readdirSync(EXPORTS).sort()) hash.update(readFileSync(new URL(name, EXPORTS)));
    known = hash.digest("hex");
  }
  return known;
}
