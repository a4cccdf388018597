/** Every verb of bzdump with gzip files and plain XML, under a wrong name: good, cut, damaged, with other data behind. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import { PACKED_FAULTS, STREAM_FAULTS } from "./faults.ts";
import { checkRemedy, KNOWN, leftOvers, place, run, tryOn } from "./run-trial.ts";
import type { Codes } from "./verb-trials.ts";

type FaultName = keyof typeof PACKED_FAULTS;
type Expected = Readonly<Record<FaultName, Codes>>;

/** Of verbs that read dumps in any packing. */
const ANY_PACKING: Expected = {
  "gzip-good": [0],
  "gzip-cut": [4],
  "gzip-cut-in-its-end": [4],
  "gzip-damaged": [3],
  "gzip-bad-checksum": [3],
  "gzip-text-behind": [3],
  "plain-good": [0],
  "plain-cut": [4],
  "plain-without-its-end": [4],
  "plain-text-behind": [3],
};
const all = (codes: Codes): Expected =>
  Object.fromEntries(Object.keys(PACKED_FAULTS).map((name) => [name, codes])) as unknown as Expected;
/** Of verbs that read bzip2 alone. */
const BZIP2_ONLY = all([3]);

const EXPECTED: Readonly<Record<string, Expected>> = {
  "decompress": BZIP2_ONLY,
  "compress": all([0]),
  "cat": BZIP2_ONLY,
  // It tells formats apart; plain text is none.
  "test": {
    ...ANY_PACKING,
    "plain-good": [3],
    "plain-cut": [3],
    "plain-without-its-end": [3],
  },
  "blocks": BZIP2_ONLY,
  "pages": ANY_PACKING,
  "stats": ANY_PACKING,
  "revisions": ANY_PACKING,
  "find-page": BZIP2_ONLY,
  "last-id": BZIP2_ONLY,
  "check": BZIP2_ONLY,
  "check-range": all([3, 4, 0]),
  "last-block": BZIP2_ONLY,
  "from-offset": BZIP2_ONLY,
  "crcs": BZIP2_ONLY,
  "index build": BZIP2_ONLY,
  "index check": BZIP2_ONLY,
  "index search": all([1, 3, 4]),
  "index convert": all([3, 4]),
  "append": BZIP2_ONLY,
  "recompress": ANY_PACKING,
  "split": ANY_PACKING,
};

for (const [name, trial] of KNOWN) {
  test(`${name}: gzip files and plain XML`, async (t) => {
    for (const fault of Object.keys(PACKED_FAULTS) as FaultName[]) {
      await t.test(fault, async () => {
        const outcome = await tryOn(name, trial, PACKED_FAULTS[fault], EXPECTED[name]?.[fault]);
        if (outcome.code < 2) return;
        checkRemedy(outcome);
        assert.deepEqual(leftOvers(outcome.directory), [], "nothing under a final name");
      });
    }
  });
}

test(
  "no file stays open behind an error",
  { skip: existsSync("/proc/self/fd") ? false : "no /proc here" },
  async () => {
    const openFiles = (directory: string): string[] =>
      readdirSync("/proc/self/fd").filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory);
        } catch {
          return false;
        }
      });
    for (const [name, trial] of KNOWN) {
      for (const [fault, bytes] of Object.entries({ ...PACKED_FAULTS, ...STREAM_FAULTS })) {
        const { file, out, directory } = place(bytes, trial);
        await run(name, trial.args(file, out));
        // A pipe of the platform closes what it reads a moment later.
        for (let i = 0; i < 100 && openFiles(directory).length > 0; i++) {
          await new Promise((wake) => setTimeout(wake, 10));
        }
        assert.deepEqual(openFiles(directory), [], `${name}: ${fault}`);
      }
    }
  },
);

test("a check of the range in a name says the same of a good dump in any packing, and of a cut one that it is cut", async () => {
  const [, trial] = KNOWN.find(([name]) => name === "check-range")!;
  const codes = [];
  for (const fault of ["gzip-good", "plain-good", "gzip-cut", "plain-cut"] as const) {
    const { file, out } = place(PACKED_FAULTS[fault], trial);
    codes.push((await run("check-range", trial.args(file, out))).code);
  }
  assert.deepEqual(codes, [0, 0, 4, 4]);
});
