import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { CommandError, JobError, LockError } from "../../../lib/errors.ts";
import type { PieceFiles, TaskContext, TaskJob } from "../../../lib/farm/jobs/job.ts";
import { wholePiece } from "../../../lib/farm/jobs/pieces.ts";
import { WHOLE_LAYOUT } from "../../../lib/farm/jobs/run-layout.ts";
import type { PieceChoice } from "../../../lib/farm/run/choose-pieces.ts";
import { JobQueue } from "../../../lib/farm/run/job-queue.ts";
import type { JobFailures } from "../../../lib/farm/run/job-queue.ts";
import { TestFarm } from "../test-farm.ts";
import { NO_SOURCE, stateOfJobs, trackedJob } from "./state-of-jobs.ts";

const NO_FILES: PieceFiles = { files: [], publish: () => Promise.resolve(), discard: () => Promise.resolve() };
const FAILED_COMMAND = new CommandError("EXIT", "php ended with exit code 1", { commandLine: "php" });

/** A task job whose work is a function. */
function task(
  name: string,
  work: (context: TaskContext) => Promise<void>,
  prerequisites: readonly string[] = [],
): TaskJob {
  return {
    kind: "task",
    name,
    title: name,
    detail: "",
    prerequisites,
    pieces: () => wholePiece([{ dumpName: name, extension: "gz" }]),
    run: async (context) => {
      await work(context);
      return NO_FILES;
    },
  };
}

interface QueueRun {
  readonly failures: JobFailures;
  readonly states: Readonly<Record<string, string>>;
  readonly log: readonly string[];
}

async function runQueue(
  context: TestContext,
  jobs: readonly TaskJob[],
  options: {
    config?: string;
    signal?: AbortSignal;
    publish?: () => Promise<void>;
    choice?: PieceChoice;
    onJobChange?: () => Promise<void>;
  } = {},
): Promise<QueueRun> {
  const farm = new TestFarm(context, { wikis: ["tewiki"], keys: options.config ?? "[chunks]\nretryWait=0\n" });
  const { settings } = await farm.wiki("tewiki");
  const log: string[] = [];
  const state = stateOfJobs(Object.fromEntries(jobs.map(({ name }) => [name, "waiting"])));
  const signal = options.signal ?? new AbortController().signal;
  const tracked = jobs.map((definition) => trackedJob(definition, options.choice));
  for (const job of tracked) job.settle(WHOLE_LAYOUT);
  const queue = new JobQueue(tracked, {
    wiki: "tewiki",
    settings,
    source: NO_SOURCE,
    state,
    signal,
    log: (line) => log.push(line),
    unit: {
      output: {
        wiki: "tewiki",
        date: "20260101",
        directory: "/nowhere",
        tempDirectory: "/nowhere",
        tools: { bzip2: "", gzip: "" },
        verify: "full",
        signal,
      },
      textMismatch: "fail",
      onProgress: () => undefined,
      publish: async (piece, files) => {
        await options.publish?.();
        piece.job.finishPiece(piece, files.files);
      },
    },
    filesOf: () => [],
    checkMaintenance: () => Promise.resolve(),
    onJobChange: options.onJobChange ?? (() => Promise.resolve()),
  });
  const failures = await queue.run();
  return { failures, log, states: Object.fromEntries(state.status.jobs.map((job) => [job.name, job.state])) };
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => open = resolve);
  return { opened, open };
}

test("as many units as there are slots are at work; the next begins as soon as one ends, whatever the others do", async (context) => {
  const slow = gate();
  const order: string[] = [];
  let active = 0;
  let most = 0;
  const counted = (name: string, work: () => Promise<void>) =>
    task(name, async () => {
      order.push(name);
      most = Math.max(most, ++active);
      await work();
      active--;
    });
  const quick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
  const { states } = await runQueue(context, [
    counted("slow", () => slow.opened),
    counted("one", quick),
    counted("two", quick),
    counted("three", () => Promise.resolve(slow.open())),
  ], { config: "[misc]\nslots=2\n" });
  assert.deepEqual(order, ["slow", "one", "two", "three"]);
  assert.equal(most, 2);
  assert.deepEqual(new Set(Object.values(states)), new Set(["done"]));
});

test("what fails because of a program is tried again, as often as maxRetries says", async (context) => {
  let attempts = 0;
  const flaky = task("flaky", () => ++attempts < 3 ? Promise.reject(FAILED_COMMAND) : Promise.resolve());
  const good = await runQueue(context, [flaky]);
  assert.equal(attempts, 3);
  assert.equal(good.states.flaky, "done");
  assert.equal(good.failures.size, 0);

  attempts = -100;
  const bad = await runQueue(context, [flaky], { config: "[chunks]\nretryWait=0\n[misc]\nmaxRetries=2\n" });
  assert.equal(attempts, -97);
  assert.equal(bad.states.flaky, "failed");
  assert.equal(bad.failures.get("flaky"), FAILED_COMMAND);
});

test("what would fail again is not tried again", async (context) => {
  let attempts = 0;
  const error = new JobError("MISMATCH", "1 text does not match", { wiki: "tewiki" });
  const { states } = await runQueue(context, [task("texts", () => (attempts++, Promise.reject(error)))]);
  assert.equal(attempts, 1);
  assert.equal(states.texts, "failed");
});

test("the pause before another attempt is waited for, while other jobs go on", async (context) => {
  const log: string[] = [];
  let isFirst = true;
  const flaky = task("flaky", () => {
    log.push("flaky");
    if (!isFirst) return Promise.resolve();
    isFirst = false;
    return Promise.reject(FAILED_COMMAND);
  });
  const other = task("other", () => Promise.resolve(void log.push("other")));
  await runQueue(context, [flaky, other], { config: "[chunks]\nretryWait=1\n[misc]\nslots=1\n" });
  assert.deepEqual(log, ["flaky", "other", "flaky"]);
});

test("a job whose prerequisite failed fails without being begun; one whose prerequisite is not there waits", async (context) => {
  let begun = 0;
  const begin = (): Promise<void> => Promise.resolve(void begun++);
  const first = task("first", () => Promise.reject(new JobError("FAILED", "no", { wiki: "tewiki" })));
  const { states, failures } = await runQueue(context, [
    first,
    task("second", begin, ["first"]),
    task("third", begin, ["absent"]),
  ]);
  assert.equal(begun, 0);
  assert.deepEqual(states, { first: "failed", second: "failed", third: "waiting" });
  assert.equal((failures.get("second") as JobError).code, "PREREQUISITE");
  assert.equal((failures.get("third") as JobError).code, "PREREQUISITE");
});

test("a job waits for its prerequisite, also while that is tried again", async (context) => {
  const order: string[] = [];
  let attempts = 0;
  const first = task("first", () => {
    order.push("first");
    return ++attempts < 2 ? Promise.reject(FAILED_COMMAND) : Promise.resolve();
  });
  const { states } = await runQueue(context, [
    first,
    task("second", () => Promise.resolve(void order.push("second")), ["first"]),
  ]);
  assert.deepEqual(order, ["first", "first", "second"]);
  assert.deepEqual(states, { first: "done", second: "done" });
});

test("a lost lock ends the run: nothing more is begun, and no job is done", async (context) => {
  const lost = new LockError("LOST", "The lock is gone", "/nowhere/lock");
  let begun = 0;
  const jobs = ["one", "two", "three"].map((name) => task(name, () => Promise.resolve(void begun++)));
  await assert.rejects(
    runQueue(context, jobs, { config: "[misc]\nslots=1\n", publish: () => Promise.reject(lost) }),
    lost,
  );
  assert.equal(begun, 1);
});

test("an abort ends the run when the units at work have ended", async (context) => {
  const controller = new AbortController();
  let hasEnded = false;
  const slow = task("slow", ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => setTimeout(() => (hasEnded = true, reject(signal.reason)), 5));
      controller.abort(new Error("enough"));
    }));
  await assert.rejects(runQueue(context, [slow], { signal: controller.signal }), { message: "enough" });
  assert.equal(hasEnded, true);
});

test("a job whose files are all there is done without being begun", async (context) => {
  let begun = 0;
  const pack = task("pack", () => Promise.resolve(void begun++));
  const { states, failures, log } = await runQueue(context, [pack], { choice: "keep" });
  assert.deepEqual(states, { pack: "done" });
  assert.equal(failures.size, 0);
  assert.equal(begun, 0);
  assert.deepEqual(log, ["Job pack is done"]);
});

test("what ends the run ends it also when it comes while another job is being settled", async (context) => {
  const lost = new LockError("LOST", "The lock is gone", "/nowhere/lock");
  const settling = gate();
  let begun = 0;
  const jobs = [
    task("quick", () => Promise.resolve()),
    task("losing", () => settling.opened.then(() => Promise.reject(lost))),
    task("later", () => Promise.resolve(void begun++)),
  ];
  const onJobChange = async (): Promise<void> => {
    settling.open();
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await assert.rejects(runQueue(context, jobs, { config: "[misc]\nslots=2\n", onJobChange }), lost);
  assert.equal(begun, 0);
});
