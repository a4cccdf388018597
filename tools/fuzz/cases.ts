/** The cases of a run: each is made from the corpus, the run's seed and its own number alone. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decoderTarget } from "./decoder-target.ts";
import { Dice } from "./dice.ts";
import { splitterTarget } from "./splitter-target.ts";
import type { CheckResult, Seed, Target } from "./target.ts";

/** All that can be fuzzed. */
export const TARGETS: Readonly<Record<string, Target>> = { decoder: decoderTarget, splitter: splitterTarget };

export const CORPUS: URL = new URL("../../test/fuzz-corpus/", import.meta.url);

/** The cases of one target and seed. */
export class Cases {
  readonly #target: Target;
  readonly #seeds: readonly Seed[];
  readonly #seed: number;

  constructor(target: Target, seed: number) {
    this.#target = target;
    this.#seed = seed;
    this.#seeds = readdirSync(CORPUS).sort().filter((name) => name.endsWith(`.${target.suffix}`)).map((name) => ({
      name,
      bytes: new Uint8Array(readFileSync(fileURLToPath(new URL(name, CORPUS)))),
    }));
    if (this.#seeds.length === 0) {
      throw new Error(`test/fuzz-corpus has no .${target.suffix} files: run tools/fuzz-corpus.ts`);
    }
  }

  /** The file of a case. */
  bytes(index: number): Uint8Array {
    const dice = new Dice(this.#seed, index);
    const damaged = this.#target.damage(this.#seeds, dice);
    return this.#target.repair?.(damaged, dice) ?? damaged;
  }

  /** The same before its checksums were repaired: made without running on it what may hang. */
  damagedBytes(index: number): Uint8Array {
    return this.#target.damage(this.#seeds, new Dice(this.#seed, index));
  }

  /** What is wrong with what our code does with it. */
  check(index: number, bytes: Uint8Array): CheckResult {
    return this.#target.check(bytes, new Dice(~this.#seed, index));
  }
}
