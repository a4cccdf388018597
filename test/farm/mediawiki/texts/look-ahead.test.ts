import assert from "node:assert/strict";
import { test } from "node:test";
import { LookAhead } from "../../../../lib/farm/mediawiki/texts/look-ahead.ts";

test("items come in their order, and the giver waits at the limits of number and weight", async () => {
  for (const limits of [{ count: 3, weight: 1e9 }, { count: 1e9, weight: 30 }]) {
    const ahead = new LookAhead<number>(limits);
    let begun = 0;
    let most = 0;
    let taken = 0;
    const giving = (async () => {
      for (let i = 0; i < 1000; i++) {
        begun++;
        most = Math.max(most, begun - taken);
        await ahead.add(i, 10);
      }
      ahead.end();
    })();
    for (let i = 0; i < 1000; i++) {
      assert.equal(await ahead.take(), i);
      taken++;
      if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.equal(await ahead.take(), undefined);
    await giving;
    assert.ok(most >= 3 && most <= 5, `${most} at a time`);
  }
});

test("a heavy item goes alone", async () => {
  const ahead = new LookAhead<number>({ count: 10, weight: 5 });
  const added = ahead.add(1, 1000);
  assert.equal(await ahead.take(), 1);
  assert.equal(await added, true);
});

test("a failure comes after all that was good; who leaves lets the giver go", async () => {
  const ahead = new LookAhead<number>({ count: 10, weight: 100 });
  await ahead.add(1, 1);
  ahead.end({ error: new Error("broken") });
  assert.equal(await ahead.take(), 1);
  await assert.rejects(ahead.take(), /broken/);
  const other = new LookAhead<number>({ count: 0, weight: 100 });
  const waiting = other.add(1, 1);
  other.leave();
  assert.equal(await waiting, false);
});
