/** compress, decompress, cat and test with any number of threads: the same in every way, and what threads add. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { SourceError } from "../../lib/errors.ts";
import { createWorkerPool } from "../../lib/host/worker-pool.ts";
import { decodeCarefully } from "../../scripts/bzdump/codec/careful-decoder.ts";
import { through } from "../../scripts/bzdump/io/through.ts";
import { Bzip2EncoderStream } from "../../lib/streams/bzip2-encoder-stream.ts";
import { parallelBzip2Encoder } from "../../lib/streams/parallel-encoder.ts";
import { randomBytes } from "../support/hard-inputs.ts";
import { bzdump, directoryWith, flip, hostileCases, hostileFiles, XML } from "./bzdump-cases.ts";
import type { ScriptRun } from "./run-script.ts";

/** Three blocks that do not compress, so that workers get one each. */
const PLAIN = randomBytes(250_000, 1);
const PACKED = compress(PLAIN, { level: 1 });
const THREADS = ["-n1", "-n3"] as const;

/** Counts the tasks that workers get, and says so at the end. */
const COUNT_TASKS = preload(`
import { Worker, isMainThread } from "node:worker_threads";
import process from "node:process";
const post = Worker.prototype.postMessage;
let count = 0;
Worker.prototype.postMessage = function (...all) { count++; return post.apply(this, all); };
if (isMainThread) process.on("exit", () => process.stderr.write("tasks: " + count + "\\n"));`);

/** Ends each worker that gets a task, as the system does when there is no memory. */
const END_WORKERS = preload(`
import { Worker } from "node:worker_threads";
Worker.prototype.postMessage = function () { void this.terminate(); };`);

function preload(program: string): string {
  return `NODE_OPTIONS="--import data:text/javascript,${encodeURIComponent(program).replaceAll("'", "%27")}" exec "$@"`;
}

test("any number of threads gives the same bytes, messages and exit codes, whatever the files are", async () => {
  const cases = hostileCases(PACKED);
  const cwd = directoryWith({
    ...hostileFiles(cases),
    "good.bz2": PACKED,
    "two.bz2": concatBytes([PACKED, compress(new Uint8Array()), PACKED]),
    "junk.bz2": concatBytes([PACKED, new Uint8Array(9)]),
    "lost.bz2": concatBytes([PACKED, flip(PACKED, 9), PACKED]),
  });
  const names = readdirSync(cwd).sort().join(" ");
  // How far the reading was when an error was found is no promise.
  const told = ({ stdout }: ScriptRun): string => Buffer.from(stdout).toString("latin1").replace(/"bytesIn":\d+/g, "");
  for (const command of [`cat ${names}`, `test --json ${names}`, `blocks -q flip-data.bz2`, `blocks --json two.bz2`]) {
    const runs = await Promise.all(THREADS.map((threads) => bzdump(`${command} ${threads}`, cwd)));
    for (const [i, run] of runs.entries()) {
      assert.deepEqual([run.code, run.stderr], [runs[0]!.code, runs[0]!.stderr], `${command} ${THREADS[i]}`);
      assert.ok(told(run) === told(runs[0]!), `${command} ${THREADS[i]}: stdout differs`);
    }
    if (command.startsWith("cat")) assert.ok(runs[0]!.stdout.length > 8 * PLAIN.length);
  }
  assert.deepEqual(readdirSync(cwd).sort().join(" "), names);
});

test("any number of threads compresses to the same file, which bzdump and a plain reader take", async () => {
  const cwd = directoryWith({ plain: PLAIN, empty: "", "one-byte": "x" });
  for (const threads of THREADS) {
    const { code, stderr } = await bzdump(`compress -1 -f ${threads} plain empty one-byte`, cwd);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(readFileSync(join(cwd, "plain.bz2")), Buffer.from(PACKED), threads);
    assert.deepEqual(readFileSync(join(cwd, "empty.bz2")), Buffer.from(compress(new Uint8Array(), { level: 1 })));
    const back = await bzdump(`decompress -f ${threads} plain.bz2 empty.bz2 one-byte.bz2`, cwd);
    assert.deepEqual([back.code, back.stderr], [0, ""]);
    assert.deepEqual(readFileSync(join(cwd, "plain")), Buffer.from(PLAIN));
  }
});

test("threads work when they are asked for, or the input may be big; a small file needs none", async () => {
  const cwd = directoryWith({ "a.bz2": PACKED });
  const tasksOf = async (args: string, input?: Uint8Array): Promise<number> => {
    const run = await bzdump(args, cwd, { shell: COUNT_TASKS, ...(input === undefined ? {} : { input }) });
    assert.equal(run.code, 0, run.stderr);
    return Number(/tasks: (\d+)/.exec(run.stderr)?.[1]);
  };
  assert.equal(await tasksOf("cat a.bz2"), 0, "a small file");
  assert.equal(await tasksOf("cat -n1 a.bz2"), 0);
  assert.ok(await tasksOf("cat -n2 a.bz2") > 1);
  assert.ok(await tasksOf("compress -1 -n2 -c -", PLAIN) > 1);
  assert.equal(await tasksOf("compress -n2 -c -", XML), 0, "less than a block");
});

test("a thread that ends is told with a remedy, exit code 1, and nothing half-written", async () => {
  const cwd = directoryWith({ "a.bz2": PACKED, plain: PLAIN });
  for (const command of ["decompress -n2 a.bz2", "compress -1 -n2 plain"]) {
    const { code, stderr } = await bzdump(command, cwd, { shell: END_WORKERS });
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^bzdump \w+: (a\.bz2|plain): A worker ended.*\nTry again without workers/);
  }
  assert.deepEqual(readdirSync(cwd).sort(), ["a.bz2", "plain"]);
});

for (const threads of THREADS) {
  test(`a signal ends the work and removes what is not whole (${threads})`, async () => {
    const cwd = directoryWith({});
    const { signal, stdout, stderr } = await bzdump(`compress -1 ${threads} - -o out.bz2`, cwd, {
      input: PLAIN,
      onStart(kill) {
        const timer = setInterval(() => {
          if (!existsSync(join(cwd, "out.bz2.inprog"))) return;
          clearInterval(timer);
          kill("SIGTERM");
        }, 20);
      },
    });
    assert.deepEqual([signal, stdout.length, stderr], ["SIGTERM", 0, "bzdump compress: Interrupted by SIGTERM\n"]);
    assert.deepEqual(readdirSync(cwd), []);
  });

  test(`a reader that leaves early is a quiet end, also while the input stays open (${threads})`, async () => {
    const cwd = directoryWith({});
    const started = performance.now();
    const { code, stderr, stdout } = await bzdump(`cat ${threads}`, cwd, {
      input: PACKED,
      shell: '"$@" | head -c 11; exit ${PIPESTATUS:-0}',
      onStart: () => {},
    });
    assert.deepEqual([code, stderr, stdout.length], [0, "", 11]);
    assert.ok(performance.now() - started < 20_000);
  });
}

/** Some data, then an error: a disk that cannot be read any further. */
function failingAfter(data: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= data.length) throw new SourceError("READ", "It broke", "file");
      controller.enqueue(data.slice(at, at += 50_000));
    },
  }, { highWaterMark: 0 });
}

test("a source that fails takes no good byte with it, and its error is the one that is told", async () => {
  const pool = createWorkerPool({ size: 2 });
  try {
    for (const pooled of [undefined, pool]) {
      for (const cut of [PACKED.subarray(0, -30), PACKED, concatBytes([PACKED, PACKED.subarray(0, 2)])]) {
        let byteLength = 0;
        await assert.rejects(async () => {
          for await (const bytes of decodeCarefully(failingAfter(cut), pooled)) byteLength += bytes.length;
        }, { name: "SourceError", message: "It broke" });
        // Of the shortest, the last block is not whole.
        assert.equal(byteLength, cut.length < PACKED.length ? PLAIN.length - (PLAIN.length % 99_981) : PLAIN.length);
      }
      await assert.rejects(
        async () => {
          for await (const _ of decodeCarefully(failingAfter(flip(PACKED, 32 + 50)), pooled));
        },
        { code: "BLOCK_CRC" },
        "damage that comes before",
      );
    }
  } finally {
    await pool.close();
  }
});

test("an encoder whose source fails does not end its stream as if all were well", async () => {
  const pool = createWorkerPool({ size: 2 });
  try {
    for (const pair of [new Bzip2EncoderStream({ level: 1 }), parallelBzip2Encoder(pool, { level: 1 })]) {
      const parts: Uint8Array[] = [];
      await assert.rejects(async () => {
        for await (const bytes of through(failingAfter(PLAIN), pair, { onFailure: "abort" })) parts.push(bytes);
      }, { message: "It broke" });
      await assert.rejects(async () => {
        for await (const _ of decodeCarefully(new Blob(parts as BlobPart[]).stream(), undefined));
      });
    }
  } finally {
    await pool.close();
  }
});

test("a loop that is left early cancels a source that waits for input", async () => {
  const pool = createWorkerPool({ size: 2 });
  try {
    for (const pooled of [undefined, pool]) {
      let isCancelled = false;
      let isGiven = false;
      const data = new ReadableStream<Uint8Array>({
        async pull(controller): Promise<void> {
          if (isGiven) await new Promise(() => {});
          isGiven = true;
          controller.enqueue(PACKED.slice());
        },
        cancel: () => void (isCancelled = true),
      }, { highWaterMark: 0 });
      for await (const _ of decodeCarefully(data, pooled)) break;
      assert.ok(isCancelled);
    }
  } finally {
    await pool.close();
  }
});
