/** What is in the bundles: only what a script needs, and of other packages only what package.json names. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Bundle, bundleScripts } from "../../tools/bundle.ts";

const KIB = 1024;
/** Not minified, so that a stack on a dump host can be read. About a fifth above what they are (2026-11). */
const MOST_BYTES: Readonly<Record<string, number>> = {
  "bzdump.mjs": 660 * KIB,
  "monitor.mjs": 250 * KIB,
  "worker.mjs": 1180 * KIB,
};
/** Folders that a script has no use for: a path into one of them is an import too many. */
const STRANGERS: Readonly<Record<string, RegExp>> = {
  "bzdump.mjs": /^lib\/farm\/(?!process\/)/,
  "monitor.mjs": /^lib\/(?:bits|bzip2|xml|streams|farm\/(?:jobs|source|process))\//,
  "worker.mjs": /^lib\/streams\/(?:url|cached)-source|^lib\/dump\/(?:check|split)\//,
};

describe("bundles", () => {
  let directory = "";
  let bundles: readonly Bundle[] = [];
  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "wikidump-bundles-"));
    bundles = await bundleScripts(directory);
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  test("there is one for each script", () => {
    assert.deepEqual(bundles.map(({ name }) => name).sort(), Object.keys(MOST_BYTES));
  });

  test("they hold lib/, scripts/ and the dependencies of package.json, nothing else", () => {
    const { dependencies } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      dependencies: object;
    };
    const isWanted = (path: string): boolean =>
      /^(?:lib|scripts)\/.+\.ts$/.test(path) ||
      Object.keys(dependencies).some((name) => path.startsWith(`node_modules/${name}/`));
    for (const { name, contents } of bundles) {
      assert.deepEqual([...contents.keys()].filter((path) => !isWanted(path)), [], name);
    }
  });

  test("they hold no door: a script imports what it uses", () => {
    for (const { name, contents } of bundles) {
      assert.deepEqual([...contents.keys()].filter((path) => /^lib\/(?:mod|node)\.ts$/.test(path)), [], name);
    }
  });

  test("they hold no part of the house that they do not use", () => {
    for (const { name, contents } of bundles) {
      assert.deepEqual([...contents.keys()].filter((path) => STRANGERS[name]!.test(path)), [], name);
    }
  });

  test("they are ASCII: one wider character, also in a comment, doubles what an engine keeps", () => {
    for (const { name } of bundles) {
      const text = readFileSync(join(directory, name), "latin1");
      assert.deepEqual(text.split("\n").filter((line) => /[\u0080-\u{10ffff}]/u.test(line)), [], name);
    }
  });

  test("they stay small", () => {
    assert.deepEqual(bundles.filter(({ name, byteLength }) => byteLength > MOST_BYTES[name]!), []);
  });
});
