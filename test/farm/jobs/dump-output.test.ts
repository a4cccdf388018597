import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { EncodeTask } from "../../../lib/bzip2/block-tasks.ts";
import { decompress } from "../../../lib/bzip2/whole.ts";
import { SourceError } from "../../../lib/errors.ts";
import { openCompression } from "../../../lib/farm/jobs/compression.ts";
import { DumpOutput, type OutputOptions } from "../../../lib/farm/jobs/dump-output.ts";
import { createWorkerPool } from "../../../lib/host/worker-pool.ts";
import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";
import { chunkings } from "../../support/chunkings.ts";
import { skipWithoutCommand } from "../../support/oracle.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const OPTIONS: OutputOptions = {
  root: undefined,
  extension: "gz",
  tools: { bzip2: "", gzip: "" },
  signal: new AbortController().signal,
};
const BODY = Buffer.from(Array.from({ length: 30_000 }, (_, n) => `line ${n * 7919}\n`).join(""));

function bunzip(packed: Uint8Array): string {
  return new TextDecoder().decode(decompress(packed));
}

/** Writes pieces as members of one file, and gives the file cut at the ends that were told. */
async function writeMembers(members: readonly (readonly Uint8Array[])[], options: Partial<OutputOptions> = {}) {
  const path = `${scratchDirectory("members")}/out.${options.extension ?? "gz"}`;
  const output = await DumpOutput.open(path, { ...OPTIONS, ...options });
  for (const pieces of members) {
    for (const piece of pieces) {
      output.add(piece);
      await output.settled();
    }
    output.endStream();
    await output.settled();
  }
  const { byteLength } = await output.finish("full");
  await output.publish();
  await output.discard();
  const file = readFileSync(path);
  assert.equal(file.length, byteLength);
  const starts = [0, ...output.streamEnds];
  return { path, file, members: starts.slice(0, -1).map((start, index) => file.subarray(start, starts[index + 1])) };
}

test("members of a gzip file end where the writer says, however it writes, and the file is always the same", async () => {
  const body = BODY.subarray(0, 150_000);
  let first: Buffer | undefined;
  for (const { name, chunks } of [...chunkings(body)].filter(({ chunks }) => chunks.length < 500)) {
    const { file, members } = await writeMembers([[Buffer.from("header\n")], chunks, [Buffer.from("footer\n")]]);
    assert.deepEqual(members.map((member) => gunzipSync(member).toString()), ["header\n", body.toString(), "footer\n"]);
    first ??= file;
    assert.ok(first.equals(file), name);
  }
});

test("members can be written without waiting", async () => {
  const path = `${scratchDirectory("members")}/out.gz`;
  const output = await DumpOutput.open(path, OPTIONS);
  for (let index = 0; index < 20; index++) {
    output.add(BODY.subarray(index, 200_000));
    output.add(Buffer.from(`end of ${index}`));
    output.endStream();
  }
  await output.finish("full");
  await output.publish();
  const file = readFileSync(path);
  const { streamEnds } = output;
  assert.equal(streamEnds.length, 20);
  assert.equal(streamEnds.at(-1), file.length);
  for (const [index, end] of streamEnds.entries()) {
    const text = gunzipSync(file.subarray(streamEnds[index - 1] ?? 0, end)).toString();
    assert.equal(text, `${BODY.subarray(index, 200_000)}end of ${index}`);
  }
});

test("an end that nobody asked for is told by no kind of file", async () => {
  for (const extension of ["gz", "bz2"] as const) {
    const output = await DumpOutput.open(`${scratchDirectory("members")}/out.${extension}`, { ...OPTIONS, extension });
    output.add(Buffer.from("one "));
    output.endStream();
    output.add(Buffer.from("two"));
    const { byteLength } = await output.finish("full");
    assert.equal(output.streamEnds.length, 1);
    assert.ok(output.streamEnds[0]! < byteLength);
    await output.discard();
  }
});

test("a member can be empty; a file without any is one empty member; what follows the last end is one more", async () => {
  const { members } = await writeMembers([[Buffer.from("header")], [], [Buffer.from("footer")]]);
  assert.deepEqual(members.map((member) => gunzipSync(member).toString()), ["header", "", "footer"]);
  const path = `${scratchDirectory("members")}/out.gz`;
  const empty = await DumpOutput.open(path, OPTIONS);
  await empty.finish("full");
  assert.deepEqual(empty.streamEnds, []);
  await empty.publish();
  assert.equal(gunzipSync(readFileSync(path)).length, 0);
  const open = await DumpOutput.open(path, OPTIONS);
  open.add(Buffer.from("one "));
  open.endStream();
  open.add(Buffer.from("two"));
  await open.finish("full");
  assert.equal(open.streamEnds.length, 1);
  await open.publish();
  assert.equal(gunzipSync(readFileSync(path)).toString(), "one two");
});

test("streams of our own bzip2 have their places after a flush, with threads or without", async () => {
  const pool = createWorkerPool({ size: 2 });
  // Some in one block, some in several, and empty ones.
  const texts = ["one", "", ...Array.from({ length: 12 }, (_, n) => BODY.subarray(n, 40_000 * n).toString()), "end"];
  texts.push(Array.from({ length: 400_000 }, (_, n) => `${n * 7919}\n`).join(""));
  const files: Buffer[] = [];
  for (const tools of [OPTIONS.tools, { ...OPTIONS.tools, pool }]) {
    const path = `${scratchDirectory("members")}/out.bz2`;
    const output = await DumpOutput.open(path, { ...OPTIONS, extension: "bz2", tools });
    for (const text of texts) {
      output.add(Buffer.from(text));
      output.endStream();
    }
    await output.flush();
    const ends = [...output.streamEnds];
    assert.equal(output.byteLength, ends.at(-1));
    await output.finish("full");
    assert.deepEqual(output.streamEnds, ends);
    await output.publish();
    const file = readFileSync(path);
    for (const [index, end] of ends.entries()) {
      assert.equal(bunzip(file.subarray(ends[index - 1] ?? 0, end)), texts[index]);
    }
    files.push(file);
  }
  assert.ok(files[0]!.equals(files[1]!));
  await pool.close();
});

test("a revision of many blocks is packed a little at a time", async () => {
  const pool = createWorkerPool({ size: 1 });
  const output = await DumpOutput.open(`${scratchDirectory("members")}/out.bz2`, {
    ...OPTIONS,
    extension: "bz2",
    tools: { ...OPTIONS.tools, pool },
  });
  const block = Buffer.alloc(900_000, BODY);
  let mostAhead = 0;
  const run = pool.run.bind(pool) as WorkerPool["run"];
  let ahead = 0;
  pool.run = (async (task: EncodeTask) => {
    mostAhead = Math.max(mostAhead, ++ahead);
    const answer = await run(task);
    ahead--;
    return answer;
  }) as WorkerPool["run"];
  output.add(Buffer.concat(Array.from({ length: 8 }, () => block)));
  await output.settled();
  await output.finish("full");
  assert.ok(mostAhead >= 1 && mostAhead <= 2, `${mostAhead} blocks at a time`);
  await output.discard();
  await pool.close();
});

test("what is written while a flush goes on comes after it, in order", async () => {
  const pool = createWorkerPool({ size: 2 });
  const pieces: Uint8Array[] = [];
  const compression = openCompression("bz2", { ...OPTIONS.tools, pool }, {
    signal: OPTIONS.signal,
    get byteLength() {
      return pieces.reduce((sum, { length }) => sum + length, 0);
    },
    write: async (bytes) => {
      // Slow, and only then does it look at the bytes.
      await new Promise((resolve) => setTimeout(resolve, 5));
      pieces.push(bytes.slice());
    },
  });
  const texts = Array.from({ length: 12 }, (_, n) => BODY.subarray(n));
  const flushes = texts.map((text) => {
    void compression.write(text);
    void compression.endStream();
    return compression.flush();
  });
  await Promise.all(flushes);
  await compression.close();
  assert.equal(compression.streamEnds.length, texts.length);
  assert.equal(bunzip(Buffer.concat(pieces)), Buffer.concat(texts).toString());
  await pool.close();
});

test("a full disk fails whoever waits for a bzip2 file", async () => {
  const compression = openCompression("bz2", OPTIONS.tools, {
    signal: OPTIONS.signal,
    byteLength: 0,
    write: () => Promise.reject(new SourceError("NO_SPACE", "The disk is full", "out.bz2")),
  });
  const failure = { name: "SourceError", code: "NO_SPACE" };
  for (let round = 0; round < 20; round++) void compression.write(BODY)?.catch(() => undefined);
  compression.endStream()?.catch(() => undefined);
  await assert.rejects(compression.flush(), failure);
  await assert.rejects(async () => await compression.write(BODY), failure);
  await assert.rejects(compression.close(), failure);
  await compression.abort();
});

for (const extension of ["gz", "bz2"] as const) {
  const tool = extension === "gz" ? "gzip" : "bzip2";
  test(`a native ${tool} writes each member`, { skip: skipWithoutCommand(tool) }, async () => {
    const tools = { bzip2: "", gzip: "", [tool]: tool };
    const { path, members } = await writeMembers([[Buffer.from("header\n")], [BODY], []], { extension, tools });
    const texts = members.map((member) =>
      spawnSync(tool, ["-dc"], { input: member, maxBuffer: 1e8 }).stdout.toString()
    );
    assert.deepEqual(texts, ["header\n", BODY.toString(), ""]);
    assert.equal(spawnSync(tool, ["-t", path]).status, 0);
  });
}

test("a native compressor that dies in the second member fails the file, and nothing is left", async () => {
  const directory = scratchDirectory("members");
  const tool = `${directory}/half-gzip`;
  writeFileSync(
    tool,
    `#!/bin/sh\nif [ -e ${directory}/seen ]; then kill -9 $$; fi\ntouch ${directory}/seen\nexec gzip -c\n`,
  );
  chmodSync(tool, 0o755);
  const output = await DumpOutput.open(`${directory}/out.gz`, { ...OPTIONS, tools: { bzip2: "", gzip: tool } });
  output.add(Buffer.from("header"));
  output.endStream();
  for (let round = 0; round < 5; round++) output.add(BODY);
  await assert.rejects(output.finish("full"), { name: "CommandError", code: "SIGNAL" });
  await output.discard();
  assert.deepEqual(readdirSync(directory).sort(), ["half-gzip", "seen"]);
});

test("writing much faster than gzip can pack is held back", async () => {
  const output = await DumpOutput.open(`${scratchDirectory("members")}/out.gz`, OPTIONS);
  let waits = 0;
  for (let round = 0; round < 50; round++) {
    output.add(BODY);
    const settled = output.settled();
    if (settled !== undefined) waits++;
    await settled;
  }
  assert.ok(waits >= 5, `${waits} waits`);
  await output.discard();
});

test("giving up in the middle leaves nothing", async () => {
  const directory = scratchDirectory("members");
  const output = await DumpOutput.open(`${directory}/out.gz`, OPTIONS);
  output.add(BODY);
  output.endStream();
  output.add(BODY);
  await output.discard();
  assert.ok(!existsSync(`${directory}/out.gz.inprog`));
  assert.deepEqual(readdirSync(directory), []);
});
