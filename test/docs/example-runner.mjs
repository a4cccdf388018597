/** Imports the modules whose addresses come on stdin, one at a time, and answers each with a line. See examples.test.ts. */
import process from "node:process";
import { createInterface } from "node:readline";

for await (const address of createInterface({ input: process.stdin })) {
  let answer = {};
  try {
    await import(address);
  } catch (error) {
    answer = { trouble: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
  process.stdout.write(`\u0001${JSON.stringify(answer)}\n`);
}
// An example may leave a handle open.
process.exit(0);
