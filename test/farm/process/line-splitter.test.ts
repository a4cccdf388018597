import assert from "node:assert/strict";
import { test } from "node:test";
import { LineSplitter } from "../../../lib/farm/process/line-splitter.ts";
import { chunkings } from "../../support/chunkings.ts";

function linesOf(chunks: Iterable<Uint8Array>): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.finish();
  return lines;
}

test("lines end with LF, CR LF or CR, however the bytes are cut", () => {
  const bytes = new TextEncoder().encode("Zürich\n50 %\r100 %\r\n\nlast € \u{1f600}");
  for (const { name, chunks } of chunkings(bytes)) {
    assert.deepEqual(linesOf(chunks), ["Zürich", "50 %", "100 %", "", "last € \u{1f600}"], name);
  }
});

test("bytes that are not UTF-8 become replacement characters", () => {
  assert.deepEqual(linesOf([Uint8Array.of(0x61, 0xff, 0x0a, 0xc3)]), ["a\ufffd", "\ufffd"]);
});

test("a line without end comes in pieces, so that memory is bounded", () => {
  const lines = linesOf(Array.from({ length: 100 }, () => new Uint8Array(1000).fill(0x78)));
  assert.equal(lines.join("").length, 100_000);
  assert.ok(lines.every((line) => line.length <= 16 * 1024));
});

test("no bytes are no lines", () => {
  assert.deepEqual(linesOf([]), []);
});
