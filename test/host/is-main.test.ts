import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { isMain } from "../../lib/host/is-main.ts";

const MODULE = new URL("../../lib/host/is-main.ts", import.meta.url).href;

describe("a script", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "wikidump-main-"));
    writeFileSync(
      join(directory, "tool.mjs"),
      `import { invokedName, isMain, scriptArguments, scriptDirectory } from ${JSON.stringify(MODULE)};\n` +
        `if (isMain(import.meta)) console.log(JSON.stringify([invokedName(), scriptArguments(), scriptDirectory()]));\n`,
    );
    writeFileSync(join(directory, "user.mjs"), `import "./tool.mjs";\n`);
    symlinkSync("tool.mjs", join(directory, "checkforbz2footer"));
  });
  after(() => rmSync(directory, { recursive: true }));

  const run = (name: string): string =>
    spawnSync(process.execPath, ["--import", "tsx", join(directory, name), "a", "--b"], { encoding: "utf8" }).stdout
      .trim();

  test("that is started is the main module, and knows its name, its arguments and where it lies", () => {
    assert.deepEqual(JSON.parse(run("tool.mjs")), ["tool", ["a", "--b"], directory]);
  });

  test("that is started through a link is the main module too, under the name of the link", () => {
    assert.deepEqual(JSON.parse(run("checkforbz2footer")), ["checkforbz2footer", ["a", "--b"], directory]);
  });

  test("that is imported is not", () => assert.equal(run("user.mjs"), ""));
});

test("a runtime that knows itself is believed", () => {
  assert.equal(isMain({ url: "file:///x", main: true }), true);
  assert.equal(isMain({ url: "file:///x", main: false }), false);
  assert.equal(isMain({ url: "https://x.example/" }), false);
});
