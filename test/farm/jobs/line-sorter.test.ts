import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { compareBytes, LineSorter } from "../../../lib/farm/jobs/line-sorter.ts";

async function sortLines(lines: readonly Uint8Array[], bufferBytes: number, directory: string): Promise<Uint8Array[]> {
  const sorter = new LineSorter(join(directory, "lines"), { bufferBytes });
  try {
    for (const line of lines) await sorter.add(line);
    const sorted: Uint8Array[] = [];
    for await (const line of sorter.sorted()) sorted.push(line.slice());
    return sorted;
  } finally {
    await sorter.dispose();
  }
}

test("lines of any bytes come out sorted, whether they fit the buffer or go through scratch files", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "line-sorter-"));
  t.after(() => rmSync(directory, { recursive: true }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 200 }),
      fc.constantFrom(40, 300, 100_000),
      async (lines, bufferBytes) => {
        const sorted = await sortLines(lines, bufferBytes, directory);
        assert.deepEqual(sorted, [...lines].sort((a, b) => Buffer.compare(a, b)).map((line) => Uint8Array.from(line)));
        assert.deepEqual(readdirSync(directory), []);
      },
    ),
    { numRuns: 60 },
  );
});

test("a line that does not fit is refused", async () => {
  const sorter = new LineSorter("/nonexistent/lines", { bufferBytes: 100 });
  assert.throws(() => sorter.add(new Uint8Array(99)), RangeError);
});

test("lines are compared as bytes, a shorter one before those that it begins", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  assert.ok(compareBytes(bytes("Z"), bytes("a")) < 0);
  assert.ok(compareBytes(bytes("a"), bytes("aa")) < 0);
  assert.ok(compareBytes(bytes("z"), bytes("é")) < 0);
  assert.equal(compareBytes(bytes("é"), bytes("é")), 0);
});
