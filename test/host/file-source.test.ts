import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { openFileSource } from "../../lib/host/file-source.ts";

const BYTES = Uint8Array.from({ length: 10_000 }, (_, i) => i * 3);
let directory = "";
let path = "";

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "file-source-"));
  path = join(directory, "bytes");
  await writeFile(path, BYTES);
});
after(() => rm(directory, { recursive: true }));

test("openFileSource reads at any place, several reads at a time", async () => {
  for (const name of [path, pathToFileURL(path)]) {
    const source = await openFileSource(name);
    assert.equal(source.size, 10_000);
    const places = [[0, 10], [9_990, 20_000], [5, 5], [20_000, 30_000], [1, 9_999]] as const;
    const found = await Promise.all(places.map(([start, end]) => source.read(start, end)));
    places.forEach(([start, end], i) => assert.deepEqual(found[i], BYTES.slice(start, end)));
    await source.close();
    await source.close();
    await assert.rejects(source.read(0, 1), { code: "READ", message: /closed/ });
  }
});

test("openFileSource tells a missing file, a directory, and what cannot be read at any place", async () => {
  await assert.rejects(openFileSource(join(directory, "none")), { name: "SourceError", code: "NOT_FOUND" });
  await assert.rejects(openFileSource(directory), { code: "READ", message: /is a directory/ });
  await assert.rejects(openFileSource("/dev/null"), { code: "READ", message: /no regular file/ });
});

test("openFileSource reports a file that got shorter as changed", async () => {
  const other = join(directory, "shrinks");
  await writeFile(other, BYTES);
  const source = await openFileSource(other);
  try {
    await truncate(other, 100);
    assert.deepEqual(await source.read(0, 50), BYTES.slice(0, 50));
    await assert.rejects(source.read(50, 200), { code: "CHANGED", message: /ends at byte 100, but had 10000/ });
  } finally {
    await source.close();
  }
});

test("a file source ends with the reason of an aborted signal", async () => {
  const source = await openFileSource(path);
  const reason = new Error("stop");
  try {
    await assert.rejects(source.read(0, 5, { signal: AbortSignal.abort(reason) }), reason);
  } finally {
    await source.close();
  }
});
