import assert from "node:assert/strict";
import { test } from "node:test";
import { type BlockTask, BlockTaskRunner } from "../../lib/bzip2/block-tasks.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import { RunLengthEncoder } from "../../lib/bzip2/rle1-encode.ts";

/** Text of words that come again, so that sorting has work on all its levels. */
function textOf(byteLength: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength);
  let state = seed;
  for (let i = 0; i < byteLength; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = 97 + (state >>> 24) % 7;
  }
  bytes.copyWithin(byteLength >> 1, 0, byteLength >> 2);
  return bytes;
}

function tasksFor(text: Uint8Array<ArrayBuffer>): { encode: BlockTask; decode: BlockTask } {
  const runs = new RunLengthEncoder(9);
  runs.push(text, 0);
  runs.flush();
  const encode = { kind: "encode", block: runs.block.slice(), crc: runs.crc } as const;
  return { encode, decode: { kind: "decode", input: compress(text), bitOffsets: [32], levels: [9] } };
}

test("a runner that decodes and encodes by turns, blocks of all lengths, does each as one that does nothing else", () => {
  const shared = new BlockTaskRunner();
  for (const [i, byteLength] of [300, 400_000, 70_000, 880_000, 1, 60_000].entries()) {
    const text = textOf(byteLength, i + 1);
    const { encode, decode } = tasksFor(text);
    const [encoded, decoded] = [shared.run(encode), shared.run(decode)];
    assert.deepEqual(encoded, new BlockTaskRunner().run(encode));
    assert.ok(decoded.kind === "decode");
    assert.deepEqual(decoded.bytes, text);
  }
});
