/** Exports one wiki with dumpBackup.php --full, and writes it in the form that the plan asks for. */
import { Buffer } from "node:buffer";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import type { Stack } from "./stack.ts";
import type { ExportForm, WikiPlan } from "./wikis.ts";

/** Writes `directory`/NAME.xml, .xml.gz or .xml.bz2, and gives back the plain XML's path in `workDirectory`. */
export function exportWiki(stack: Stack, wiki: WikiPlan, paths: { directory: string; workDirectory: string }): string {
  const plain = `${paths.workDirectory}/${wiki.name}.xml`;
  stack.maintenance(wiki.name, "dumpBackup.php", ["--full", "--quiet", `--output=file:${plain}`], {
    env: { FARM_ADDRESS: wiki.address },
  });
  const xml = readFileSync(plain);
  for (const ending of ["xml", "xml.gz", "xml.bz2"]) {
    rmSync(`${paths.directory}/${wiki.name}.${ending}`, { force: true });
  }
  const ending = typeof wiki.exportForm === "string" ? wiki.exportForm : "xml.bz2";
  writeFileSync(`${paths.directory}/${wiki.name}.${ending}`, packed(xml, wiki.exportForm));
  return plain;
}

function packed(xml: Buffer, form: ExportForm): Buffer {
  if (form === "xml") return xml;
  if (form === "xml.gz") return filter("gzip", ["-9n"], xml);
  if (form === "xml.bz2") return filter("bzip2", ["-9"], xml);
  const pieces: Buffer[] = [];
  for (let start = 0; start < xml.length; start += form.streams) {
    pieces.push(filter("bzip2", ["-1"], xml.subarray(start, start + form.streams)));
  }
  return Buffer.concat(pieces);
}

function filter(file: string, args: readonly string[], input: Buffer): Buffer {
  const done = spawnSync(file, args, { input, maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${file} ended with ${done.status ?? done.signal}: ${String(done.stderr)}`);
  return done.stdout;
}
