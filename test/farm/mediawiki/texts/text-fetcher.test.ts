import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { TextFetcher, type TextFetcherOptions } from "../../../../lib/farm/mediawiki/texts/text-fetcher.ts";
import { command } from "../../../../lib/farm/process/command.ts";
import { scratchDirectory } from "../../../support/scratch.ts";

const PROGRAM = fileURLToPath(new URL("./fetch-text-program.mjs", import.meta.url));

function textOf(number: number): string {
  return `text ${number} with ünïcode and\nline ends `.repeat(number % 50);
}

function setUp(t: TestContext, options: Partial<TextFetcherOptions> = {}) {
  const directory = scratchDirectory("fetcher");
  const notices: string[] = [];
  const fetcher = new TextFetcher({
    command: () => command(process.execPath, PROGRAM, directory),
    absentPauseMs: 20,
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  t.after(() => fetcher.close());
  const starts = () =>
    existsSync(`${directory}/starts`) ? readFileSync(`${directory}/starts`, "utf8").trim().split("\n").length : 0;
  return { directory, notices, fetcher, starts };
}

async function text(fetcher: TextFetcher, address: string): Promise<string> {
  const fetched = await fetcher.fetch(address);
  return fetched.isAvailable ? new TextDecoder().decode(fetched.bytes) : `none: ${fetched.reason}`;
}

/** Many texts, with a troublesome one among them. */
async function fetchAround(fetcher: TextFetcher, odd: string): Promise<string> {
  const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
  const before = numbers.map((number) => text(fetcher, `tt:${number}`));
  const asked = text(fetcher, odd);
  const after = numbers.map((number) => text(fetcher, String(number)));
  const expected = numbers.map(textOf);
  assert.deepEqual(await Promise.all(before), expected);
  assert.deepEqual(await Promise.all(after), expected);
  return await asked;
}

test("texts come by one program, whatever stands in them; bare numbers are addresses", async (t) => {
  const { fetcher, starts, notices } = setUp(t);
  assert.equal(await fetchAround(fetcher, "tt:0"), "");
  assert.equal(await text(fetcher, "slow"), "x".repeat(300));
  assert.equal(starts(), 1);
  assert.deepEqual(notices, []);
  await fetcher.close();
  await assert.rejects(fetcher.fetch("tt:1"), { code: "ABORTED" });
});

test("no program is started before there is something to ask", async (t) => {
  const { fetcher, starts } = setUp(t);
  await fetcher.close();
  assert.equal(starts(), 0);
});

for (const fault of ["die", "complain", "swapped", "garbage", "hang"]) {
  test(`a program that has the fault "${fault}" once is replaced at once, and all texts come`, async (t) => {
    const { fetcher, starts, notices } = setUp(t, { answerTimeoutMs: fault === "hang" ? 1500 : 20_000 });
    const startedMs = performance.now();
    assert.equal(await fetchAround(fetcher, `${fault}-1`), textOf(1));
    assert.ok(performance.now() - startedMs < 8000, "it took too long");
    assert.equal(starts(), 2);
    assert.equal(notices.length, 1, notices.join("\n"));
  });

  test(`a text over which the program always has the fault "${fault}" is unavailable, all others come`, async (t) => {
    const { fetcher, starts } = setUp(t, { answerTimeoutMs: fault === "hang" ? 1500 : 20_000 });
    assert.match(await fetchAround(fetcher, `${fault}-99`), /^none: .*fetch-text-program.*, 3 times$/);
    assert.ok(starts() >= 3 && starts() <= 5, `${starts()} starts`);
  });
}

test("what the program said last comes with the text that cannot be had, and each line is handed on", async (t) => {
  const lines: string[] = [];
  const { fetcher } = setUp(t, { onStderrLine: (line) => lines.push(line) });
  await fetcher.fetch("tt:1");
  const fetched = await fetcher.fetch("complain-99");
  assert.ok(!fetched.isAvailable);
  assert.match(fetched.stderrTail.join("\n"), /DBConnectionError/);
  assert.match(fetched.reason, /it complains: .*Cannot access the database/);
  assert.equal(lines.length, 3);
});

test("a text that kills the program before any text could be had does not keep the others from coming", async (t) => {
  const { fetcher } = setUp(t);
  const first = text(fetcher, "die-99");
  assert.equal(await text(fetcher, "tt:3"), textOf(3));
  assert.match(await first, /^none: /);
});

test("an absent text is asked for once more, then it is unavailable; the program goes on", async (t) => {
  const { fetcher, starts } = setUp(t);
  assert.equal(await fetchAround(fetcher, "absent"), "none: there is no text at absent");
  assert.equal(await fetchAround(fetcher, "absent-once"), textOf(0));
  assert.equal(starts(), 1);
});

test("when the database is away for a while, everything waits and nothing is missing", async (t) => {
  const { fetcher, directory, notices } = setUp(t);
  await fetcher.fetch("tt:1");
  writeFileSync(`${directory}/away`, "");
  setTimeout(() => rmSync(`${directory}/away`), 1500);
  assert.equal(await fetchAround(fetcher, "tt:5"), textOf(5));
  assert.ok(notices.length > 2 && notices.length < 8, notices.join("\n"));
  assert.match(notices.at(-1)!, /; it is started again in [0-9.]+ s$/);
});

test("when it is away from the beginning, everything waits, too", async (t) => {
  const { fetcher, directory } = setUp(t);
  writeFileSync(`${directory}/away`, "");
  setTimeout(() => rmSync(`${directory}/away`), 1500);
  assert.equal(await fetchAround(fetcher, "tt:5"), textOf(5));
});

test("a database that has lost all texts is away, not a wiki without texts", async (t) => {
  const { fetcher, directory } = setUp(t);
  await fetcher.fetch("tt:1");
  writeFileSync(`${directory}/denies`, "");
  setTimeout(() => rmSync(`${directory}/denies`), 1500);
  assert.equal(await fetchAround(fetcher, "tt:5"), textOf(5));
});

test("when it stays away, all that wait are told why", async (t) => {
  const { fetcher, directory } = setUp(t, { outageMs: 700 });
  await fetcher.fetch("tt:1");
  writeFileSync(`${directory}/away`, "");
  const waiting = ["tt:2", "tt:3"].map((address) => fetcher.fetch(address));
  for (const one of waiting) {
    await assert.rejects(one, (error: Error & { code: string; remedy: string; stderrTail: readonly string[] }) => {
      assert.match(error.message, /^Texts cannot be fetched: .*Connection refused$/);
      assert.match(error.remedy, /database server/);
      assert.match(error.stderrTail.join(), /Connection refused/);
      return true;
    });
  }
  await assert.rejects(fetcher.fetch("tt:4"), /Connection refused/);
});

test("a program that is not there is an error at once", async () => {
  const fetcher = new TextFetcher({ command: () => command("/no/such/php", "fetchText.php") });
  await assert.rejects(fetcher.fetch("tt:1"), { code: "NOT_FOUND" });
});

test("with too many texts missing in a row, all fails", async (t) => {
  const { fetcher } = setUp(t, { maxMissingInRow: 5 });
  const asked = Array.from({ length: 6 }, () => text(fetcher, "absent"));
  const results = await Promise.allSettled(asked);
  assert.deepEqual(results.map((result) => result.status), [...Array(5).fill("fulfilled"), "rejected"]);
});

test("the signal ends the program, and whoever waits gets its reason", async (t) => {
  const controller = new AbortController();
  const { fetcher } = setUp(t, { signal: controller.signal });
  await fetcher.fetch("tt:1");
  const [pid] = fetcher.pids;
  const waiting = fetcher.fetch("hang-99");
  const reason = new Error("stop");
  setTimeout(() => controller.abort(reason), 50);
  await assert.rejects(waiting, reason);
  await assert.rejects(fetcher.fetch("tt:2"), reason);
  await fetcher.close();
  assert.throws(() => process.kill(pid!, 0), { code: "ESRCH" });
});

test("closing ends the program even if it hangs", async (t) => {
  const { fetcher } = setUp(t);
  await fetcher.fetch("tt:1");
  const waiting = fetcher.fetch("hang-99");
  const refused = assert.rejects(waiting, { code: "ABORTED" });
  await fetcher.close();
  await refused;
});

test("several programs share the work; one that is killed takes nothing with it", async (t) => {
  const { fetcher, starts } = setUp(t, { fetchers: 3, maxInFlight: 4 });
  const numbers = Array.from({ length: 2000 }, (_, index) => index);
  const waiting = numbers.map((number) => text(fetcher, `tt:${number}`));
  await waiting[0];
  // Each has come so far that it writes down its start.
  while (fetcher.pids.length < 3 || starts() < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  process.kill(fetcher.pids[1]!, "SIGKILL");
  assert.deepEqual(await Promise.all(waiting), numbers.map(textOf));
  assert.equal(await fetchAround(fetcher, "die-1"), textOf(1));
});

test("what is no address is not asked for", async (t) => {
  const { fetcher, starts } = setUp(t);
  for (const address of ["", "tt:1\ntt:2", "tt:1 2", "x".repeat(2000)]) {
    assert.match(await text(fetcher, address), /^none: .* is no address of a text$/);
  }
  assert.equal(starts(), 0);
});
