import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { dumpSiteList } from "../../../lib/farm/mediawiki/site-list.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const LIST = `<sites version="1.0">\n<site type="mediawiki"><globalid>x</globalid></site>\n</sites>\n`;

/** Runs the job's work with a script that does what it is told. */
async function listBy(program: string): Promise<string> {
  const directory = scratchDirectory("sites");
  mkdirSync(join(directory, "maintenance"));
  writeFileSync(join(directory, "maintenance/exportSites.php"), program);
  const chunks: Uint8Array[] = [];
  const write = (bytes: Uint8Array) => void chunks.push(bytes.slice());
  const php = { php: process.execPath, directory, multiversion: "" };
  await dumpSiteList(
    { write: (bytes) => write(bytes) as undefined },
    { wiki: "tewiki", php },
    AbortSignal.timeout(20_000),
  );
  return new TextDecoder().decode(Buffer.concat(chunks));
}

const print = (text: string): string => `process.stdout.write(${JSON.stringify(text)});`;

test("the list comes as the script writes it to its standard output", async () => {
  const program = `if (process.argv.slice(2).join(" ") === "--wiki=tewiki php://stdout") ${print(LIST)}`;
  assert.equal(await listBy(program), LIST);
});

test("a list that is cut, follows a message of PHP, or comes from a script that fails is refused", async () => {
  await assert.rejects(listBy(print(LIST.slice(0, -5))), { code: "EXIT", message: /does not end with "<\/sites>"/ });
  await assert.rejects(listBy(print(`PHP Warning: x\n${LIST}`)), { code: "EXIT", message: /began with "PHP Wa/ });
  await assert.rejects(listBy(`${print(LIST)} process.exitCode = 1;`), { code: "EXIT" });
});
