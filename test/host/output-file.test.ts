import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, statSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { test, type TestContext } from "node:test";
import { SourceError } from "../../lib/errors.ts";
import { OutputFile } from "../../lib/host/output-file.ts";
import { replaceFile } from "../../lib/host/replace-file.ts";
import { chunkings } from "../support/chunkings.ts";
import { scratchDirectory } from "../support/scratch.ts";

const scratch = (): string => scratchDirectory("output");

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof SourceError && error.code === code;
}

test("a file without checksums is as whole as one with them", async () => {
  const directory = scratch();
  const bytes = new Uint8Array(randomBytes(700_000));
  const file = await OutputFile.createUnhashed(join(directory, "file"), { mode: 0o640 });
  await file.write(bytes);
  assert.equal((await file.close()).byteLength, bytes.length);
  await file.publish();
  assert.ok((await readFile(join(directory, "file"))).equals(bytes));
  assert.equal(statSync(join(directory, "file")).mode & 0o777, 0o640);
});

test("bytes arrive whole with their checksums, however they are cut", async () => {
  const directory = scratch();
  const bytes = new Uint8Array(randomBytes(900_000));
  for (const { name, chunks } of chunkings(bytes)) {
    const file = await OutputFile.create(join(directory, "file"));
    for (const chunk of chunks) {
      await file.write(chunk);
      chunk.fill(0);
    }
    assert.equal(file.byteLength, bytes.length);
    assert.deepEqual(await file.close(), {
      byteLength: bytes.length,
      md5: createHash("md5").update(bytes).digest("hex"),
      sha1: createHash("sha1").update(bytes).digest("hex"),
    }, name);
    await file.publish();
    assert.ok((await readFile(join(directory, "file"))).equals(bytes), name);
    assert.deepEqual(await readdir(directory), ["file"]);
  }
});

test("writes that nobody waits for stay in order", async () => {
  const path = join(scratch(), "file");
  const file = await OutputFile.create(path);
  const parts = Array.from({ length: 50 }, (_, n) => new Uint8Array(n % 3 === 0 ? 100_000 : 10).fill(n));
  for (const part of parts) void file.write(part);
  await file.publish();
  assert.deepEqual(await readFile(path), Buffer.concat(parts));
});

test("small writes need no waiting", async () => {
  const file = await OutputFile.create(join(scratch(), "file"));
  let waits = 0;
  for (let i = 0; i < 200_000; i++) {
    const wait = file.write(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    if (wait !== undefined) waits++;
    await wait;
  }
  assert.ok(waits <= 8, `${waits} waits`);
  await file.discard();
});

test("the final name does not exist before publishing, and is replaced then", async () => {
  const directory = scratch();
  const path = join(directory, "file");
  await writeFile(path, "old");
  const file = await OutputFile.create(path);
  await file.write(new TextEncoder().encode("new"));
  assert.equal(file.inProgressPath, `${path}.inprog`);
  await file.close();
  assert.equal(await readFile(path, "utf8"), "old");
  await file.publish();
  await file.publish();
  assert.equal(await readFile(path, "utf8"), "new");
});

test("an empty file is a file", async () => {
  const path = join(scratch(), "file");
  const file = await OutputFile.create(path);
  assert.equal((await file.close()).md5, "d41d8cd98f00b204e9800998ecf8427e");
  await file.publish();
  assert.equal(statSync(path).size, 0);
});

test("the mode is exact, whatever the umask", async () => {
  const before = process.umask(0o077);
  try {
    const path = join(scratch(), "file");
    const file = await OutputFile.create(path, { mode: 0o644 });
    await file.publish();
    assert.equal(statSync(path).mode & 0o777, 0o644);
    await replaceFile(path, "x", { mode: 0o640 });
    assert.equal(statSync(path).mode & 0o777, 0o640);
  } finally {
    process.umask(before);
  }
});

test("discarding removes the unfinished file in every state, and nothing else", async () => {
  const directory = scratch();
  const open = await OutputFile.create(join(directory, "a"));
  void open.write(new Uint8Array(3_000_000));
  await open.discard();
  await open.discard();
  const closed = await OutputFile.create(join(directory, "b"));
  await closed.close();
  await closed.discard();
  assert.deepEqual(await readdir(directory), []);
  const published = await OutputFile.create(join(directory, "c"));
  await published.publish();
  await published.discard();
  assert.deepEqual(await readdir(directory), ["c"]);
});

test("a closed or discarded file takes no more bytes", async () => {
  const file = await OutputFile.create(join(scratch(), "a"));
  await file.close();
  await assert.rejects(async () => await file.write(new Uint8Array(1)), /is closed and takes no more bytes/);
  await file.discard();
  await assert.rejects(file.publish(), failsWith("WRITE"));
});

test("the leftover of a dead run is replaced", async () => {
  const path = join(scratch(), "a");
  await writeFile(`${path}.inprog`, "left over and much longer");
  chmodSync(`${path}.inprog`, 0o400);
  const file = await OutputFile.create(path);
  await file.write(new TextEncoder().encode("new"));
  await file.publish();
  assert.equal(await readFile(path, "utf8"), "new");
});

test("what a second worker writes under the same name is neither published nor removed", async () => {
  const directory = scratch();
  const path = join(directory, "a");
  const first = await OutputFile.create(path);
  const second = await OutputFile.create(path);
  await second.write(new TextEncoder().encode("second"));
  await assert.rejects(first.publish(), failsWith("CHANGED"));
  await first.discard();
  await second.publish();
  assert.equal(await readFile(path, "utf8"), "second");
});

test("a file that vanished cannot be published", async () => {
  const file = await OutputFile.create(join(scratch(), "a"));
  await unlink(file.inProgressPath);
  await assert.rejects(file.publish(), failsWith("CHANGED"));
});

test("a directory that does not exist is not found", async () => {
  await assert.rejects(OutputFile.create("/no/such/directory/file"), (error: unknown) => {
    assert.ok(error instanceof SourceError);
    assert.equal(error.code, "NOT_FOUND");
    assert.equal(error.path, "/no/such/directory/file.inprog");
    assert.equal(error.message, "Cannot write /no/such/directory/file.inprog: no such file or directory");
    return true;
  });
  await assert.rejects(replaceFile("/no/such/directory/file", ""), failsWith("NOT_FOUND"));
});

test("replacing leaves no temporary file, neither on success nor on failure", async () => {
  const directory = scratch();
  await replaceFile(join(directory, "a"), "one");
  await replaceFile(join(directory, "a"), Uint8Array.of(0x74, 0x77, 0x6f));
  assert.equal(await readFile(join(directory, "a"), "utf8"), "two");
  // A directory cannot be replaced by a file.
  await mkdir(join(directory, "b"));
  await assert.rejects(replaceFile(join(directory, "b"), "x"), failsWith("WRITE"));
  assert.deepEqual(await readdir(directory), ["a", "b"]);
});

test("a reader never sees a half-written file while it is replaced again and again", async () => {
  const path = join(scratch(), "a");
  const contents = ["a".repeat(200_000), "b".repeat(100_000)];
  await replaceFile(path, contents[0]!);
  const writing = (async () => {
    for (let i = 0; i < 20; i++) await replaceFile(path, contents[i % 2]!);
  })();
  let isWriting = true;
  writing.finally(() => isWriting = false);
  while (isWriting) assert.ok(contents.includes(await readFile(path, "utf8")));
  await writing;
});

/** A file system of 400 KiB, or undefined when this user may not mount one. */
async function tinyFileSystem(context: TestContext): Promise<string | undefined> {
  const directory = scratch();
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=400k", "tmpfs", directory]).status !== 0) {
    context.skip("this user may not mount a tmpfs");
    return undefined;
  }
  context.after(() => void spawnSync("umount", ["-l", directory]));
  return directory;
}

test("a full disk is reported as such, and the unfinished file makes room at once", async (context) => {
  const directory = await tinyFileSystem(context);
  if (directory === undefined) return;
  const file = await OutputFile.create(join(directory, "big"));
  await assert.rejects(async () => {
    for (let i = 0; i < 100; i++) await file.write(new Uint8Array(100_000));
  }, failsWith("NO_SPACE"));
  assert.deepEqual(await readdir(directory), []);
  await replaceFile(join(directory, "status"), "failed: disk full");
  await assert.rejects(async () => await file.write(new Uint8Array(1)), failsWith("NO_SPACE"));
  await assert.rejects(file.close(), failsWith("NO_SPACE"));
  await assert.rejects(file.publish(), failsWith("NO_SPACE"));
  await file.discard();

  writeFileSync(join(directory, "filler"), new Uint8Array(300_000));
  await assert.rejects(replaceFile(join(directory, "status"), "x".repeat(200_000)), failsWith("NO_SPACE"));
  assert.deepEqual(await readdir(directory), ["filler", "status"]);
  assert.equal(await readFile(join(directory, "status"), "utf8"), "failed: disk full");
});

test("a failure at the last flush is reported by close", async (context) => {
  const directory = await tinyFileSystem(context);
  if (directory === undefined) return;
  writeFileSync(join(directory, "filler"), new Uint8Array(300_000));
  const file = await OutputFile.create(join(directory, "big"));
  await file.write(new Uint8Array(200_000));
  await assert.rejects(file.close(), failsWith("NO_SPACE"));
  assert.deepEqual(await readdir(directory), ["filler"]);
});

test("a read-only file system is reported as such", async (context) => {
  const directory = await tinyFileSystem(context);
  if (directory === undefined) return;
  const file = await OutputFile.create(join(directory, "early"));
  await file.close();
  assert.equal(spawnSync("mount", ["-o", "remount,ro", directory]).status, 0);
  await assert.rejects(OutputFile.create(join(directory, "late")), failsWith("READ_ONLY"));
  await assert.rejects(replaceFile(join(directory, "late"), "x"), failsWith("READ_ONLY"));
  await assert.rejects(file.publish(), failsWith("READ_ONLY"));
});
