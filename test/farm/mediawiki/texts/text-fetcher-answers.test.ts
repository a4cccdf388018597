import assert from "node:assert/strict";
import { test } from "node:test";
import { TextFetcherAnswers } from "../../../../lib/farm/mediawiki/texts/text-fetcher-answers.ts";
import { chunkings } from "../../../support/chunkings.ts";

const encoder = new TextEncoder();

/** Answers as pairs; null: absent. */
function read(chunks: readonly Uint8Array[]): { pairs: [string, string | null][]; isBetween: boolean } {
  const answers = new TextFetcherAnswers();
  const pairs: [string, string | null][] = [];
  for (const chunk of chunks) {
    for (const { address, text } of answers.push(chunk)) {
      pairs.push([address, text === undefined ? null : new TextDecoder().decode(text)]);
    }
    // What was handed out must not be a view of the chunk.
    chunk.fill(0x2a);
  }
  return { pairs, isBetween: answers.isBetween };
}

test("answers are the same however the output is cut", () => {
  const text = "7\n-1\nΑθήνα\r\n\0";
  const output = `tt:1\n3\nabctt:2\n-1\n\n-1\ntt:3\n0\nes:DB://cluster1/5/2\n${
    encoder.encode(text).length
  }\n${text}tt:4\n1\nx`;
  const expected = [["tt:1", "abc"], ["tt:2", null], ["", null], ["tt:3", ""], ["es:DB://cluster1/5/2", text], [
    "tt:4",
    "x",
  ]];
  for (const { name, chunks } of chunkings(encoder.encode(output))) {
    assert.deepEqual(read(chunks), { pairs: expected, isBetween: true }, name);
  }
});

test("a long text is put together, however it is cut", () => {
  const text = "0123456789\n".repeat(20_000);
  for (const { name, chunks } of chunkings(encoder.encode(`tt:1\n${text.length}\n${text}tt:2\n2\nok`))) {
    const { pairs } = read(chunks);
    assert.equal(pairs[0]![1] === text, true, name);
    assert.deepEqual(pairs[1], ["tt:2", "ok"], name);
  }
});

test("answers up to a cut are handed out, and the cut is seen", () => {
  for (const cut of ["tt:2", "tt:2\n", "tt:2\n5", "tt:2\n5\n", "tt:2\n5\nabcd"]) {
    const { pairs, isBetween } = read([encoder.encode(`tt:1\n2\nab${cut}`)]);
    assert.deepEqual(pairs, [["tt:1", "ab"]], cut);
    assert.equal(isBetween, false, cut);
  }
});

test("what is no answer is refused and shown", () => {
  assert.throws(() => read([encoder.encode("PHP Warning: odd\n12 apples\n")]), /"PHP Warning: odd" and "12 apples"/);
  assert.throws(() => read([encoder.encode("tt:1\n-2\n")]), /"-2" where/);
  assert.throws(() => read([encoder.encode("tt:1\n\n")]), /"" where/);
  assert.throws(() => read([encoder.encode("tt:1\n999999999999\n")]), /says that tt:1 has 999999999999 bytes/);
  assert.throws(() => read([encoder.encode("x".repeat(5000))]), /where a line was due/);
});
