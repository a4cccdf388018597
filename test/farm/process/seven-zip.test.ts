import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { findProgram } from "../../../lib/host/find-program.ts";
import { findSevenZip, listSevenZip, openSevenZip, writeSevenZip } from "../../../lib/farm/process/seven-zip.ts";
import { streamFrom } from "../../../lib/streams/stream-from.ts";
import { pieces } from "../../support/chunkings.ts";
import { skipWithoutCommand } from "../../support/oracle.ts";
import { scratchDirectory } from "../../support/scratch.ts";

const skip = skipWithoutCommand("7za");
const TEXT = new TextEncoder().encode(Array.from({ length: 200_000 }, (_, n) => `line ${n * 7919}\n`).join(""));

/** An archive of some bytes, written in chunks of this size. */
async function archive(bytes: Uint8Array, chunkBytes: number, memberName = "a dump.xml"): Promise<string> {
  const path = `${scratchDirectory("archive")}/-a dump.7z`;
  const data = streamFrom(async function* () {
    yield* pieces(bytes, () => chunkBytes);
  }());
  await writeSevenZip(data, path, { tool: findSevenZip(""), memberName });
  return path;
}

const textOf = async (stream: ReadableStream<Uint8Array>): Promise<string> => await new Response(stream).text();

test(
  "what is packed is listed and read, whatever the chunks; spaces and dashes in names do no harm",
  { skip },
  async () => {
    const text = new TextDecoder().decode(TEXT);
    for (const chunkBytes of [1_000_003, 65_536, 4093]) {
      const path = await archive(TEXT, chunkBytes);
      const tool = findSevenZip("7za");
      assert.deepEqual(await listSevenZip(path, { tool }), [{ name: "a dump.xml", byteLength: TEXT.length }]);
      assert.ok(await textOf(openSevenZip(path, { tool })) === text);
      assert.equal(spawnSync("7za", ["t", path]).status, 0);
    }
    const empty = await archive(new Uint8Array(0), 1);
    assert.equal(await textOf(openSevenZip(empty, { tool: findSevenZip("") })), "");
  },
);

test("an archive that is cut, damaged, absent or none fails, also when part of it was given", { skip }, async () => {
  const tool = findSevenZip("");
  const cut = await archive(TEXT, 65_536);
  truncateSync(cut, readFileSync(cut).length - 40);
  const damaged = await archive(TEXT, 65_536);
  const bytes = readFileSync(damaged);
  bytes[bytes.length >> 1]! ^= 0xff;
  writeFileSync(damaged, bytes);
  const none = `${scratchDirectory("archive")}/none.7z`;
  writeFileSync(none, "not an archive");
  for (const path of [cut, damaged, none, "/nowhere/x.7z"]) {
    await assert.rejects(textOf(openSevenZip(path, { tool })), { name: "CommandError", code: "EXIT" }, path);
  }
  await assert.rejects(listSevenZip(none, { tool }), { code: "EXIT" });
});

test("a reader that leaves ends the tool; an abort fails the reading", { skip }, async () => {
  const path = await archive(TEXT, 65_536);
  const reader = openSevenZip(path, { tool: findSevenZip("") }).getReader();
  await reader.read();
  await reader.cancel();
  const controller = new AbortController();
  const other = openSevenZip(path, { tool: findSevenZip(""), signal: controller.signal }).getReader();
  await other.read();
  controller.abort();
  await assert.rejects(
    (async () => {
      while (!(await other.read()).done);
    })(),
    { code: "ABORTED" },
  );
});

test("data that fails while it is packed fails with its own error", { skip }, async () => {
  const path = `${scratchDirectory("archive")}/x.7z`;
  const data = streamFrom((async function* () {
    yield TEXT;
    await Promise.resolve();
    throw new RangeError("no more");
  })());
  await assert.rejects(writeSevenZip(data, path, { tool: findSevenZip(""), memberName: "x" }), /no more/);
});

test("the tool is found by name or path; a directory or a file that may not be run is none", () => {
  const directory = scratchDirectory("tools");
  writeFileSync(`${directory}/runs`, "");
  chmodSync(`${directory}/runs`, 0o755);
  writeFileSync(`${directory}/does-not`, "");
  mkdirSync(`${directory}/a-directory`);
  const path = `/nowhere::${directory}`;
  assert.equal(findProgram("runs", path), `${directory}/runs`);
  assert.equal(findProgram(`${directory}/runs`, ""), `${directory}/runs`);
  for (const name of ["does-not", "a-directory", "absent", `${directory}/absent`]) {
    assert.equal(findProgram(name, path), undefined, name);
  }
  assert.throws(() => findSevenZip("no-such-7z"), {
    code: "NOT_FOUND",
    message: /no-such-7z/,
    remedy: /\[tools\] sevenzip/,
  });
});
