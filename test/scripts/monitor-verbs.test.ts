/** The verbs of the monitor as an operator uses them, on a farm that a worker has dumped. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { before, describe, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { scratchDirectory } from "../support/scratch.ts";
import { runProcess, type ScriptResult, TemporaryFarm } from "../support/temporary-farm.ts";
import { tinyDump } from "../support/tiny-dump.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const DATE = "20260301";
const RUN = `public/tinywiki/${DATE}`;

/** Runs a verb on the farm. */
function monitor(farm: TemporaryFarm, verb: string, ...args: readonly string[]): Promise<ScriptResult> {
  return farm.script("monitor", verb, "--configfile", farm.configure(), ...args);
}

const TEMPLATE = scratchDirectory("dumped");

/** A farm with one wiki whose dump is complete, one whose export is damaged, and one that was never dumped: made once, then copied. */
async function dumpedFarm(context: TestContext): Promise<TemporaryFarm> {
  const farm = new TemporaryFarm(context);
  if (!existsSync(join(TEMPLATE, "public"))) {
    farm.addWiki("tinywiki", tinyDump());
    farm.addWiki("badwiki", "<mediawiki><page>");
    farm.addWiki("newwiki", tinyDump());
    await farm.worker("tinywiki", "--date", DATE);
    await farm.worker("badwiki", "--date", "20260302");
    cpSync(farm.root, TEMPLATE, { recursive: true, verbatimSymlinks: true });
  }
  cpSync(TEMPLATE, farm.root, { recursive: true, verbatimSymlinks: true, force: true });
  return farm;
}

function jsonLines(text: string): readonly Record<string, unknown>[] {
  return text.trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

describe("monitor show", () => {
  test("tells date, state, finished and failed jobs of every wiki, and changes nothing", async (context) => {
    const farm = await dumpedFarm(context);
    const earlier = farm.files();
    const { status, stdout, stderr } = await monitor(farm, "show");
    assert.deepEqual([status, stderr], [0, ""]);
    const lines = stdout.trimEnd().split("\n").map((line) => line.split(/ {2,}/));
    assert.deepEqual(lines.map((cells) => cells.slice(0, 3)), [
      ["tinywiki", DATE, "complete"],
      ["badwiki", "20260302", "failed"],
      ["newwiki", "-", "never"],
    ]);
    assert.match(lines[1]![4]!, /^failed: .*articlesdump/);
    assert.deepEqual(farm.files(), earlier);
  });

  test("picks wikis by state, by the newest date, by name; as JSON too", async (context) => {
    const farm = await dumpedFarm(context);
    const shown = async (...args: readonly string[]): Promise<unknown> => {
      return jsonLines((await monitor(farm, "show", "--json", ...args)).stdout).map(({ schema, wiki }) =>
        `${schema} ${wiki}`
      );
    };
    assert.deepEqual(await shown("failed"), ["monitor/show@1 badwiki"]);
    assert.deepEqual(await shown("never"), ["monitor/show@1 newwiki"]);
    assert.deepEqual(await shown("lastrun"), ["monitor/show@1 badwiki"]);
    assert.deepEqual(await shown("--wiki", "tinywiki"), ["monitor/show@1 tinywiki"]);
    assert.deepEqual(await shown("aborted"), []);
  });

  test("alldone ends with 0 only when every wiki is complete for the newest date", async (context) => {
    const farm = await dumpedFarm(context);
    const { status, stdout } = await monitor(farm, "show", "alldone");
    assert.equal(status, 1);
    assert.deepEqual(stdout.match(/^\w+/gm), ["tinywiki", "badwiki", "newwiki"]);
    farm.write("all.dblist", "tinywiki\n");
    assert.deepEqual([(await monitor(farm, "show", "alldone")).status], [0]);
  });

  test("a state, a wiki or a verb that does not exist is refused, with the one that was meant", async (context) => {
    const farm = new TemporaryFarm(context);
    farm.addWiki("tinywiki");
    for (
      const [args, code, words] of [
        [["show", "faild"], 2, /Did you mean failed\?/],
        [["show", "--wiki", "tinywki"], 1, /There is no wiki tinywki .*\n.*Did you mean tinywiki\?/],
        [["unlck"], 2, /Did you mean unlock\?/],
        [["--json", "show"], 2, /The verb comes first: monitor show/],
      ] as const
    ) {
      const { status, stderr } = await farm.script("monitor", ...args, "--configfile", farm.configure());
      assert.deepEqual([status, words.test(stderr)], [code, true], `${args.join(" ")}: ${stderr}`);
    }
  });
});

describe("monitor rerun, remove, mark", () => {
  test("the commands that rerun prints do what is left, from any directory", async (context) => {
    const farm = await dumpedFarm(context);
    const { status, stdout } = await monitor(farm, "rerun");
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^\S+ \S+worker\.mjs badwiki --date 20260302 --skipdone --configfile \/\S+\/wikidump\.conf\n$/,
    );
    farm.write("exports/badwiki.xml", tinyDump());
    const { status: code, stderr } = await runProcess("sh", ["-c", stdout], "/");
    assert.equal(code, 0, stderr);
    assert.match(farm.read("public/badwiki/20260302/status.html"), /Dump complete</);
    assert.equal((await monitor(farm, "rerun")).status, 255);
  });

  test("remove --dryrun of the whole farm removes nothing and leaves no lock; remove does, and rerun does it anew", async (context) => {
    const farm = await dumpedFarm(context);
    await monitor(farm, "mark", "tinywiki", "articlesdump:failed");
    const earlier = farm.files();
    const plan = await monitor(farm, "remove", "--all", "--dryrun");
    assert.match(
      plan.stdout,
      /^tinywiki 20260301: would remove tinywiki-20260301-pages-articles\.xml\.bz2 of articlesdump$/m,
    );
    assert.deepEqual(farm.files(), earlier);
    const removed = await monitor(farm, "remove", "tinywiki", "--json");
    assert.equal(removed.status, 0, removed.stderr);
    assert.deepEqual(jsonLines(removed.stdout)[0]!["files"], ["tinywiki-20260301-pages-articles.xml.bz2"]);
    assert.deepEqual(farm.list(RUN).filter((name) => name.endsWith("pages-articles.xml.bz2")), []);
    assert.match(farm.read(`${RUN}/dumpruninfo.txt`), /name:articlesdump; status:waiting/);
    assert.deepEqual(farm.files().filter((path) => /lock/.test(path)), []);
    assert.equal((await farm.worker("tinywiki", "--date", DATE, "--skipdone")).status, 0);
    assert.equal((await monitor(farm, "remove", "tinywiki")).status, 255, "nothing has failed any more");
  });

  test("remove and kill want a wiki, or --all", async (context) => {
    const farm = new TemporaryFarm(context);
    for (const verb of ["remove", "kill"]) {
      assert.equal((await monitor(farm, verb)).status, 2);
      assert.equal((await monitor(farm, verb, "--all")).status, 255);
    }
  });

  test("mark takes JOB:STATE, several at once; --dryrun only tells", async (context) => {
    const farm = await dumpedFarm(context);
    const info = farm.read(`${RUN}/dumpruninfo.txt`);
    const told = await monitor(farm, "mark", "tinywiki", "--date", DATE, "articlesdump:waiting", "--dryrun");
    assert.equal(told.stdout, `tinywiki ${DATE}: articlesdump would be waiting, is done\n`);
    assert.equal(farm.read(`${RUN}/dumpruninfo.txt`), info);
    const done = await monitor(farm, "mark", "tinywiki", "articlesdump:waiting", "xmlstubsdump:failed");
    assert.equal(done.status, 0, done.stderr);
    assert.match(farm.read(`${RUN}/dumpruninfo.txt`), /articlesdump; status:waiting[^]*xmlstubsdump; status:failed/);
    const wrong = await monitor(farm, "mark", "tinywiki", "articlesdump:dnoe");
    assert.deepEqual([wrong.status, /Did you mean articlesdump:done\?/.test(wrong.stderr)], [2, true]);
  });

  test("mark of a run that a worker has ends with exit code 6", async (context) => {
    const farm = await dumpedFarm(context);
    farm.write(`private/tinywiki/lock_${DATE}`, `${hostname()} ${process.pid}`);
    assert.equal((await monitor(farm, "mark", "tinywiki", "articlesdump:failed")).status, 6);
  });
});

describe("monitor unlock", () => {
  test("files that are called like a letter of a lock are nobody's business", async (context) => {
    const farm = await dumpedFarm(context);
    farm.write(`private/tinywiki/lock_${DATE}`, "elsewhere 4711");
    for (const letter of ["l", "o", "c", "k", "_", "2", "t", "i"]) farm.write(letter, "");
    const earlier = farm.files();
    const { status, stdout } = await monitor(farm, "unlock", "tinywiki");
    assert.deepEqual([status, /lock_20260301: kept, its worker is on another host/.test(stdout)], [255, true]);
    assert.deepEqual(farm.files(), earlier);
  });
});

describe("monitor maintenance, exit, notice", () => {
  /** Scripts of their own, beside which the files are made. */
  class Installation {
    readonly farm: TemporaryFarm;

    constructor(context: TestContext) {
      this.farm = new TemporaryFarm(context);
      this.farm.addWiki("tinywiki", tinyDump());
      for (const script of ["worker", "monitor"]) {
        cpSync(`${DIST}/${script}.mjs`, this.farm.path(`bin/${script}.mjs`), {});
      }
    }

    run(script: string, ...args: readonly string[]): Promise<ScriptResult> {
      return runProcess(process.execPath, [this.farm.path(`bin/${script}.mjs`), ...args], "/");
    }

    worker(...args: readonly string[]): Promise<ScriptResult> {
      return this.run("worker", "--configfile", this.farm.configure(), ...args);
    }
  }

  test("maintenance is where the worker looks, whatever the directory; --undo ends it", async (context) => {
    const here = new Installation(context);
    const path = here.farm.path("bin/maintenance.txt");
    assert.equal((await here.run("monitor", "maintenance", "--dryrun", "x")).stdout, `Would make ${path}\n`);
    assert.equal(here.farm.exists("bin/maintenance.txt"), false);
    assert.equal((await here.run("monitor", "maintenance", "The", "database", "moves")).stdout, `Made ${path}\n`);
    const { status, stderr } = await here.worker("tinywiki");
    assert.deepEqual([status, /No job is started: The database moves/.test(stderr)], [1, true]);
    assert.equal((await here.run("monitor", "maintenance", "--undo")).stdout, `Removed ${path}\n`);
    assert.equal((await here.run("monitor", "maintenance", "--undo")).status, 255);
    assert.equal((await here.worker("tinywiki")).status, 0);
  });

  test("exit ends loops before their next wiki; --basedir is the workers' one", async (context) => {
    const here = new Installation(context);
    const base = here.farm.path("base");
    here.farm.write("base/x", "");
    await here.run("monitor", "exit", "--basedir", base);
    const { status, stderr } = await here.worker("--loop", "--basedir", base);
    assert.deepEqual([status, /exit\.txt is there/.test(stderr)], [0, true]);
    assert.equal((await here.run("monitor", "exit", "--undo", "--basedir", base)).status, 0);
    assert.equal(here.farm.exists("base/exit.txt"), false);
  });

  test("a notice is on the page of the run as text, and in its files; --undo takes it back", async (context) => {
    const farm = await dumpedFarm(context);
    const set = await monitor(farm, "notice", "tinywiki", "Half <b>done</b>,", "ვიკი & co");
    assert.equal(set.stdout, `Set the notice of tinywiki ${DATE}\n`, set.stderr);
    assert.equal(farm.read(`${RUN}/notice.txt`), "Half <b>done</b>, ვიკი & co\n");
    assert.match(farm.read(`${RUN}/index.html`), /Half &lt;b&gt;done&lt;\/b&gt;, ვიკი &amp; co/);
    assert.match(farm.read(`${RUN}/dumpspecialfiles.json`), /"notice\.txt":\{"status":"present"/);
    assert.equal((await monitor(farm, "notice", "tinywiki")).stdout, "Half <b>done</b>, ვიკი & co\n");
    assert.equal((await monitor(farm, "notice", "tinywiki", "--undo")).status, 0);
    assert.equal(farm.exists(`${RUN}/notice.txt`), false);
    assert.doesNotMatch(
      farm.read(`${RUN}/index.html`) + farm.read(`${RUN}/dumpstatus.json`),
      /done<\/b>|&lt;b&gt;done/,
    );
    assert.match(farm.read(`${RUN}/status.html`), /Dump complete</);
  });

  test("a notice can be set while a worker has the run: in the file at once, on the page later", async (context) => {
    const farm = await dumpedFarm(context);
    farm.write(`private/tinywiki/lock_${DATE}`, "elsewhere 4711");
    const { status, stdout } = await monitor(farm, "notice", "tinywiki", "Late");
    assert.deepEqual([status, /the worker that has the run changes the page/.test(stdout)], [0, true]);
    assert.equal(farm.read(`${RUN}/notice.txt`), "Late\n");
  });

  test("a notice for a run that is not there is refused", async (context) => {
    const farm = await dumpedFarm(context);
    assert.equal((await monitor(farm, "notice", "newwiki", "x")).status, 74);
    assert.equal((await monitor(farm, "notice", "tinywiki", "--date", "20260302", "x")).status, 74);
    assert.equal((await monitor(farm, "notice", "tinywiki", "--date", "2026", "x")).status, 2);
  });
});

describe("monitor kill", () => {
  let slow = "";
  before(() => {
    const text = (): string => Array.from({ length: 30_000 }, () => Math.random().toString(36)).join(" ");
    slow = tinyDump(
      Array.from({ length: 8 }, (_, page) => ({
        id: page + 1,
        title: `P${page}`,
        revisions: [{ id: page + 1, text: text() }],
      })),
    );
  });

  interface Working {
    readonly farm: TemporaryFarm;
    readonly worker: ReturnType<TemporaryFarm["startWorker"]>;
    readonly ended: Promise<unknown[]>;
  }

  async function working(context: TestContext, ...args: readonly string[]): Promise<Working> {
    const farm = new TemporaryFarm(context);
    farm.addWiki("tinywiki", slow);
    const worker = farm.startWorker(...args);
    const ended = once(worker, "exit");
    for (let tries = 0; !farm.list(RUN).some((name) => name.endsWith("history.xml.bz2.inprog")); tries++) {
      assert.ok(tries < 2000);
      await sleep(10);
    }
    return { farm, worker, ended };
  }

  test("a worker is asked to end, leaves its run in order, and is told of when it has ended", async (context) => {
    const { farm, worker, ended } = await working(context, "tinywiki", "--date", DATE);
    const plan = await monitor(farm, "kill", "tinywiki", "--dryrun");
    assert.match(plan.stdout, new RegExp(`^tinywiki ${DATE}: process ${worker.pid} would be ended`));
    assert.equal(worker.exitCode, null);
    const { status, stdout } = await monitor(farm, "kill", "tinywiki");
    assert.deepEqual([status, stdout], [
      0,
      `tinywiki ${DATE}: process ${worker.pid} ended, it left its run in order\n`,
    ]);
    await ended;
    assert.match(readFileSync(farm.path(RUN, "status.html"), "utf8"), /dump aborted/);
    assert.deepEqual(farm.files().filter((path) => /\.inprog|\/lock/.test(path)), []);
    assert.equal((await monitor(farm, "kill", "tinywiki")).status, 255);
  });

  test("with exit.txt, a loop ends with its worker", async (context) => {
    const { farm, ended } = await working(context, "--loop", "--date", DATE, "--basedir", ".");
    await farm.script("monitor", "exit", "--basedir", farm.root);
    assert.equal((await monitor(farm, "kill", "--all")).status, 0);
    assert.deepEqual(await ended, [0, null]);
  });

  test("workers on other dates or hosts, and processes that are no worker, are left alone", async (context) => {
    const { farm, worker } = await working(context, "tinywiki", "--date", DATE);
    farm.write("private/tinywiki/lock_20260101", "elsewhere 4711");
    farm.write("private/tinywiki/lock_20260102", `${hostname()} ${process.pid}`);
    assert.equal((await monitor(farm, "kill", "tinywiki", "--date", "20260201")).status, 255);
    const { status, stdout } = await monitor(farm, "kill", "tinywiki", "--date", "20260101");
    assert.deepEqual([status, /process 4711 left alone, it is on another host/.test(stdout)], [1, true]);
    const ours = await monitor(farm, "kill", "tinywiki", "--date", "20260102", "--json");
    assert.deepEqual([ours.status, jsonLines(ours.stdout)[0]!["action"]], [1, "left alone"]);
    assert.equal(worker.exitCode, null, "the worker on the other date works on");
  });
});
