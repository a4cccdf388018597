/** What a run leaves of the runs before it, and of what others rely on: old runs, links, state; and that it asks nobody. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readRun } from "../../lib/farm/report/run-reader.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { TemporaryFarm } from "../support/temporary-farm.ts";
import { tinyDump } from "../support/tiny-dump.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

function linkTargets(farm: TemporaryFarm): readonly string[] {
  return farm.list("public/tinywiki/latest").filter((name) => !name.endsWith("-rss.xml")).map((name) =>
    `${name} ${readlinkSync(farm.path("public/tinywiki/latest", name))}`
  );
}

test("a newer run whose jobs fail leaves every link at the last good file", async (context) => {
  const farm = new TemporaryFarm(context);
  farm.addWiki("tinywiki", tinyDump());
  await farm.worker("tinywiki", "--date", "20260201");
  const good = linkTargets(farm);
  assert.ok(good.length > 8 && good.every((link) => link.includes(" ../20260201/")));
  farm.write("exports/tinywiki.xml", tinyDump().slice(0, -100));
  assert.notEqual((await farm.worker("tinywiki", "--date", "20260301")).status, 0);
  const siteInfo = /namespaces/;
  assert.deepEqual(
    linkTargets(farm).filter((link) => !siteInfo.test(link) && !/sums/.test(link)),
    good.filter((link) => !siteInfo.test(link) && !/sums/.test(link)),
  );
  for (const link of linkTargets(farm)) assert.ok(existsSync(farm.path("public/tinywiki/latest", link.split(" ")[1]!)));
});

test("a run of one job removes no older run while the run as a whole is not complete", async (context) => {
  const farm = new TemporaryFarm(context);
  farm.extraConfig = "[cleanup]\nkeep=0\n";
  farm.addWiki("tinywiki", tinyDump());
  await farm.worker("tinywiki", "--date", "20260201");
  assert.equal((await farm.worker("tinywiki", "--date", "20260301", "--job", "xmlstubsdump")).status, 0);
  assert.ok(farm.exists("public/tinywiki/20260201/status.html"));
  assert.equal((await farm.worker("tinywiki", "--date", "20260301", "--skipdone")).status, 0);
  assert.equal(farm.exists("public/tinywiki/20260201"), false, "complete now: the older one goes");
});

test("a page that calls a job done is no proof: without state files a run has no state", async () => {
  const directory = scratchDirectory("run");
  writeFileSync(
    join(directory, "index.html"),
    "<li class='done'><span class='status'>done</span> <span class='title'>First-pass for page XML data dumps</span></li>",
  );
  const run = { wiki: "tewiki", date: "20260101", isPrivate: false, isClosed: false };
  assert.deepEqual(await readRun(directory, run), { status: undefined, line: undefined, problems: [] });
});

test("a worker and a monitor never wait for an answer on stdin", async (context) => {
  const farm = new TemporaryFarm(context);
  farm.addWiki("tinywiki", tinyDump());
  mkdirSync(farm.path("public/tinywiki/20260301"), { recursive: true });
  const calls = [
    ["worker", "tinywiki", "--date", "20260301", "--job", "noop"],
    ["worker", "tinywiki", "--date", "20260301", "--force"],
    ["worker", "tinywiki", "--date", "20260301", "--cleanup"],
    ["monitor"],
  ];
  for (const [script, ...args] of calls) {
    // The pipe stays open, and nothing ever comes through it.
    const child = spawn(process.execPath, [join(DIST, `${script}.mjs`), "--configfile", farm.configure(), ...args], {
      cwd: farm.root,
      stdio: ["pipe", "ignore", "ignore"],
      timeout: 60_000,
    });
    assert.deepEqual(await once(child, "exit"), [0, null], args.join(" "));
  }
});
