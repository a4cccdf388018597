import assert from "node:assert/strict";
import { test } from "node:test";
import { borrowedRoom, BufferStore, freshRoom } from "../../lib/bits/buffer-store.ts";

test("memory that was given back is used again when it is large enough", () => {
  const store = new BufferStore(2);
  const first = store.take(5000);
  store.give(first);
  const second = store.take(4000);
  assert.equal(second.buffer, first.buffer);
  assert.equal(second.length, 4000);
  assert.notEqual(store.take(4000).buffer, first.buffer);
});

test("a buffer that is too small stays for who needs less", () => {
  const store = new BufferStore(2);
  const small = store.take(100);
  store.give(small);
  assert.equal(store.take(1_000_000).length, 1_000_000);
  assert.equal(store.take(50).buffer, small.buffer);
});

test("no more buffers are kept than were wished for; the smallest goes", () => {
  const store = new BufferStore(2);
  const [small, middle, large] = [10_000, 20_000, 30_000].map((length) => store.take(length));
  for (const bytes of [small!, large!, middle!]) store.give(bytes);
  const kept = [store.takeAny(), store.takeAny()].map((bytes) => bytes?.buffer);
  assert.deepEqual(new Set(kept), new Set([middle!.buffer, large!.buffer]));
  assert.equal(store.takeAny(), undefined);
});

test("what was handed over to a worker is not kept", () => {
  const store = new BufferStore(2);
  const bytes = store.take(100);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  store.give(bytes);
  assert.equal(store.takeAny(), undefined);
});

test("borrowed room is the same memory each time, fresh room never", () => {
  const makeRoom = borrowedRoom();
  const first = makeRoom(100);
  assert.equal(makeRoom(60).buffer, first.buffer);
  assert.equal(makeRoom(60).length, 60);
  assert.equal(makeRoom(100_000).length, 100_000);
  assert.notEqual(freshRoom(8).buffer, freshRoom(8).buffer);
});
