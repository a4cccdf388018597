import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { CommandError, type SourceError } from "../../../lib/errors.ts";
import { captureText } from "../../../lib/farm/process/capture.ts";
import { runParallel } from "../../../lib/farm/process/parallel.ts";
import { runSeries } from "../../../lib/farm/process/series.ts";
import { fixture } from "../../support/fixtures/fixture.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const scratch = (): string => scratchDirectory("series");

test("a series stops at the first failure and publishes only what succeeded", async () => {
  const directory = scratch();
  const outcome = await runSeries([
    { commands: [fixture("print", "one")], outputPath: join(directory, "one"), outputMode: 0o640 },
    { commands: [fixture("print", "two"), fixture("exit-with", "3")], outputPath: join(directory, "two") },
    { commands: [fixture("print", "three")], outputPath: join(directory, "three") },
  ]);
  assert.equal(outcome.isOk, false);
  assert.equal(outcome.steps.length, 2);
  assert.ok(outcome.error instanceof CommandError);
  assert.deepEqual(await readdir(directory), ["one"]);
  assert.equal(outcome.steps[0]?.file?.byteLength, 3);
});

test("a series can be run again after a failure: its description is not used up", async () => {
  const path = join(scratch(), "out");
  const steps = [{ commands: [fixture("print", "text")], outputPath: path }];
  await runSeries(steps);
  const again = await runSeries(steps);
  assert.equal(again.isOk, true);
  assert.equal(await readFile(path, "utf8"), "text");
});

test("an output that cannot be created fails the step", async () => {
  const { isOk, error } = await runSeries([{ commands: [fixture("pass")], outputPath: "/no/such/directory/out" }]);
  assert.equal(isOk, false);
  assert.equal((error as SourceError).code, "NOT_FOUND");
});

test("parallel series start as soon as one ends, without waiting for a group", async () => {
  // Two places: one is kept by a slow series, the others must all pass through the other place meanwhile.
  const ended: number[] = [];
  const controller = new AbortController();
  const slow = [{ commands: [fixture("never-read")] }];
  const quick = [{ commands: [fixture("print", "x")] }];
  const outcome = await runParallel([slow, quick, quick, quick], {
    concurrency: 2,
    signal: controller.signal,
    onEnd(_, index) {
      ended.push(index);
      if (ended.length === 3) controller.abort(new Error("seen enough"));
    },
  });
  assert.deepEqual(ended, [1, 2, 3, 0]);
  assert.deepEqual(outcome.series.map((one) => one?.isOk), [false, true, true, true]);
  assert.equal((outcome.error as CommandError).code, "ABORTED");
});

test("parallel series are as many as allowed, never more", async () => {
  const directory = scratch();
  let running = 0;
  let most = 0;
  const series = Array.from({ length: 6 }, () => [{ commands: [fixture("meet", directory, "2")] }]);
  const { isOk } = await runParallel(series, {
    concurrency: 2,
    onStderrLine: () => most = Math.max(most, ++running),
    onEnd: () => running--,
  });
  assert.equal(isOk, true);
  assert.equal(most, 2);
});

test("a failure leaves the other series alone, or ends them when asked to", async () => {
  const failing = [{ commands: [fixture("exit-with", "1")] }];
  const fine = [{ commands: [fixture("print", "x")] }];
  const patient = await runParallel([failing, fine], { concurrency: 1 });
  assert.deepEqual(patient.series.map((one) => one?.isOk), [false, true]);

  const slow = [{ commands: [fixture("never-read")] }];
  const strict = await runParallel([failing, slow, fine], { concurrency: 2, stopAtFailure: true });
  assert.equal(strict.isOk, false);
  assert.equal((strict.error as CommandError).code, "EXIT");
  assert.equal(strict.series[1]?.isOk, false);
  assert.equal(strict.series[2], undefined);
});

test("no series at all is a success", async () => {
  assert.deepEqual(await runParallel([], { concurrency: 3 }), { isOk: true, error: undefined, series: [] });
});

test("a concurrency of zero is a mistake of the caller", async () => {
  await assert.rejects(runParallel([], { concurrency: 0 }), RangeError);
});

test("captured text is decoded whole", async () => {
  assert.equal(await captureText([fixture("print", "Zürich €")]), "Zürich €");
});

test("capturing refuses to swallow a flood", async () => {
  await assert.rejects(captureText([fixture("print-for-ever")], { maxBytes: 10_000 }), /printed more than 10000 bytes/);
});

test("capturing throws the failure of the command", async () => {
  await assert.rejects(captureText([fixture("exit-with", "9", "sorry\n")]), {
    code: "EXIT",
    message: /exit code 9: sorry$/,
  });
});
