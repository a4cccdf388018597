import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { concatBytes } from "../../../../lib/bits/bytes.ts";
import { textPassCommand } from "../../../../lib/farm/mediawiki/texts/text-pass-command.ts";
import {
  TextPassReading,
  type TextPassReadingOptions,
} from "../../../../lib/farm/mediawiki/texts/text-pass-reading.ts";
import { command, formatCommand } from "../../../../lib/farm/process/command.ts";
import type { SourceEvent } from "../../../../lib/farm/source/source.ts";
import { scratchDirectory } from "../../../support/scratch.ts";
import { dumpOf, programPages, stubsOf } from "./tiny-stubs.ts";

const PROGRAM = fileURLToPath(new URL("./text-pass-program.mjs", import.meta.url));
const PAGES = programPages(12);
const DUMP = dumpOf(PAGES);

interface Step {
  readonly bytes: number;
  readonly then: "complain" | "stop" | "die" | "hang";
}

async function read(dump: string, plan: readonly Step[], options: Partial<TextPassReadingOptions> = {}) {
  const directory = scratchDirectory("text-pass");
  writeFileSync(`${directory}/dump.xml`, dump);
  writeFileSync(`${directory}/plan.json`, JSON.stringify(plan));
  writeFileSync(`${directory}/stubs.gz`, gzipSync(stubsOf(DUMP, (id) => `tt:${id}`)));
  const notices: string[] = [];
  const events: SourceEvent[] = [];
  const reading = new TextPassReading({
    command: () => command(process.execPath, PROGRAM, directory),
    stub: `${directory}/stubs.gz`,
    pauseMs: 5,
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  const take = (event: SourceEvent) => void events.push(event);
  const run = reading.run([{ take }], {
    revisions: "all",
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  const summary = await run.catch((error: Error & { code?: string }) => error);
  const xml = new TextDecoder().decode(concatBytes(events.map((event) => event.bytes)));
  const faults = events.flatMap((event) => (event.type === "revision" ? event.fault?.message ?? [] : []));
  return { xml, summary, notices, faults, starts: readFileSync(`${directory}/starts`).length };
}

test("what is whole and right passes, event by event", async () => {
  const { xml, summary, faults, starts } = await read(DUMP, []);
  assert.equal(xml, DUMP);
  assert.deepEqual(summary, { pages: 12, revisions: 36, notices: [] });
  assert.deepEqual([faults, starts], [[], 1]);
});

for (const then of ["complain", "stop", "die", "hang"] as const) {
  test(`after "${then}" in the middle it is started again, and goes on where it was`, async () => {
    const middle = DUMP.length >> 1;
    const plan = [{ bytes: middle, then }, { bytes: middle + 900, then }];
    const startedMs = performance.now();
    const { xml, faults, notices } = await read(DUMP, plan, { stallMs: 800 });
    assert.equal(xml, DUMP);
    assert.deepEqual(faults, []);
    assert.equal(notices.length, 2, notices.join("\n"));
    if (then === "complain") assert.match(notices[0]!, /complains: getting\/checking text tt:5 failed/);
    assert.ok(performance.now() - startedMs < 10_000);
  });
}

test("a text that cannot be had is let through at last, and is a fault; later complaints count again", async () => {
  const at = DUMP.indexOf("<text", DUMP.indexOf("<id>20</id>"));
  const lost = DUMP.slice(0, at) + DUMP.slice(at).replace(/(<text [^>]*?) xml:space="preserve">[^<]*<\/text>/, "$1 />");
  const bytes = Buffer.byteLength(DUMP.slice(0, at));
  const plan = Array.from({ length: 4 }, () => ({ bytes, then: "complain" as const }));
  const { xml, summary, faults, starts } = await read(lost, plan, { attempts: 3 });
  assert.equal(xml, lost);
  assert.deepEqual(summary, { pages: 12, revisions: 36, notices: [] });
  assert.equal(starts, 4);
  assert.equal(faults.length, 1);
  assert.match(faults[0]!, /^Page [0-9]+, revision 20: the text has 0 bytes where/);
});

test("one that never gets on is an error that says why", async () => {
  const { summary, starts } = await read(
    DUMP,
    Array.from({ length: 9 }, () => ({ bytes: 4000, then: "die" as const })),
    { attempts: 2 },
  );
  assert.ok(summary instanceof Error);
  assert.match(summary.message, /ended with exit code 1/);
  assert.equal(starts, 3);
});

test("pages or revisions that are missing, doubled or others are an error", async () => {
  const page = / {2}<page>(?:(?!<\/page>)[^])*<\/page>\n/;
  const revision = / {4}<revision>(?:(?!<\/revision>)[^])*<\/revision>\n/;
  for (const part of [page, revision]) {
    const { summary } = await read(DUMP.replace(part, ""), [], { attempts: 1 });
    assert.ok(summary instanceof Error && summary.code === "MISMATCH", String(summary));
    const doubled = await read(DUMP.replace(part, "$&$&"), [], { attempts: 1 });
    assert.ok(doubled.summary instanceof Error && doubled.summary.code === "MISMATCH", String(doubled.summary));
  }
});

test("texts that are wrong, and statements that are not those of the stubs, are faults", async () => {
  const { faults } = await read(DUMP.replace("text 5 with", "text 6 with").replace(/bytes="[0-9]+"/, 'bytes="1"'), []);
  assert.match(faults[0]!, /revision 1: the length or the SHA-1 stated is not that of the stub/);
  assert.match(faults[1]!, /revision 5: the text has SHA-1/);
  assert.equal(faults.length, 2);
});

test("the command has what it needs and nothing else", () => {
  const script = (...args: readonly string[]) => command("php", "dumpTextPass.php", "--wiki=tenwiki", ...args);
  const plain = textPassCommand({ script, stub: "/s.xml.gz", revisions: "all" });
  assert.equal(
    formatCommand(plain),
    "php dumpTextPass.php --wiki=tenwiki --stub=gzip:/s.xml.gz --dbgroupdefault=dump --report=1000 --full",
  );
  const full = textPassCommand({
    script,
    stub: "/s.xml",
    prefetch: ["/a.7z", "/b.7z"],
    output: "/o",
    revisions: "current",
    report: 5,
  });
  assert.equal(
    formatCommand(full),
    "php dumpTextPass.php --wiki=tenwiki --stub=file:/s.xml '--prefetch=7zip:/a.7z;/b.7z' --dbgroupdefault=dump --report=5 " +
      "--output=file:/o --current",
  );
});
