import assert from "node:assert/strict";
import { test } from "node:test";
import { closestName, editDistance } from "../lib/closest-name.ts";

const OPTIONS = ["configfile", "date", "job", "skipjobs", "skipdone", "restartfrom", "verbose", "version"];

test("one slip is understood: a letter more, less, other, or swapped; letter case does not count", () => {
  for (const slip of ["confgfile", "configffile", "configfule", "cofnigfile", "CONFIGFILE"]) {
    assert.equal(closestName(slip, OPTIONS), "configfile", slip);
  }
});

test("a beginning is understood when it is the beginning of one name only", () => {
  assert.equal(closestName("restart", OPTIONS), "restartfrom");
  assert.equal(closestName("ver", OPTIONS), undefined);
});

test("what is near to nothing gets no suggestion", () => {
  for (const name of ["xyz", "", "q", "something-else"]) assert.equal(closestName(name, OPTIONS), undefined, name);
});

test("distances count inserts, deletes, changes and swaps of neighbours", () => {
  const cases: readonly (readonly [string, string, number])[] = [["", "", 0], ["", "abc", 3], ["abc", "", 3], [
    "abc",
    "acb",
    1,
  ], [
    "kitten",
    "sitting",
    3,
  ], ["ouput", "output", 1]];
  for (const [from, to, distance] of cases) assert.equal(editDistance(from, to), distance, `${from} ${to}`);
});
