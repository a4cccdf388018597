import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ByteQueue } from "../../lib/bits/byte-queue.ts";

test("an empty queue gives nothing", () => {
  const queue = new ByteQueue();
  assert.equal(queue.take(10).length, 0);
  queue.append(new Uint8Array(0));
  assert.equal(queue.byteLength, 0);
  assert.equal(queue.clear(), 0);
});

test("bytes come out in the order in which they went in, whatever the pieces", () => {
  const action = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.integer({ min: 1, max: 30 }));
  fc.assert(fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
    const queue = new ByteQueue();
    const waiting: number[] = [];
    for (const one of actions) {
      if (typeof one !== "number") {
        queue.append(one);
        waiting.push(...one);
      } else {
        const taken = queue.take(one);
        assert.ok(taken.length <= one && (taken.length > 0 || waiting.length === 0));
        assert.deepEqual([...taken], waiting.splice(0, taken.length));
      }
      assert.equal(queue.byteLength, waiting.length);
    }
    assert.equal(queue.clear(), waiting.length);
    assert.equal(queue.take(5).length, 0);
  }));
});

test("what is taken is a view, not a copy", () => {
  const queue = new ByteQueue();
  const chunk = Uint8Array.of(1, 2, 3);
  queue.append(chunk);
  assert.equal(queue.take(2).buffer, chunk.buffer);
});

test("a hundred thousand chunks take time in proportion", () => {
  const queue = new ByteQueue();
  const one = Uint8Array.of(7);
  for (let i = 0; i < 100_000; i++) queue.append(one);
  let taken = 0;
  while (queue.take(1000).length > 0) taken++;
  assert.equal(taken, 100_000);
});
