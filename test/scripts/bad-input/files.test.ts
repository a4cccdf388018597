/**
 * Every verb of bzdump with everything that a file can be and should not: exit code, message, remedy, and what is left behind.
 *
 * A table: VERBS says how each verb is called and which exit codes it may give for which file. The list of verbs is read from the
 * source, so a new one fails here until it has a row.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { VERBS as NAMED_VERBS } from "../../../scripts/bzdump/verbs.ts";
import { checkPlace, checkRemedy, FOUND, KNOWN, leftOvers, LIMIT_MS, tryOn, verbOf } from "./run-trial.ts";
import { type FileName, FILES } from "./faults.ts";
import { codesFor, fileFor } from "./verb-trials.ts";

/** What is wrong with the very start of a file needs no place. */
const AT_THE_START: readonly FileName[] = ["flip-in-header", "flip-in-level"];
/** What the XML of a dump misses is said; that the rest must be fetched goes without saying. */
const WITHOUT_REMEDY: readonly FileName[] = ["empty", "xml-cut"];

test("every verb has a row in this table", () => {
  assert.deepEqual([...FOUND.keys()].sort(), NAMED_VERBS.map(({ name }) => name).sort());
  assert.deepEqual([...FOUND.keys()].filter((name) => !KNOWN.some(([known]) => verbOf(known) === name)), []);
});

for (const [name, trial] of KNOWN) {
  for (const fileName of Object.keys(FILES) as FileName[]) {
    test(`${name}: ${fileName}`, { timeout: 2 * LIMIT_MS }, async () => {
      const { bytes, kind } = fileFor(trial, fileName);
      const outcome = await tryOn(name, trial, bytes, codesFor(trial, fileName));
      if (outcome.code < 2) return;
      if ((kind === "cut" || kind === "damaged") && !AT_THE_START.includes(fileName)) checkPlace(outcome);
      if (!WITHOUT_REMEDY.includes(fileName)) checkRemedy(outcome);
      if (outcome.code > 1 && name !== "last-block") {
        assert.deepEqual(leftOvers(outcome.directory), [], "nothing under a final name");
      }
    });
  }
}
