import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { test } from "node:test";
import { CommandError } from "../../../lib/errors.ts";
import { command } from "../../../lib/farm/process/command.ts";
import { CommandFilter } from "../../../lib/farm/process/command-filter.ts";
import { filterStream } from "../../../lib/farm/process/filter-stream.ts";
import { chunkings } from "../../support/chunkings.ts";
import { fixture } from "../../support/fixtures/fixture.ts";
import { skipWithoutCommand } from "../../support/oracle.ts";
import { isAlive, waitUntil } from "../../support/process.ts";

function collector() {
  const sink = {
    parts: [] as Uint8Array[],
    write(bytes: Uint8Array): undefined {
      sink.parts.push(bytes);
    },
    text: () => new TextDecoder().decode(new Uint8Array(sink.parts.flatMap((part) => [...part]))),
  };
  return sink;
}

const isExit = (error: unknown): boolean => error instanceof CommandError && error.code === "EXIT";

test("a command filter gives what the command makes of the bytes, however they are cut", async () => {
  const bytes = new TextEncoder().encode("some words ".repeat(7000));
  const some = [...chunkings(bytes)].filter(({ chunks }) => chunks.length < 2000);
  assert.ok(some.length >= 3);
  for (const { name, chunks } of some) {
    const output = collector();
    const filter = new CommandFilter([fixture("upper-case")], output);
    for (const chunk of chunks) {
      await filter.write(chunk);
      chunk.fill(0);
    }
    await filter.end();
    assert.equal(output.text(), "SOME WORDS ".repeat(7000), name);
  }
});

test("many small writes need few waits", async () => {
  const filter = new CommandFilter([fixture("pass")], collector());
  let waits = 0;
  for (let i = 0; i < 100_000; i++) {
    const wait = filter.write(Uint8Array.of(1, 2, 3));
    if (wait !== undefined) waits++;
    await wait;
  }
  await filter.end();
  assert.ok(waits < 20, `${waits} waits`);
});

test("a command filter without bytes ends well", async () => {
  const output = collector();
  const filter = new CommandFilter([fixture("pass")], output);
  await filter.end();
  assert.equal(output.text(), "");
});

test("a command that fails at the end makes end() fail", async () => {
  const filter = new CommandFilter([fixture("exit-with", "3")], collector());
  await filter.write(new Uint8Array(10));
  await assert.rejects(filter.end(), isExit);
});

test("a command that dies makes writing fail, and does not hang", async () => {
  const filter = new CommandFilter([fixture("die-by-signal", "SIGKILL")], collector());
  await assert.rejects(async () => {
    for (let i = 0; i < 1000; i++) await filter.write(new Uint8Array(100_000));
  }, (error: unknown) => error instanceof CommandError && error.code === "SIGNAL");
  await assert.rejects(filter.end());
});

test("writing waits for a command that does not read, and abort ends it", async () => {
  const filter = new CommandFilter([fixture("never-read")], collector());
  let taken = 0;
  const writing = (async () => {
    for (; taken < 1000; taken++) await filter.write(new Uint8Array(100_000));
  })();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(taken < 20, `${taken} chunks taken`);
  await filter.abort();
  await assert.rejects(writing, (error: unknown) => error instanceof CommandError && error.code === "ABORTED");
  for (const pid of filter.pids) await waitUntil(() => !isAlive(pid));
});

test("a filter stream passes bytes through a command", async () => {
  const through = new Blob(["x".repeat(500_000)]).stream().pipeThrough(filterStream(fixture("upper-case")));
  assert.equal(await new Response(through).text(), "X".repeat(500_000));
});

test("a filter stream through gzip gives what gunzip understands", { skip: skipWithoutCommand("gzip") }, async () => {
  const text = Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join("");
  const through = new Blob([text]).stream().pipeThrough(filterStream(command("gzip", "-c")));
  assert.equal(gunzipSync(await new Response(through).arrayBuffer()).toString(), text);
});

test("when the command of a filter stream fails, its output fails, after the bytes that came", async () => {
  const through = new Blob(["half"]).stream().pipeThrough(filterStream(fixture("exit-with", "3")));
  let text = "";
  await assert.rejects(async () => {
    for await (const chunk of through) text += new TextDecoder().decode(chunk);
  }, isExit);
  assert.equal(text, "half");
});

test("when the command of a filter stream cannot be started, both sides say so", async () => {
  const { readable, writable } = filterStream(command("/no/such/compressor", "-c"));
  const isNotFound = (error: unknown): boolean => error instanceof CommandError && error.code === "NOT_FOUND";
  await assert.rejects(readable.getReader().read(), isNotFound);
  await assert.rejects(writable.getWriter().write(new Uint8Array(100_000)), isNotFound);
});

test("aborting the input of a filter stream ends the command and fails the output", async () => {
  const { readable, writable } = filterStream(fixture("pass"));
  const reading = new Response(readable).text();
  const writer = writable.getWriter();
  await writer.write(new Uint8Array(100_000));
  await writer.abort(new Error("changed my mind"));
  await assert.rejects(reading);
});

test("cancelling the output of a filter stream ends the command", async () => {
  const { readable, writable } = filterStream(fixture("pass"));
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  await writer.write(new Uint8Array(100_000));
  await readable.cancel();
  await assert.rejects(async () => {
    for (let i = 0; i < 1000; i++) await writer.write(new Uint8Array(100_000));
  });
});

test("a filter stream gives nothing while nobody reads", async () => {
  const { readable, writable } = filterStream(fixture("pass"));
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  let taken = 0;
  const writing = (async () => {
    for (; taken < 1000; taken++) await writer.write(new Uint8Array(100_000));
  })();
  writing.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(taken < 30, `${taken} chunks taken`);
  await readable.cancel();
});
