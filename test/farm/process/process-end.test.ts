import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundleFixture, startNode } from "../../support/child.ts";
import { isAlive, waitUntil } from "../../support/process.ts";

const STUBBORN = fileURLToPath(new URL("../../support/fixtures/ignore-sigterm.mjs", import.meta.url));

let script = "";
before(async () => {
  script = await bundleFixture("pipeline-child");
});

const isTied = spawnSync("setpriv", ["--pdeathsig", "KILL", "--", "true"]).status === 0;
const skip = isTied ? false : "there is no setpriv that knows --pdeathsig";

test("when the process is killed, the kernel ends its commands", { skip }, async () => {
  const child = startNode(script, "SIGKILL", STUBBORN);
  const [pid] = (await child.next())?.["pids"] as number[];
  assert.ok(pid !== undefined && isAlive(pid), child.stderr());
  child.kill("SIGKILL");
  await child.exit;
  await waitUntil(() => !isAlive(pid));
});

for (const way of ["exit", "throw", "SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`when the process ends by "${way}", its commands end too, even those that ignore SIGTERM`, async () => {
    const child = startNode(script, way, STUBBORN);
    const [pid] = (await child.next())?.["pids"] as number[];
    assert.ok(pid !== undefined && isAlive(pid), child.stderr());
    if (way.startsWith("SIG")) child.kill(way as "SIGTERM");
    const exit = await child.exit;
    if (way === "exit") assert.equal(exit.exitCode, 3);
    else if (way === "throw") assert.equal(exit.exitCode, 1);
    else assert.equal(exit.signal, way);
    await waitUntil(() => !isAlive(pid));
  });
}
