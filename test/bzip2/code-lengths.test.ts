import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CodeLengthMaker } from "../../lib/bzip2/code-lengths.ts";

const maker = new CodeLengthMaker();

function lengthsOf(frequencies: readonly number[], longest: number): number[] {
  const lengths = new Uint8Array(frequencies.length);
  maker.fill(Int32Array.from(frequencies), lengths, longest);
  return [...lengths];
}

function costOf(frequencies: readonly number[], lengths: readonly number[]): number {
  return frequencies.reduce((sum, frequency, i) => sum + Math.max(frequency, 1) * lengths[i]!, 0);
}

/** The cost of the best tree: the sum of all weights that are joined. */
function bestCost(frequencies: readonly number[]): number {
  const weights = frequencies.map((frequency) => Math.max(frequency, 1));
  let cost = 0;
  while (weights.length > 1) {
    weights.sort((a, b) => b - a);
    const joined = weights.pop()! + weights.pop()!;
    weights.push(joined);
    cost += joined;
  }
  return cost;
}

/** The cost of the best tree of which no code is longer than `longest`, by package-merge. */
function bestLimitedCost(frequencies: readonly number[], longest: number): number {
  const leaves = frequencies.map((frequency) => Math.max(frequency, 1)).sort((a, b) => a - b);
  let packages: number[] = [];
  for (let level = 0; level < longest; level++) {
    const merged = [...leaves, ...packages].sort((a, b) => a - b);
    packages = Array.from({ length: merged.length >> 1 }, (_, i) => merged[2 * i]! + merged[2 * i + 1]!);
  }
  return packages.slice(0, leaves.length - 1).reduce((sum, weight) => sum + weight, 0);
}

const frequencyLists = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 2, maxLength: 258 }),
  fc.array(fc.integer({ min: 0, max: 21 }).map((power) => 2 ** power), { minLength: 2, maxLength: 258 }),
);

test("codes fill all the room there is, within the limit", () => {
  fc.assert(fc.property(frequencyLists, fc.integer({ min: 9, max: 20 }), (frequencies, longest) => {
    const lengths = lengthsOf(frequencies, longest);
    assert.ok(lengths.every((length) => length >= 1 && length <= longest));
    assert.equal(lengths.reduce((sum, length) => sum + 2 ** -length, 0), 1);
  }));
});

test("a more frequent symbol never has a longer code", () => {
  fc.assert(fc.property(frequencyLists, (frequencies) => {
    const lengths = lengthsOf(frequencies, 17);
    const order = frequencies.map((_, i) => i).sort((a, b) => frequencies[a]! - frequencies[b]!);
    for (let i = 1; i < order.length; i++) {
      const [rarer, other] = [order[i - 1]!, order[i]!];
      if (Math.max(frequencies[rarer]!, 1) < Math.max(frequencies[other]!, 1)) {
        assert.ok(lengths[rarer]! >= lengths[other]!);
      }
    }
  }));
});

test("trees that stay within the limit are the best there are", () => {
  fc.assert(fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 258 }), (frequencies) => {
    assert.equal(costOf(frequencies, lengthsOf(frequencies, 30)), bestCost(frequencies));
  }));
});

test("cut trees cost little more than the best of their depth", () => {
  const fibonacci = [1, 1];
  while (fibonacci.length < 30) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!);
  const falling = Array.from({ length: 258 }, (_, i) => Math.floor(400_000 * 0.8 ** i));
  for (const frequencies of [fibonacci, falling, [...fibonacci, ...fibonacci], falling.map((_, i) => 2 ** (i % 22))]) {
    for (const longest of [17, 20]) {
      const cost = costOf(frequencies, lengthsOf(frequencies, longest));
      const best = bestLimitedCost(frequencies, longest);
      assert.ok(cost >= best && cost <= 1.002 * best, `${cost} of ${best} at ${longest}`);
    }
  }
});

test("two symbols have codes of one bit", () => {
  assert.deepEqual(lengthsOf([900_000, 0], 17), [1, 1]);
});
