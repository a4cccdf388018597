/** An export that is dumped in parts and page ranges: nothing is lost or doubled, and a rerun makes what is asked for, no more. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { statSync, unlinkSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { decompress } from "../../lib/bzip2/whole.ts";
import { parseDumpFileName } from "../../lib/dump/file-name.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { type ScriptResult, TemporaryFarm } from "../support/temporary-farm.ts";
import { tinyDump, type TinyPage } from "../support/tiny-dump.ts";

const DATE = "20260301";
const RUN = `public/tinywiki/${DATE}`;
const PREFIX = `tinywiki-${DATE}-`;
const KEYS = "[tinywiki]\nchunksEnabled=1\npagesPerChunkHistory=30,40\ncheckpointTime=720\nrevsPerJob=25\n" +
  "recombineHistory=1\nrecombineMetaCurrent=1\nrevinfostash=1\n";
const CONTENT = ["pages-articles", "pages-meta-current", "pages-meta-history", "pages-articles-multistream"];
const LAST_PAGE = 90;

/** 60 pages with gaps between their ids, in three namespaces, with one to four revisions each. */
function pages(): readonly TinyPage[] {
  let revisionId = 0;
  return Array.from({ length: 60 }, (_, index): TinyPage => {
    const texts = Array.from(
      { length: 1 + (index * 7) % 4 },
      () => ({ id: ++revisionId, text: `${revisionId} & so on ` }),
    );
    const namespace = [0, 0, 1, 10][index % 4]!;
    return { id: Math.floor(index * 1.5) + 2, title: `Page ${index}`, namespace, revisions: texts };
  });
}

function plain(farm: TemporaryFarm, name: string): string {
  if (name.endsWith(".7z")) return execFileSync("7za", ["e", "-so", farm.path(RUN, name)]).toString();
  const bytes = farm.readBytes(`${RUN}/${name}`);
  return new TextDecoder().decode(name.endsWith(".gz") ? gunzipSync(bytes) : decompress(bytes));
}

/** The files of page ranges of an output, in the order of pages. */
function rangesOf(farm: TemporaryFarm, dumpName: string) {
  return farm.list(RUN).flatMap((name) => {
    const parsed = parseDumpFileName(name);
    const isOurs = parsed?.dumpName === dumpName && parsed.range !== undefined && parsed.extension === "bz2";
    return isOurs ? [{ name, part: parsed.part!, ...parsed.range! }] : [];
  }).sort((a, b) => a.first - b.first);
}

function idsOf(xml: string): readonly number[] {
  return [...xml.matchAll(/<ns>\d+<\/ns>\s*<id>(\d+)<\/id>/g)].map((match) => Number(match[1]));
}

/** Names of dump files to their inodes: a file that is made anew is another one. */
function inodes(farm: TemporaryFarm): ReadonlyMap<string, number> {
  const names = farm.list(RUN).filter((name) => /\.(?:bz2|gz|7z)$/.test(name));
  return new Map(names.map((name) => [name.slice(PREFIX.length), statSync(farm.path(RUN, name)).ino]));
}

/** What was made by something: new files and those that are others now. */
async function madeBy(farm: TemporaryFarm, ...args: readonly string[]): Promise<readonly string[]> {
  const old = inodes(farm);
  await done(farm, ...args);
  return [...inodes(farm)].filter(([name, inode]) => old.get(name) !== inode).map(([name]) => name).sort();
}

async function done(farm: TemporaryFarm, ...args: readonly string[]): Promise<ScriptResult> {
  const result = await farm.worker("tinywiki", "--date", DATE, ...args);
  assert.equal(result.status, 0, result.stderr);
  return result;
}

function stateOf(farm: TemporaryFarm, job: string): string {
  return JSON.parse(farm.read(`${RUN}/dumpstatus.json`)).jobs[job].status;
}

function newFarm(t: TestContext, keys = KEYS): TemporaryFarm {
  const farm = new TemporaryFarm(t);
  farm.extraConfig = keys;
  farm.addWiki("tinywiki", tinyDump(pages()));
  return farm;
}

async function dumpedFarm(t: TestContext, ...args: readonly string[]): Promise<TemporaryFarm> {
  const farm = newFarm(t);
  await done(farm, ...args);
  return farm;
}

const HISTORY_ONLY = ["--job", "xmlstubsdump,metahistorybz2dump"];
const REDO_HISTORY = ["--job", "metahistorybz2dump"];

test("ranges tile the pages, each page is in the file that its id says, and the plan is written down", async (t) => {
  const farm = await dumpedFarm(t);
  const info = JSON.parse(farm.read(`${RUN}/pagerangeinfo.json`)) as Record<string, readonly (readonly string[])[]>;
  for (const dumpName of CONTENT) {
    const ranges = rangesOf(farm, dumpName);
    assert.ok(ranges.length > 2, `${dumpName}: ${ranges.length} ranges`);
    let next = 1;
    for (const { name, part, first, last } of ranges) {
      assert.equal(first, next, name);
      assert.equal(part, first <= 30 ? 1 : 2, name);
      const ids = idsOf(plain(farm, name));
      assert.ok(ids.length > 0 && ids.every((id) => id >= first && id <= last), `${name}: ${ids}`);
      next = last + 1;
    }
    assert.equal(next, LAST_PAGE + 1, `${dumpName} goes up to the last page`);
    const planned = info[dumpName.replace(/^pages-|-multistream$/g, "")]!;
    assert.deepEqual(planned.map(([from, to]) => [Number(from), Number(to)]), ranges.map((r) => [r.first, r.last]));
  }
});

test("whole files have the contents of those of a run without parts", async (t) => {
  const farm = await dumpedFarm(t);
  const whole = newFarm(t, "");
  await done(whole);
  const names = whole.list(RUN).filter((name) => /\.(?:bz2|gz)$/.test(name) && !name.includes("-index"));
  assert.equal(names.length, 11);
  for (const name of names) assert.equal(plain(farm, name), plain(whole, name), name);
});

test("the index of the whole multistream file names a stream with each page", async (t) => {
  const farm = await dumpedFarm(t);
  const file = farm.readBytes(`${RUN}/${PREFIX}pages-articles-multistream.xml.bz2`);
  const lines = plain(farm, `${PREFIX}pages-articles-multistream-index.txt.bz2`).trimEnd().split("\n");
  const entries = lines.map((line) => line.split(":"));
  const offsets = [...new Set(entries.map(([offset]) => Number(offset)))].sort((a, b) => a - b);
  assert.ok(offsets.length > 2, "streams of several ranges");
  for (const [offset, id, title] of entries) {
    const end = offsets.find((one) => one > Number(offset)) ?? file.length;
    const stream = new TextDecoder().decode(decompress(file.subarray(Number(offset), end)));
    assert.ok(stream.includes(`<title>${title}</title>`) && idsOf(stream).includes(Number(id)), `${offset}:${id}`);
  }
  assert.deepEqual(entries.map(([, id]) => Number(id)), idsOf(plain(farm, `${PREFIX}pages-articles.xml.bz2`)));
});

test("7z files have the contents of the bzip2 files", { skip: skipWithoutCommand("7za") }, async (t) => {
  const farm = newFarm(t, `[tools]\nsevenzip=7za\n${KEYS}`);
  await done(farm);
  const names = farm.list(RUN).filter((name) => name.endsWith(".7z"));
  assert.equal(names.length, rangesOf(farm, "pages-meta-history").length + 1);
  for (const name of names) assert.equal(plain(farm, name), plain(farm, name.replace(/7z$/, "bz2")), name);
});

test("without checkpointTime there is one file for each part, without ranges", async (t) => {
  const farm = newFarm(t, KEYS.replace("checkpointTime=720\n", ""));
  await done(farm);
  for (const dumpName of CONTENT) assert.deepEqual(rangesOf(farm, dumpName), [], dumpName);
  const [one, two] = [1, 2].map((part) => idsOf(plain(farm, `${PREFIX}pages-meta-history${part}.xml.bz2`)));
  assert.ok(Math.max(...one!) <= 30 && Math.min(...two!) > 30);
  assert.deepEqual([...one!, ...two!], pages().map(({ id }) => id));
  assert.deepEqual(await madeBy(farm, ...REDO_HISTORY, "--partnum", "2"), ["pages-meta-history2.xml.bz2"]);
});

test("--skipdone after one file is gone makes that file, and nothing else", async (t) => {
  const farm = await dumpedFarm(t, ...HISTORY_ONLY);
  const { name } = rangesOf(farm, "pages-meta-history")[1]!;
  const before = plain(farm, name);
  unlinkSync(farm.path(RUN, name));
  assert.deepEqual(await madeBy(farm, ...HISTORY_ONLY, "--skipdone"), [name.slice(PREFIX.length)]);
  assert.equal(plain(farm, name), before);
  assert.equal(stateOf(farm, "metahistorybz2dump"), "done");
});

test("the plan of a run stays when the configuration changes", async (t) => {
  const farm = await dumpedFarm(t, ...HISTORY_ONLY);
  const before = rangesOf(farm, "pages-meta-history");
  farm.extraConfig = KEYS.replace("30,40", "20").replace("revsPerJob=25", "revsPerJob=50");
  await done(farm, ...REDO_HISTORY);
  assert.deepEqual(rangesOf(farm, "pages-meta-history"), before);
});

test("--partnum, --checkpoint and --aftercheckpoint make what they name", async (t) => {
  const farm = await dumpedFarm(t, ...HISTORY_ONLY);
  const ranges = rangesOf(farm, "pages-meta-history");
  const names = (some: typeof ranges) => some.map(({ name }) => name.slice(PREFIX.length)).sort();
  const ofTwo = ranges.filter(({ part }) => part === 2);
  assert.ok(ofTwo.length > 2);
  assert.deepEqual(await madeBy(farm, ...REDO_HISTORY, "--partnum", "2"), names(ofTwo));
  assert.deepEqual(await madeBy(farm, ...REDO_HISTORY, "--checkpoint", ofTwo[1]!.name), names([ofTwo[1]!]));
  assert.deepEqual(await madeBy(farm, ...REDO_HISTORY, "--aftercheckpoint", ofTwo[0]!.name), names(ofTwo.slice(1)));
  assert.equal(stateOf(farm, "metahistorybz2dump"), "done");
});

test("--pageidrange is refused for pages that a file has, and counts when a rerun fills the rest", async (t) => {
  const farm = await dumpedFarm(t, ...HISTORY_ONLY);
  const { name, first, last } = rangesOf(farm, "pages-meta-history")[2]!;
  const [from, to] = [first + 4, first + 9];
  assert.ok(to < last);
  const [untouched, some] = [inodes(farm), ["--pageidrange", `${from},${to}`]];
  const refused = await farm.worker("tinywiki", "--date", DATE, ...REDO_HISTORY, ...some);
  assert.notEqual(refused.status, 0);
  assert.match(refused.stderr, new RegExp(`Pages ${from}-${to} of part 2 are not made`));
  assert.deepEqual(inodes(farm), untouched);

  unlinkSync(farm.path(RUN, name));
  const own = (a: number, b: number) => `pages-meta-history2.xml-p${a}p${b}.bz2`;
  assert.deepEqual(await madeBy(farm, ...REDO_HISTORY, ...some), [own(from, to)]);
  assert.notEqual(stateOf(farm, "metahistorybz2dump"), "done", "pages are still missing");
  const rest = await madeBy(farm, ...REDO_HISTORY, "--skipdone");
  assert.deepEqual(rest, [own(first, from - 1), own(to + 1, last)].sort());
  assert.equal(stateOf(farm, "metahistorybz2dump"), "done");

  await done(farm, "--job", "metahistorybz2dumprecombine");
  assert.equal(plain(farm, `${PREFIX}pages-meta-history.xml.bz2`), tinyDump(pages()));
  const again = await madeBy(farm, ...REDO_HISTORY);
  assert.ok(
    again.includes(own(from, to)) && !again.includes(name.slice(PREFIX.length)),
    "done anew in the same ranges",
  );
});

test("--cleanup goes back to the ranges of the plan", async (t) => {
  const farm = await dumpedFarm(t, ...HISTORY_ONLY);
  const planned = rangesOf(farm, "pages-meta-history");
  const { name, first } = planned[2]!;
  unlinkSync(farm.path(RUN, name));
  await done(farm, ...REDO_HISTORY, "--pageidrange", `${first},${first + 5}`);
  await done(farm, ...REDO_HISTORY, "--cleanup");
  assert.deepEqual(rangesOf(farm, "pages-meta-history"), planned);
});

test("--prereqs first does the jobs that are needed, here the stubs and the ranges of a whole file", async (t) => {
  const farm = await dumpedFarm(t, "--job", "articlesdumprecombine", "--prereqs");
  assert.deepEqual(
    ["xmlstubsdump", "articlesdump", "articlesdumprecombine", "metacurrentdump"].map((job) => stateOf(farm, job)),
    ["done", "done", "done", "waiting"],
  );
  const made = await madeBy(farm, "--job", "metacurrentdumprecombine", "--prereqs");
  assert.ok(made.length > 3 && made.every((name) => name.startsWith("pages-meta-current")), made.join(" "));
});
