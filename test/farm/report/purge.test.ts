import assert from "node:assert/strict";
import fc from "fast-check";
import test from "node:test";
import { planPurge, type PurgeCandidate } from "../../../lib/farm/report/purge.ts";

function run(date: string, marks = ""): PurgeCandidate {
  return { date, isComplete: marks.includes("c"), isLocked: marks.includes("l") };
}

function removed(runs: readonly PurgeCandidate[], keepCount: number, currentDate?: string): string[] {
  return planPurge(runs, { keepCount, currentDate }).filter(({ action }) => action === "remove").map(({ date }) =>
    date
  );
}

test("the newest complete runs stay, the current one not counted", () => {
  const runs = ["20260101", "20260201", "20260301", "20260401"].map((date) => run(date, "c"));
  assert.deepEqual(removed(runs, 2, "20260401"), ["20260101"]);
  assert.deepEqual(removed(runs, 3, "20260401"), []);
  assert.deepEqual(removed(runs, 2), ["20260201", "20260101"]);
});

test("empty and broken runs never push out complete ones", () => {
  const runs = [
    run("20260101", "c"),
    run("20260201", "c"),
    run("20260301"),
    run("20260302"),
    run("20260303"),
    run("20260304"),
  ];
  assert.deepEqual(removed(runs, 2, "20260304"), []);
  assert.deepEqual(removed(runs, 1, "20260304"), ["20260101"]);
});

test("keep 0 removes the others, but never the current, a locked or the last complete one", () => {
  const runs = [run("20260101", "l"), run("20260201", "c"), run("20260301", "c"), run("20260401"), run("20260501")];
  assert.deepEqual(removed(runs, 0, "20260501"), ["20260401", "20260201"]);
});

test("a run that is being done again stays, however old it is", () => {
  const runs = ["20260101", "20260201", "20260301"].map((date) => run(date, "c"));
  assert.deepEqual(removed(runs, 1, "20260101"), ["20260201"]);
});

test("the plan says why", () => {
  const plan = planPurge([run("20260101", "c"), run("20260201", "c"), run("20260301", "l")], {
    keepCount: 1,
    currentDate: undefined,
  });
  assert.deepEqual(plan.map(({ reason }) => reason), [
    "locked",
    "the last complete run",
    "1 newer complete run is kept",
  ]);
});

test("whatever the runs are: protected ones stay, the count is kept, and removal goes on from the oldest", () => {
  const dates = fc.uniqueArray(fc.integer({ min: 20260101, max: 20260128 }).map(String), { maxLength: 12 });
  const arbitrary = fc.tuple(
    dates,
    fc.infiniteStream(fc.constantFrom("", "c", "l", "cl")),
    fc.integer({ min: 0, max: 5 }),
    fc.boolean(),
  );
  fc.assert(fc.property(arbitrary, ([names, marks, keepCount, hasCurrent]) => {
    const runs = names.map((date) => run(date, marks.next().value));
    const current = hasCurrent ? names.at(0) : undefined;
    const gone = new Set(removed(runs, keepCount, current));
    const newestComplete = [...runs].filter((one) => one.isComplete).map((one) => one.date).sort().at(-1);
    assert.ok(current === undefined || !gone.has(current));
    assert.ok(newestComplete === undefined || !gone.has(newestComplete));
    assert.ok(runs.every((one) => !one.isLocked || !gone.has(one.date)));
    const othersComplete = runs.filter((one) => one.isComplete && one.date !== current);
    const kept = othersComplete.filter((one) => !gone.has(one.date));
    assert.ok(kept.length >= Math.min(keepCount, othersComplete.length));
  }));
});
