/** Several workers at one job: who makes what, that the files are those of one worker alone, and what happens when one is gone. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { statSync, unlinkSync, utimesSync } from "node:fs";
import { after, before, test, type TestContext } from "node:test";
import { type ScriptResult, TemporaryFarm, type TestEnd } from "../support/temporary-farm.ts";
import { parseDumpFileName } from "../../lib/dump/file-name.ts";
import { isAlive, waitUntil } from "../support/process.ts";
import { tinyDump, type TinyPage } from "../support/tiny-dump.ts";

const DATE = "20260301";
const RUN = `public/tinywiki/${DATE}`;
const PRIVATE = `private/tinywiki/${DATE}`;
const LIST = `${PRIVATE}/batches-metahistorybz2dump.json`;
const KEYS = "[tinywiki]\nchunksEnabled=1\npagesPerChunkHistory=300,300\ncheckpointTime=1\nrevsPerJob=40\n" +
  "recombineHistory=1\ncontentbatchesEnabled=1\n";
const JOBS = ["--job", "xmlstubsdump,articlesdump,metahistorybz2dump,metahistorybz2dumprecombine"];
const BATCHES = ["--date", DATE, "--batches", "--job", "metahistorybz2dump"];

/** 240 pages with gaps between their ids, and texts that take a while to pack. */
function pages(): readonly TinyPage[] {
  let revisionId = 0;
  return Array.from({ length: 240 }, (_, index): TinyPage => {
    const revisions = Array.from({ length: 1 + (index * 7) % 4 }, () => {
      const id = ++revisionId;
      const words = Array.from({ length: 300 }, (_, at) => ((id * 7919 + at * at * 31) % 99991).toString(36));
      return { id, text: words.join(" ") };
    });
    return { id: index * 2 + 3, title: `Page ${index}`, revisions };
  });
}

const EXPORT = tinyDump(pages());

function newFarm(context: TestEnd, keys = KEYS): TemporaryFarm {
  const farm = new TemporaryFarm(context);
  farm.extraConfig = keys;
  farm.addWiki("tinywiki", EXPORT);
  return farm;
}

const alone = newFarm({ after });
before(async () => {
  alone.extraConfig = KEYS.replace("contentbatchesEnabled=1", "contentbatchesEnabled=0");
  const { status, stderr } = await alone.worker("tinywiki", "--date", DATE, ...JOBS);
  assert.equal(status, 0, stderr);
});

const isDump = (name: string): boolean => /\.(?:bz2|gz)$/.test(name);
const historyFiles = (farm: TemporaryFarm): readonly string[] =>
  farm.list(RUN).filter((name) => /-pages-meta-history\d\.xml-p\d+p\d+\.bz2$/.test(name));

interface ListedBatch {
  readonly status: string;
  readonly owner: { readonly host: string; readonly pid: number } | null;
  readonly runs: string;
  readonly range: { readonly start: string; readonly end: string };
}

function batches(farm: TemporaryFarm): readonly ListedBatch[] {
  return JSON.parse(farm.read(LIST)).batches.map(({ batch }: { batch: ListedBatch }) => batch);
}

/** The names of the files, and what is in them and in the lists, are those of a run by one worker. */
function sameAsAlone(farm: TemporaryFarm): void {
  assert.deepEqual(farm.list(RUN).filter(isDump), alone.list(RUN).filter(isDump));
  for (const name of farm.list(RUN).filter(isDump)) {
    const md5 = (one: TemporaryFarm): string => createHash("md5").update(one.readBytes(`${RUN}/${name}`)).digest("hex");
    assert.equal(md5(farm), md5(alone), name);
  }
  for (const list of ["md5sums", "sha1sums"]) {
    const lines = (one: TemporaryFarm) => one.read(`${RUN}/tinywiki-${DATE}-${list}.txt`).trimEnd().split("\n").sort();
    assert.deepEqual(lines(farm), lines(alone), list);
  }
  const links = (one: TemporaryFarm) => one.list("public/tinywiki/latest").filter(isDump);
  assert.deepEqual(links(farm), links(alone));
  const history = JSON.parse(farm.read(`${RUN}/dumpstatus.json`)).jobs.metahistorybz2dump;
  assert.equal(history.status, "done");
  assert.deepEqual(Object.keys(history.files).sort(), historyFiles(alone));
  const rest = farm.list(PRIVATE).filter((name) => !name.startsWith("batches-metahistorybz2dump.json"));
  assert.deepEqual(rest, [], "no claim is left");
}

/** Pages that a worker said it claimed. */
function claimed({ stderr }: Pick<ScriptResult, "stderr">): readonly string[] {
  return [...stderr.matchAll(/Claimed pages (\S+) of/g)].map((match) => match[1]!);
}

test("a worker and two that help make the files that one makes alone, each batch once", async (context) => {
  const farm = newFarm(context);
  const primary = farm.worker("tinywiki", "--date", DATE, ...JOBS);
  await waitUntil(() => farm.exists(LIST), 60_000);
  const all = await Promise.all([primary, farm.worker("tinywiki", ...BATCHES), farm.worker("tinywiki", ...BATCHES)]);
  for (const { status, stderr } of all) assert.equal(status, 0, stderr);
  const claims = all.flatMap(claimed);
  assert.equal(new Set(claims).size, claims.length, "no batch twice");
  assert.equal(claims.length, batches(farm).length);
  assert.ok(all.filter((one) => claimed(one).length > 0).length > 1, "more than one worker had some");
  assert.ok(batches(farm).every(({ status, runs }) => status === "done" && runs === "1"));
  sameAsAlone(farm);
});

test("a worker alone does all batches, two page ranges in each, and leaves the list behind", async (context) => {
  const farm = newFarm(context);
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE, ...JOBS);
  assert.equal(status, 0, stderr);
  assert.equal(batches(farm).length, Math.ceil(historyFiles(farm).length / 2));
  assert.equal(batches(farm)[0]!.range.start, "1");
  sameAsAlone(farm);
});

/** A run whose worker was killed as soon as it had claimed a batch, with its lock and its claims as good as an hour old. */
async function orphanedFarm(context: TestContext, keys = KEYS): Promise<TemporaryFarm> {
  const farm = newFarm(context, keys);
  await killWhenClaimed(farm);
  leaveBehind(farm);
  return farm;
}

async function killWhenClaimed(farm: TemporaryFarm): Promise<void> {
  const primary = farm.startWorker("tinywiki", "--date", DATE, ...JOBS);
  const ended = once(primary, "close");
  await waitUntil(() => farm.exists(LIST) && farm.read(LIST).includes('"claimed"'), 60_000);
  primary.kill("SIGKILL");
  await ended;
}

/** Makes lock and claims of dead processes look as they do when time has passed. */
function leaveBehind(farm: TemporaryFarm): void {
  const paths = [
    `private/tinywiki/lock_${DATE}`,
    ...farm.list(PRIVATE).filter((name) => /-running\.txt$|\.lock$/.test(name)).map((name) => `${PRIVATE}/${name}`),
  ];
  const longAgo = Date.now() / 1000 - 7200;
  for (const path of paths) {
    if (!farm.exists(path) || isAlive(Number(farm.read(path).split(" ")[1]))) continue;
    utimesSync(farm.path(path), longAgo, longAgo);
  }
}

/** A worker that helps, when it has claimed something. */
async function helperAtWork(farm: TemporaryFarm) {
  const helper = farm.startWorker("tinywiki", ...BATCHES);
  let stderr = "";
  helper.stderr!.setEncoding("utf8").on("data", (text: string) => stderr += text);
  const ended = once(helper, "close");
  await waitUntil(() => claimed({ stderr }).length > 0 || helper.exitCode !== null, 60_000);
  assert.ok(claimed({ stderr }).length > 0, stderr);
  return {
    pid: helper.pid!,
    kill: (signal: NodeJS.Signals) => helper.kill(signal),
    async end(): Promise<string> {
      await ended;
      return `${helper.exitCode ?? helper.signalCode}`;
    },
    stderr: () => stderr,
  };
}

const unfinished = (farm: TemporaryFarm): readonly string[] =>
  farm.list(RUN).filter((name) => /-pages-meta-history\d.*\.inprog$/.test(name));
const inodeOf = (farm: TemporaryFarm, name: string): number => statSync(farm.path(RUN, name)).ino;
const goOn = (farm: TemporaryFarm) => farm.worker("tinywiki", "--date", DATE, ...JOBS, "--skipdone");

test("a helper that is killed in the middle: its batch is claimed again, and the run ends as if there had been none", async (context) => {
  const farm = newFarm(context, `[misc]\nslots=1\n${KEYS}`);
  const primary = farm.worker("tinywiki", "--date", DATE, ...JOBS);
  await waitUntil(() => farm.exists(LIST), 60_000);
  const helper = await helperAtWork(farm);
  helper.kill("SIGKILL");
  await helper.end();
  const pages = claimed({ stderr: helper.stderr() }).at(-1)!;
  leaveBehind(farm);
  const { status, stderr } = await primary;
  assert.equal(status, 0, stderr);
  assert.match(
    stderr,
    new RegExp(`Pages ${pages} of metahistorybz2dump can be claimed again: process ${helper.pid} on`),
  );
  assert.ok(claimed({ stderr }).includes(pages));
  assert.equal(batches(farm).find(({ range }) => `${range.start}-${range.end}` === pages)!.runs, "2");
  sameAsAlone(farm);
});

test("batches that a helper fails at are done by the worker that has the run; after three in a row the helper ends", async (context) => {
  const farm = newFarm(context, `[misc]\nslots=1\n${KEYS}`);
  const primary = farm.worker("tinywiki", "--date", DATE, ...JOBS);
  await waitUntil(() => farm.exists(LIST), 60_000);
  farm.extraConfig = `[misc]\nslots=1\n[tools]\nbzip2=false\n${KEYS}`;
  const helper = await farm.worker("tinywiki", ...BATCHES);
  assert.equal(helper.status, 7, helper.stderr);
  assert.equal(claimed(helper).length, 3, helper.stderr);
  assert.match(helper.stderr, /pages \S+ of metahistorybz2dump: failed/);
  const { status, stderr } = await primary;
  assert.equal(status, 0, stderr);
  for (const pages of claimed(helper)) {
    assert.ok(claimed({ stderr }).includes(pages), pages);
    assert.equal(batches(farm).find(({ range }) => `${range.start}-${range.end}` === pages)!.runs, "2");
  }
  sameAsAlone(farm);
});

test("a helper that gets SIGTERM gives its batches back at once, and leaves nothing unfinished", async (context) => {
  const farm = await orphanedFarm(context);
  await farm.monitor();
  const helper = await helperAtWork(farm);
  helper.kill("SIGTERM");
  assert.equal(await helper.end(), "SIGTERM", helper.stderr());
  assert.ok(batches(farm).some(({ status, owner }) => status === "aborted" && owner?.pid === helper.pid));
  assert.ok(batches(farm).every(({ status }) => status !== "claimed"));
  assert.deepEqual(unfinished(farm), []);
  assert.deepEqual(farm.list(PRIVATE).filter((name) => /running|lock/.test(name)), []);
});

test("when the worker that has the run is killed, helpers go on under the eyes of the monitor; the next one takes over what they made", async (context) => {
  const farm = newFarm(context);
  await killWhenClaimed(farm);
  leaveBehind(farm);
  const helper = await helperAtWork(farm);
  const own = (): readonly string[] => {
    // It goes on while it is looked at: what it began may be another batch by now.
    const ranges = claimed({ stderr: helper.stderr() }).map((pages) => pages.split("-").map(Number));
    return unfinished(farm).filter((name) => {
      const { first, last } = parseDumpFileName(name)!.range!;
      return ranges.some((range) => first >= range[0]! && last <= range[1]!);
    });
  };
  await waitUntil(() => {
    // Not while it has the lock of the list, for which everybody would wait.
    helper.kill("SIGSTOP");
    if (own().length > 0 && !farm.exists(`${LIST}.lock`)) return true;
    helper.kill("SIGCONT");
    return false;
  });
  const before = own();
  const { status, stderr } = await farm.monitor();
  assert.equal(status, 0, stderr);
  assert.match(stderr, /can be claimed again/);
  assert.equal(JSON.parse(farm.read(`${RUN}/dumpstatus.json`)).phase, "aborted");
  assert.deepEqual(own(), before, "unfinished files of a living worker stay");
  assert.ok(unfinished(farm).every((name) => !name.includes("-p1p")), "those of the dead one go");
  helper.kill("SIGCONT");
  assert.equal(await helper.end(), "0", helper.stderr());
  // What it did not see become free is done by another.
  const rest = await farm.worker("tinywiki", ...BATCHES);
  assert.ok(rest.status === 0 || rest.status === 255, rest.stderr);
  const made = new Map(historyFiles(farm).map((name) => [name, inodeOf(farm, name)]));
  assert.deepEqual([...made.keys()], historyFiles(alone));
  const { status: state, files } = JSON.parse(farm.read(`${RUN}/dumpstatus.json`)).jobs.metahistorybz2dump;
  assert.ok(state !== "done" && !JSON.stringify(files ?? {}).includes("md5"), "nobody tells of them yet");

  const next = await goOn(farm);
  assert.equal(next.status, 0, next.stderr);
  assert.deepEqual(claimed(next), []);
  assert.deepEqual(new Map(historyFiles(farm).map((name) => [name, inodeOf(farm, name)])), made);
  sameAsAlone(farm);
});

test("what a helper made is looked through: files that are damaged or gone are made again, and only these", async (context) => {
  const farm = await orphanedFarm(context);
  await farm.monitor();
  const helped = await farm.worker("tinywiki", ...BATCHES);
  assert.equal(helped.status, 0, helped.stderr);
  const [damaged, gone, good] = ["1.xml-p1p40", "1.xml-p121p160", "2.xml-p361p400"].map((range) =>
    historyFiles(farm).find((name) => name.includes(range))!
  ) as [string, string, string];
  const bytes = farm.readBytes(`${RUN}/${damaged}`).slice();
  bytes[bytes.length >> 1]! ^= 1;
  farm.write(`${RUN}/${damaged}`, bytes);
  unlinkSync(farm.path(RUN, gone));
  const inode = inodeOf(farm, good);
  const { status, stderr } = await goOn(farm);
  assert.equal(status, 0, stderr);
  assert.match(
    stderr,
    new RegExp(`${damaged.replaceAll(".", "\\.")} failed its check: it does not decode.* It is made again`),
  );
  assert.equal(claimed({ stderr }).length, 2);
  assert.equal(inodeOf(farm, good), inode);
  sameAsAlone(farm);
});

test("with a new list, files that no status names count if they are whole and younger than the stubs", async (context) => {
  const farm = newFarm(context);
  const stubs = await farm.worker("tinywiki", "--date", DATE, "--job", "xmlstubsdump");
  assert.equal(stubs.status, 0, stubs.stderr);
  const [young, old, broken] = historyFiles(alone) as [string, string, string];
  const long = new Date(Date.now() - 7_200_000);
  const later = new Date(Date.now() + 2000);
  for (const name of [young, old]) farm.write(`${RUN}/${name}`, alone.readBytes(`${RUN}/${name}`));
  farm.write(`${RUN}/${broken}`, "of who knows what");
  for (const [name, time] of [[young, later], [old, long], [broken, later]] as const) {
    utimesSync(farm.path(RUN, name), time, time);
  }
  const before = new Map([young, old].map((name) => [name, inodeOf(farm, name)]));
  const { status, stderr } = await goOn(farm);
  assert.equal(status, 0, stderr);
  assert.match(stderr, new RegExp(`${broken.replaceAll(".", "\\.")} failed its check`));
  assert.equal(inodeOf(farm, young), before.get(young));
  assert.notEqual(inodeOf(farm, old), before.get(old));
  sameAsAlone(farm);
});

test("nothing to claim is exit code 255, with the reason; --numbatches is the end; without a wiki the one with batches is taken", async (context) => {
  const farm = newFarm(context);
  const stubs = await farm.worker("tinywiki", "--date", DATE, "--job", "xmlstubsdump");
  assert.equal(stubs.status, 0, stubs.stderr);
  const early = await farm.worker("tinywiki", ...BATCHES);
  assert.equal(early.status, 255);
  assert.match(early.stderr, /There are no batches to claim: .*batches-metahistorybz2dump\.json is not there/);
  const nowhere = await farm.worker(...BATCHES);
  assert.equal(nowhere.status, 255);
  assert.match(nowhere.stderr, /No batches of metahistorybz2dump wait for a worker, in any of 1 wikis/);

  await killWhenClaimed(farm);
  leaveBehind(farm);
  await farm.monitor();
  const lockless = farm.list("private/tinywiki");
  const one = await farm.worker("--date", "last", "--batches", "--job", "metahistorybz2dump", "--numbatches", "1");
  assert.equal(one.status, 0, one.stderr);
  assert.equal(claimed(one).length, 1);
  assert.equal(batches(farm).filter(({ status }) => status === "done").length, 1);
  assert.deepEqual(farm.list("private/tinywiki"), lockless, "no lock is taken");

  const looped = await farm.worker("--loop", "--onepass", "--sleep", "0", ...BATCHES);
  assert.equal(looped.status, 0, looped.stderr);
  const late = await farm.worker("tinywiki", ...BATCHES);
  assert.equal(late.status, 255);
  assert.match(late.stderr, /No batch left to claim .* of \d+ batches: \d+ done/);
});

test("a list of other page ranges is refused by helpers, and replaced by the worker that has the run", async (context) => {
  const farm = await orphanedFarm(context);
  const cut = { status: "unclaimed", owner: null, first_claimed: null, completed_time: null, runs: "0" };
  const ranges = [["1", "333"], ["334", "481"]].map(([start, end]) => ({ batch: { ...cut, range: { start, end } } }));
  farm.write(LIST, JSON.stringify({ batches: ranges }));
  const helper = await farm.worker("tinywiki", ...BATCHES);
  assert.equal(helper.status, 1, helper.stderr);
  assert.match(helper.stderr, /batches-metahistorybz2dump\.json is of other page ranges than this run has/);
  await farm.monitor();
  const { status, stderr } = await goOn(farm);
  assert.equal(status, 0, stderr);
  sameAsAlone(farm);
});

test("a history is not shared without page ranges, when it is done anew, or in single pieces; the log says so once", async (context) => {
  const farm = newFarm(context, KEYS.replace("checkpointTime=1\n", ""));
  const jobs = ["--job", "xmlstubsdump,metahistorybz2dump"];
  const whole = await farm.worker("tinywiki", "--date", DATE, ...jobs);
  assert.equal(whole.status, 0, whole.stderr);
  assert.equal(
    whole.stderr.match(/is not shared: contentbatchesEnabled needs chunksEnabled and checkpointTime/g)?.length,
    1,
  );
  farm.extraConfig = KEYS;
  const ranges = await farm.worker("tinywiki", "--date", "20260501", ...jobs);
  assert.equal(ranges.status, 0, ranges.stderr);
  const history = ["tinywiki", "--date", "20260501", "--job", "metahistorybz2dump"];
  const again = await farm.worker(...history);
  assert.match(again.stderr, /is not shared: it was done before, and is done anew/);
  const part = await farm.worker(...history, "--partnum", "2");
  assert.match(part.stderr, /is not shared: only some of its pieces are asked for/);
  assert.deepEqual([again.status, part.status], [0, 0]);
  // With new files from the start it is shared again, and the old list is withdrawn.
  const clean = await farm.worker(...history, "--cleanup");
  assert.equal(clean.status, 0, clean.stderr);
  assert.match(clean.stderr, /The batches of metahistorybz2dump are withdrawn/);
  assert.match(clean.stderr, /Sharing metahistorybz2dump in \d+ batches/);
  // Helpers know the ranges of the plan only.
  const run = "public/tinywiki/20260501";
  unlinkSync(farm.path(run, farm.list(run).find((name) => name.includes("meta-history1.xml-p41p80"))!));
  const own = await farm.worker(...history, "--pageidrange", "41,60");
  const rest = await farm.worker(...history, "--skipdone");
  assert.deepEqual([own.status, rest.status], [0, 0], rest.stderr);
  assert.match(rest.stderr, /has files of other page ranges than planned: this worker does it alone/);
  assert.ok(farm.list(run).some((name) => name.includes("meta-history1.xml-p61p80")));
});

test("options that do not go with --batches are refused before anything is done", async (context) => {
  const farm = new TemporaryFarm(context);
  farm.addWiki("tinywiki", tinyDump());
  const wrong: readonly [readonly string[], RegExp][] = [
    [["--batches", "--date", DATE], /--batches needs --job metahistorybz2dump/],
    [["--batches", "--date", DATE, "--job", "articlesdump"], /--batches needs --job metahistorybz2dump/],
    [["--batches", "--date", DATE, "--job", "articlesdump,metahistorybz2dump"], /--batches needs --job/],
    [["--batches", "--job", "metahistorybz2dump"], /--batches needs --date/],
    [["--numbatches", "2"], /--numbatches needs --batches/],
    [[...BATCHES, "--numbatches", "0"], /--numbatches must be 1 or more/],
    [[...BATCHES, "--numbatches", "x"], /--numbatches/],
    [[...BATCHES, "--restartfrom"], /--batches and --restartfrom cannot be given together/],
    ...["--skipdone", "--prereqs", "--cleanup", "--nospawn", "--delnotice", "--force", "--dryrun"].map(
      (option): [readonly string[], RegExp] => [[...BATCHES, option], new RegExp(`--batches and ${option} cannot`)],
    ),
    ...[
      "--partnum=1",
      "--pageidrange=1,2",
      "--checkpoint=x",
      "--aftercheckpoint=x",
      "--addnotice=x",
      "--cutoff=today",
      "--skipjobs=xmlstubsdump",
    ]
      .map((
        option,
      ): [readonly string[], RegExp] => [[...BATCHES, option], /--batches and --\w+ cannot be given together/]),
  ];
  for (const [args, message] of wrong) {
    const { status, stderr } = await farm.worker("tinywiki", ...args);
    assert.equal(status, 2, `${args.join(" ")}: ${stderr}`);
    assert.match(stderr, message);
  }
  assert.deepEqual(farm.list("private"), []);
});
