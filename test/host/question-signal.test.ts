import assert from "node:assert/strict";
import { once } from "node:events";
import process from "node:process";
import { test } from "node:test";
import { onQuestion } from "../../lib/host/question-signal.ts";

test("SIGUSR2 is answered as often as it comes, and the process goes on", async () => {
  // Listening for a signal keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  let answers = 0;
  const stop = onQuestion(() => void answers++);
  for (let count = 1; count <= 2; count++) {
    const seen = once(process, "SIGUSR2");
    process.kill(process.pid, "SIGUSR2");
    await seen;
    assert.equal(answers, count);
  }
  stop();
  clearInterval(alive);
  assert.equal(process.listenerCount("SIGUSR2"), 0);
});
