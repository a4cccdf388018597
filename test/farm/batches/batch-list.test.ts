import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import type { BatchClaim } from "../../../lib/farm/batches/batch-claim.ts";
import { BatchList, type BatchOffer } from "../../../lib/farm/batches/batch-list.ts";
import { newBatch } from "../../../lib/farm/batches/batch.ts";
import { renderBatchFile } from "../../../lib/farm/batches/batch-file.ts";
import { runningFileName } from "../../../lib/farm/batches/batch-names.ts";
import { hostName } from "../../../lib/host/machine.ts";
import { bundleFixture, type Child, startNode } from "../../support/child.ts";
import { waitUntil } from "../../support/process.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const JOB = "metahistorybz2dump";
const HOUR_MS = 3_600_000;
const tens = (count: number) => Array.from({ length: count }, (_, at) => ({ first: at * 10 + 1, last: at * 10 + 10 }));

interface Place {
  readonly directory: string;
  readonly list: BatchList;
}

function newList(directory = scratchDirectory("batches"), change: { staleMs?: number; host?: string } = {}): Place {
  return {
    directory,
    list: new BatchList({ wiki: "tewiki", job: JOB, directory, staleMs: HOUR_MS, heartbeatMs: 40, ...change }),
  };
}

function offerOf(count: number, change: Partial<BatchOffer> = {}): BatchOffer {
  const no = (): Promise<boolean> => Promise.resolve(false);
  return { ranges: tens(count), batches: tens(count), onNew: () => Promise.resolve(), isDone: no, ...change };
}

async function offered(count: number): Promise<Place> {
  const place = newList();
  await place.list.offer(offerOf(count));
  return place;
}

const states = async ({ list }: Place): Promise<readonly string[]> => (await list.read())!.map(({ state }) => state);
const running = (first: number): string => runningFileName(JOB, { first, last: first + 9 });

test("a claim is in the list and has a running file with its owner; the content before is kept", async () => {
  const place = await offered(3);
  const before = readFileSync(place.list.path, "utf8");
  const claim = (await place.list.claim())!;
  assert.deepEqual(claim.batch.range, { first: 1, last: 10 });
  assert.deepEqual(await states(place), ["claimed", "unclaimed", "unclaimed"]);
  const [batch] = (await place.list.read())!;
  assert.deepEqual(batch!.owner, { host: hostName(), pid: process.pid });
  assert.match(batch!.firstClaimed!, /^\d{14}$/);
  assert.equal(batch!.runs, 1);
  assert.equal(readFileSync(join(place.directory, running(1)), "utf8"), `${hostName()} ${process.pid}`);
  assert.equal(readFileSync(`${place.list.path}.bak`, "utf8"), before);

  await claim.finish("done");
  assert.deepEqual(await states(place), ["done", "unclaimed", "unclaimed"]);
  assert.match((await place.list.read())![0]!.completed!, /^\d{14}$/);
  assert.deepEqual(readdirSync(place.directory).sort(), [`batches-${JOB}.json`, `batches-${JOB}.json.bak`]);
});

test("a batch that was given back is claimed again, with its first time and one more run; a failed one only by who asks for it", async () => {
  const place = await offered(1);
  const claim = (await place.list.claim())!;
  await claim.finish("aborted");
  const again = (await place.list.claim())!;
  assert.equal(again.batch.runs, 2);
  assert.equal(again.batch.firstClaimed, claim.batch.firstClaimed);
  await again.finish("failed");
  assert.equal(await place.list.claim(), undefined);
  const third = (await place.list.claim(({ state }) => state === "failed"))!;
  assert.equal(third.batch.runs, 3);
  await third.finish("done");
});

test("without a list there is nothing to claim, and nothing is made", async () => {
  const { directory, list } = newList();
  assert.equal(await list.read(), undefined);
  assert.equal(await list.claim(), undefined);
  assert.deepEqual(await list.abortStale(), []);
  assert.equal(await list.withdraw(), false);
  assert.deepEqual(readdirSync(directory), []);
});

test("only a claim is kept fresh by a thread; to change the list takes none, to offer it takes one", async () => {
  let threads = 0;
  const count = (): void => void threads++;
  process.on("worker", count);
  try {
    const place = await offered(2);
    assert.equal(threads, 1);
    const claim = (await place.list.claim())!;
    assert.equal(threads, 2);
    await claim.finish("done");
    await place.list.reopen({ first: 1, last: 10 });
    assert.equal(threads, 2);
    assert.deepEqual(await states(place), ["aborted", "unclaimed"]);
  } finally {
    process.off("worker", count);
  }
});

test("eight processes at once finish each batch once, though some claims are given back", async () => {
  const place = await offered(24);
  const script = await bundleFixture("batch-child");
  const children = Array.from({ length: 8 }, () => startNode(script, "work", place.directory, "0.2"));
  const reports = await Promise.all(children.map((child) => child.next()));
  for (const child of children) assert.equal((await child.exit).exitCode, 0, child.stderr());
  // A process that finds all claimed ends, and another one may give one back after that: the last ones are done here.
  const done = reports.flatMap((report) => report?.["done"] as readonly number[]);
  for (let claim = await place.list.claim(); claim !== undefined; claim = await place.list.claim()) {
    await claim.finish("done");
    done.push(claim.batch.range.first);
  }
  assert.deepEqual(done.toSorted((a, b) => a - b), tens(24).map(({ first }) => first));
  assert.deepEqual(new Set(await states(place)), new Set(["done"]));
  assert.deepEqual(readdirSync(place.directory).length, 2, "no lock, no running file");
});

test("however claims, ends and losses follow each other, no batch has two workers, and in the end each is done once", async () => {
  const steps = fc.array(
    fc.tuple(fc.nat(2), fc.constantFrom("claim", "done", "aborted", "failed", "take away", "sweep")),
    { minLength: 5, maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const place = await offered(3);
      const held: (BatchClaim | undefined)[] = [undefined, undefined, undefined];
      const done: number[] = [];
      const finish = async (worker: number, how: "done" | "aborted" | "failed"): Promise<void> => {
        const claim = held[worker];
        held[worker] = undefined;
        if (claim === undefined) return;
        const isOurs = existsSync(join(place.directory, running(claim.batch.range.first)));
        await claim.finish(how).catch((error: { code: string }) => assert.equal(error.code, "LOST"));
        if (how === "done" && isOurs) done.push(claim.batch.range.first);
      };
      const free = ({ state }: { state: string }): boolean => state !== "claimed" && state !== "done";
      for (const [worker, what] of all) {
        if (what === "claim") held[worker] ??= await place.list.claim(free);
        else if (what === "sweep") await place.list.abortStale();
        else if (what !== "take away") await finish(worker, what);
        else if (held[worker] !== undefined) {
          unlinkSync(join(place.directory, running(held[worker].batch.range.first)));
          await finish(worker, "done");
        }
        const firsts = held.flatMap((claim) => claim?.batch.range.first ?? []);
        assert.equal(new Set(firsts).size, firsts.length, "no batch has two workers");
      }
      for (const worker of [0, 1, 2]) await finish(worker, "done");
      await place.list.abortStale();
      for (let claim = await place.list.claim(free); claim !== undefined; claim = await place.list.claim(free)) {
        done.push(claim.batch.range.first);
        await claim.finish("done");
      }
      assert.deepEqual(done.toSorted((a, b) => a - b), [1, 11, 21]);
      assert.deepEqual(await states(place), ["done", "done", "done"]);
    }),
    { numRuns: 6 },
  );
});

test("the batch of a killed process is aborted when nobody touches it, and another claims it; a stopped one finds it lost", async () => {
  const place = await offered(2);
  const script = await bundleFixture("batch-child");
  const held = async (): Promise<Child> => {
    const child = startNode(script, "hold", place.directory);
    assert.equal(typeof (await child.next())?.["first"], "number", child.stderr());
    return child;
  };
  const [killed, stopped] = [await held(), await held()];
  assert.deepEqual(await place.list.abortStale(), [], "both are alive");
  killed.kill("SIGKILL");
  await killed.exit;
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual((await place.list.abortStale()).map(({ range }) => range.first), [1]);
  assert.deepEqual(await states(place), ["aborted", "claimed"]);
  const again = (await place.list.claim())!;
  assert.equal(again.batch.range.first, 1);

  stopped.kill("SIGSTOP");
  const path = join(place.directory, running(11));
  const longAgo = Date.now() / 1000 - 7200;
  await new Promise((resolve) => setTimeout(resolve, 100));
  utimesSync(path, longAgo, longAgo);
  assert.deepEqual((await place.list.abortStale()).map(({ range }) => range.first), [11]);
  stopped.kill("SIGCONT");
  assert.deepEqual(await stopped.next(), { lost: "LOST" });
  assert.deepEqual(await states(place), ["claimed", "aborted"]);
  await again.finish("done");
});

test("a claim that was taken away can be finished by its new owner only", async () => {
  const place = await offered(1);
  const first = (await place.list.claim())!;
  unlinkSync(join(place.directory, running(1)));
  assert.equal((await place.list.abortStale()).length, 1, "claimed without a running file");
  const second = (await place.list.claim())!;
  assert.throws(() => first.verify(), { code: "LOST" });
  await assert.rejects(first.finish("done"), { code: "LOST" });
  assert.deepEqual(await states(place), ["claimed"]);
  second.verify();
  await second.finish("done");
  assert.deepEqual(await states(place), ["done"]);
});

test("the lock of somebody who is gone is taken over, and a running file that was left behind does not keep a batch from being claimed", async () => {
  const place = await offered(1);
  const longAgo = Date.now() / 1000 - 7200;
  for (const name of [`batches-${JOB}.json.lock`, running(1)]) {
    writeFileSync(join(place.directory, name), "elsewhere 4711");
    utimesSync(join(place.directory, name), longAgo, longAgo);
  }
  const claim = (await place.list.claim())!;
  await claim.finish("done");
  assert.deepEqual(await states(place), ["done"]);
});

test("offered again, what is done stays, what lives goes on, all else can be claimed", async () => {
  const place = await offered(4);
  const claims = [(await place.list.claim())!, (await place.list.claim())!, (await place.list.claim())!];
  await claims[0]!.finish("done");
  await claims[1]!.finish("failed");
  let isNew = false;
  const isDone = (range: { first: number }): Promise<boolean> => Promise.resolve([1, 31].includes(range.first));
  await place.list.offer(offerOf(4, { isDone, onNew: () => Promise.resolve(void (isNew = true)) }));
  assert.deepEqual(await states(place), ["done", "aborted", "claimed", "done"]);
  assert.equal(isNew, false);
  await place.list.offer(offerOf(4));
  assert.deepEqual(await states(place), ["aborted", "aborted", "claimed", "aborted"], "files are gone");
  await claims[2]!.finish("aborted");
});

test("a list of other ranges is replaced when nobody works by it, and refused while somebody does", async () => {
  const place = await offered(3);
  const claim = (await place.list.claim())!;
  const ranges = [{ first: 1, last: 15 }, { first: 16, last: 30 }];
  const other = offerOf(3, { ranges, batches: ranges });
  await assert.rejects(place.list.offer(other), { code: "LAYOUT", message: /other page ranges.*process \d+ on/ });
  assert.deepEqual(await states(place), ["claimed", "unclaimed", "unclaimed"]);
  await claim.finish("aborted");
  let isNew = false;
  await place.list.offer({ ...other, onNew: () => Promise.resolve(void (isNew = true)) });
  assert.deepEqual((await place.list.read())!.map(({ range }) => range), ranges);
  assert.equal(isNew, true);
});

test("withdrawn, the list is gone, and who had a batch finds it lost", async () => {
  const place = await offered(2);
  const claim = (await place.list.claim())!;
  assert.equal(await place.list.withdraw(), true);
  await waitUntil(() => claim.lost.aborted);
  await assert.rejects(claim.finish("done"), { code: "LOST" });
  assert.deepEqual(readdirSync(place.directory), []);
});

test("a list that makes no sense is refused by everybody, and stays as it is", async () => {
  const { list } = newList();
  const overlapping = renderBatchFile([newBatch({ first: 1, last: 9 }), newBatch({ first: 5, last: 20 })]);
  writeFileSync(list.path, overlapping);
  for (const use of [() => list.read(), () => list.claim(), () => list.abortStale(), () => list.offer(offerOf(2))]) {
    await assert.rejects(use(), { code: "LAYOUT", message: /batch 2, pages 5-20/ });
  }
  assert.equal(readFileSync(list.path, "utf8"), overlapping);
});

test("a batch whose files did not hold can be claimed again; one that is not done is left as it is", async () => {
  const place = await offered(2);
  await (await place.list.claim())!.finish("done");
  for (const range of tens(2)) await place.list.reopen(range);
  assert.deepEqual(await states(place), ["aborted", "unclaimed"]);
});
