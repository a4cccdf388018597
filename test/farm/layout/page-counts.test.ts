import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { countPages, type PageBatch } from "../../../lib/farm/layout/page-counts.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { batchesOf, page, stubXml, writeStubs } from "./made-pages.ts";

async function count(paths: readonly string[], into: PageBatch[] = []): Promise<PageBatch[]> {
  for await (const batches of countPages(paths)) into.push(...batches);
  return into;
}

const directory = scratchDirectory("page-counts");
const PAGES = Array.from({ length: 57 }, (_, index) => page(index * 3 + 2, index % 4, (index % 4) * 11));

test("counts pages in batches of ten over all files together", async () => {
  const cuts = [0, 13, 13, 20, 57];
  const paths = cuts.slice(1).map((_, index) => join(directory, `stubs${index}.gz`));
  paths.forEach((path, index) => writeStubs(path, PAGES.slice(cuts[index], cuts[index + 1])));
  assert.deepEqual(await count(paths), batchesOf(PAGES));
  assert.deepEqual((await count(paths)).map(({ pages }) => pages.length), [10, 10, 10, 10, 10, 7]);
});

test("stubs that are longer than a chunk are counted alike", async () => {
  const many = Array.from({ length: 4001 }, (_, index) => page(index + 1, index % 3 + 1, index));
  const path = join(directory, "many.gz");
  writeStubs(path, many);
  assert.deepEqual(await count([path]), batchesOf(many));
});

test("stubs without pages have no batches", async () => {
  const path = join(directory, "none.gz");
  writeStubs(path, []);
  assert.deepEqual(await count([path]), []);
});

test("cut gzip, cut XML, falling ids and absence are errors that name the file, after what is good", async () => {
  const packed = gzipSync(stubXml(PAGES));
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ["cut-gzip", packed.subarray(0, packed.length - 12), "TRUNCATED"],
    ["cut-xml", gzipSync(stubXml(PAGES).slice(0, -30)), "TRUNCATED"],
    ["falling", gzipSync(stubXml([...PAGES.slice(0, 30), page(4, 1)])), "ID_ORDER"],
    ["other", new TextEncoder().encode(stubXml(PAGES)), "CORRUPT"],
  ];
  for (const [name, bytes, code] of cases) {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    await assert.rejects(count([path]), (error: Error & { code: string; remedy: string }) => {
      assert.match(error.message, new RegExp(path));
      assert.notEqual(error.remedy, "");
      return error.code === code;
    }, name);
  }
  await assert.rejects(count([join(directory, "absent")]), { code: "NOT_FOUND" });
  const [first, again] = [join(directory, "a.gz"), join(directory, "b.gz")];
  writeStubs(first, PAGES.slice(0, 20));
  writeStubs(again, PAGES.slice(19));
  const before: PageBatch[] = [];
  await assert.rejects(count([first, again], before), { code: "ID_ORDER", pageId: 59 });
  assert.deepEqual(before, batchesOf(PAGES.slice(0, 20)));
});

test("counting ends when it is asked to", async () => {
  const path = join(directory, "abort.gz");
  writeStubs(path, PAGES);
  const reason = new Error("enough");
  const counted = countPages([path], { signal: AbortSignal.abort(reason) });
  await assert.rejects(counted.next(), reason);
});
