import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { CommandError, SourceError } from "../../../lib/errors.ts";
import { type Command, command, secret, withEnvironment } from "../../../lib/farm/process/command.ts";
import { type PipelineOptions, runPipeline, startPipeline } from "../../../lib/farm/process/pipeline.ts";
import { OutputFile } from "../../../lib/host/output-file.ts";
import { spawnChain } from "../../../lib/host/spawn.ts";
import { isAlive, waitUntil } from "../../support/process.ts";
import { fixture } from "../../support/fixtures/fixture.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const MEGABYTE = 1024 * 1024;

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}

function megabytes(count: number): ReadableStream<Uint8Array> {
  return streamOf(...Array.from({ length: count * 4 }, () => new Uint8Array(MEGABYTE / 4).fill(0x61)));
}

/** A sink that keeps text. */
function textSink() {
  const decoder = new TextDecoder();
  const sink = {
    text: "",
    write(bytes: Uint8Array): undefined {
      sink.text += decoder.decode(bytes, { stream: true });
    },
  };
  return sink;
}

async function failureOf(commands: readonly Command[], options: PipelineOptions = {}): Promise<CommandError> {
  const { isOk, error } = await startPipeline(commands, { output: "ignore", ...options }).outcome;
  assert.equal(isOk, false);
  assert.ok(error instanceof CommandError, String(error));
  return error;
}

test("bytes pass from command to command, all of them", async () => {
  const output = {
    byteLength: 0,
    write: (bytes: Uint8Array) => void (output.byteLength += bytes.byteLength) as undefined,
  };
  const outcome = await runPipeline([fixture("pass"), fixture("pass"), fixture("pass")], {
    input: megabytes(20),
    output,
  });
  assert.equal(output.byteLength, 20 * MEGABYTE);
  assert.deepEqual(outcome.commands.map((one) => one.exitCode), [0, 0, 0]);
});

test("two equal commands in one pipeline are two processes", async () => {
  const pipeline = startPipeline([fixture("pass"), fixture("pass")], {
    input: streamOf(new Uint8Array(3)),
    output: "ignore",
  });
  assert.equal(new Set(pipeline.pids).size, 2);
  assert.equal((await pipeline.outcome).isOk, true);
});

test("without input the first command reads an empty one", async () => {
  const pipeline = startPipeline([fixture("pass")]);
  assert.equal(await new Response(pipeline.stdout).text(), "");
  assert.equal((await pipeline.outcome).isOk, true);
});

test("10 MB on the stderr of the first command do not block the pipeline", async () => {
  const output = textSink();
  const outcome = await runPipeline([fixture("stderr-flood", String(10 * MEGABYTE)), fixture("upper-case")], {
    input: streamOf(new TextEncoder().encode("through")),
    output,
    tailLines: 3,
  });
  assert.equal(output.text, "THROUGH");
  assert.deepEqual(outcome.stderrTail.slice(-1), ["last words"]);
  assert.equal(outcome.stderrTail.length, 3);
});

test("an exit code in the middle fails the pipeline, and the message tells where and why", async () => {
  const error = await failureOf([
    fixture("print", "text"),
    fixture("exit-with", "3", "broken input\n"),
    fixture("pass"),
  ]);
  assert.equal(error.code, "EXIT");
  assert.deepEqual(error.exitCodes, [0, 3, 0]);
  assert.match(
    error.message,
    /exit-with\.mjs 3 'broken input\n' \(2 of 3 in .*\) ended with exit code 3: broken input$/s,
  );
  assert.deepEqual(error.stderrTail, ["broken input"]);
});

test("a command that dies by a signal fails the pipeline", async () => {
  const error = await failureOf([fixture("die-by-signal", "SIGSEGV")]);
  assert.equal(error.code, "SIGNAL");
  assert.deepEqual(error.exitCodes, [-1]);
  assert.match(error.message, /was ended by SIGSEGV/);
});

test("a command that ignores SIGTERM is killed after the grace time", async () => {
  const controller = new AbortController();
  const lines: string[] = [];
  const pipeline = startPipeline([fixture("ignore-sigterm")], {
    output: "ignore",
    signal: controller.signal,
    graceMs: 150,
    onStderrLine: (line) => {
      lines.push(line);
      if (line === "ready") controller.abort(new Error("enough"));
    },
  });
  const { error, commands } = await pipeline.outcome;
  assert.ok(error instanceof CommandError);
  assert.equal(error.code, "ABORTED");
  assert.equal((error.cause as Error).message, "enough");
  assert.equal(commands[0]?.signal, "SIGKILL");
  assert.deepEqual(lines, ["ready", "ignored"]);
});

test("terminating also ends what a command has started, even if that ignores SIGTERM", async () => {
  let helper = 0;
  const pipeline = startPipeline([fixture("start-helper")], {
    output: "ignore",
    onStderrLine: (line) => helper = Number(/^helper (\d+)$/.exec(line)?.[1] ?? 0),
  });
  await waitUntil(() => helper > 0);
  assert.equal(isAlive(helper), true);
  await pipeline.terminate();
  await waitUntil(() => !isAlive(helper));
});

test("a helper that a command leaves behind is ended and does not hold up the outcome", async () => {
  let helper = 0;
  const { isOk, elapsedMs } = await startPipeline([fixture("leave-helper")], {
    output: "ignore",
    onStderrLine: (line) => helper = Number(/^helper (\d+)$/.exec(line)?.[1] ?? 0),
  }).outcome;
  assert.equal(isOk, true);
  assert.ok(elapsedMs < 10_000, `${elapsedMs} ms`);
  assert.ok(helper > 0);
  await waitUntil(() => !isAlive(helper));
});

test("a signal that has aborted already starts nothing", async () => {
  const pipeline = startPipeline([fixture("print", "text")], {
    signal: AbortSignal.abort(),
    input: megabytes(1),
    output: "ignore",
  });
  assert.deepEqual(pipeline.pids, []);
  const { error, commands } = await pipeline.outcome;
  assert.equal((error as CommandError).code, "ABORTED");
  assert.deepEqual(commands.map((one) => one.exitCode), [undefined]);
});

test("a program that does not exist is named, and its neighbours are ended", async () => {
  const error = await failureOf([fixture("never-read"), command("/no/such/program", "-x"), fixture("pass")]);
  assert.equal(error.code, "NOT_FOUND");
  assert.match(error.message, /^Cannot start Command \/no\/such\/program -x \(2 of 3/);
  assert.match(error.remedy, /path/);
  assert.deepEqual(error.exitCodes, [-1, -1, -1]);
});

test("a working directory that does not exist is named", async () => {
  const error = await failureOf([fixture("pass")], { cwd: "/no/such/directory" });
  assert.equal(error.code, "NOT_FOUND");
  assert.match(error.message, /working directory \/no\/such\/directory/);
});

test("arguments that are too long are reported, not thrown", async () => {
  const error = await failureOf([fixture("print", "x".repeat(4 * MEGABYTE))]);
  assert.equal(error.code, "NOT_FOUND");
});

test("a command that stops reading early is a failure, although it ended well", async () => {
  const error = await failureOf([fixture("close-stdin-early")], { input: megabytes(8) });
  assert.equal(error.code, "EXIT");
  assert.match(error.message, /did not read all of its input/);
});

test("a command that ends while its input goes on is noticed without another byte", async () => {
  let isCancelled = false;
  const input = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("something")),
    cancel: () => void (isCancelled = true),
  });
  const error = await failureOf([fixture("close-stdin-early")], { input });
  assert.match(error.message, /did not read all of its input/);
  assert.equal(isCancelled, true);
});

test("an early end can be tolerated, of the input and between commands", async () => {
  const output = textSink();
  const options = { input: megabytes(8), output, tolerateEarlyEnd: true };
  const { isOk } = await startPipeline([fixture("close-stdin-early")], options).outcome;
  assert.equal(isOk, true);
  assert.equal(output.text, "aaaa");

  const chain = await startPipeline([fixture("print-for-ever"), fixture("close-stdin-early")], {
    output: "ignore",
    tolerateEarlyEnd: true,
  }).outcome;
  assert.equal(chain.isOk, true, chain.error?.message);
  assert.deepEqual(chain.commands.map((one) => one.isTolerated), [true, false]);
});

test("without tolerance, a writer that loses its reader fails the pipeline", async () => {
  const error = await failureOf([fixture("print-for-ever"), fixture("close-stdin-early")]);
  assert.equal(error.exitCodes.at(-1), 0);
  assert.match(error.message, /print-for-ever\.mjs \(1 of 2/);
});

test("tolerance does not forgive another failure, nor one of the last command", async () => {
  const first = await failureOf([fixture("exit-with", "7", "no idea\n"), fixture("pass")], { tolerateEarlyEnd: true });
  assert.deepEqual(first.exitCodes, [7, 0]);
  const last = await failureOf([fixture("print-for-ever"), fixture("die-by-signal", "SIGABRT")], {
    tolerateEarlyEnd: true,
  });
  assert.equal(last.code, "SIGNAL");
  assert.match(last.message, /die-by-signal\.mjs SIGABRT \(2 of 2/);
});

test("a reader that leaves ends the pipeline; that is fine if it was allowed", async () => {
  for (const tolerateEarlyEnd of [true, false]) {
    const pipeline = startPipeline([fixture("print-for-ever"), fixture("pass")], { tolerateEarlyEnd });
    const reader = pipeline.stdout.getReader();
    const { value } = await reader.read();
    assert.equal(new TextDecoder().decode(value).startsWith("a line of text"), true);
    await reader.cancel();
    assert.equal((await pipeline.outcome).isOk, tolerateEarlyEnd);
  }
});

test("commands wait while nobody reads their output", async () => {
  const pipeline = startPipeline([fixture("print-for-ever")]);
  const reader = pipeline.stdout.getReader();
  await reader.read();
  const before = process.memoryUsage().arrayBuffers;
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(process.memoryUsage().arrayBuffers - before < 4 * MEGABYTE);
  await reader.cancel();
});

test("stdout ends only when the pipeline ended well, and fails otherwise", async () => {
  const pipeline = startPipeline([fixture("exit-with", "3")], { input: streamOf(new TextEncoder().encode("half")) });
  let text = "";
  await assert.rejects(async () => {
    for await (const chunk of pipeline.stdout) text += new TextDecoder().decode(chunk);
  }, (error: unknown) => error instanceof CommandError && error.code === "EXIT");
  assert.equal(text, "half");
});

test("a pipeline that takes too long is ended", async () => {
  const error = await failureOf([fixture("never-read")], { timeoutMs: 100, input: megabytes(4) });
  assert.equal(error.code, "TIMEOUT");
  assert.match(error.message, /never-read\.mjs did not end within 100 ms$/);
});

test("a silent pipeline is ended, one that waits for input or for its reader is not", async () => {
  const silent = await failureOf([fixture("never-read")], { stallMs: 300 });
  assert.equal(silent.code, "TIMEOUT");
  assert.match(silent.message, /gave no output for 300 ms$/);

  const slow = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      controller.close();
    },
  }, { highWaterMark: 0 });
  await runPipeline([fixture("pass")], { input: slow, output: "ignore", stallMs: 300 });

  const waiting = startPipeline([fixture("print", "text")], { stallMs: 300 });
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.equal(await new Response(waiting.stdout).text(), "text");
});

test("lines of stderr come with their command, letters and line ends intact", async () => {
  const lines: [string, number][] = [];
  await runPipeline([fixture("print", "", "first"), fixture("split-utf8")], {
    output: "ignore",
    onStderrLine: (line, index) => lines.push([line, index]),
  });
  assert.deepEqual(lines.filter(([, index]) => index === 1).map(([line]) => line), ["Zurü", "50 %", "100 %", "no end"]);
  assert.deepEqual(lines.filter(([, index]) => index === 0), [["first", 0]]);
});

test("secrets are struck out of lines and errors", async () => {
  const lines: string[] = [];
  const told = withEnvironment(fixture("exit-with", "1"), { TOKEN: secret("s3cret") });
  const leaking: Command = { ...told, args: [...told.args, secret("password is s3cret\n")] };
  const error = await failureOf([leaking], { onStderrLine: (line) => lines.push(line) });
  assert.deepEqual(lines, ["password is ***"]);
  assert.ok(!JSON.stringify([error, error.message]).includes("s3cret"));
});

test("a listener that throws ends the pipeline", async () => {
  const { error } = await startPipeline([fixture("never-read")], {
    output: "ignore",
    onStderrLine: () => {
      throw new TypeError("a bug in the listener");
    },
  }).outcome;
  assert.equal(error?.message, "a bug in the listener");
});

test("an input that fails ends the pipeline with its error", async () => {
  const input = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new RangeError("no more data")),
  });
  const { error, isOk } = await startPipeline([fixture("pass")], { input, output: "ignore" }).outcome;
  assert.equal(isOk, false);
  assert.equal(error?.message, "no more data");
});

test("an output that fails ends the pipeline with its error", async () => {
  const output = { write: () => Promise.reject(new SourceError("NO_SPACE", "Disk full", "/x")) };
  const { error } = await startPipeline([fixture("print-for-ever")], { output }).outcome;
  assert.ok(error instanceof SourceError);
});

test("output goes to a file with its checksums", async () => {
  const directory = scratchDirectory("pipeline");
  const file = await OutputFile.create(join(directory, "out"));
  await runPipeline([fixture("print", "hello")], { output: file });
  const { md5 } = await file.close();
  await file.publish();
  assert.equal(md5, "5d41402abc4b2a76b9719d911017c592");
  assert.deepEqual(await readdir(directory), ["out"]);
  assert.equal(await readFile(join(directory, "out"), "utf8"), "hello");
});

test("where programs cannot be joined by the kernel, their bytes pass through this process", async () => {
  const { file, args } = fixture("pass");
  const spec = { file, args: args.map(String) };
  const chain = spawnChain([spec, spec], { hasInput: true, onStderr: () => {}, isHandedOver: false });
  const text = new Response(chain.stdout).text();
  await chain.stdin!.write(new TextEncoder().encode("x".repeat(300_000)));
  await chain.stdin!.end();
  assert.equal((await text).length, 300_000);
  assert.deepEqual((await Promise.all(chain.programs.map((one) => one.exit))).map((exit) => exit.exitCode), [0, 0]);
});

test("a pipeline without commands is a mistake of the caller", () => {
  assert.throws(() => startPipeline([]), TypeError);
});
