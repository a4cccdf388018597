import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import type { ItemSlicesOptions } from "../../../../lib/farm/mediawiki/slices/dump-items.ts";
import { dumpLogs } from "../../../../lib/farm/mediawiki/slices/log-slices.ts";
import { flowSlices, sliceArguments } from "../../../../lib/farm/mediawiki/slices/slice-kind.ts";
import { StandInMediaWiki } from "../../../support/stand-in-mediawiki.ts";

const SIGNAL = new AbortController().signal;

interface Pieces {
  readonly header: string;
  readonly items: string;
  readonly footer: string;
}

async function dump(wiki: StandInMediaWiki, options: Partial<ItemSlicesOptions> = {}): Promise<Pieces> {
  const pieces = { header: "", items: "", footer: "" };
  const add = (name: keyof Pieces) => (bytes: Uint8Array) =>
    void (pieces[name] += Buffer.from(bytes).toString()) as undefined;
  const settings = {
    wiki: "tinywiki",
    date: "20260101",
    php: wiki.php,
    database: wiki.database(),
    temporaryDirectory: wiki.temporaryDirectory,
    retries: 1,
    firstPauseMs: 5,
    ...options,
  };
  try {
    await dumpLogs({ header: add("header"), items: add("items"), footer: add("footer") }, settings, { signal: SIGNAL });
    return pieces;
  } finally {
    assert.deepEqual(readdirSync(wiki.temporaryDirectory), []);
  }
}

const idsOf = (items: string): readonly number[] => [...items.matchAll(/<id>(\d+)</g)].map(([, id]) => Number(id));

test("the log comes as header, items and footer, from one call of php", async () => {
  const wiki = new StandInMediaWiki();
  const { header, items, footer } = await dump(wiki);
  assert.match(header, /^<mediawiki [^]*<\/siteinfo>\n$/);
  assert.deepEqual(idsOf(items), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.match(items, /^ {2}<logitem>\n[^]*<\/logitem>\n$/);
  assert.equal(footer, "</mediawiki>\n");
  assert.deepEqual(wiki.calls("dumpBackup"), [[
    "--wiki=tinywiki",
    "--dbgroupdefault=dump",
    "--logs",
    "--report=1000",
    `--output=file:${wiki.temporaryDirectory}/tinywiki-20260101-logs-items-p1p9.xml`,
    "--start=1",
    "--end=10",
  ]]);
});

test("a part of the log has its items; one without items has a header and a footer", async () => {
  const wiki = new StandInMediaWiki();
  assert.deepEqual(idsOf((await dump(wiki, { range: { first: 4, last: 6 } })).items), [4, 5, 6]);
  assert.deepEqual(idsOf((await dump(wiki, { range: { first: 7 } })).items), [7, 8, 9]);
  const { header, items, footer } = await dump(wiki, { range: { first: 10 } });
  assert.notEqual(header, "");
  assert.deepEqual([items, footer], ["", "</mediawiki>\n"]);
});

test("a log that is cut is tried again, and then an error", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("dumpBackup", "cut", "good");
  assert.equal(idsOf((await dump(wiki)).items).length, 9);
  wiki.behave("dumpBackup", "cut");
  await assert.rejects(dump(wiki), { code: "READ", message: /does not end with "<\/mediawiki>"/ });
});

test("php that says nothing lives as long as its file grows", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("dumpBackup", "slow");
  // It takes longer than that, and is silent for 100 ms at a time; on a busy machine it may need another attempt.
  assert.equal(idsOf((await dump(wiki, { stallMs: 1500, retries: 3 })).items).length, 9);
});

test("Flow's boards are asked for by its own script, with history or without", () => {
  const slice = { first: 1, last: 10, isFirst: true, isLast: false };
  const [current, history] = [flowSlices("current"), flowSlices("history")];
  assert.equal(current.script, "extensions/Flow/maintenance/dumpBackup.php");
  const common = ["--dbgroupdefault=dump", "--current", "--report=1000"];
  const rest = ["--output=file:/t/a.xml", "--start=1", "--skip-footer", "--end=11"];
  assert.deepEqual(sliceArguments(current, slice, ["/t/a.xml"]), [...common, ...rest]);
  assert.deepEqual(sliceArguments(history, slice, ["/t/a.xml"]), [...common, "--full", ...rest]);
});
