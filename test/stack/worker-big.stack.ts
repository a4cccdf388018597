/** The bundled worker on a wiki of 100,000 revisions: everything is dumped, and memory stays where it is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import test, { after, type TestContext } from "node:test";
import { FaultFarm, type RunningWorker } from "./fault-farm.ts";
import { fillWiki } from "./fill-wiki.ts";
import { openFarm } from "./open-farm.ts";
import { checkPublished } from "./published-files.ts";

const WIKI = "bigwiki";
/** Fewer for a quick look. */
const REVISIONS = Number(process.env["WIKIDUMP_BIG_REVISIONS"] ?? 100_000);
const PAGES = Math.ceil(REVISIONS / 20);
const MOST_KB = 300 * 1024;
const stack = await openFarm({
  name: WIKI,
  siteName: "Big",
  fill: async (farm, name) => void await fillWiki(farm, name, { pages: PAGES, revisions: REVISIONS }),
});
const farm = new FaultFarm({ after }, stack, WIKI);

interface Measured {
  readonly peakKb: number;
  readonly seconds: number;
  /** From the log: when each job began and ended, from the start. */
  readonly said: string;
}

/** Dumps a date, and looks at the worker's memory until it ends. */
async function measure(date: string, ...args: readonly string[]): Promise<Measured> {
  const startMs = performance.now();
  const worker = farm.begin(date, ...args);
  let peakKb = 0;
  const timer = setInterval(() => peakKb = Math.max(peakKb, highWater(worker)), 200);
  const { status, stderr } = await worker.ended;
  clearInterval(timer);
  assert.equal(status, 0, stderr.slice(-3000));
  assert.deepEqual(farm.undone(date), []);
  return { peakKb, seconds: (performance.now() - startMs) / 1000, said: stderr };
}

/** The most memory that the process ever had resident. */
function highWater({ pid }: RunningWorker): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    // It has ended.
    return 0;
  }
}

function tell(context: TestContext, what: string, { peakKb, seconds, said }: Measured): void {
  context.diagnostic(
    `${what}: ${REVISIONS} revisions of ${PAGES} pages, ${seconds.toFixed(1)} s, ${
      Math.round(peakKb / 1024)
    } MB at most; ` +
      (/Texts: .*/.exec(said)?.[0] ?? ""),
  );
}

test("a big wiki is dumped with less than 300 MB", async (context) => {
  const measured = await measure("20260101");
  tell(context, "first date", measured);
  assert.match(measured.said, new RegExp(`Texts: 0 taken over, `));
  assert.match(measured.said, new RegExp(`Read \\d+ pages, ${REVISIONS + 1} revisions`));
  assert.ok(measured.peakKb > 0 && measured.peakKb < MOST_KB, `${measured.peakKb} kB`);
});

test("the next date takes its texts from the one before, is the same, and needs no more memory", async (context) => {
  const measured = await measure("20260111");
  tell(context, "second date", measured);
  assert.match(measured.said, /Texts: \d+ taken over, 0 fetched/);
  assert.ok(measured.peakKb > 0 && measured.peakKb < MOST_KB, `${measured.peakKb} kB`);
  const [first, second] = [
    await checkPublished(farm.runDirectory("20260101")),
    await checkPublished(farm.runDirectory("20260111")),
  ];
  assert.deepEqual([...second], [...first]);
});
