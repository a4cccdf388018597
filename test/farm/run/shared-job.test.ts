import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { BatchList } from "../../../lib/farm/batches/batch-list.ts";
import { metaHistoryJob } from "../../../lib/farm/jobs/page-content.ts";
import { type RunLayout, WHOLE_LAYOUT } from "../../../lib/farm/jobs/run-layout.ts";
import { SharedJob } from "../../../lib/farm/run/shared-job.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { NO_SOURCE, stateOfJobs, trackedJob } from "./state-of-jobs.ts";

const RANGES = [1, 11, 21, 31].map((first) => ({ part: first < 20 ? 1 : 2, first, last: first + 9 }));
const LAYOUT: RunLayout = {
  ...WHOLE_LAYOUT,
  ranges: { articles: RANGES, "meta-current": RANGES, "meta-history": RANGES },
};

function sharedJob() {
  const directory = scratchDirectory("shared");
  const log: string[] = [];
  const state = stateOfJobs({ xmlstubsdump: "done", metahistorybz2dump: "waiting" });
  const job = trackedJob(metaHistoryJob);
  const list = new BatchList({ wiki: "tewiki", job: job.name, directory, staleMs: 3_600_000 });
  const shared = new SharedJob(job, {
    wiki: "tewiki",
    list,
    source: NO_SOURCE,
    state,
    log: (line) => log.push(line),
    directory,
    isPlanned: () => true,
    flushStatus: () => Promise.resolve(),
    batchSize: () => 2,
    maxRetries: 1,
    lookEveryMs: 0,
  });
  return { shared, job, list, state, log };
}

test("batches are offered when the layout is known, and claimed by others they are waited for", async () => {
  const { shared, job, list, state } = sharedJob();
  await shared.look();
  assert.equal(await list.read(), undefined, "the pieces are not known yet");
  assert.equal(shared.waitMs, undefined);
  job.settle(LAYOUT);
  await shared.look();
  assert.deepEqual((await list.read())!.map(({ range }) => range), [{ first: 1, last: 20 }, { first: 21, last: 40 }]);
  assert.equal(state.job(job.name).state, "in-progress");
  assert.deepEqual(shared.next(undefined)!.pieces.map(({ piece }) => piece.pages!.first), [1, 11]);

  const claims = [(await list.claim())!, (await list.claim())!];
  await shared.look();
  assert.equal(shared.next(undefined), undefined);
  assert.equal(shared.waitMs, 0);
  assert.equal(state.job(job.name).progress, "0 of 2 batches done, 2 at work elsewhere");
  await claims[1]!.finish("failed");
  await shared.look();
  assert.deepEqual(shared.next(undefined)!.pieces.map(({ piece }) => piece.pages!.first), [21, 31]);
  await claims[0]!.finish("aborted");
});

test("a list that cannot be read for a while is borne, and told of once; one of other ranges fails the job", async () => {
  const { shared, job, list, log } = sharedJob();
  job.settle(LAYOUT);
  await shared.look();
  renameSync(list.path, `${list.path}.away`);
  mkdirSync(list.path);
  for (let count = 0; count < 5; count++) await shared.look();
  assert.equal(log.filter((line) => line.includes("It is looked at again")).length, 1);
  assert.ok(job.pieces!.every(({ state }) => state === "pending"));
  rmdirSync(list.path);
  renameSync(`${list.path}.away`, list.path);
  await shared.look();
  assert.ok(shared.next(undefined) !== undefined);

  const text = '{"batches": [{"batch": {"status": "done", "runs": "1", "range": {"start": "1", "end": "15"}}}]}';
  writeFileSync(list.path, text);
  await shared.look();
  assert.ok(job.pieces!.every(({ state }) => state === "failed"));
  assert.match((job.failure!.error as Error).message, /has other page ranges now, while this worker went by it/);
  assert.equal(shared.waitMs, undefined);
});

test("a list that is never to be read again fails the job in the end", async () => {
  const { shared, job, list } = sharedJob();
  job.settle(LAYOUT);
  await shared.look();
  renameSync(list.path, `${list.path}.away`);
  mkdirSync(list.path);
  for (let count = 0; count < 61; count++) await shared.look();
  assert.equal((job.failure!.error as { code: string }).code, "READ");
});
