import assert from "node:assert/strict";
import { test } from "node:test";
import type { ByteSource, ReadOptions } from "../../lib/streams/byte-source.ts";
import { cachedSource } from "../../lib/streams/cached-source.ts";
import { randomFrom } from "../dump/dump-maker.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);

/** A source that notes what is read, and answers when it is told to. */
class SlowSource implements ByteSource {
  readonly size = BYTES.length;
  readonly reads: number[] = [];
  readonly signals: AbortSignal[] = [];
  failures = 0;
  gate: Promise<void> = Promise.resolve();

  async read(start: number, end: number, options?: ReadOptions): Promise<Uint8Array> {
    this.reads.push(start);
    this.signals.push(options!.signal!);
    await this.gate;
    options?.signal?.throwIfAborted();
    if (this.failures-- > 0) throw new Error("line is down");
    return BYTES.subarray(start, end);
  }
}

test("cachedSource answers as the source itself would", async () => {
  const random = randomFrom(1);
  for (const pageByteLength of [1, 7, 64, 5000]) {
    const source = cachedSource(new SlowSource(), { pageByteLength, maxBytes: 200 });
    for (let i = 0; i < 100; i++) {
      const start = Math.floor(random() * 1100);
      const end = start + Math.floor(random() * 300);
      assert.deepEqual(
        await source.read(start, end),
        BYTES.slice(start, end),
        `${start} to ${end} by ${pageByteLength}`,
      );
    }
  }
});

test("cachedSource reads a page once and keeps those that were used last", async () => {
  const slow = new SlowSource();
  const source = cachedSource(slow, { pageByteLength: 100, maxBytes: 200 });
  for (const start of [0, 50, 110, 20, 250, 30, 150]) await source.read(start, start + 10);
  // Page 1 had to go for page 2, because page 0 was used after it.
  assert.deepEqual(slow.reads, [0, 100, 200, 100]);
});

test("cachedSource lets readers share a read that is under way", async () => {
  const slow = new SlowSource();
  const source = cachedSource(slow, { pageByteLength: 100 });
  const [first, second] = await Promise.all([source.read(0, 10), source.read(5, 15)]);
  assert.deepEqual([first, second], [BYTES.slice(0, 10), BYTES.slice(5, 15)]);
  assert.deepEqual(slow.reads, [0]);
});

test("cachedSource does not keep a failure", async () => {
  const slow = new SlowSource();
  slow.failures = 1;
  const source = cachedSource(slow, { pageByteLength: 100 });
  await assert.rejects(source.read(0, 10), /line is down/);
  assert.deepEqual(await source.read(0, 10), BYTES.slice(0, 10));
});

test("cachedSource goes on for one reader when another gives up, and stops when all have", async () => {
  const slow = new SlowSource();
  let open = (): void => {};
  slow.gate = new Promise((resolve) => open = resolve);
  const source = cachedSource(slow, { pageByteLength: 100 });
  const [one, two] = [new AbortController(), new AbortController()];
  const first = source.read(0, 10, { signal: one.signal });
  const second = source.read(0, 10, { signal: two.signal });
  await Promise.resolve();
  one.abort(new Error("gave up"));
  await assert.rejects(first, /gave up/);
  assert.equal(slow.signals[0]!.aborted, false);
  two.abort(new Error("me too"));
  await assert.rejects(second, /me too/);
  assert.equal(slow.signals[0]!.aborted, true);
  open();
  assert.deepEqual(await source.read(0, 10), BYTES.slice(0, 10), "a later reader starts anew");
  assert.deepEqual(slow.reads, [0, 0]);
});
