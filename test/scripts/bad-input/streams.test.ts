/** Every verb of bzdump with files of several streams: cut and damaged in a later one, empty ones, other data behind the last. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { STREAM_FAULTS } from "./faults.ts";
import { checkPlace, checkRemedy, KNOWN, leftOvers, place, run, tryOn } from "./run-trial.ts";
import type { Codes } from "./verb-trials.ts";

type FaultName = keyof typeof STREAM_FAULTS;
type Expected = Readonly<Record<FaultName, Codes>>;

/** Of verbs that read all streams and do not know what they hold. */
const ALL_DATA: Expected = {
  "good": [0],
  "cut-in-a-later-stream": [4],
  // Whole streams: nothing is missing in them.
  "cut-between-streams": [0],
  "cut-in-a-later-header": [4],
  "cut-after-a-later-header": [4],
  "damaged-later-header": [3],
  "damaged-later-level": [3],
  "damaged-last-header": [3],
  "empty-stream-first": [0],
  "empty-streams-only": [0],
  "text-behind": [0],
  "zeros-behind": [0],
  "header-behind": [4],
};
/** Of verbs that read a dump to its end. */
const ALL_PAGES: Expected = { ...ALL_DATA, "cut-between-streams": [4], "empty-streams-only": [3] };
/** Of verbs that look for blocks, and find them behind a damaged header. */
const SEARCHING: Expected = {
  ...ALL_PAGES,
  "damaged-later-header": [0],
  "damaged-later-level": [0],
  "damaged-last-header": [0],
};
/** Of verbs that look at the end of a file. */
const AT_THE_END: Expected = { ...SEARCHING, "cut-between-streams": [0], "text-behind": [3], "zeros-behind": [3] };
/** An index is none of these. */
const NO_INDEX = Object.fromEntries(
  Object.keys(STREAM_FAULTS).map((name) => [name, [0, 1, 3, 4]]),
) as unknown as Expected;

const EXPECTED: Readonly<Record<string, Expected>> = {
  "decompress": ALL_DATA,
  "compress": Object.fromEntries(Object.keys(STREAM_FAULTS).map((name) => [name, [0]])) as unknown as Expected,
  "cat": ALL_DATA,
  "test": ALL_DATA,
  "blocks": ALL_DATA,
  "pages": ALL_PAGES,
  "stats": ALL_PAGES,
  "revisions": ALL_PAGES,
  "find-page": { ...SEARCHING, "empty-streams-only": [4], "header-behind": [0] },
  "last-id": { ...SEARCHING, "empty-streams-only": [4] },
  "check": { ...AT_THE_END, "empty-streams-only": [0] },
  "check-range": SEARCHING,
  "last-block": { ...AT_THE_END, "empty-streams-only": [1] },
  "from-offset": ALL_PAGES,
  "crcs": {
    ...AT_THE_END,
    "empty-streams-only": [0],
    "damaged-later-header": [3],
    "damaged-later-level": [3],
    "damaged-last-header": [3],
  },
  "index build": ALL_PAGES,
  // An empty stream moves all others.
  "index check": { ...ALL_PAGES, "empty-stream-first": [1], "header-behind": [1, 4] },
  "index search": NO_INDEX,
  "index convert": NO_INDEX,
  "append": {
    ...ALL_PAGES,
    "good": [255],
    "cut-in-a-later-stream": [0],
    "cut-between-streams": [0],
    "cut-in-a-later-header": [0],
    "cut-after-a-later-header": [0],
    "damaged-later-header": [0],
    "damaged-later-level": [0],
    "damaged-last-header": [0],
    "empty-stream-first": [255],
    "text-behind": [255],
    "zeros-behind": [255],
    "header-behind": [0],
  },
  "recompress": ALL_PAGES,
  "split": ALL_PAGES,
};

/** Verbs to which these files are no index at all. */
const WITHOUT_PLACE = ["index search", "index convert"];
/** Verbs that give what the blocks hold: what is good is written, also before an error. */
const GIVES_THE_GOOD = ["last-block"];

for (const [name, trial] of KNOWN) {
  test(`${name}: files of several streams`, async (t) => {
    for (const fault of Object.keys(STREAM_FAULTS) as FaultName[]) {
      await t.test(fault, async () => {
        const outcome = await tryOn(name, trial, STREAM_FAULTS[fault], EXPECTED[name]?.[fault]);
        if (outcome.code < 2 || outcome.code === 255) return;
        checkRemedy(outcome);
        if (fault !== "empty-streams-only" && !WITHOUT_PLACE.includes(name)) checkPlace(outcome);
        if (!GIVES_THE_GOOD.includes(name)) {
          assert.deepEqual(leftOvers(outcome.directory), [], "nothing under a final name");
        }
      });
    }
  });
}

test("what is ignored behind the last stream is told where bzip2 tells it", async () => {
  for (const [name, trial] of KNOWN.filter(([verb]) => ["decompress", "cat", "test", "blocks"].includes(verb))) {
    const { file, out } = place(STREAM_FAULTS["text-behind"], trial);
    const { stdout, stderr } = await run(name, trial.args(file, out));
    assert.match(`${stdout.slice(-300)}${stderr}`, /26 bytes after the last stream/);
  }
});

test("all good data before a damaged stream header come out", async () => {
  const [, cat] = KNOWN.find(([name]) => name === "cat")!;
  const [, revisions] = KNOWN.find(([name]) => name === "revisions")!;
  const { file } = place(STREAM_FAULTS["damaged-last-header"], cat);
  const { stdout } = await run("cat", cat.args(file, ""));
  assert.match(stdout, /^<mediawiki [^]*<id>119<\/id>[^]*<\/page>\n$/);
  const counted = await run("revisions", revisions.args(file, ""));
  assert.equal(counted.stdout.trimEnd().split("\n").filter((line) => /^\d+\t1\t/.test(line)).length, 60);
});
