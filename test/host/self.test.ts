import assert from "node:assert/strict";
import process from "node:process";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { dirname } from "node:path";
import { bundleFixture, type Child, denoPath, skipWithoutDeno, startChild, startNode } from "../support/child.ts";

let script = "";
before(async () => {
  script = await bundleFixture("self-child");
});

async function reportsOf(child: Child): Promise<Record<string, unknown>[]> {
  const reports: Record<string, unknown>[] = [];
  for (let report = await child.next(); report !== undefined; report = await child.next()) reports.push(report);
  assert.deepEqual(await child.exit, { exitCode: 0, signal: null }, child.stderr());
  return reports;
}

const STARTS: readonly (readonly [string, string | false, (...args: string[]) => Child])[] = [
  ["node", false, (...args) => startNode(script, ...args)],
  ["tsx", false, (...args) => {
    const source = fileURLToPath(new URL("../support/fixtures/self-child.ts", import.meta.url));
    return startChild(process.execPath, ["--import", "tsx", source, ...args]);
  }],
  [
    "deno with all permissions",
    skipWithoutDeno,
    (...args) => startChild(denoPath()!, ["run", "-A", "--no-lock", script, ...args]),
  ],
];

for (const [runtime, skip, start] of STARTS) {
  test(`under ${runtime}, a script runs itself as another process with other arguments`, { skip }, async () => {
    const [inner, outer] = await reportsOf(start("outer", "3", "a b", "--flag=x", ""));
    assert.deepEqual(inner?.["rest"], ["a b", "--flag=x", ""]);
    assert.equal(outer?.["exitCode"], 3);
    assert.notEqual(inner?.["pid"], outer?.["pid"]);
  });
}

test("under a restricted Deno, the child may do no more than its parent", { skip: skipWithoutDeno }, async () => {
  const rights = ["--allow-net=127.0.0.1:25", "--allow-env", "--allow-run"];
  const flags = ["--no-prompt", `--allow-read=${dirname(script)}`, ...rights];
  const [inner, outer] = await reportsOf(
    startChild(denoPath()!, ["run", "--no-lock", ...flags, script, "outer", "3", "x"]),
  );
  assert.equal(outer?.["exitCode"], 3);
  assert.equal(inner?.["readsSelf"], true);
  assert.equal(inner?.["readsRoot"], false);
  assert.deepEqual(inner?.["reaches"], ["127.0.0.1:25"], "a server that both have");
});

test("a child that is killed gives 128 and the number of the signal", async () => {
  const [outer] = await reportsOf(startNode(script, "outer", "die"));
  assert.equal(outer?.["exitCode"], 128 + 9);
});

test("a signal is passed on to the child once, and its end is waited for", async () => {
  const child = startNode(script, "outer", "wait");
  await child.next();
  child.kill("SIGINT");
  assert.deepEqual(await reportsOf(child).then((reports) => reports.map(({ pid: _, ...rest }) => rest)), [
    { signals: 1 },
    { exitCode: 5 },
  ]);
});
