/** Runs that are done again, in whole or in part: what was there before stays true until something better takes its place. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { TemporaryFarm } from "../support/temporary-farm.ts";
import { TINY_PAGES, tinyDump } from "../support/tiny-dump.ts";

const DATE = "20260301";
const RUN = `public/tinywiki/${DATE}`;
const LATEST = "public/tinywiki/latest";

interface JobRecord {
  readonly status: string;
  readonly files?: Record<string, { readonly size?: number; readonly md5?: string }>;
}

function jobsOf(farm: TemporaryFarm, date = DATE): Record<string, JobRecord> {
  return JSON.parse(farm.read(`public/tinywiki/${date}/dumpstatus.json`)).jobs;
}

function stateOf(farm: TemporaryFarm, job: string, date = DATE): string | undefined {
  return jobsOf(farm, date)[job]?.status;
}

/** The lines of the MD5 list, each checked against its file. */
function listedFiles(farm: TemporaryFarm, date = DATE): readonly string[] {
  const lines = farm.read(`public/tinywiki/${date}/tinywiki-${date}-md5sums.txt`).trimEnd().split("\n");
  return lines.filter((line) => line !== "").map((line) => {
    const [md5, name] = line.split("  ") as [string, string];
    const bytes = farm.readBytes(`public/tinywiki/${date}/${name}`);
    assert.equal(createHash("md5").update(bytes).digest("hex"), md5, name);
    return name;
  });
}

function danglingLinks(farm: TemporaryFarm): readonly string[] {
  return farm.list(LATEST).filter((name) => {
    const path = farm.path(LATEST, name);
    return lstatSync(path).isSymbolicLink() && !existsSync(path);
  });
}

async function dumpedFarm(t: TestContext): Promise<TemporaryFarm> {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 0, stderr);
  return farm;
}

test("a job that fails when it is done again is failed; what it made before stays, listed, linked and marked as older", async (t) => {
  const farm = await dumpedFarm(t);
  const name = `tinywiki-${DATE}-pages-articles.xml.bz2`;
  const before = jobsOf(farm)["articlesdump"]!.files![name]!;
  farm.write("exports/tinywiki.xml", tinyDump().slice(0, -100));
  const { status } = await farm.worker("tinywiki", "--date", DATE, "--job", "articlesdump");
  assert.equal(status, 4);
  assert.equal(stateOf(farm, "articlesdump"), "failed");
  assert.deepEqual(jobsOf(farm)["articlesdump"]!.files![name], before);
  assert.equal(listedFiles(farm).length, 12);
  assert.equal(readlinkSync(farm.path(LATEST, "tinywiki-latest-pages-articles.xml.bz2")), `../${DATE}/${name}`);
  assert.match(farm.read(`${RUN}/index.html`), /made by an earlier attempt/);
  assert.match(farm.read(`${RUN}/status.html`), /1 item failed/);
});

test("what stayed after a failure is still listed after another job, and gone from the list when its file is gone", async (t) => {
  const farm = await dumpedFarm(t);
  farm.write("exports/tinywiki.xml", tinyDump().slice(0, -100));
  await farm.worker("tinywiki", "--date", DATE, "--job", "articlesdump");
  farm.write("exports/tinywiki.xml", tinyDump());
  assert.equal((await farm.worker("tinywiki", "--date", DATE, "--job", "namespaces")).status, 0);
  assert.equal(listedFiles(farm).length, 12);
  farm.write(`${RUN}/tinywiki-${DATE}-pages-articles.xml.bz2`, "something else");
  assert.equal((await farm.worker("tinywiki", "--date", DATE, "--job", "noop")).status, 0);
  assert.equal(listedFiles(farm).length, 11);
});

test("a job done again with other content has new sums, and the lists fit the files", async (t) => {
  const farm = await dumpedFarm(t);
  const before = jobsOf(farm);
  farm.write("exports/tinywiki.xml", tinyDump(TINY_PAGES.slice(1)));
  assert.equal((await farm.worker("tinywiki", "--date", DATE, "--job", "articlesdump")).status, 0);
  const name = `tinywiki-${DATE}-pages-articles.xml.bz2`;
  assert.notEqual(jobsOf(farm)["articlesdump"]!.files![name]!.md5, before["articlesdump"]!.files![name]!.md5);
  assert.deepEqual(jobsOf(farm)["xmlstubsdump"], before["xmlstubsdump"]);
  assert.equal(listedFiles(farm).length, 12);
});

test("--cleanup takes files out of lists and latest before it removes them, even if the jobs then fail", async (t) => {
  const farm = await dumpedFarm(t);
  farm.write("exports/tinywiki.xml", tinyDump().slice(0, -100));
  const { status } = await farm.worker(
    "tinywiki",
    "--date",
    DATE,
    "--job",
    "articlesdump,metacurrentdump",
    "--cleanup",
  );
  assert.equal(status, 4);
  assert.equal(farm.exists(`${RUN}/tinywiki-${DATE}-pages-articles.xml.bz2`), false);
  assert.equal(listedFiles(farm).length, 10);
  assert.deepEqual(danglingLinks(farm), []);
  assert.equal(farm.list(LATEST).some((name) => name.includes("pages-articles.xml.bz2")), false);
  assert.ok(farm.list(LATEST).includes("tinywiki-latest-pages-meta-history.xml.bz2"));
});

test("--skipjobs leaves a job that is done as it is", async (t) => {
  const farm = await dumpedFarm(t);
  assert.equal((await farm.worker("tinywiki", "--date", DATE, "--skipjobs", "articlesmultistreamdump,noop")).status, 0);
  assert.equal(stateOf(farm, "articlesmultistreamdump"), "done");
  assert.equal(listedFiles(farm).length, 12);
});

test("a skipped job is done later with --job, and then is part of a complete run", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  assert.equal((await farm.worker("tinywiki", "--date", DATE, "--skipjobs", "articlesmultistreamdump")).status, 0);
  assert.equal(stateOf(farm, "articlesmultistreamdump"), "skipped");
  assert.match(farm.read(`${RUN}/status.html`), /Dump complete</);
  assert.equal((await farm.worker("tinywiki", "--date", DATE, "--job", "articlesmultistreamdump")).status, 0);
  assert.equal(stateOf(farm, "articlesmultistreamdump"), "done");
});

test("createdirs makes the run and its status files, and no dump file", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki");
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE, "--job", "createdirs");
  assert.equal(status, 0, stderr);
  assert.equal(stateOf(farm, "articlesdump"), "waiting");
  assert.deepEqual(farm.list(RUN).filter((name) => /\.(?:bz2|gz)$/.test(name)), []);
});

for (const job of ["noop", "latestlinks"]) {
  test(`${job} mends lists, status and links, reads no export and purges nothing`, async (t) => {
    const farm = await dumpedFarm(t);
    assert.equal((await farm.worker("tinywiki", "--date", "20260401")).status, 0);
    farm.extraConfig = "[cleanup]\nkeep=0\n";
    for (const name of ["status.html", "index.html", "tinywiki-20260401-md5sums.txt"]) {
      farm.write(`public/tinywiki/20260401/${name}`, "");
    }
    farm.write(`${LATEST}/tinywiki-latest-pages-articles.xml.bz2-rss.xml`, "");
    farm.write("exports/tinywiki.xml", "");
    const { status, stderr } = await farm.worker("tinywiki", "--date", "20260401", "--job", job);
    assert.equal(status, 0, stderr);
    assert.equal(listedFiles(farm, "20260401").length, 12);
    assert.match(farm.read("public/tinywiki/20260401/status.html"), /Dump complete/);
    assert.ok(farm.exists(RUN), "the older run is still there");
  });
}

test("--job tables is refused for a wiki without tables: exit code 2, and the jobs that it has", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE, "--job", "tables");
  assert.equal(status, 2);
  assert.match(stderr, /no job tables.*\n?.*articlesdump/);
  assert.equal(farm.exists(RUN), false);
});

test("--date last is the latest run; today for a wiki that was never dumped", async (t) => {
  const farm = await dumpedFarm(t);
  const again = await farm.worker("tinywiki", "--date", "last", "--job", "namespaces");
  assert.match(again.stderr, new RegExp(`on ${DATE}`));
  farm.addWiki("newwiki", tinyDump());
  const first = await farm.worker("newwiki", "--date", "last");
  assert.equal(first.status, 0, first.stderr);
  const today = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  assert.match(first.stderr, new RegExp(`Dumping newwiki on (?:${today}|\\d{8})`));
  const rest = await farm.worker("--date", "last", "--skipdone");
  assert.equal(rest.status, 255, rest.stderr);
});

test("an older date done again keeps its run, the links to newer runs, and their files", async (t) => {
  const farm = await dumpedFarm(t);
  farm.extraConfig = "[cleanup]\nkeep=1\n";
  for (const date of ["20260401", "20260501"]) {
    assert.equal((await farm.worker("tinywiki", "--date", date)).status, 0);
  }
  assert.deepEqual(farm.list("public/tinywiki"), ["20260401", "20260501", "latest"]);
  assert.equal((await farm.worker("tinywiki", "--date", "20260201")).status, 0);
  assert.ok(farm.exists("public/tinywiki/20260201"), "the run that was just made is there");
  assert.equal(
    readlinkSync(farm.path(LATEST, "tinywiki-latest-pages-articles.xml.bz2")),
    "../20260501/tinywiki-20260501-pages-articles.xml.bz2",
  );
  assert.deepEqual(danglingLinks(farm), []);
});

test("with keep=0 only the newest whole run stays; a failing one pushes nothing out", async (t) => {
  const farm = await dumpedFarm(t);
  farm.extraConfig = "[cleanup]\nkeep=0\n";
  assert.equal((await farm.worker("tinywiki", "--date", "20260401")).status, 0);
  assert.deepEqual(farm.list("public/tinywiki"), ["20260401", "latest"]);
  farm.write("exports/tinywiki.xml", "");
  assert.notEqual((await farm.worker("tinywiki", "--date", "20260501")).status, 0);
  assert.deepEqual(farm.list("public/tinywiki"), ["20260401", "20260501", "latest"]);
  assert.deepEqual(danglingLinks(farm), []);
});

test("several dates of one wiki at once end whole, with latest at the newest", async (t) => {
  const farm = await dumpedFarm(t);
  farm.extraConfig = "[cleanup]\nkeep=0\n";
  const dates = ["20260401", "20260501", "20260601"];
  const results = await Promise.all(dates.map((date) => farm.worker("tinywiki", "--date", date)));
  for (const { status, stderr } of results) assert.equal(status, 0, stderr);
  assert.ok(farm.exists("public/tinywiki/20260601"));
  for (const date of dates) {
    if (farm.exists(`public/tinywiki/${date}`)) assert.equal(listedFiles(farm, date).length, 12);
  }
  assert.deepEqual(danglingLinks(farm), []);
  for (const name of farm.list(LATEST)) {
    const path = farm.path(LATEST, name);
    if (lstatSync(path).isSymbolicLink()) assert.match(readlinkSync(path), /20260601/, name);
  }
});

test("underscores and names that begin alike: each wiki has its own runs, locks and links", async (t) => {
  const farm = new TemporaryFarm(t);
  for (const name of ["be_x_oldwiki", "be_x_oldwiki2", "be"]) farm.addWiki(name, tinyDump());
  farm.write("private/be_x_oldwiki/lock_20260301", "otherhost 4711");
  assert.equal((await farm.worker("be_x_oldwiki", "--date", DATE)).status, 6);
  for (const name of ["be_x_oldwiki2", "be"]) assert.equal((await farm.worker(name, "--date", DATE)).status, 0);
  assert.equal((await farm.worker("be_x_oldwiki", "--date", DATE, "--force")).status, 0);
  for (const name of ["be_x_oldwiki", "be_x_oldwiki2", "be"]) {
    const links = farm.list(`public/${name}/latest`).filter((file) => /(?:bz2|gz)$/.test(file));
    assert.equal(links.length, 12, name);
    assert.ok(links.every((link) => link.startsWith(`${name}-latest-`)));
  }
});
