/** The bundled worker is killed, or told to end, in the middle of its work: nothing of it lives on, and the next one goes on. */
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { isAlive, waitUntil } from "../support/process.ts";
import { FaultFarm } from "./fault-farm.ts";
import { lockTable } from "./faults.ts";
import { assertEnded, DATE, FAULT_WIKI, GoodDump, HISTORY } from "./good-dump.ts";
import { openFarm } from "./open-farm.ts";
import { pause } from "./server-process.ts";

const stack = await openFarm(FAULT_WIKI);
const wiki = FAULT_WIKI.name;
const good = await GoodDump.make(new FaultFarm({ after }, stack, wiki));

test("the worker is killed in the middle of the text pass: nothing of it lives on, the next one goes on", async (context) => {
  const farm = new FaultFarm(context, stack, wiki);
  const worker = farm.begin(DATE);
  await farm.untilWritten(DATE, HISTORY, 100_000);
  const pid = await farm.untilRunning("php");
  worker.kill("SIGKILL");
  await worker.ended;
  await farm.untilQuiet();
  await waitUntil(() => !isAlive(pid));
  assert.ok(farm.unfinished(DATE).length > 0);
  await good.assertGood(farm);
  farm.ageLock(DATE);
  const { status, stderr } = await farm.monitor();
  assert.equal(status, 0, stderr);
  assert.deepEqual(farm.unfinished(DATE), []);
  assert.equal(farm.states(DATE)["metahistorybz2dump"], "failed");
  await good.assertResumes(farm);
});

/** A kind of job that is at work, and the program that it runs. */
interface Moment {
  readonly title: string;
  readonly jobs: string;
  readonly program: string;
  /** Makes it last; ends that. */
  readonly hold?: () => Promise<() => Promise<void>>;
  readonly ready?: (farm: FaultFarm) => Promise<void>;
}

const lockPages = (): Promise<() => Promise<void>> => lockTable(stack, wiki, "page");
const MOMENTS: readonly Moment[] = [
  { title: "a table dump", jobs: "pagetable", program: "mysqldump", hold: lockPages },
  { title: "a list of titles", jobs: "allpagetitlesdump", program: "mysql", hold: lockPages },
  { title: "the page logs", jobs: "xmlpagelogsdump", program: "php", hold: () => lockTable(stack, wiki, "logging") },
  { title: "the stubs", jobs: "xmlstubsdump", program: "php", hold: lockPages },
  {
    title: "the text pass",
    jobs: "metahistorybz2dump",
    program: "php",
    ready: (farm) => farm.untilWritten(DATE, HISTORY, 1),
  },
  { title: "packing to 7z", jobs: "metahistory7zdump", program: "7za" },
];

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`${signal} in the middle of each kind of job: its programs end with the worker, and nothing half-written has a name`, async (context) => {
    const farm = new FaultFarm(context, stack, wiki);
    for (const { title, jobs, program, hold, ready } of MOMENTS) {
      const release = await hold?.();
      const worker = farm.begin(DATE, "--job", jobs, "--prereqs", "--skipdone");
      await ready?.(farm);
      const pid = await farm.untilRunning(program);
      await pause(50);
      worker.kill(signal);
      assert.equal((await worker.ended).signal, signal, title);
      await farm.untilQuiet();
      await waitUntil(() => !isAlive(pid));
      await release?.();
      if (signal === "SIGKILL") {
        farm.ageLock(DATE);
        assert.equal((await farm.monitor()).status, 0);
      }
      assert.deepEqual(farm.unfinished(DATE), [], title);
      assert.notEqual(farm.states(DATE)[jobs], "done", title);
      await good.assertGood(farm);
      assert.deepEqual(farm.list(`private/${wiki}`).filter((name) => name.startsWith("lock")), [], title);
      if (jobs === "metahistorybz2dump") assertEnded(await farm.dump(DATE, "--job", jobs, "--skipdone"), 0);
    }
    await good.assertResumes(farm);
    assert.deepEqual(farm.list(`temp/f/${wiki}`), []);
    assert.deepEqual(farm.processes(), []);
  });
}
