import assert from "node:assert/strict";
import { test } from "node:test";
import { absentFile, isPublished, settledFiles } from "../../../lib/farm/report/file-status.ts";

const SUMS = { md5: "0".repeat(32), sha1: "0".repeat(40) };
const WHOLE = { name: "a", sizeBytes: 3, ...SUMS };
const SO_FAR = { name: "b", sizeBytes: 2, md5: undefined, sha1: undefined };

test("a file with checksums is published whatever its job does; without, only when the job is done", () => {
  for (const state of ["waiting", "in-progress", "failed", "done", "skipped"] as const) {
    assert.equal(isPublished({ state }, WHOLE), true, state);
    assert.equal(isPublished({ state }, SO_FAR), state === "done", state);
    assert.equal(isPublished({ state }, absentFile("c")), false, state);
  }
});

test("when an attempt is over, published files are what they were, and sizes so far are forgotten", () => {
  assert.deepEqual(settledFiles([WHOLE, SO_FAR]), [WHOLE, absentFile("b")]);
});
