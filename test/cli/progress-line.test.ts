import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatBytes, formatSeconds, ProgressLine, renderProgress } from "../../lib/cli/progress-line.ts";
import { memorySink } from "../support/memory-sink.ts";

function clock(): { readonly now: () => number; advance: (byMs: number) => void } {
  let nowMs = 5000;
  return { now: () => nowMs, advance: (byMs) => void (nowMs += byMs) };
}

const TERMINAL = { isTerminal: true, hasCursor: true };

describe("progress line", () => {
  test("shows nothing where no person looks, unless it is forced", () => {
    const { now, advance } = clock();
    const auto = memorySink();
    const forced = memorySink();
    const lines = [
      new ProgressLine({ sink: auto, label: "x", now }),
      new ProgressLine({ sink: forced, label: "x", now, mode: "always" }),
    ];
    for (let count = 0; count < 5; count++) {
      advance(1000);
      for (const line of lines) line.update({ pages: count });
    }
    for (const line of lines) line.finish();
    assert.equal(auto.text(), "");
    assert.match(forced.text(), /^\rx: 0 pages\rx: 1 pages/);
  });

  test("shows nothing on a terminal when it is told never to", () => {
    const { now, advance } = clock();
    const sink = memorySink(TERMINAL);
    const line = new ProgressLine({ sink, label: "x", now, mode: "never" });
    advance(5000);
    line.update({ pages: 1 });
    line.finish();
    assert.equal(sink.text(), "");
  });

  test("waits a second, so that short work shows nothing", () => {
    const { now, advance } = clock();
    const sink = memorySink(TERMINAL);
    const line = new ProgressLine({ sink, label: "x", now });
    for (let step = 0; step < 9; step++) {
      advance(100);
      line.update({ pages: step });
    }
    line.finish();
    assert.equal(sink.text(), "");
    advance(100);
    line.update({ pages: 9 });
    assert.equal(sink.text(), "\rx: 9 pages\x1b[K");
  });

  test("is written at most five times a second", () => {
    const { now, advance } = clock();
    const sink = memorySink(TERMINAL);
    const line = new ProgressLine({ sink, label: "x", now, mode: "always" });
    for (let step = 0; step < 1000; step++) {
      line.update({ bytesIn: step });
      advance(10);
    }
    assert.equal(sink.writes.length, 50);
  });

  test("is cleared at the end, with blanks where there is no cursor", () => {
    const withCursor = memorySink(TERMINAL);
    const dumb = memorySink({ isTerminal: true });
    for (const sink of [withCursor, dumb]) {
      const line = new ProgressLine({ sink, label: "abc", mode: "always" });
      line.update({ pages: 1 });
      line.finish();
      line.finish();
    }
    assert.equal(withCursor.writes.at(-1), "\r\x1b[K");
    assert.equal(withCursor.writes.length, 2);
    assert.equal(dumb.writes.at(-1), `\r${" ".repeat("abc: 1 pages".length)}\r`);
  });

  test("a shorter line leaves nothing of a longer one behind where there is no cursor", () => {
    const { now, advance } = clock();
    const sink = memorySink({ isTerminal: true });
    const line = new ProgressLine({ sink, label: "x", mode: "always", now });
    line.update({ pages: 1000 });
    advance(200);
    line.update({ pages: 1 });
    assert.equal(sink.writes[1], "\rx: 1 pages   ");
  });

  test("fits into the columns of the terminal", () => {
    const sink = memorySink({ ...TERMINAL, columns: 12 });
    const line = new ProgressLine({ sink, label: "a-long-label", mode: "always" });
    line.update({ pages: 1 });
    assert.equal(sink.text(), "\ra-long-lab…\x1b[K");
  });

  test("has a bold label where colour is welcome, and no such thing elsewhere", () => {
    const colored = memorySink({ ...TERMINAL, hasColor: true });
    const plain = memorySink(TERMINAL);
    for (const sink of [colored, plain]) new ProgressLine({ sink, label: "x", mode: "always" }).update({ pages: 1 });
    assert.equal(colored.text(), "\r\x1b[1mx\x1b[22m: 1 pages\x1b[K");
    assert.equal(plain.text(), "\rx: 1 pages\x1b[K");
  });

  test("programs get a line of JSON a second, and the last state at the end", () => {
    const { now, advance } = clock();
    const sink = memorySink();
    const line = new ProgressLine({ sink, label: "x", totalBytesIn: 10_000, now, mode: "json" });
    for (let step = 1; step <= 25; step++) {
      advance(100);
      line.update({ bytesIn: 100 * step, pages: step });
    }
    advance(500);
    line.finish();
    line.finish();
    const lines = sink.text().trimEnd().split("\n").map((text) => JSON.parse(text) as Record<string, unknown>);
    assert.deepEqual(lines.map(({ pages }) => pages), [10, 20, 25]);
    assert.deepEqual(lines[1], {
      schema: "wikidump/progress@1",
      label: "x",
      bytesIn: 2000,
      totalBytesIn: 10_000,
      bytesOut: null,
      pages: 20,
      bytesPerSecond: 1000,
      secondsLeft: 8,
    });
    // 1500 bytes since the first line, 2 seconds ago.
    assert.deepEqual([lines[2]!["bytesIn"], lines[2]!["bytesPerSecond"]], [2500, 750]);
  });

  test("short work is told to programs too", () => {
    const { now, advance } = clock();
    const sink = memorySink();
    const line = new ProgressLine({ sink, label: "x", now, mode: "json" });
    line.update({ bytesIn: 5 });
    advance(500);
    line.finish();
    const { bytesIn, bytesPerSecond } = JSON.parse(sink.text()) as Record<string, unknown>;
    assert.deepEqual([bytesIn, bytesPerSecond], [5, 10]);
  });

  test("tells rate and time left from the last seconds", () => {
    const { now, advance } = clock();
    const sink = memorySink({ ...TERMINAL, columns: 200 });
    const line = new ProgressLine({ sink, label: "x", totalBytesIn: 100_000_000, mode: "always", now });
    // Ten seconds at 1 MB/s, then ten at 4 MB/s: the old rate is forgotten.
    for (let second = 1; second <= 20; second++) {
      advance(1000);
      line.update({ bytesIn: second <= 10 ? second * 1_000_000 : 10_000_000 + (second - 10) * 4_000_000 });
    }
    assert.match(sink.writes[9]!, /10%, in 10\.0 MB, 1\.0 MB\/s, 1m 30s left/);
    assert.match(sink.writes[19]!, /50%, in 50\.0 MB, 4\.0 MB\/s, 13s left/);
  });

  test("goes on when the terminal has gone away", async () => {
    const sink = { ...memorySink(TERMINAL), write: () => Promise.reject(new Error("gone")) };
    const line = new ProgressLine({ sink, label: "x", mode: "always" });
    line.update({ pages: 1 });
    line.finish();
    await new Promise((resolve) => setImmediate(resolve));
  });
});

test("what is not known is left out", () => {
  const pace = { rate: 0, totalBytesIn: undefined };
  assert.equal(renderProgress("x", { bytesIn: 1234, bytesOut: 5 }, pace), "x: in 1.2 kB, out 5 B");
  assert.equal(renderProgress("x", { bytesIn: 5 }, { rate: 0, totalBytesIn: 0 }), "x: in 5 B");
  assert.equal(renderProgress("x", { bytesIn: 30 }, { rate: 5, totalBytesIn: 20 }), "x: 100%, in 30 B, 5 B/s, 0s left");
});

test("bytes and times are written for people", () => {
  const bytes = [0, 999, 1000, 999_949, 999_950, 1_660_000, 35_000_000_000, 2e18];
  assert.deepEqual(bytes.map(formatBytes), [
    "0 B",
    "999 B",
    "1.0 kB",
    "999.9 kB",
    "1.0 MB",
    "1.7 MB",
    "35.0 GB",
    "2000.0 PB",
  ]);
  assert.deepEqual([0, 0.2, 59, 60, 3599.5, 3600, 7620].map(formatSeconds), [
    "0s",
    "1s",
    "59s",
    "1m 00s",
    "1h 00m",
    "1h 00m",
    "2h 07m",
  ]);
});
