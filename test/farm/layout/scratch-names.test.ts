import assert from "node:assert/strict";
import test from "node:test";
import { isScratchName, revinfoName, sliceName, sortedLinesName } from "../../../lib/farm/layout/scratch-names.ts";
import { flowSlices, LOG_SLICES, STUB_SLICES } from "../../../lib/farm/mediawiki/slices/slice-kind.ts";

const OWNER = { wiki: "tewiki", date: "20260101" };
const OTHERS = [{ ...OWNER, date: "20260102" }, { ...OWNER, wiki: "tewiki2" }, { ...OWNER, wiki: "ewiki" }];

test("every name that is given is known again, for its own wiki and date only", () => {
  const kinds = [STUB_SLICES, LOG_SLICES, flowSlices("current"), flowSlices("history")];
  const slices = kinds.flatMap(({ name: kind, outputs }) =>
    outputs.map(({ name: output }) => sliceName(OWNER, { kind, output, ids: { first: 1, last: 5000 } }))
  );
  assert.equal(slices.length, 5);
  for (const name of [...slices, revinfoName(OWNER), sortedLinesName("tewiki-20260101-all-titles.gz", 12)]) {
    assert.ok(isScratchName(name, OWNER), name);
    for (const other of OTHERS) assert.ok(!isScratchName(name, other), `${name} of ${other.wiki} ${other.date}`);
  }
});
