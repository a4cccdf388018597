import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { test } from "node:test";
import { askToEnd, processArguments } from "../../lib/host/other-process.ts";

const skip = process.platform === "linux" ? false : "words of other processes are known on Linux";

test("a process is known by its words, and has none when it has ended", { skip }, async () => {
  const child = spawn("sleep", ["1000"]);
  await once(child, "spawn");
  assert.deepEqual(processArguments(child.pid!), ["sleep", "1000"]);
  const ended = once(child, "exit");
  assert.equal(askToEnd(child.pid!), undefined);
  assert.deepEqual(await ended, [null, "SIGTERM"]);
  assert.deepEqual(processArguments(child.pid!), []);
});

test("to ask a process that is gone is fine", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  assert.equal(askToEnd(child.pid!), undefined);
});
