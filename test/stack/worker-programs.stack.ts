/** Which programs the bundled worker runs, what they are told, and when. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import test, { after } from "node:test";
import { gunzipSync } from "node:zlib";
import { FaultFarm } from "./fault-farm.ts";
import { assertEnded, DATE, FAULT_WIKI, HISTORY } from "./good-dump.ts";
import { DUMP_USER, MEDIAWIKI_USER } from "./mariadb.ts";
import { openFarm } from "./open-farm.ts";
import { checkPublished } from "./published-files.ts";
import { pause } from "./server-process.ts";

const stack = await openFarm(FAULT_WIKI);
const wiki = FAULT_WIKI.name;
const NOWHERE = { php: "/nowhere", mysql: "/nowhere", mysqldump: "/nowhere", sevenzip: "/nowhere" };
const PASSWORDS = [DUMP_USER.password, MEDIAWIKI_USER.password];

test("no password is in a command line, in the log, or in a file", async () => {
  const farm = new FaultFarm({ after }, stack, wiki);
  const worker = farm.begin(DATE, "--log");
  let isOver = false;
  void worker.ended.then(() => isOver = true);
  const seen = new Set<string>();
  while (!isOver) {
    for (const pid of farm.processes()) seen.add(commandLine(pid));
    await pause(5);
  }
  const ended = await worker.ended;
  assertEnded(ended, 0);
  for (const program of ["php", "mysql", "mysqldump", "7za"]) {
    assert.ok([...seen].some((line) => /^\S*/.exec(line)![0].split("/").at(-1) === program), `${program} was not seen`);
  }
  const files = farm.files().filter((name) => statSync(farm.path(name)).isFile());
  const texts = [...seen, ended.stdout, ended.stderr, ...files.map((name) => farm.read(name))];
  for (const password of PASSWORDS) assert.deepEqual(texts.filter((text) => text.includes(password)), []);
});

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // It has ended.
    return "";
  }
}

test("every table job says when it began and when it ended", async () => {
  const farm = new FaultFarm({ after }, stack, wiki);
  const { stderr } = await farm.dump(DATE, "--job", "pagetable,usergroupstable,redirecttable");
  for (
    const [job, table] of [["pagetable", "page"], ["usergroupstable", "user_groups"], ["redirecttable", "redirect"]]
  ) {
    const at = (what: RegExp): number => {
      const [, time] = what.exec(stderr) ?? assert.fail(`${what} is not in ${stderr}`);
      return Date.parse(`${time!.replace(" ", "T")}Z`);
    };
    const began = at(new RegExp(`^(\\S+ \\S+): ${wiki} Starting (?:.*, )?${job}\\b`, "m"));
    const ended = at(new RegExp(`^(\\S+ \\S+): ${wiki} Job ${job} is done$`, "m"));
    assert.ok(began <= ended);
    const sql = gunzipSync(farm.readBytes(`public/${wiki}/${DATE}/${wiki}-${DATE}-${table}.sql.gz`)).toString();
    assert.match(sql, /\n-- Dump completed on +\d{4}-\d\d-\d\d +\d+:\d\d:\d\d\n$/);
  }
});

test("a program is looked for when a job needs it: tables need no 7z, noop needs none", async () => {
  const farm = new FaultFarm({ after }, stack, wiki);
  farm.set({ tools: { sevenzip: "/nowhere" } });
  assertEnded(await farm.dump(DATE, "--job", "pagetable"), 0);
  farm.set({ tools: NOWHERE });
  assertEnded(await farm.dump(DATE, "--job", "noop"), 0);
  assertEnded(await farm.dump(DATE, "--job", "latestlinks"), 0);
  assert.equal(farm.states(DATE)["pagetable"], "done");
  const failed = await farm.dump(DATE, "--job", "pagetable");
  assertEnded(failed, 7);
  assert.match(failed.stderr, /there is no program \/nowhere that may be executed/);
});

test("texts come from the newest run, from that of --prefetchdate, from none, or by dumpTextPass.php alone", async () => {
  const farm = new FaultFarm({ after }, stack, wiki);
  const job = ["--job", "metahistorybz2dump", "--prereqs"];
  const source = async (date: string, ...args: readonly string[]): Promise<string> => {
    const ended = await farm.dump(date, ...job, ...args);
    assertEnded(ended, 0);
    return ended.stderr;
  };
  assert.match(await source("20260101"), /Texts: 0 taken over, 4000 fetched/);
  assert.match(await source("20260102"), /over from faultwiki-20260101-.*\n.*Texts: 4000 taken over, 0 fetched/);
  const dated = await source("20260103", "--prefetchdate", "20260101");
  assert.match(dated, /over from faultwiki-20260101-.*\n.*Texts: 4000 taken over, 0 fetched/);
  assert.match(await source("20260104", "--noprefetch"), /Texts: 0 taken over, 4000 fetched/);
  const worker = farm.begin("20260105", ...job, "--nospawn", "--noprefetch");
  await worker.until(
    "dumpTextPass.php",
    () => farm.processes("php").some((pid) => commandLine(pid).includes("dumpTextPass.php")),
  );
  const passed = await worker.ended;
  assertEnded(passed, 0);
  assert.doesNotMatch(passed.stderr, /Texts: /);
  const [first, ...others] = await Promise.all(["20260101", "20260102", "20260103", "20260104", "20260105"].map(
    async (date) => (await checkPublished(farm.runDirectory(date))).get(HISTORY),
  ));
  assert.deepEqual(others, [first, first, first, first]);
});
