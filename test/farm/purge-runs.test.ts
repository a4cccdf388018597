import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import test from "node:test";
import { planWikiPurge, purgeWiki } from "../../lib/farm/purge-runs.ts";
import { linkLatest } from "../../lib/farm/report/latest-links.ts";
import { reportSettingsOf } from "../../lib/farm/report-settings-of.ts";
import { COMPLETE, RUNNING } from "./report/sample-run.ts";
import { TestFarm } from "./test-farm.ts";

test("old runs go from both trees, with their links; broken, locked and running ones do not push out good ones", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"], keys: "[cleanup]\nkeep=1" });
  const wiki = await farm.wiki("tewiki");
  for (const date of ["20260101", "20260201", "20260301"]) {
    await farm.addRun(wiki, { ...COMPLETE, date });
    farm.write(`private/tewiki/${date}/dumplog.txt`, "");
  }
  farm.write("public/tewiki/20260101/tewiki-20260101-page.sql.gz", "");
  await linkLatest({ ...COMPLETE, date: "20260101" }, ["tewiki-20260101-page.sql.gz"], {
    settings: reportSettingsOf(wiki.settings),
    runsDirectory: wiki.runsDirectory,
  });
  mkdirSync(farm.path("public/tewiki/20260401"));
  await farm.addRun(wiki, { ...RUNNING, date: "20251101" });
  await farm.addRun(wiki, { ...COMPLETE, date: "20251001" });
  farm.addLock(wiki, "lock_20251001");
  mkdirSync(farm.path("public/tewiki/99999999"));

  const plan = await planWikiPurge(wiki, "20260401");
  assert.deepEqual(plan.map(({ date, action }) => `${date} ${action}`), [
    "20260401 keep",
    "20260301 keep",
    "20260201 remove",
    "20260101 remove",
    "20251101 keep",
    "20251001 keep",
  ]);
  assert.ok(existsSync(farm.path("public/tewiki/20260101")), "a plan removes nothing");
  assert.deepEqual(await purgeWiki(wiki, plan), ["20260201", "20260101"]);
  assert.deepEqual(readdirSync(farm.path("public/tewiki")), [
    "20251001",
    "20251101",
    "20260301",
    "20260401",
    "99999999",
    "latest",
  ]);
  assert.deepEqual(readdirSync(farm.path("private/tewiki")), ["20260301", "lock_20251001"]);
  assert.deepEqual(readdirSync(farm.path("public/tewiki/latest")).filter((name) => name.includes("page.sql")), []);
});

test("a run that was locked after the plan was made stays", async (context) => {
  const farm = new TestFarm(context, { wikis: ["tewiki"], keys: "[cleanup]\nkeep=0" });
  const wiki = await farm.wiki("tewiki");
  for (const date of ["20260101", "20260201", "20260301"]) await farm.addRun(wiki, { ...COMPLETE, date });
  const plan = await planWikiPurge(wiki, "20260301");
  farm.addLock(wiki, "lock_20260201");
  assert.deepEqual(await purgeWiki(wiki, plan), ["20260101"]);
  farm.addLock(wiki, "lock");
  assert.deepEqual(await purgeWiki(wiki, await planWikiPurge(wiki, "20260301")), []);
});

test("a private wiki's runs are in the private tree only", async (context) => {
  const farm = new TestFarm(context, { wikis: ["privwiki"], privates: ["privwiki"], keys: "[cleanup]\nkeep=0" });
  const wiki = await farm.wiki("privwiki", true);
  for (const date of ["20260101", "20260201"]) await farm.addRun(wiki, { ...COMPLETE, date });
  assert.deepEqual(await purgeWiki(wiki, await planWikiPurge(wiki, "20260201")), ["20260101"]);
  assert.deepEqual(readdirSync(farm.path("private/privwiki")), ["20260201"]);
});
