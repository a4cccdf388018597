import assert from "node:assert/strict";
import { test } from "node:test";
import { isDue, orderByNeed } from "../../lib/farm/selection.ts";
import type { WikiHistory } from "../../lib/farm/selection.ts";
import type { Wiki } from "../../lib/farm/wiki.ts";

function history(name: string, latestDate: string | undefined, change: Partial<WikiHistory> = {}): WikiHistory {
  const wiki = { name } as Wiki;
  const isNew = latestDate === undefined;
  return { wiki, latestDate, isAborted: isNew, statusAgeMs: isNew ? Infinity : 1000, isComplete: !isNew, ...change };
}

test("never dumped wikis come first, then aborted ones oldest first, then the others oldest first", () => {
  const histories = [
    history("recent", "20260210"),
    history("old", "20260101"),
    history("abortednew", "20260209", { isAborted: true }),
    history("abortedold", "20260110", { isAborted: true }),
    history("sameday-early", "20260101", { statusAgeMs: 9000 }),
    history("never", undefined),
    history("nevereither", undefined),
  ];
  assert.deepEqual(orderByNeed(histories).map((one) => one.wiki.name), [
    ...["nevereither", "never"],
    ...["abortedold", "abortednew"],
    ...["sameday-early", "old", "recent"],
  ]);
});

test("a wiki is due when its latest run is older than the cutoff, was given up, or never was", () => {
  assert.equal(isDue(history("a", "20260101"), "20260102"), true);
  assert.equal(isDue(history("a", "20260102"), "20260102"), false);
  assert.equal(isDue(history("a", "20260102", { isAborted: true }), "20260102"), true);
  assert.equal(isDue(history("a", undefined), "20260102"), true);
});
