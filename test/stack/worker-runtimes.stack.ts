/** The worker's bundle dumps a real MediaWiki: under this Node, and on Deno with exactly the lines of docs/deno.md. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { before, describe, test } from "node:test";
import { denoPath, skipWithoutDeno } from "../support/child.ts";
import type { ScriptResult } from "../support/temporary-farm.ts";
import { SKIP_WITHOUT_STACK, STACK } from "./stack-settings.ts";
import { WorkerHost } from "./worker-host.ts";

const DATE = "20260801";
const WIKI = "beewiki";
const KEYS = "[otherformats]\nmultistream=1\n[misc]\nthreads=2";
/** One of each kind. */
const SOME_FILES = ["page.sql.gz", "all-titles.gz", "siteinfo-namespaces.json.gz", "stub-meta-history.xml.gz"]
  .concat(["pages-logging.xml.gz", "pages-articles-multistream.xml.bz2", "pages-meta-history.xml.7z"]);

describe("the worker's bundle and a real MediaWiki", { skip: SKIP_WITHOUT_STACK, concurrency: false }, () => {
  let onNode: WorkerHost;
  let expected: ReadonlyMap<string, string>;

  before(async () => {
    onNode = new WorkerHost(STACK!, KEYS);
    assertDone(await onNode.worker(WIKI, "--date", DATE));
    expected = await onNode.contents("public", WIKI, DATE);
  });

  test("under Node it makes files of every kind, and leaves nothing behind", () => {
    for (const name of SOME_FILES) assert.ok(expected.has(`${WIKI}-${DATE}-${name}`), name);
    assertTidy(onNode);
  });

  describe("on Deno", { skip: skipWithoutDeno }, () => {
    test("it makes the same files and links, with the rights that docs/deno.md names", async () => {
      const host = new WorkerHost(STACK!, KEYS);
      const result = await host.line(documentedLine("--allow-write --allow-env", "tenwiki"));
      assertDone(result);
      assert.doesNotMatch(result.stderr, /Cannot write|NotCapable/);
      assert.deepEqual(await host.contents("public", WIKI, DATE), expected);
      assert.deepEqual(latestOf(host), latestOf(onNode));
      assertTidy(host);
    });

    test("in a cage it makes the same files, and no links", async () => {
      const host = new WorkerHost(STACK!, KEYS);
      const result = await host.line(documentedLine("--allow-write=/srv/dumps", "tenwiki"));
      assertDone(result);
      assert.match(result.stderr, /Cannot write \S+\/latest\//);
      assert.deepEqual(await host.contents("public", WIKI, DATE), expected);
      assertTidy(host);
    });

    test("a loop hands its rights on", async () => {
      const host = new WorkerHost({ ...STACK!, wikis: [WIKI], privateWikis: [] }, KEYS);
      assertDone(await host.line(documentedLine("--loop").replace("--cutoff today", `--cutoff ${DATE}`)));
      assert.deepEqual(await host.contents("public", WIKI, DATE), expected);
    });
  });
});

/** The line of docs/deno.md for a farm with MediaWiki that has these words, for this stack and date. */
function documentedLine(...words: readonly string[]): string {
  const lines = readFileSync(new URL("../../docs/deno.md", import.meta.url), "utf8").split("\n")
    .filter((line) => line.startsWith("deno run") && line.includes("mediawiki.conf"));
  const found = lines.filter((line) => words.every((word) => line.includes(word)));
  assert.equal(found.length, 1, `docs/deno.md has ${found.length} lines with ${words.join(" and ")}`);
  const own = found[0]!.replaceAll("/srv/mediawiki", STACK!.directory).replaceAll("tenwiki", WIKI)
    .replace("wikis.example:443", new URL(STACK!.apiBase).host);
  return `PATH=${dirname(denoPath()!)}:$PATH ${own} --date ${DATE}`;
}

function assertDone({ status, stderr }: ScriptResult): void {
  assert.equal(status, 0, stderr);
}

function latestOf(host: WorkerHost): readonly string[] {
  return readdirSync(host.path("dumps/public", WIKI, "latest")).sort();
}

/** No lock, no file in the making, no scratch file. */
function assertTidy(host: WorkerHost): void {
  const all = readdirSync(host.path("dumps"), { recursive: true, withFileTypes: true });
  const left = all.filter(({ name, parentPath }) =>
    /\.inprog|^lock_|~\d/.test(name) || parentPath.includes("/temp/t/")
  );
  assert.deepEqual(left.filter((entry) => !entry.isDirectory()).map(({ name }) => name), []);
}
