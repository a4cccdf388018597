/** What comes out of a wiki when nothing goes wrong, and whether other runs of it come to the same. */
import assert from "node:assert/strict";
import type { ScriptResult } from "../support/temporary-farm.ts";
import type { FaultFarm } from "./fault-farm.ts";
import { fillWiki } from "./fill-wiki.ts";
import { checkPublished } from "./published-files.ts";
import type { WikiSpec } from "./stack.ts";

export const DATE = "20260101";
/** The text pass, and what it needs. */
export const TEXTS = ["--job", "articlesdump,metahistorybz2dump", "--prereqs", "--skipdone"] as const;
export const HISTORY = "pages-meta-history.xml.bz2";
export const FAULT_WIKI: WikiSpec = {
  name: "faultwiki",
  siteName: "Faults",
  fill: async (farm, name) => void await fillWiki(farm, name, { pages: 200, revisions: 4000 }),
};

export function assertEnded({ status, signal, stderr }: ScriptResult, expected: number): void {
  assert.equal(status, expected, `ended with ${status ?? signal}: ${stderr.slice(-3000)}`);
}

export class GoodDump {
  readonly files: ReadonlyMap<string, string>;

  /** Used by `make`. */
  private constructor(files: ReadonlyMap<string, string>) {
    this.files = files;
  }

  /** Dumps the wiki of a farm. */
  static async make(farm: FaultFarm): Promise<GoodDump> {
    assertEnded(await farm.dump(DATE), 0);
    assert.deepEqual(farm.undone(DATE), []);
    return new GoodDump(await checkPublished(farm.runDirectory(DATE)));
  }

  /** Every published file is whole, and what it is in a run without faults. Gives their names. */
  async assertGood(farm: FaultFarm): Promise<readonly string[]> {
    const found = await checkPublished(farm.runDirectory(DATE));
    for (const [name, digest] of found) assert.equal(digest, this.files.get(name), `${name} is another`);
    return [...found.keys()];
  }

  /** The rest of a run, or of some of its jobs, is done, and all of it is good. */
  async assertResumes(farm: FaultFarm, ...args: readonly string[]): Promise<void> {
    const before = await this.assertGood(farm);
    assertEnded(await farm.dump(DATE, ...args, "--skipdone"), 0);
    const after = await this.assertGood(farm);
    assert.deepEqual(before.filter((name) => !after.includes(name)), []);
    assert.deepEqual(farm.unfinished(DATE), []);
    if (args.length > 0) return;
    assert.deepEqual(farm.undone(DATE), []);
    assert.deepEqual(after, [...this.files.keys()]);
  }
}
