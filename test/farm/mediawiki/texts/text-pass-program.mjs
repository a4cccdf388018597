/**
 * Stands in for dumpTextPass.php where it fails. Arguments: a directory; the file "dump.xml" in it is what is written, and "plan.json" says
 * what happens at each start: `{ "bytes": N, "then": … }` writes N bytes, and then
 *
 *     complain    complains, and goes on after a while with what is left
 *     stop        ends without an error
 *     die         ends with exit code 1
 *     hang        does nothing more
 */
import { appendFileSync, readFileSync, writeSync } from "node:fs";
import process from "node:process";

const directory = process.argv[2];
const dump = readFileSync(`${directory}/dump.xml`);
const plan = JSON.parse(readFileSync(`${directory}/plan.json`, "utf8"));
appendFileSync(`${directory}/starts`, "x");
const { bytes, then } = plan[readFileSync(`${directory}/starts`).length - 1] ?? { bytes: dump.length, then: "stop" };
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const put = (piece) => {
  for (let at = 0; at < piece.length;) at += writeSync(1, piece, at);
};
put(dump.subarray(0, bytes));
writeSync(2, "2026-11-22 15:17:38: tenwiki (ID 30598) 111 pages (1131.9|1131.9/sec all|curr)\n");
if (then === "die") process.exit(1);
if (then === "hang") await wait(60_000);
if (then === "complain") {
  writeSync(
    2,
    "getting/checking text tt:5 failed (Generic error while obtaining text for id tt:5) for revision 5\n      0\n",
  );
  await wait(500);
  put(dump.subarray(bytes));
}
