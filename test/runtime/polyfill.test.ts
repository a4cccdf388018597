/**
 * The library on streams that are not the runtime's: web-streams-polyfill takes their place before the library is loaded, and the
 * native ones are broken, in a process of its own.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runProcess } from "../support/temporary-farm.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXPORTS = `${ROOT}examples/farm/exports`;
const CHECKS = [
  "the decoder stream decodes",
  "the encoder stream encodes",
  "both joined give back what went in",
  "a damaged file fails after its good bytes",
  "a dump is read page by page, and left early",
  "the page splitter gives back every byte",
  "sniffing, sources and blocks work",
  "pages are taken out",
  "files and gzip are read",
];

const outcomes = new Map<string, string | undefined>();
let stderr = "";

before(async () => {
  const child = fileURLToPath(new URL("./polyfill-child.ts", import.meta.url));
  const args = ["--import", "tsx", child, `${EXPORTS}/committeewiki.xml.bz2`, `${EXPORTS}/librarywiki.xml.gz`];
  const result = await runProcess(process.execPath, args, ROOT);
  stderr = result.stderr;
  for (const line of result.stdout.split("\n").filter((text) => text !== "")) {
    const { name, trouble } = JSON.parse(line) as { name: string; trouble?: string };
    outcomes.set(name, trouble);
  }
});

for (const name of CHECKS) {
  test(`on polyfilled streams, ${name}`, () => {
    assert.ok(outcomes.has(name), `The process ended before this check. ${stderr}`);
    const trouble = outcomes.get(name);
    if (trouble !== undefined) assert.fail(trouble);
  });
}
