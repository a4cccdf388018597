/** A history that several workers share, of a real MediaWiki: it has the bytes of one that a worker made alone, and no text is fetched twice. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { waitUntil } from "../support/process.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { PARTS_WIKI } from "./farm-wikis.ts";
import { openFarm } from "./open-farm.ts";
import { checkWholeFiles } from "./whole-files.ts";
import { IN_PARTS, WorkerFarm, type WorkerRun } from "./worker-farm.ts";

const stack = await openFarm(PARTS_WIKI);
const wiki = PARTS_WIKI.name;
const DATES = ["20260101", "20260111"] as const;
const JOBS = ["--job", "xmlstubsdump,metahistorybz2dump,metahistorybz2dumprecombine,metahistory7zdump"];
const HELP = ["--batches", "--job", "metahistorybz2dump"];
const settings = `${IN_PARTS}\npagesPerChunkHistory=60,200\nrevsPerJob=25`;
const scratch = scratchDirectory("batches");
const alone = new WorkerFarm(stack, join(scratch, "alone"), [{ name: wiki, settings }]);
const shared = new WorkerFarm(stack, join(scratch, "shared"), [{
  name: wiki,
  settings: `${settings}\ncontentbatchesEnabled=1`,
}]);

const dumps = (farm: WorkerFarm, date: string): readonly string[] =>
  readdirSync(farm.runDirectory(wiki, date)).filter((name) => /\.(?:bz2|gz|7z)$/.test(name)).sort();

/** Texts taken over and fetched, over all readings. */
function textsOf(runs: readonly WorkerRun[]): readonly [number, number] {
  const counts = runs.flatMap(({ log }) => [...log.matchAll(/Texts: (\d+) taken over, (\d+) fetched$/gm)]);
  const sum = (at: number): number => counts.reduce((total, match) => total + Number(match[at]), 0);
  return [sum(1), sum(2)];
}

for (const [at, date] of DATES.entries()) {
  test(`${date}: a worker and two that help`, async () => {
    const one = await alone.run(wiki, date, ...JOBS);
    assert.equal(one.status, 0, one.log);

    const primary = shared.run(wiki, date, ...JOBS);
    const list = join(shared.directory, "private", wiki, date, "batches-metahistorybz2dump.json");
    await waitUntil(() => existsSync(list), 120_000);
    const runs = await Promise.all([primary, shared.run(wiki, date, ...HELP), shared.run(wiki, date, ...HELP)]);
    for (const { status, log } of runs) assert.ok(status === 0 || status === 255, log);
    assert.equal(runs[0].status, 0, runs[0].log);

    const claims = runs.flatMap(({ log }) => [...log.matchAll(/Claimed pages (\S+) of/g)].map((match) => match[1]));
    const batches = JSON.parse(readFileSync(list, "utf8")).batches as readonly { batch: { status: string } }[];
    assert.ok(batches.length > 3 && batches.every(({ batch }) => batch.status === "done"));
    assert.equal(new Set(claims).size, claims.length);
    assert.equal(claims.length, batches.length);
    const texts = textsOf(runs);
    assert.deepEqual(texts, textsOf([one]), "as many texts as one worker alone gets");
    assert.ok(texts[at === 0 ? 1 : 0] > 100, `${texts}`);

    assert.deepEqual(dumps(shared, date), dumps(alone, date));
    for (const name of dumps(shared, date).filter((name) => !name.endsWith(".7z"))) {
      const bytes = (farm: WorkerFarm): Uint8Array => readFileSync(join(farm.runDirectory(wiki, date), name));
      assert.ok(Buffer.compare(bytes(shared), bytes(alone)) === 0, `${name} has other bytes`);
    }
    assert.equal(shared.jobStates(wiki, date).get("metahistorybz2dump"), "done");
    await checkWholeFiles(shared.runDirectory(wiki, date));
  });
}
