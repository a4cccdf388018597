/**
 * `npm run bench`: all benchmarks, one after another, or those that are named.
 *
 *     npm run bench            decode, encode, parallel, split
 *     npm run bench -- split   only that one
 *
 * Each compares with a peer on the same file in the same run; figures of different machines or moments do not compare.
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const BENCHMARKS = ["decode", "encode", "parallel", "split"];
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !BENCHMARKS.includes(name));
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}; there are ${BENCHMARKS.join(", ")}`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : BENCHMARKS) {
  console.log(`\n== ${name}`);
  const script = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const { status } = spawnSync(process.execPath, ["--import", "tsx", script], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
