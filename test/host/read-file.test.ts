import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { SourceError } from "../../lib/errors.ts";
import { fileFacts } from "../../lib/host/directory.ts";
import { hashFile } from "../../lib/host/hash.ts";
import { openFileStream } from "../../lib/host/read-file.ts";
import { scratchDirectory } from "../support/scratch.ts";

const bytes = randomBytes(700_000);
let path = "";
before(async () => {
  path = join(scratchDirectory("read"), "file");
  await writeFile(path, bytes);
});

async function read(options?: Parameters<typeof openFileStream>[1]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of openFileStream(path, options)) parts.push(part);
  return Buffer.concat(parts);
}

function openFiles(): number {
  return readdirSync("/proc/self/fd").length;
}

test("borrowed chunks come in a few buffers, and four of them are valid at a time", async () => {
  const large = join(scratchDirectory("read"), "large");
  const content = randomBytes(3_000_000);
  await writeFile(large, content);
  const buffers = new Set<ArrayBufferLike>();
  const last: { chunk: Uint8Array; copy: Buffer }[] = [];
  const parts: Buffer[] = [];
  for await (const chunk of openFileStream(large, { chunks: "borrowed" })) {
    buffers.add(chunk.buffer);
    parts.push(Buffer.from(chunk));
    last.push({ chunk, copy: parts.at(-1)! });
    if (last.length > 4) last.shift();
    for (const one of last) assert.equal(Buffer.compare(one.chunk, one.copy), 0);
  }
  assert.ok(content.equals(Buffer.concat(parts)));
  assert.equal(buffers.size, 4);
});

test("a file is read whole, and in ranges", async () => {
  assert.ok(bytes.equals(await read()));
  for (
    const [start, end] of [[0, 0], [0, 1], [1, 700_000], [262_143, 262_145], [699_999, 700_000], [
      700_000,
      700_000,
    ]] as const
  ) {
    assert.ok(bytes.subarray(start, end).equals(await read({ start, end })), `${start}..${end}`);
  }
  assert.ok(bytes.subarray(650_000).equals(await read({ start: 650_000 })));
  assert.equal((await read({ start: 800_000 })).length, 0);
});

test("a file that ends before the end of the range is an error, after the bytes that are there", async () => {
  await assert.rejects(read({ end: 700_001 }), /ends at byte 700000, expected at least 700001 bytes/);
});

test("a range that is none is a mistake of the caller", () => {
  for (const range of [{ start: -1 }, { start: 2, end: 1 }, { start: 0.5 }]) {
    assert.throws(() => openFileStream(path, range), RangeError);
  }
});

test("an absent file is reported at the first read", async () => {
  const stream = openFileStream("/no/such/file");
  await assert.rejects(stream.getReader().read(), (error: unknown) => {
    assert.ok(error instanceof SourceError);
    assert.equal(error.code, "NOT_FOUND");
    assert.equal(error.path, "/no/such/file");
    return true;
  });
});

test("a directory cannot be read as a file", async () => {
  await assert.rejects(openFileStream(tmpdir()).getReader().read(), { name: "SourceError", code: "READ" });
});

test("aborting ends the reading with the reason", async () => {
  const controller = new AbortController();
  const reader = openFileStream(path, { signal: controller.signal }).getReader();
  await reader.read();
  controller.abort(new Error("enough"));
  await assert.rejects(reader.read(), /enough/);
});

test("cancelling, ending and failing all close the file", async (context) => {
  try {
    openFiles();
  } catch {
    return context.skip("no /proc on this machine");
  }
  const before = openFiles();
  await read();
  const reader = openFileStream(path).getReader();
  await reader.read();
  assert.equal(openFiles(), before + 1);
  await reader.cancel();
  await read({ end: 1e9 }).catch(() => {});
  openFileStream(path);
  assert.equal(openFiles(), before);
});

test("a file that is cut while it is read ends early when no end was asked for", async () => {
  const short = join(scratchDirectory("read"), "file");
  await writeFile(short, bytes);
  const reader = openFileStream(short).getReader();
  await reader.read();
  await truncate(short, 300_000);
  let byteLength = 262_144;
  for (let next = await reader.read(); !next.done; next = await reader.read()) byteLength += next.value.byteLength;
  assert.equal(byteLength, 300_000);
});

test("the checksums of a file are those of its bytes", async () => {
  assert.deepEqual(await hashFile(path), {
    byteLength: bytes.length,
    md5: createHash("md5").update(bytes).digest("hex"),
    sha1: createHash("sha1").update(bytes).digest("hex"),
  });
});

test("a file that must not change fails when it is another at the start, and when it grew or was touched by the end", async () => {
  const path = join(scratchDirectory("unchanged"), "file");
  writeFileSync(path, new Uint8Array(600_000));
  const unchangedSince = (await fileFacts(path))!;
  const read = async (afterFirst: () => void): Promise<number> => {
    let byteLength = 0;
    for await (const chunk of openFileStream(path, { unchangedSince })) {
      if (byteLength === 0) afterFirst();
      byteLength += chunk.length;
    }
    return byteLength;
  };
  assert.equal(await read(() => {}), 600_000);
  await assert.rejects(read(() => appendFileSync(path, "x")), { code: "CHANGED", message: /file was changed while/ });
  await assert.rejects(read(() => assert.fail("a chunk came")), { code: "CHANGED" });
  writeFileSync(path, new Uint8Array(600_000));
  utimesSync(path, unchangedSince.modifiedAt, unchangedSince.modifiedAt);
  await assert.rejects(read(() => utimesSync(path, new Date(0), new Date(0))), { code: "CHANGED" });
});
