/**
 * Makes the demo farm again: `npx tsx examples/farm/make/make.ts --base /var/srv/mwstack [--starter FILE] [--keep] [NAME...]`.
 * Needs a MediaWiki 1.39 that start-real-stack.sh of the shared material stands up (MariaDB, PHP; see ../README.md).
 * DROPS and renews the databases that bear the wikis' names, unless --keep says to export what is there.
 */
import process from "node:process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sharedPath } from "../../../test/support/shared.ts";
import { buildWiki } from "./build-wiki.ts";
import { exportWiki } from "./export-wiki.ts";
import { writeGolden } from "./golden.ts";
import { Stack } from "./stack.ts";
import { WIKIS } from "./wikis.ts";

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { base: { type: "string" }, starter: { type: "string" }, keep: { type: "boolean", default: false } },
  });
  const starter = values.starter ?? sharedPath("stack", "start-real-stack.sh");
  if (values.base === undefined || starter === undefined) {
    throw new Error("Say --base DIR, and --starter FILE if the shared material is absent");
  }
  const chosen = WIKIS.filter((wiki) => positionals.length === 0 || positionals.includes(wiki.name));
  const specs = chosen.map((wiki) => `${wiki.name}:${wiki.language}${wiki.isPrivate ? ":private" : ""}`);
  const stack = new Stack(values.base, starter);
  const workDirectory = `${values.base}/farm-work`;
  const directory = fileURLToPath(new URL("../exports", import.meta.url));
  const goldenDirectory = fileURLToPath(new URL("../../../test/golden/farm", import.meta.url));
  for (const needed of [workDirectory, directory, goldenDirectory]) mkdirSync(needed, { recursive: true });
  if (values.keep) stack.start(specs);
  else stack.renew(specs);
  for (const wiki of chosen) {
    const begun = Date.now();
    if (!values.keep) buildWiki(stack, wiki, workDirectory);
    exportWiki(stack, wiki, { directory, workDirectory });
    writeGolden(stack, wiki, { goldenDirectory, workDirectory });
    process.stdout.write(`${wiki.name}: ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
  }
}

main();
