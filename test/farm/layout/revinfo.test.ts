import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import type { PageBatch } from "../../../lib/farm/layout/page-counts.ts";
import { readRevinfo, RevinfoWriter } from "../../../lib/farm/layout/revinfo.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { batchesOf, page } from "./made-pages.ts";

const BATCHES = batchesOf(Array.from({ length: 55_005 }, (_, index) => page(index * 2 + 1, index % 5, index)));

async function read(path: string): Promise<PageBatch[]> {
  const batches: PageBatch[] = [];
  for await (const some of readRevinfo(path)) batches.push(...some);
  return batches;
}

test("counts are written as ID:BYTES:REVISIONS, ten pages to a line, and read back without their pages", async () => {
  const path = join(scratchDirectory("revinfo"), "awiki-20260101-revinfo.gz");
  const writer = await RevinfoWriter.create(path);
  for (let at = 0; at < BATCHES.length; at += 100) await writer.add(BATCHES.slice(at, at + 100));
  assert.equal(existsSync(path), false);
  await writer.publish();
  const lines = gunzipSync(readFileSync(path)).toString().split("\n");
  assert.deepEqual(lines.slice(0, 2), ["19:45:20", "39:145:20"]);
  assert.equal(lines.length, BATCHES.length + 1);
  assert.deepEqual(await read(path), BATCHES.map((batch) => ({ ...batch, pages: [] })));
});

test("what is not finished gets no name and leaves nothing", async () => {
  const directory = scratchDirectory("revinfo");
  const writer = await RevinfoWriter.create(join(directory, "revinfo.gz"));
  await writer.add(BATCHES);
  await writer.discard();
  assert.deepEqual(readdirSync(directory), []);
});

test("a file that cannot be written is told, and its name stays as it was", async () => {
  const directory = scratchDirectory("revinfo");
  await assert.rejects(RevinfoWriter.create(join(directory, "absent", "revinfo.gz")), { code: "NOT_FOUND" });
  const taken = join(directory, "revinfo.gz");
  mkdirSync(taken);
  const writer = await RevinfoWriter.create(taken);
  await writer.add(BATCHES.slice(0, 1));
  await assert.rejects(writer.publish(), { name: "SourceError" });
  await writer.discard();
  assert.deepEqual(readdirSync(directory), ["revinfo.gz"]);
});

test("a file of counts that is cut or says something else is an error with a remedy", async () => {
  const directory = scratchDirectory("revinfo");
  const whole = gzipSync("10:5:6\n20:5:6\n");
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [whole.subarray(0, whole.length - 9), "TRUNCATED"],
    [new TextEncoder().encode("10:5:6\n"), "CORRUPT"],
    [gzipSync("10:5:6\n20:5:6"), "READ"],
    [gzipSync("10:5:6\n10:5:6\n"), "READ"],
    [gzipSync("10:5\n"), "READ"],
    [gzipSync("10:5:-6\n"), "READ"],
    [gzipSync("\n"), "READ"],
    [gzipSync("1".repeat(1_000_000)), "READ"],
  ];
  for (const [index, [bytes, code]] of cases.entries()) {
    const path = join(directory, `${index}.gz`);
    writeFileSync(path, bytes);
    await assert.rejects(read(path), (error: Error & { code: string; remedy: string }) => {
      assert.notEqual(error.remedy, "");
      return error.code === code;
    }, String(index));
  }
});
