/**
 * Decodes the files named after the package with it, and prints a line of JSON for each: `{ "byteLength" }`, or `{ "trouble" }`.
 *
 * A process of its own, because a package may end it: see runPeer.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { PEERS } from "../../bench/peers/packages.ts";

/** Room for the packages that want to know how much will come out. */
const MOST_BYTES = 1_000_000;
const [name, ...paths] = process.argv.slice(2);
const peer = PEERS.find((one) => one.name === name)!;
for (const path of paths) {
  let answer: object;
  try {
    const { decode } = await peer.load();
    answer = { byteLength: (await decode(new Uint8Array(readFileSync(path)), MOST_BYTES)).length };
  } catch (error) {
    answer = { trouble: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
