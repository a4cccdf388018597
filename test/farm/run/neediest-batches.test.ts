import assert from "node:assert/strict";
import { test } from "node:test";
import { newBatch } from "../../../lib/farm/batches/batch.ts";
import type { BatchState } from "../../../lib/farm/batches/batch.ts";
import { renderBatchFile } from "../../../lib/farm/batches/batch-file.ts";
import { neediestBatches } from "../../../lib/farm/run/neediest-batches.ts";
import { TestFarm } from "../test-farm.ts";

test("wikis come by the batches that can be claimed, whatever else they have; a list that makes no sense is told of", async (context) => {
  const lists: Readonly<Record<string, readonly BatchState[]>> = {
    awiki: ["unclaimed", "done"],
    bwiki: ["done", "done", "done", "claimed", "failed"],
    cwiki: ["aborted", "unclaimed", "claimed", "done"],
    dwiki: ["unclaimed"],
  };
  const farm = new TestFarm(context, { wikis: [...Object.keys(lists), "ewiki", "fwiki"] });
  const path = (name: string): string => `private/${name}/20260101/batches-metahistorybz2dump.json`;
  for (const [name, states] of Object.entries(lists)) {
    const batches = states.map((state, at) => ({ ...newBatch({ first: at * 5 + 1, last: at * 5 + 5 }), state }));
    farm.write(path(name), renderBatchFile(batches));
  }
  farm.write(path("fwiki"), "[]");
  const wikis = await Promise.all([...Object.keys(lists), "ewiki", "fwiki"].map((name) => farm.wiki(name)));
  const problems: string[] = [];
  const waiting = await neediestBatches(wikis, {
    job: "metahistorybz2dump",
    dateOf: () => Promise.resolve("20260101"),
    onProblem: (wiki, _date, message) => problems.push(`${wiki.name}: ${message}`),
  });
  assert.deepEqual(waiting.map(({ wiki, count }) => [wiki.name, count]), [["cwiki", 2], ["awiki", 1], ["dwiki", 1]]);
  assert.equal(problems.length, 1);
  assert.match(problems[0]!, /^fwiki: .* cannot be used/);
});
