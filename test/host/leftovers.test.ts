import assert from "node:assert/strict";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { uniqueSibling } from "../../lib/host/file-identity.ts";
import { freeBytes } from "../../lib/host/free-space.ts";
import { removeLeftovers } from "../../lib/host/leftovers.ts";
import { scratchDirectory } from "../support/scratch.ts";

test("old temporary files are removed, young ones and all others stay", async () => {
  const directory = scratchDirectory("leftovers");
  const [old, young] = [uniqueSibling(join(directory, "index.html")), uniqueSibling(join(directory, "index.html"))];
  const others = [".hidden", ".index.html~1", "index.html~12-0123456789ab", ".a~12-0123456789abc", "lock_20260101"];
  for (const path of [old, young, ...others.map((name) => join(directory, name))]) await writeFile(path, "x");
  for (const path of [old, ...others.map((name) => join(directory, name))]) await utimes(path, 1, 1);
  await mkdir(join(directory, "below"));
  assert.deepEqual(await removeLeftovers(directory, { olderThanMs: 60_000 }), [basename(old)]);
  assert.deepEqual(await readdir(directory), [basename(young), "below", ...others].sort());
  assert.deepEqual(await removeLeftovers(join(directory, "absent"), { olderThanMs: 0 }), []);
});

test("free space is a number of bytes, of an absent directory an error", async () => {
  assert.ok(Number.isSafeInteger(await freeBytes(tmpdir())));
  await assert.rejects(freeBytes("/no/such/directory"), { name: "SourceError", code: "NOT_FOUND" });
});
