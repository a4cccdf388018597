/** Pools of threads and of Web Workers: they start, answer, end, and run everywhere. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BlockDecoder } from "../../lib/bzip2/block-decoder.ts";
import type { DecodeTask } from "../../lib/bzip2/block-tasks.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { createWorkerPool } from "../../lib/host/worker-pool.ts";
import { WorkerError } from "../../lib/streams/worker-error.ts";
import { makeWorkerProgram } from "../../tools/worker-program.ts";
import { bundleFixture, denoPath, skipWithoutDeno, startChild, startNode } from "../support/child.ts";
import { randomBytes } from "../support/hard-inputs.ts";
import { skipWithoutCommand } from "../support/oracle.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIXTURE = join(ROOT, "test/support/fixtures/parallel-round-trip.ts");
const WEB_FIXTURE = join(ROOT, "test/support/fixtures/parallel-round-trip-web.ts");

const FILE = compress(randomBytes(900_000, 1), { level: 9 });

function task(): DecodeTask {
  return { kind: "decode", input: FILE.slice(), bitOffsets: [32], levels: [9] };
}

test("a pool decodes and encodes", async () => {
  const pool = createWorkerPool({ size: 2 });
  const [first, second] = await Promise.all([
    pool.run(task()),
    pool.run({ kind: "encode", block: new Uint8Array([97]), crc: 0 }),
  ]);
  const expected = new BlockDecoder().decode(FILE, 32, 9);
  assert.deepEqual([...first.table], [expected.bitEnd - 32, expected.crc | 0, expected.bytes.length]);
  assert.deepEqual(first.bytes, expected.bytes);
  assert.equal(first.input.length, FILE.length);
  assert.ok(second.bitLength > 0);
  await pool.close();
});

test("a pool has as many workers as there are processors, and at least one", async () => {
  const pool = createWorkerPool();
  assert.ok(pool.size >= 1);
  await pool.close();
  for (const size of [0, -1, 1.5, Number.NaN]) assert.throws(() => createWorkerPool({ size }), RangeError);
});

test("closing fails what waits and what runs, and later tasks", async () => {
  const pool = createWorkerPool({ size: 1 });
  const tasks = [pool.run(task()), pool.run(task())].map((promise) => assert.rejects(promise, isError("CLOSED")));
  await pool.close();
  await Promise.all(tasks);
  await assert.rejects(pool.run(task()), isError("CLOSED"));
  await pool.close();
});

test("a signal gives up a task that runs, one that waits, and none of the others", async () => {
  const pool = createWorkerPool({ size: 1 });
  const [running, waiting] = [new AbortController(), new AbortController()];
  const first = assert.rejects(pool.run(task(), { signal: running.signal }), /first/);
  const second = assert.rejects(pool.run(task(), { signal: waiting.signal }), /second/);
  const third = pool.run(task());
  waiting.abort(new Error("second"));
  running.abort(new Error("first"));
  await Promise.all([first, second]);
  assert.equal((await third).bytes.length, 900_000 - 19);
  await assert.rejects(pool.run(task(), { signal: AbortSignal.abort(new Error("before")) }), /before/);
  await pool.close();
});

test("a task that fails in its worker fails, and the worker goes on", async () => {
  const pool = createWorkerPool({ size: 1 });
  await assert.rejects(pool.run({ ...task(), bitOffsets: undefined as never }), isError("FAILED"));
  assert.ok((await pool.run(task())).bytes.length > 0);
  await pool.close();
});

test("the worker's program is what the sources give", async () => {
  const current = readFileSync(join(ROOT, "lib/streams/worker-program.ts"), "utf8");
  assert.equal(current, await makeWorkerProgram(), "run npx tsx tools/worker-program.ts");
});

test("from source, idle workers do not keep the process", async () => {
  await assertRoundTrip(startNode("--import", "tsx", FIXTURE));
});

test("with a pool, a pipe at stdout still blocks writeSync", async () => {
  const child = startNode(await bundleFixture("parallel-write-sync"));
  let lines = 0;
  for (let line = await child.next(); line !== undefined; line = await child.next()) lines++;
  assert.equal((await child.exit).exitCode, 0, child.stderr());
  assert.equal(lines, 20_000);
});

test("it runs from a bundle of one file", async () => {
  await assertRoundTrip(startNode(await bundleFixture("parallel-round-trip")));
});

test("it runs on Deno, from source and from a bundle", { skip: skipWithoutDeno }, async () => {
  await assertRoundTrip(startChild(denoPath()!, ["run", "-A", "--no-check", FIXTURE]));
  await assertRoundTrip(startChild(denoPath()!, ["run", "-A", await bundleFixture("parallel-round-trip")]));
});

test("Web Workers run on Deno", { skip: skipWithoutDeno }, async () => {
  await assertRoundTrip(startChild(denoPath()!, ["run", "--no-check", WEB_FIXTURE]));
});

test("it runs on Bun", { skip: skipWithoutCommand("bun") }, async () => {
  await assertRoundTrip(startChild("bun", ["run", FIXTURE]));
});

const built = join(ROOT, "dist/lib/host/worker-pool.js");
test("it runs from dist/lib", { skip: existsSync(built) ? false : "dist/lib is not built, or older" }, async () => {
  const { createWorkerPool: create } = await import(pathToFileURL(built).href) as {
    createWorkerPool: typeof createWorkerPool;
  };
  const pool = create({ size: 1 });
  assert.equal((await pool.run(task())).table.length, 3);
  await pool.close();
});

test("Web Workers run in Chromium", { skip: skipWithoutCommand("chromium") }, async (context) => {
  const script = await bundleFixture("parallel-round-trip-web");
  const page = `<!doctype html><script type="module">${readFileSync(script, "utf8")}</script>`;
  const answer = await answerOfBrowser(page, (undo) => context.after(undo));
  assert.deepEqual(JSON.parse(answer), { isSame: true, packedBytes: JSON.parse(answer).packedBytes });
});

async function assertRoundTrip(child: ReturnType<typeof startChild>): Promise<void> {
  const answer = await child.next();
  const { exitCode } = await child.exit;
  assert.equal(exitCode, 0, child.stderr());
  assert.equal(answer?.["isSame"], true, child.stderr());
}

/** Serves a page, opens it in a browser without window, and waits for what it posts. */
async function answerOfBrowser(page: string, cleanUp: (undo: () => void) => void): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), "wikidump-browser-"));
  writeFileSync(join(profile, "First Run"), "");
  return await new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      if (request.method !== "POST") return response.setHeader("content-type", "text/html").end(page);
      let body = "";
      request.on("data", (bytes) => body += bytes).on("end", () => (response.end(), resolve(body)));
    });
    server.listen(0, "127.0.0.1", () => {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
      const browser = spawn("chromium", [...options, `--user-data-dir=${profile}`, address], {
        stdio: ["ignore", "ignore", "pipe"],
        detached: true,
      });
      let stderr = "";
      browser.stderr.on("data", (bytes) => stderr += bytes);
      browser.on("error", reject);
      const timer = setTimeout(() => reject(new Error(`the browser did not answer: ${stderr}`)), 30_000);
      cleanUp(() => {
        clearTimeout(timer);
        try {
          process.kill(-browser.pid!, "SIGKILL");
        } catch { /* it has ended */ }
        server.closeAllConnections();
        server.close();
        rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      });
    });
  });
}

function isError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof WorkerError && error.code === code;
}
