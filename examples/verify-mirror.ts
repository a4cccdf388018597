/**
 * Verifies a mirror's directory of dumps against the checksum lists in it: …-md5sums.txt, …-sha1sums.txt, dumpstatus.json.
 *
 *     npx tsx examples/verify-mirror.ts /srv/mirror/elwiki/20260101
 *     deno run --allow-read examples/verify-mirror.ts /srv/mirror/elwiki/20260101
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { hashFile } from "wikidump/node";

const [directory = ""] = process.argv.slice(2);
if (directory === "" || !existsSync(directory)) {
  console.error(directory === "" ? "Usage: verify-mirror.ts DIRECTORY" : `${directory}: no such file or directory`);
  process.exit(directory === "" ? 2 : 1);
}
const stated: { file: string; kind: "md5" | "sha1"; sum: string }[] = [];
for (const list of readdirSync(directory)) {
  const kind = /(md5|sha1)sums.*\.txt$/.exec(list)?.[1] as "md5" | "sha1" | undefined;
  const text = kind || list === "dumpstatus.json" ? readFileSync(join(directory, list), "utf8") : "";
  for (const [, sum = "", file = ""] of kind ? text.matchAll(/^([0-9a-f]+) [ *](.+)$/gm) : []) {
    stated.push({ file, kind: kind!, sum });
  }
  if (list !== "dumpstatus.json") continue;
  const { jobs } = JSON.parse(text) as { jobs: Record<string, { files?: Record<string, Record<string, string>> }> };
  for (const [file, sums] of Object.values(jobs).flatMap(({ files = {} }) => Object.entries(files))) {
    for (const name of ["md5", "sha1"] as const) if (sums[name]) stated.push({ file, kind: name, sum: sums[name] });
  }
}
const counts = { good: 0, missing: 0, wrong: 0 };
for (const file of new Set(stated.map((one) => one.file))) {
  const path = join(directory, basename(file));
  const found = existsSync(path) ? await hashFile(path) : undefined;
  const isGood = stated.every((one) => one.file !== file || one.sum === found?.[one.kind]);
  const verdict = found === undefined ? "missing" : isGood ? "good" : "wrong";
  counts[verdict]++;
  console.log(`${verdict.padEnd(7)} ${file}`);
}
console.log(`${counts.good} good, ${counts.missing} missing, ${counts.wrong} wrong`);
process.exitCode = counts.good > 0 && counts.missing + counts.wrong === 0 ? 0 : 1;
