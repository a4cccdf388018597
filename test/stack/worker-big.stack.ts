/** The bundled worker on a wiki of 100,000 revisions: everything is dumped, and memory stays where it is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import test, { after, type TestContext } from "node:test";
import { FaultFarm, type RunningWorker } from "./fault-farm.ts";
import { fillWiki } from "./fill-wiki.ts";
import { openFarm } from "./open-farm.ts";
import { checkPublished } from "./published-files.ts";

/** Fewer for a quick look. */
const REVISIONS = Number(process.env["WIKIDUMP_BIG_REVISIONS"] ?? 100_000);
const WIKI = `big${REVISIONS}wiki`;
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
  /** Time of the processor: the worker's own, and that of programs that it ran to their end. */
  readonly processor: { readonly own: number; readonly programs: number };
  readonly said: string;
}

/** Dumps a date, and looks at the worker's memory until it ends. */
async function measure(date: string, ...args: readonly string[]): Promise<Measured> {
  const startMs = performance.now();
  const worker = farm.begin(date, ...args);
  let peakKb = 0;
  let processor = { own: 0, programs: 0 };
  const timer = setInterval(() => {
    peakKb = Math.max(peakKb, highWater(worker));
    processor = processorSeconds(worker) ?? processor;
  }, 200);
  const { status, stderr } = await worker.ended;
  clearInterval(timer);
  assert.equal(status, 0, stderr.slice(-3000));
  assert.deepEqual(farm.undone(date), []);
  return { peakKb, seconds: (performance.now() - startMs) / 1000, processor, said: stderr };
}

function processorSeconds({ pid }: RunningWorker): Measured["processor"] | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ").map(Number);
    const [own, ownInKernel, programs, programsInKernel] = fields.slice(11, 15) as [number, number, number, number];
    // The kernel counts hundredths.
    return { own: (own + ownInKernel) / 100, programs: (programs + programsInKernel) / 100 };
  } catch {
    // It has ended.
    return undefined;
  }
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

function tell(context: TestContext, what: string, { peakKb, seconds, processor, said }: Measured): void {
  context.diagnostic(
    `${what}: ${REVISIONS} revisions of ${PAGES} pages, ${seconds.toFixed(1)} s ` +
      `(processor: ${processor.own.toFixed(1)} s, programs ${processor.programs.toFixed(1)} s), ${
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
