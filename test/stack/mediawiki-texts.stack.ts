/**
 * Texts of a real MediaWiki: what our reading makes of stubs is what dumpTextPass.php makes of them, byte for byte; and the jobs get from it
 * what they get from an export. Only reads. The farm is that of `npm run test:stack`, or WIKIDUMP_STACK_ENV names the env.sh
 * of another that runs.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { DumpReader } from "../../lib/dump/reading/dump-reader.ts";
import { PrefetchReader } from "../../lib/farm/mediawiki/texts/prefetch-reader.ts";
import { TextFetcher } from "../../lib/farm/mediawiki/texts/text-fetcher.ts";
import { textPassCommand } from "../../lib/farm/mediawiki/texts/text-pass-command.ts";
import { TextPassReading } from "../../lib/farm/mediawiki/texts/text-pass-reading.ts";
import { TextReading, type TextReadingOptions } from "../../lib/farm/mediawiki/texts/text-reading.ts";
import type { TextCounts } from "../../lib/farm/mediawiki/texts/text-supply.ts";
import { command } from "../../lib/farm/process/command.ts";
import type { ReadingJob } from "../../lib/farm/jobs/job.ts";
import { WHOLE_LAYOUT } from "../../lib/farm/jobs/run-layout.ts";
import { JobOutputs } from "../../lib/farm/jobs/job-outputs.ts";
import { multistreamJob } from "../../lib/farm/jobs/multistream.ts";
import { articlesJob, metaCurrentJob, metaHistoryJob } from "../../lib/farm/jobs/page-content.ts";
import { PageFeed } from "../../lib/farm/source/page-feed.ts";
import type { Reading, SourceConsumer, SourceEvent } from "../../lib/farm/source/source.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { SKIP_WITHOUT_STACK, STACK } from "./stack-settings.ts";

const skip = SKIP_WITHOUT_STACK;
const WIKIS = STACK?.wikis ?? ["wiki"];
const DIRECTORY = scratchDirectory("stack");
const SIGNAL = new AbortController().signal;

function script(name: string, wiki: string) {
  return (...args: readonly string[]) =>
    command("php", `${STACK!.directory}/maintenance/${name}`, `--wiki=${wiki}`, ...args);
}

function run(name: string, wiki: string, ...args: readonly string[]): void {
  const { file, args: all } = script(name, wiki)(...args);
  const { status, stderr } = spawnSync(file, all.map(String), { encoding: "utf8" });
  assert.equal(status, 0, stderr);
}

/** The stubs of a wiki, and what dumpTextPass.php makes of each; made once. */
function stubsOf(wiki: string) {
  const path = (kind: string, ending: string) => `${DIRECTORY}/${wiki}-${kind}.${ending}`;
  const kinds = ["history", "current", "articles"] as const;
  if (!existsSync(path("history", "gz"))) {
    const [history, current, articles] = kinds.map((kind) => `--output=gzip:${path(kind, "gz")}`) as [
      string,
      string,
      string,
    ];
    const notTalk = ["--filter=latest", "--filter=notalk", "--filter=namespace:!NS_USER"];
    run("dumpBackup.php", wiki, "--full", "--stub", history, current, "--filter=latest", articles, ...notTalk);
    for (const kind of kinds) {
      const scope = kind === "history" ? "--full" : "--current";
      run("dumpTextPass.php", wiki, `--stub=gzip:${path(kind, "gz")}`, `--output=file:${path(kind, "xml")}`, scope);
    }
  }
  return { stub: (kind: string) => path(kind, "gz"), dump: (kind: string) => path(kind, "xml") };
}

function openFetcher(wiki: string, more: Partial<ConstructorParameters<typeof TextFetcher>[0]> = {}) {
  return (signal: AbortSignal) => new TextFetcher({ signal, command: () => script("fetchText.php", wiki)(), ...more });
}

async function xmlOf(reading: Reading, ...consumers: SourceConsumer[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const collect = {
    take: (event: SourceEvent) => {
      if (event.type === "revision") assert.equal(event.fault, undefined);
      return void pieces.push(event.bytes);
    },
  };
  await reading.run([collect, ...consumers], { revisions: "all", signal: SIGNAL, onProgress: () => {} });
  return concatBytes(pieces);
}

function assertSame(found: Uint8Array, path: string): void {
  const expected = readFileSync(path);
  const at = expected.findIndex((byte, index) => byte !== found[index]);
  const around = (bytes: Uint8Array) => new TextDecoder().decode(bytes.subarray(Math.max(0, at - 200), at + 100));
  if (at >= 0) assert.equal(around(found), around(expected), `byte ${at} of ${path}`);
  assert.equal(found.length, expected.length);
}

for (const wiki of WIKIS) {
  for (const kind of ["history", "current", "articles"]) {
    test(`${wiki}: ${kind} is what dumpTextPass.php writes, byte for byte`, { skip }, async () => {
      const { stub, dump } = stubsOf(wiki);
      assertSame(
        await xmlOf(
          new TextReading({ stubs: [{ path: stub(kind) }], openFetcher: openFetcher(wiki, { fetchers: 2 }) }),
        ),
        dump(kind),
      );
    });
  }

  test(`${wiki}: with an earlier dump, no text has to be fetched, and the result is the same`, { skip }, async () => {
    const { stub, dump } = stubsOf(wiki);
    const packed = `${DIRECTORY}/${wiki}.7z`;
    const files = [dump("history")];
    if (spawnSync("7za", ["a", "-bd", packed, dump("history")]).status === 0) files.push(packed);
    for (const file of files) {
      let counts: TextCounts | undefined;
      const options: TextReadingOptions = {
        stubs: [{ path: stub("history") }],
        openFetcher: openFetcher(wiki),
        openPrefetch: (signal) =>
          new PrefetchReader({ files: [file], signal, sevenZip: (path) => command("7za", "e", "-so", path) }),
        onTexts: (now) => counts = now,
      };
      assertSame(await xmlOf(new TextReading(options)), dump("history"));
      // Texts of slots beside the main one are always asked for.
      assert.equal(counts!.fetched, otherSlots(stub("history")));
      assert.ok(counts!.prefetched > 10);
    }
  });

  test(`${wiki}: dumpTextPass.php itself as a reading`, { skip }, async () => {
    const { stub, dump } = stubsOf(wiki);
    const reading = new TextPassReading({
      command: () =>
        textPassCommand({ script: script("dumpTextPass.php", wiki), stub: stub("history"), revisions: "all" }),
      stub: stub("history"),
      currentStubs: [stub("current")],
    });
    assertSame(await xmlOf(reading), dump("history"));
  });

  test(`${wiki}: jobs write the same over this reading as over an export's`, { skip }, async () => {
    const { stub, dump } = stubsOf(wiki);
    const reading = new TextReading({
      stubs: [{ path: stub("history") }],
      currentStubs: [stub("current")],
      openFetcher: openFetcher(wiki),
    });
    const [articles, current, history, multistream, index] = await filesOf((consumers) => xmlOf(reading, ...consumers));
    assertSame(history!, dump("history"));
    assertSame(current!, dump("current"));
    assertSame(articles!, dump("articles"));
    assertSame(multistream!, dump("articles"));
    const fromExport = await filesOf((consumers) => feed(dump("current"), consumers));
    assert.deepEqual(hash(index!), hash(fromExport[4]!));
  });
}

test("the reading survives programs that are killed again and again", { skip }, async () => {
  const wiki = WIKIS[0]!;
  const { stub, dump } = stubsOf(wiki);
  const fetchers: TextFetcher[] = [];
  let revisions = 0;
  const killer: SourceConsumer = {
    take: (event) => {
      if (event.type === "revision" && ++revisions % 100 === 0) process.kill(fetchers[0]!.pids[0] ?? 0, "SIGKILL");
      return undefined;
    },
  };
  const notices: string[] = [];
  const reading = new TextReading({
    stubs: [{ path: stub("history") }],
    maxAhead: 20,
    openFetcher: (signal) => {
      fetchers.push(openFetcher(wiki, { onNotice: (notice) => notices.push(notice) })(signal));
      return fetchers[0]!;
    },
  });
  assertSame(await xmlOf(reading, killer), dump("history"));
  assert.ok(notices.some((notice) => notice.includes("SIGKILL")), notices.join("\n"));
});

/** How many texts of the stubs are in another slot than the main one. */
function otherSlots(path: string): number {
  return gunzipSync(readFileSync(path)).toString().split("<role>").length - 1;
}

/** Runs the jobs that write texts, and gives what is in their files. */
async function filesOf(drive: (consumers: SourceConsumer[]) => Promise<unknown>): Promise<readonly Uint8Array[]> {
  const jobs: readonly ReadingJob[] = [articlesJob, metaCurrentJob, metaHistoryJob, multistreamJob];
  const directory = scratchDirectory("jobs");
  const tools = { bzip2: "", gzip: "" };
  const options = { wiki: "wiki", date: "20260101", directory, tools, verify: "full", signal: SIGNAL } as const;
  const opened = await Promise.all(jobs.map((job) => JobOutputs.open(job.pieces(WHOLE_LAYOUT)![0]!.outputs, options)));
  const works = jobs.map((job, index) =>
    job.start({ wiki: "wiki", tempDirectory: directory, outputs: opened[index]!.outputs })
  );
  await drive(works);
  const files: Uint8Array[] = [];
  for (const [index, work] of works.entries()) {
    await work.finish();
    const finished = await opened[index]!.finish();
    await finished.publish();
    for (const { name } of finished.files) files.push(decompress(readFileSync(`${directory}/${name}`)));
  }
  return files;
}

async function feed(path: string, consumers: readonly SourceConsumer[]): Promise<void> {
  const reader = new DumpReader();
  const pageFeed = new PageFeed("check");
  const take = async (event: SourceEvent | undefined) => {
    if (event !== undefined) { for (const consumer of consumers) await consumer.take(event); }
  };
  for (const event of reader.push(readFileSync(path))) await take(pageFeed.convert(event));
  for (const event of reader.finish()) await take(pageFeed.convert(event));
  await take(pageFeed.end());
}

function hash(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}
