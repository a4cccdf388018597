/** MediaWiki, its database and its API, asked by our commands and held against what they say when they are asked by hand. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DEFAULT_API_JOBS } from "../../lib/farm/config/api-jobs.ts";
import { DEFAULT_TABLE_JOBS } from "../../lib/farm/config/default-table-jobs.ts";
import { WikiApi } from "../../lib/farm/mediawiki/api.ts";
import { WikiDatabase } from "../../lib/farm/mediawiki/database.ts";
import { parseDatabaseHost } from "../../lib/farm/mediawiki/database-host.ts";
import { dumpLogs } from "../../lib/farm/mediawiki/slices/log-slices.ts";
import { MediaWikiSite } from "../../lib/farm/mediawiki/site.ts";
import { StubReading, type StubReadingOptions } from "../../lib/farm/mediawiki/slices/stub-reading.ts";
import type { SourceEvent } from "../../lib/farm/source/source.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { SKIP_WITHOUT_STACK, STACK, type StackSettings } from "./stack-settings.ts";

const SIGNAL = new AbortController().signal;
const [PLAIN, PRIVATE] = [
  STACK?.wikis.filter((wiki) => !STACK?.privateWikis.includes(wiki)) ?? [],
  STACK?.privateWikis[0] ?? "",
];

interface Wiki {
  readonly stack: StackSettings;
  readonly site: MediaWikiSite;
  readonly database: WikiDatabase;
  readonly settings: StubReadingOptions;
}

function openWiki(wiki: string): Wiki {
  const stack = STACK!;
  const php = { php: "php", directory: stack.directory, multiversion: "" };
  const site = new MediaWikiSite({ wiki, php, retries: 0 });
  const tools = { mysql: "mysql", mysqldump: "mysqldump", optionFile: stack.optionFile, maxAllowedPacket: "32M" };
  const database = new WikiDatabase({ site, tools, retries: 0 });
  const settings = {
    wiki,
    date: "20260101",
    php,
    temporaryDirectory: scratchDirectory("stack"),
    database,
    maxRevisions: 50_000,
    minPages: 1,
    retries: 0,
    stallMs: 120_000,
  };
  return { stack, site, database, settings };
}

/** What dumpBackup.php writes in one go, with nothing of ours in between. */
function dumpBackup(wiki: string, ...args: readonly string[]): Buffer {
  const path = join(scratchDirectory("stack"), "whole.xml");
  const script = join(STACK!.directory, "maintenance/dumpBackup.php");
  const { status, stderr } = spawnSync("php", [
    script,
    `--wiki=${wiki}`,
    "--dbgroupdefault=dump",
    `--output=file:${path}`,
    ...args,
  ], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return readFileSync(path);
}

/** php, which also counts how often it is called. */
function countingPhp(): { readonly path: string; readonly calls: () => number } {
  const home = scratchDirectory("php");
  const path = join(home, "php");
  writeFileSync(path, `#!/bin/sh\necho call >>${home}/calls\nexec php "$@"\n`);
  chmodSync(path, 0o755);
  return { path, calls: () => readFileSync(join(home, "calls"), "utf8").trim().split("\n").length };
}

interface Stubs {
  readonly bytes: Buffer;
  readonly events: readonly SourceEvent[];
}

async function readStubs(settings: StubReadingOptions): Promise<Stubs> {
  const events: SourceEvent[] = [];
  const consumer = { take: (event: SourceEvent) => void events.push(event) as undefined };
  const progress: number[] = [];
  const reading = new StubReading(settings);
  const summary = await reading.run([consumer], {
    revisions: "all",
    signal: SIGNAL,
    onProgress: ({ pages }) => progress.push(pages),
  });
  assert.equal(events.filter(({ type }) => type === "page").length, summary.pages);
  assert.deepEqual(progress, progress.toSorted((a, b) => a - b));
  assert.equal(progress.at(-1), summary.pages);
  assert.deepEqual(readdirSync(settings.temporaryDirectory), []);
  return { bytes: Buffer.concat(events.map(({ bytes }) => bytes)), events };
}

/** The dump of current revisions that a job would write of these events. */
function currentDump(events: readonly SourceEvent[]): Buffer {
  return Buffer.concat(events.flatMap((event) => {
    if (event.type === "start" || event.type === "end") return [event.bytes];
    if (event.type !== "page-end" || event.page.latest === undefined) return [];
    return [event.page.headBytes, event.page.latest.bytes, event.bytes];
  }));
}

for (const wiki of PLAIN) {
  test(`stubs of ${wiki} are dumpBackup's own bytes, all revisions and current ones`, async () => {
    const { settings } = openWiki(wiki);
    const whole = dumpBackup(wiki, "--full", "--stub");
    const current = dumpBackup(wiki, "--full", "--stub", "--filter=latest");
    const one = await readStubs(settings);
    assert.ok(one.bytes.equals(whole));
    assert.ok(currentDump(one.events).equals(current));
  });

  test(`stubs of ${wiki} in many slices, three at a time, are the same bytes`, async () => {
    const { settings } = openWiki(wiki);
    const whole = dumpBackup(wiki, "--full", "--stub");
    const counting = countingPhp();
    const php = { ...settings.php, php: counting.path };
    const many = await readStubs({ ...settings, php, maxRevisions: 20, concurrency: 3 });
    assert.ok(many.bytes.equals(whole));
    assert.ok(counting.calls() >= 3, `${counting.calls()} calls of php`);
  });

  test(`the parts of the stubs of ${wiki} have the pages that were asked for`, async () => {
    const { settings } = openWiki(wiki);
    const range = (...args: readonly string[]): Buffer => dumpBackup(wiki, "--full", "--stub", ...args);
    const first = await readStubs({ ...settings, pages: { first: 1, last: 70 } });
    assert.ok(first.bytes.equals(range("--start=1", "--end=71")));
    const rest = await readStubs({ ...settings, pages: { first: 71 } });
    assert.ok(rest.bytes.equals(range("--start=71")));
    const none = await readStubs({ ...settings, pages: { first: 1_000_000 } });
    assert.ok(none.bytes.equals(range("--start=1", "--end=1")));
  });

  test(`the log of ${wiki} is dumpBackup's own bytes, whatever the slices`, async () => {
    const { settings, database } = openWiki(wiki);
    const whole = dumpBackup(wiki, "--logs");
    const { logId } = await database.maxIds();
    assert.ok(logId > 3);
    const pieces = { header: [] as Uint8Array[], items: [] as Uint8Array[], footer: [] as Uint8Array[] };
    const sink = {
      header: (bytes: Uint8Array) => void pieces.header.push(bytes) as undefined,
      items: (bytes: Uint8Array) => void pieces.items.push(bytes) as undefined,
      footer: (bytes: Uint8Array) => void pieces.footer.push(bytes) as undefined,
    };
    await dumpLogs(sink, settings, { signal: SIGNAL });
    assert.ok(Buffer.concat([...pieces.header, ...pieces.items, ...pieces.footer]).equals(whole));
    assert.match(Buffer.concat(pieces.header).toString(), /<\/siteinfo>\n$/);
    assert.equal(Buffer.concat(pieces.footer).toString(), "</mediawiki>\n");
    pieces.items.length = 0;
    await dumpLogs(sink, { ...settings, range: { first: 1, last: 2 } }, { signal: SIGNAL });
    await dumpLogs(sink, { ...settings, range: { first: 3 } }, { signal: SIGNAL });
    const items = Buffer.concat(pieces.items);
    assert.ok(whole.includes(items));
    assert.equal(items.length, whole.length - pieces.header[0]!.length - pieces.footer[0]!.length);
  });
}

/** A sink that keeps everything. */
function keep() {
  const pieces: Uint8Array[] = [];
  return { write: (bytes: Uint8Array) => void pieces.push(bytes) as undefined, bytes: () => Buffer.concat(pieces) };
}

function client(program: string, args: readonly string[], input?: string): string {
  const { optionFile, host, port } = STACK!;
  const options = [`--defaults-extra-file=${optionFile}`, "-h", host, "--port", String(port)];
  const { status, stdout, stderr } = spawnSync(program, [...options, ...args], { encoding: "utf8", input });
  assert.equal(status, 0, stderr);
  return stdout;
}

const withoutDate = (dump: string): string => dump.replace(/-- Dump completed on .*/, "");

test("tables are mysqldump's own bytes; which there are is known before", { skip: SKIP_WITHOUT_STACK }, async () => {
  const wiki = PLAIN[0]!;
  const { database } = openWiki(wiki);
  const tables = await database.tables();
  const wanted = DEFAULT_TABLE_JOBS.filter(({ table }) => tables.has(table));
  assert.ok(wanted.length >= 15 && !tables.has("flaggedrevs"));
  for (const { table } of wanted) {
    const output = keep();
    await database.dumpTable(table, output);
    const plain = client("mysqldump", ["--opt", "--quick", "--skip-add-locks", "--skip-lock-tables", wiki, table]);
    assert.equal(withoutDate(output.bytes().toString()), withoutDate(plain), table);
  }
});

test("a table that is not there is an error, whatever was written", { skip: SKIP_WITHOUT_STACK }, async () => {
  const { database } = openWiki(PLAIN[0]!);
  const output = keep();
  await assert.rejects(database.dumpTable("nosuch", output), {
    code: "EXIT",
    message: /Couldn't find table: "nosuch"/,
  });
});

test("titles come in the order and with the bytes of the plain query", { skip: SKIP_WITHOUT_STACK }, async () => {
  for (const wiki of PLAIN) {
    const { database } = openWiki(wiki);
    const [main, all] = [keep(), keep()];
    await database.listTitles("main", main);
    await database.listTitles("all", all);
    const query = (text: string): string => client("mysql", [wiki, "-r"], text);
    const table = query("show tables like '%page';").trimEnd().split("\n").at(-1)!;
    assert.equal(main.bytes().toString(), query(`select page_title from ${table} where page_namespace=0;`));
    assert.equal(all.bytes().toString(), query(`select page_namespace, page_title from ${table};`));
    assert.match(all.bytes().toString(), /^page_namespace\tpage_title\n0\t/);
  }
});

test("counts and highest ids are the database's", { skip: SKIP_WITHOUT_STACK }, async () => {
  const wiki = PLAIN[0]!;
  const { database } = openWiki(wiki);
  const [, row] = client("mysql", [wiki], "select max(page_id), max(rev_id), count(*) from page, revision;").split(
    "\n",
  );
  const { pageId, revisionId } = await database.maxIds();
  assert.deepEqual([String(pageId), String(revisionId)], row!.split("\t").slice(0, 2));
  const [, count] = client("mysql", [wiki], "select count(*) from revision where rev_page between 5 and 60;").split(
    "\n",
  );
  assert.equal(String(await database.countRevisions({ first: 5, last: 60 })), count);
  assert.deepEqual(await database.pagesWithoutCurrent({ first: 1, last: pageId }), new Set());
});

test("the API's answers are those of the server; namespaces, aliases, magic words, general", {
  skip: SKIP_WITHOUT_STACK,
}, async () => {
  const wiki = PLAIN[0]!;
  const { site } = openWiki(wiki);
  const { canonicalServer, scriptPath } = await site.facts();
  assert.equal(canonicalServer, STACK!.apiBase);
  for (const job of DEFAULT_API_JOBS) {
    const answer = Buffer.from(await new WikiApi({ site, retries: 0 }).siteInfo(job)).toString();
    const url =
      `${canonicalServer}${scriptPath}/api.php?action=query&meta=siteinfo&siprop=${job.properties.join("|")}` +
      `&format=json&formatversion=${job.formatVersion}`;
    const plain = await (await fetch(url)).text();
    const withoutTime = (text: string): string => text.replace(/"time":"[^"]*"/, "");
    assert.equal(withoutTime(answer), withoutTime(plain));
    assert.deepEqual(Object.keys(JSON.parse(answer).query), job.properties);
  }
});

test("a private wiki's API is an error with a remedy, at once", { skip: SKIP_WITHOUT_STACK }, async () => {
  const { site } = openWiki(PRIVATE);
  await assert.rejects(new WikiApi({ site }).siteInfo(DEFAULT_API_JOBS[0]!), {
    name: "SourceError",
    message: /lets nobody read/,
    remedy: /private wiki/,
  });
});

test("a private wiki's stubs can be had", { skip: SKIP_WITHOUT_STACK }, async () => {
  const { settings } = openWiki(PRIVATE);
  assert.ok((await readStubs(settings)).bytes.equals(dumpBackup(PRIVATE, "--full", "--stub")));
});

test("an unknown wiki is an error that says so", { skip: SKIP_WITHOUT_STACK }, async () => {
  const { site } = openWiki("nosuchwiki");
  await assert.rejects(site.facts(), { code: "EXIT", message: /No such wiki|nosuchwiki/ });
});

test("a full disk is an error, though php ends with exit code 0", { skip: SKIP_WITHOUT_STACK }, async () => {
  const { settings } = openWiki(PLAIN[0]!);
  const path = join(scratchDirectory("php"), "php");
  const rename = "case $a in --output=file:*-history-*) a=--output=file:/dev/full;; esac";
  writeFileSync(path, `#!/bin/sh\nfor a; do shift; ${rename}; set -- "$@" "$a"; done\nexec php "$@"\n`);
  chmodSync(path, 0o755);
  await assert.rejects(readStubs({ ...settings, php: { ...settings.php, php: path } }), {
    code: "EXIT",
    message: /exit code 0 and said: PHP Notice: .*No space left on device/,
  });
  assert.deepEqual(readdirSync(settings.temporaryDirectory), []);
});

test("a database server that is down is an error that says so", { skip: SKIP_WITHOUT_STACK }, async () => {
  const { settings, site } = openWiki(PLAIN[0]!);
  const facts = { ...await site.facts(), database: { host: "127.0.0.1", port: 1, socket: undefined } };
  const down = new WikiDatabase({
    site: { wiki: site.wiki, facts: () => Promise.resolve(facts), forget: () => {} },
    tools: { mysql: "mysql", mysqldump: "mysqldump", optionFile: STACK!.optionFile, maxAllowedPacket: "" },
    retries: 0,
  });
  await assert.rejects(down.maxIds(), { code: "EXIT", message: /Can't connect to server|Can't connect to MySQL/ });
  await assert.rejects(down.dumpTable("page", keep()), { code: "EXIT", message: /Can't connect/ });
  await assert.rejects(readStubs({ ...settings, database: down }), { message: /Can't connect/ });
});

test(
  "tables come through the other ways to a server: localhost with a port",
  { skip: SKIP_WITHOUT_STACK },
  async () => {
    const { site } = openWiki(PLAIN[0]!);
    const facts = await site.facts();
    const server = parseDatabaseHost(`localhost:${STACK!.port}`);
    assert.ok(server !== undefined);
    const database = new WikiDatabase({
      site: { wiki: site.wiki, facts: () => Promise.resolve({ ...facts, database: server }), forget: () => {} },
      tools: { mysql: "mysql", mysqldump: "mysqldump", optionFile: STACK!.optionFile, maxAllowedPacket: "" },
      retries: 0,
    });
    assert.ok((await database.tables()).has("page"));
  },
);
