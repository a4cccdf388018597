import assert from "node:assert/strict";
import { test } from "node:test";
import { sleep, steadyMs } from "../../lib/host/clock.ts";

test("sleeping takes its time", async () => {
  const startMs = steadyMs();
  await sleep(30);
  assert.ok(steadyMs() - startMs >= 29);
});

test("sleeping ends at once, with the reason, when it is aborted before or while", async () => {
  await assert.rejects(sleep(60_000, { signal: AbortSignal.abort(new Error("before")) }), /before/);
  const controller = new AbortController();
  const sleeping = sleep(60_000, { signal: controller.signal });
  controller.abort(new Error("while"));
  await assert.rejects(sleeping, /while/);
});
