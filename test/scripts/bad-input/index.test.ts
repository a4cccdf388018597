/** Pages that are not there, and the index of another dump. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { makeDump, multistream } from "../../dump/dump-maker.ts";
import { LAST_ID, MULTISTREAM } from "./faults.ts";
import { checkPlace, checkRemedy, run } from "./run-trial.ts";
import { INDEX, ROOT } from "./verb-trials.ts";

const HERE = join(ROOT, "here-multistream.xml.bz2");
writeFileSync(HERE, MULTISTREAM.bytes);
const WRONG_INDEX = join(ROOT, "wrong-index.txt");
writeFileSync(WRONG_INDEX, multistream(makeDump([1, 3, 127], () => 90), 1).index);

for (const verb of ["pages", "find-page"]) {
  for (const [where, id] of [["below", 0], ["between", 2], ["above", 9999]] as const) {
    test(`${verb}: a page id ${where} those that are there`, async () => {
      for (const more of [[], [`--index=${INDEX}`]]) {
        const outcome = await run(verb, [HERE, String(id), ...more]);
        assert.equal(outcome.code, 1, outcome.stderr);
        assert.match(outcome.stderr, new RegExp(`${basename(HERE)}.*\\b${id}\\b`));
      }
    });
  }

  test(`${verb}: the index of another dump`, async () => {
    const outcome = await run(verb, [HERE, String(LAST_ID), `--index=${WRONG_INDEX}`]);
    assert.equal(outcome.code, 3, outcome.stderr + outcome.stdout.slice(0, 200));
    assert.match(outcome.stderr, /index/);
    checkRemedy(outcome);
  });
}

test("pages: a damaged header behind the streams of the index is damage, not an early end", async () => {
  const file = join(ROOT, "damaged-footer-multistream.xml.bz2");
  const bytes = MULTISTREAM.bytes.slice();
  const headers = [...bytes.keys()].filter((at) => new TextDecoder().decode(bytes.subarray(at, at + 4)) === "BZh9");
  bytes[headers.at(-2)! + 1]! ^= 1;
  writeFileSync(file, bytes);
  const outcome = await run("pages", [file, `${LAST_ID}-`, `--index=${INDEX}`]);
  assert.equal(outcome.code, 3, outcome.stderr);
  assert.match(outcome.stderr, /header is damaged/);
  checkPlace(outcome);
  checkRemedy(outcome);
});
