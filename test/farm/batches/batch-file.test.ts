import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Batch, BATCH_STATES, describeBatches, newBatch } from "../../../lib/farm/batches/batch.ts";
import { parseBatchFile, renderBatchFile } from "../../../lib/farm/batches/batch-file.ts";

const PLACE = { wiki: "tewiki", job: "metahistorybz2dump", path: "/private/batches-metahistorybz2dump.json" };
const parse = (text: string): readonly Batch[] => parseBatchFile(text, PLACE);

/** As the reference documents it, on one line. */
const GOLDEN =
  '{"batches": [{"batch": {"status": "claimed", "owner": {"host": "snap1.example", "pid": 4711}, "first_claimed": "20260101120000", ' +
  '"completed_time": null, "runs": "1", "range": {"start": "1", "end": "25"}}}]}';

const CLAIMED: Batch = {
  state: "claimed",
  owner: { host: "snap1.example", pid: 4711 },
  firstClaimed: "20260101120000",
  completed: undefined,
  runs: 1,
  range: { first: 1, last: 25 },
};

test("the list has the form of the reference", () => {
  assert.equal(renderBatchFile([CLAIMED]), GOLDEN);
  assert.deepEqual(parse(GOLDEN), [CLAIMED]);
});

test("what is written is read back", () => {
  const time = fc.option(fc.integer({ min: 10 ** 13, max: 10 ** 14 - 1 }).map(String), { nil: undefined });
  const owner = fc.option(fc.record({ host: fc.string(), pid: fc.nat() }, { noNullPrototype: true }), {
    nil: undefined,
  });
  const fields = fc.record({
    state: fc.constantFrom(...BATCH_STATES),
    owner,
    firstClaimed: time,
    completed: time,
    runs: fc.nat(99),
    length: fc.integer({ min: 1, max: 1000 }),
  });
  fc.assert(fc.property(fc.array(fields, { minLength: 1, maxLength: 9 }), (all) => {
    let next = 1;
    const batches = all.map(({ length, ...rest }): Batch => {
      const range = { first: next, last: next + length - 1 };
      next += length;
      return { ...rest, range };
    });
    assert.deepEqual(parse(renderBatchFile(batches)), batches);
  }));
});

test("numbers may be numbers, and what nobody set may be left out", () => {
  const text = '{"batches": [{"batch": {"status": "unclaimed", "runs": 0, "range": {"start": 1, "end": 25}}}]}';
  assert.deepEqual(parse(text), [newBatch({ first: 1, last: 25 })]);
});

test("batches that overlap, leave pages out or begin elsewhere are refused, with the file and the place", () => {
  const list = (...ranges: readonly (readonly [number, number])[]): string =>
    renderBatchFile(ranges.map(([first, last]) => newBatch({ first, last })));
  assert.equal(parse(list([1, 25], [26, 50])).length, 2);
  const misfits: readonly [string, RegExp][] = [
    [list([1, 25], [20, 50]), /batch 2, pages 20-50, has pages of the one before it/],
    [list([1, 25], [30, 50]), /batch 2, pages 30-50, leaves out pages 26-29/],
    [list([5, 25]), /batch 1, pages 5-25, leaves out pages 1-4/],
    [list([1, 25], [1, 25]), /batch 2, pages 1-25, has pages of the one before it/],
  ];
  for (const [text, message] of misfits) {
    assert.throws(() => parse(text), (error: Error & { code: string }) => {
      assert.equal(error.code, "LAYOUT");
      assert.match(error.message, message);
      return error.message.startsWith(PLACE.path);
    });
  }
});

test("what makes no sense is refused, and the message says where", () => {
  const wrong: readonly [string, RegExp][] = [
    ["", /no JSON object/],
    [GOLDEN.slice(0, -1), /no JSON object/],
    ['{"batches": []}', /no JSON object with a list/],
    [GOLDEN.replace('"claimed"', '"taken"'), /batch 1 has no status of unclaimed/],
    [GOLDEN.replace('"end": "25"', '"end": "0"'), /batch 1 has no range of pages/],
    [GOLDEN.replace('"start": "1"', '"start": "-1"'), /batch 1 has no range of pages/],
    [GOLDEN.replace("4711", '"x"'), /batch 1 has an owner without host or pid/],
    [GOLDEN.replace('"runs": "1"', '"runs": "many"'), /does not say how often/],
    [GOLDEN.replace('"batch"', '"butch"'), /batch 1 has no status/],
  ];
  for (const [text, message] of wrong) assert.throws(() => parse(text), { code: "LAYOUT", message }, text);
});

test("a list in words", () => {
  const range = { first: 1, last: 2 };
  const [free, taken, done] = (["unclaimed", "claimed", "done"] as const).map((state) => ({
    ...newBatch(range),
    state,
  }));
  assert.equal(describeBatches([free!, done!, taken!, done!]), "4 batches: 2 done, 1 claimed, 1 unclaimed");
  assert.equal(describeBatches([free!]), "1 batch: 1 unclaimed");
});
