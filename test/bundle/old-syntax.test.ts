/** The library lowered to ES2020 by a bundler, as docs/old-runtimes.md says: it has no newer syntax left, and works. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { readFileSync } from "node:fs";
import { scratchDirectory } from "../support/scratch.ts";

const DOOR = fileURLToPath(new URL("../../dist/lib/mod.js", import.meta.url));
const PROGRAM = `import { Bzip2DecoderStream, compress, decompress, readDump } from ${JSON.stringify(DOOR)};
const xml = "<mediawiki><page><title>A</title><ns>0</ns><id>1</id></page></mediawiki>";
const file = compress(new TextEncoder().encode(xml));
if (decompress(file).length !== xml.length) throw new Error("other bytes");
readDump(new Blob([file]).stream().pipeThrough(new Bzip2DecoderStream()))
  .then(async ({ pages }) => { for await (const page of pages) console.log(page.title); });`;

test("esbuild --target=es2020 lowers all of the library, and what comes out reads a dump", async () => {
  const outfile = join(scratchDirectory("old"), "app.cjs");
  await build({
    stdin: { contents: PROGRAM, resolveDir: "/" },
    bundle: true,
    target: "es2020",
    outfile,
    logLevel: "error",
  });
  const code = readFileSync(outfile, "utf8");
  assert.doesNotMatch(code, /\?\?=|^\s*#[a-z]\w* ?=|^\s*static \{/m);
  const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.equal(stdout, "A\n");
});
