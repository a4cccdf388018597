import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { StubReading, type StubReadingOptions } from "../../../../lib/farm/mediawiki/slices/stub-reading.ts";
import type { SourceEvent } from "../../../../lib/farm/source/source.ts";
import { bundleFixture, startChild } from "../../../support/child.ts";
import { waitUntil } from "../../../support/process.ts";
import { StandInMediaWiki } from "../../../support/stand-in-mediawiki.ts";

const IDLE = new AbortController().signal;

interface Outcome {
  readonly xml: string;
  readonly events: readonly SourceEvent[];
  readonly notices: readonly string[];
  readonly messages: readonly string[];
  readonly error: Error | undefined;
}

interface RunOptions extends Partial<StubReadingOptions> {
  readonly signal?: AbortSignal;
  readonly take?: (event: SourceEvent) => Promise<void> | undefined;
}

/** Runs a reading to its end, good or bad, and looks that nothing is left of it. */
async function read(wiki: StandInMediaWiki, options: RunOptions = {}): Promise<Outcome> {
  const { signal = IDLE, take, ...more } = options;
  const events: SourceEvent[] = [];
  const messages: string[] = [];
  const reading = new StubReading({
    wiki: "tinywiki",
    date: "20260101",
    php: wiki.php,
    database: wiki.database(),
    temporaryDirectory: wiki.temporaryDirectory,
    maxRevisions: 1000,
    minPages: 1,
    retries: 2,
    firstPauseMs: 10,
    stallMs: 60_000,
    onMessage: (message) => messages.push(message),
    ...more,
  });
  const consumer = {
    take(event: SourceEvent): Promise<void> | undefined {
      events.push(event);
      return take?.(event);
    },
  };
  let error: Error | undefined;
  let notices: readonly string[] = [];
  try {
    ({ notices } = await reading.run([consumer], { revisions: "all", signal, onProgress: () => {} }));
  } catch (caught) {
    error = caught as Error;
  }
  assert.deepEqual(readdirSync(wiki.temporaryDirectory), []);
  const xml = Buffer.concat(events.map(({ bytes }) => bytes)).toString();
  return { xml, events, notices, messages, error };
}

const pageIds = (events: readonly SourceEvent[]): readonly number[] =>
  events.flatMap((event) => (event.type === "page" ? [event.page.id] : []));

const ALL = Array.from({ length: 12 }, (_, index) => index + 1);

let good: Promise<string> | undefined;

/** What the wiki's stubs are when nothing goes wrong. */
function goodXml(): Promise<string> {
  return good ??= read(new StandInMediaWiki()).then(({ xml, error }) => {
    assert.equal(error, undefined);
    return xml;
  });
}

test("one slice has header, pages and footer in one call of php", async () => {
  const wiki = new StandInMediaWiki();
  const { events, error } = await read(wiki);
  assert.equal(error, undefined);
  assert.deepEqual(pageIds(events), ALL);
  assert.deepEqual([events[0]!.type, events.at(-1)!.type], ["start", "end"]);
  const directory = wiki.temporaryDirectory;
  assert.deepEqual(wiki.calls("dumpBackup"), [[
    "--wiki=tinywiki",
    "--dbgroupdefault=dump",
    "--full",
    "--stub",
    "--report=1000",
    `--output=file:${directory}/tinywiki-20260101-stubs-history-p1p12.xml`,
    `--output=file:${directory}/tinywiki-20260101-stubs-current-p1p12.xml`,
    "--filter=latest",
    "--start=1",
    "--end=13",
  ]]);
});

test("the current revision of a page is that of the second output, not the one with the highest id", async () => {
  const { events } = await read(new StandInMediaWiki());
  const latest = events.flatMap((event) => (event.type === "page-end" ? [event.page.latest?.revision.id] : []));
  assert.deepEqual(latest, ALL.map((page) => page * 10));
});

test("slices are cut by their revisions, run side by side, and come in order with one header and one footer", async () => {
  for (const concurrency of [1, 3]) {
    const wiki = new StandInMediaWiki();
    wiki.answer({ pattern: "rev_page >= \\d+ and rev_page <= \\d+", output: "count(rev_id)\n500\n" });
    const { xml, error } = await read(wiki, { maxRevisions: 100, minPages: 4, concurrency });
    assert.equal(error, undefined);
    assert.equal(xml, await goodXml());
    const calls = wiki.calls("dumpBackup").map((args) => args.slice(8).join(" ")).toSorted();
    assert.deepEqual(calls, [
      "--skip-header --start=5 --skip-footer --end=9",
      "--skip-header --start=9 --end=13",
      "--start=1 --skip-footer --end=5",
    ]);
  }
});

test("few revisions in the wiki are not counted slice by slice", async () => {
  const wiki = new StandInMediaWiki();
  await read(wiki, { maxRevisions: 129 });
  assert.equal(wiki.queries().length, 1);
  assert.equal(wiki.calls("getReplicaServer").length, 1);
});

for (
  const { behaviour, says } of [
    {
      behaviour: "fail",
      says: /exit code 1 and said: Wikimedia\\Rdbms\\DBConnectionError .* Cannot access the database/,
    },
    { behaviour: "absent", says: /was not written, though php ended without an error/ },
    { behaviour: "notice", says: /exit code 0 and said: PHP Notice: {2}fputs\(\).*No space left/ },
    { behaviour: "notice-on-stdout", says: /exit code 0 and said: Notice: fputs\(\).*No space left/ },
    { behaviour: "cut", says: /does not end with "<\/mediawiki>"/ },
    { behaviour: "cut-second", says: /current-p1p12.xml does not end with "<\/mediawiki>"/ },
    { behaviour: "page-missing", says: /has 23 revisions, though php reported 24/ },
    { behaviour: "stranger-in-second", says: /has revision 999 of page 1, which .*history.* has not/ },
    { behaviour: "killed", says: /SIGKILL/ },
  ] as const
) {
  test(`php that does "${behaviour}" is tried again; two failures, then all is well`, async () => {
    const wiki = new StandInMediaWiki();
    wiki.behave("dumpBackup", behaviour, behaviour, "good");
    const { xml, messages, error } = await read(wiki);
    assert.equal(error, undefined);
    assert.equal(xml, await goodXml());
    assert.equal(messages.length, 2);
    assert.match(messages[0]!, says);
    assert.match(messages[0]!, /^Slice 1 to 12 of stubs failed, next attempt in 0.01 s: /);
    assert.match(messages[1]!, /next attempt in 0.02 s/);
  });

  test(`php that always does "${behaviour}" is an error, and nothing of its slice is delivered`, async () => {
    const wiki = new StandInMediaWiki();
    wiki.behave("dumpBackup", behaviour);
    const { events, error } = await read(wiki, { retries: 1 });
    assert.match(error?.message ?? "", says);
    assert.deepEqual(events, []);
    assert.equal(wiki.calls("dumpBackup").length, 2);
  });
}

test("what was good before a failed slice is delivered", async () => {
  const wiki = new StandInMediaWiki();
  wiki.answer({ pattern: "rev_page >=", output: "count(rev_id)\n500\n" });
  wiki.behave("dumpBackup", "good", "fail");
  const { events, error } = await read(wiki, { maxRevisions: 100, minPages: 5, retries: 0 });
  assert.match(error?.message ?? "", /Cannot access the database/);
  assert.deepEqual(pageIds(events), [1, 2, 3, 4, 5]);
});

test("chatter of php that does no harm is no failure", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("dumpBackup", "warning");
  const { messages, error } = await read(wiki);
  assert.equal(error, undefined);
  assert.deepEqual(messages, []);
});

test("a page without current revision is told, and passed on without one", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("dumpBackup", "no-current");
  wiki.answer({ pattern: "page_latest", output: `page_id\n${ALL.join("\n")}\n` });
  const { events, notices, error } = await read(wiki);
  assert.equal(error, undefined);
  assert.equal(notices[0], "Page 1 has no current revision");
  assert.equal(notices.at(-1), "7 more pages without a current revision");
  assert.ok(events.every((event) => event.type !== "page-end" || event.page.latest === undefined));
});

test("a page that only the file of current revisions has lost is a failure", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("dumpBackup", "no-current", "good");
  wiki.answer({ pattern: "page_latest", output: "page_id\n1\n" });
  const { xml, messages, notices } = await read(wiki);
  assert.match(messages[0]!, /lacks 11 pages, the first one is page 2/);
  assert.equal(xml, await goodXml());
  assert.deepEqual(notices, []);
});

test("php that hangs is ended and tried again", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("dumpBackup", "hang", "good");
  const { xml, messages, error } = await read(wiki, { stallMs: 1500 });
  assert.equal(error, undefined);
  assert.equal(xml, await goodXml());
  assert.match(messages[0]!, /wrote nothing for 1500 ms/);
});

test("an abort ends php, and a pause between attempts, with the signal's reason", async () => {
  for (const behaviour of ["hang", "fail"]) {
    const wiki = new StandInMediaWiki();
    wiki.behave("dumpBackup", behaviour);
    const stop = new AbortController();
    const reason = new Error("enough");
    const timer = setInterval(() => wiki.calls("dumpBackup").length > 0 && stop.abort(reason), 20);
    const { error } = await read(wiki, { signal: stop.signal, firstPauseMs: 60_000 });
    clearInterval(timer);
    assert.equal(error, reason);
  }
});

test("a signal that ends the process leaves no php and no file", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("dumpBackup", "hang");
  const { php, directory } = wiki.php;
  const child = startChild(process.execPath, [
    await bundleFixture("stub-reading-child"),
    php,
    directory,
    wiki.temporaryDirectory,
  ]);
  await waitUntil(() => readdirSync(wiki.temporaryDirectory).length > 0);
  child.kill("SIGTERM");
  assert.equal((await child.exit).signal, "SIGTERM");
  assert.deepEqual(readdirSync(wiki.temporaryDirectory), []);
});

test("a consumer that fails ends everything", async () => {
  const wiki = new StandInMediaWiki();
  wiki.answer({ pattern: "rev_page >=", output: "count(rev_id)\n500\n" });
  wiki.behave("dumpBackup", "good", "hang");
  const failing = new Error("disk full");
  const take = async (event: SourceEvent): Promise<void> => {
    if (event.type === "page-end") throw failing;
  };
  const { error } = await read(wiki, { maxRevisions: 100, minPages: 5, concurrency: 2, take });
  assert.equal(error, failing);
});

test("an empty wiki and an empty part are a header and a footer", async () => {
  const wiki = new StandInMediaWiki();
  const { events, error } = await read(wiki, { pages: { first: 100 } });
  assert.equal(error, undefined);
  assert.deepEqual(events.map(({ type }) => type), ["start", "end"]);
  assert.ok(wiki.calls("dumpBackup")[0]!.join(" ").endsWith("--start=100 --end=100"));
});

test("a part has its pages", async () => {
  const wiki = new StandInMediaWiki();
  assert.deepEqual(pageIds((await read(wiki, { pages: { first: 3, last: 7 } })).events), [3, 4, 5, 6, 7]);
  assert.deepEqual(pageIds((await read(wiki, { pages: { first: 8 } })).events), [8, 9, 10, 11, 12]);
});

test("MediaWiki that is not where it should be is an error at once, with a remedy", async () => {
  const wiki = new StandInMediaWiki();
  const php = { ...wiki.php, directory: "/nowhere" };
  const { error, messages } = await read(wiki, { php });
  assert.match(error?.message ?? "", /\/nowhere\/maintenance\/dumpBackup.php does not exist/);
  assert.match((error as { remedy?: string }).remedy ?? "", /dir in \[wiki\]/);
  assert.deepEqual(messages, []);
});
