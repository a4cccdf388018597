import assert from "node:assert/strict";
import process from "node:process";
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, test } from "node:test";
import { defineCommand } from "../../lib/cli/options.ts";
import { runCommand } from "../../lib/cli/run-command.ts";
import { LockError } from "../../lib/errors.ts";
import { StdoutClosedError } from "../../lib/host/terminal.ts";
import { memorySink } from "../support/memory-sink.ts";

const COMMAND = defineCommand({
  name: "demo verb",
  summary: "Does what the test wants.",
  options: { json: { kind: "flag", text: "JSON" } },
  positionals: [{ name: "word", text: "a word", isOptional: true }],
  examples: [{ command: "demo verb a", text: "does a" }, { command: "demo verb b", text: "does b" }],
});

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  args: readonly string[],
  work: () => Promise<number | void> = () => Promise.resolve(),
): Promise<Result> {
  const stdout = memorySink();
  const stderr = memorySink();
  const code = await runCommand(COMMAND, work, { args, stdout, stderr });
  assert.equal(process.exitCode, code);
  return { code, out: stdout.text(), err: stderr.text() };
}

describe("run-command", () => {
  afterEach(() => {
    process.exitCode = undefined;
  });

  test("gives the code that the work returns, 0 for nothing", async () => {
    assert.deepEqual(await run([], () => Promise.resolve(255)), { code: 255, out: "", err: "" });
    assert.deepEqual(await run([]), { code: 0, out: "", err: "" });
  });

  test("prints help on stdout and does no work", async () => {
    const { code, out, err } = await run(["--help", "--nonsense"], () => assert.fail("It worked"));
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^Usage: demo verb/);
  });

  test("prints the version with the runtime, as text or JSON", async () => {
    assert.match((await run(["--version"])).out, /^demo \d+\.\d+\.\d+ \((node|deno|bun) \d+\.\d+\.\d+\)\n$/);
    assert.deepEqual(Object.keys(JSON.parse((await run(["-V", "--json"])).out)), ["schema", "version", "runtime"]);
  });

  test("tells wrong usage in a line, points to the help page, and gives 2", async () => {
    const { code, out, err } = await run(["--jsn"], () => assert.fail("It worked"));
    assert.deepEqual([code, out], [2, ""]);
    assert.equal(err, "demo verb: Unknown option --jsn\nDid you mean --json? Try demo verb --help\n");
  });

  test("tells errors of the work on stderr and gives their code", async () => {
    const held = (): Promise<void> => Promise.reject(new LockError("HELD", "Lock is held", "/l", { remedy: "Wait" }));
    assert.deepEqual(await run(["a"], held), { code: 6, out: "", err: "demo verb: Lock is held\nWait\n" });
    const { code, err } = await run(["a", "--json"], held);
    assert.equal(code, 6);
    assert.equal(JSON.parse(err).code, "HELD");
  });

  test("takes a --json after -- for what it is, a word", async () => {
    const { err } = await run(["--", "--json"], () => Promise.reject(new LockError("HELD", "Lock is held", "/l")));
    assert.equal(err, "demo verb: Lock is held\n");
  });

  test("ends quietly with 0 when the reader has gone", async () => {
    assert.deepEqual(await run([], () => Promise.reject(new StdoutClosedError())), { code: 0, out: "", err: "" });
  });
});

describe("a real process", () => {
  const script = fileURLToPath(new URL("../support/fixtures/lines-command.ts", import.meta.url));
  const tsx = ["--import", "tsx", script];

  test("prints its output whole and sets its exit code", () => {
    const { status, stdout } = spawnSync(process.execPath, [...tsx, "--count=50000", "--code=7"], { encoding: "utf8" });
    assert.equal(status, 7);
    assert.equal(stdout.split("\n").length, 50001);
  });

  test("ends quietly with 0 and does its last things when its reader leaves", async () => {
    const child = spawn(process.execPath, [...tsx, "--count=1000000"], { stdio: ["ignore", "pipe", "pipe"] });
    let err = "";
    child.stderr.on("data", (chunk: Uint8Array) => void (err += String(chunk)));
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.stdout.destroy();
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.on("close", (...end) => resolve(end))
    );
    assert.deepEqual([code, signal, err], [0, null, "cleaned up\n"]);
  });

  test("does not mind a closed stderr", async () => {
    const child = spawn(process.execPath, [...tsx, "--noise", "--count=3"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stderr.destroy();
    let out = "";
    child.stdout.on("data", (chunk: Uint8Array) => void (out += String(chunk)));
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.deepEqual([code, out], [0, "line 0\nline 1\nline 2\n"]);
  });
});
