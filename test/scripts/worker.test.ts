/** The worker as an operator meets it: the bundle, on a farm of its own. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { TemporaryFarm } from "../support/temporary-farm.ts";
import { TINY_PAGES, tinyDump, tinyHeader, tinyPage } from "../support/tiny-dump.ts";

const DATE = "20260301";
const JOBS = [
  "namespaces",
  "namespacesv2",
  "pagetitlesdump",
  "allpagetitlesdump",
  "xmlstubsdump",
  "articlesdump",
  "metacurrentdump",
  "metahistorybz2dump",
  "articlesmultistreamdump",
];

function textOf(farm: TemporaryFarm, path: string): string {
  const bytes = farm.readBytes(path);
  return new TextDecoder().decode(path.endsWith(".gz") ? gunzipSync(bytes) : decompress(bytes));
}

function states(farm: TemporaryFarm, wiki = "tinywiki", date = DATE): Record<string, string> {
  const { jobs } = JSON.parse(farm.read(`public/${wiki}/${date}/dumpruninfo.json`));
  return Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, (job as { status: string }).status]));
}

/** Nothing unfinished, no lock. */
function assertTidy(farm: TemporaryFarm): void {
  const leftovers = farm.files().filter((path) => /\.inprog|\.tmp|\.sort$|\/lock/.test(path));
  assert.deepEqual(leftovers, []);
}

test("a named wiki is dumped whole: every job done, checksums right, links made, lock gone", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 0, stderr);
  assert.deepEqual(states(farm), Object.fromEntries(JOBS.map((job) => [job, "done"])));
  const lines = farm.read(`public/tinywiki/${DATE}/tinywiki-${DATE}-md5sums.txt`).trimEnd().split("\n");
  assert.equal(lines.length, 12);
  for (const line of lines) {
    const [md5, name] = line.split("  ") as [string, string];
    const bytes = farm.readBytes(`public/tinywiki/${DATE}/${name}`);
    assert.equal(createHash("md5").update(bytes).digest("hex"), md5, name);
  }
  assert.match(farm.read(`public/tinywiki/${DATE}/status.html`), /<span class='done'>Dump complete<\/span>/);
  assert.equal(textOf(farm, "public/tinywiki/latest/tinywiki-latest-pages-meta-history.xml.bz2"), tinyDump());
  assertTidy(farm);
});

test("current dumps have the newest revision of each page, article dumps no talk and no user pages", async (t) => {
  const farm = new TemporaryFarm(t);
  // The revision with the highest id is an old one that was imported later.
  const imported = { id: 99, timestamp: "2001-01-01T00:00:00Z", text: "imported" };
  const pages = TINY_PAGES.map((
    page,
  ) => (page.id === 1 ? { ...page, revisions: [...page.revisions, imported] } : page));
  farm.addWiki("tinywiki", tinyDump(pages));
  assert.equal((await farm.worker("tinywiki", "--date", DATE)).status, 0);
  const newest = TINY_PAGES.map((page) => ({ ...page, revisions: page.revisions.slice(-1) }));
  const articles = newest.filter((page) => ![1, 2].includes(page.namespace ?? 0));
  const run = `public/tinywiki/${DATE}/tinywiki-${DATE}`;
  assert.equal(textOf(farm, `${run}-pages-meta-current.xml.bz2`), tinyDump(newest));
  assert.equal(textOf(farm, `${run}-pages-articles.xml.bz2`), tinyDump(articles));
  assert.equal(textOf(farm, `${run}-pages-articles-multistream.xml.bz2`), tinyDump(articles));
  const stub = tinyDump(articles).replaceAll(/ xml:space="preserve"(?: \/>|>[^<]*<\/text>)/g, " />");
  assert.equal(textOf(farm, `${run}-stub-articles.xml.gz`), stub);
});

test("title lists are sorted, without namespace prefix, blanks as underscores", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  assert.equal((await farm.worker("tinywiki", "--date", DATE, "--job", "pagetitlesdump,allpagetitlesdump")).status, 0);
  const run = `public/tinywiki/${DATE}/tinywiki-${DATE}`;
  assert.equal(textOf(farm, `${run}-all-titles-in-ns0.gz`), 'page_title\nA_<b>:_"c"\nHome\n');
  assert.equal(
    textOf(farm, `${run}-all-titles.gz`),
    'page_namespace\tpage_title\n0\tA_<b>:_"c"\n0\tHome\n1\tHome\n2\tAnn\n10\tT\n',
  );
});

test("the multistream index points at streams that hold the page; empty streams stand where the reference has them", async (t) => {
  const farm = new TemporaryFarm(t);
  const pages = Array.from(
    { length: 200 },
    (_, i) => ({ id: i + 1, title: `P & ${i}`, revisions: [{ id: i + 1, text: `text ${i}` }] }),
  );
  farm.addWiki("tinywiki", tinyDump(pages));
  assert.equal((await farm.worker("tinywiki", "--date", DATE)).status, 0);
  const run = `public/tinywiki/${DATE}/tinywiki-${DATE}-pages-articles-multistream`;
  const file = farm.readBytes(`${run}.xml.bz2`);
  const index = textOf(farm, `${run}-index.txt.bz2`).trimEnd().split("\n").map((line) => line.split(":"));
  assert.equal(index.length, 200);
  const offsets = [...new Set(index.map(([offset]) => Number(offset)))];
  assert.equal(offsets.length, 2);
  assert.deepEqual(index[150]!.slice(1), ["151", "P &amp; 150"]);
  const second = new TextDecoder().decode(decompress(file.subarray(offsets[1]), { multistream: false }));
  assert.equal(second, pages.slice(100).map(tinyPage).join(""));
  // 200 is a multiple of 100: an empty stream, the closing tag, an empty stream.
  const empty = Buffer.from("425a6839177245385090000000 00".replace(" ", ""), "hex");
  assert.deepEqual(Buffer.from(file.subarray(-14)), empty);
  const footer = compress(new TextEncoder().encode("</mediawiki>\n"));
  assert.equal(Buffer.from(file).indexOf(empty), file.length - 14 - footer.length - 14);
});

for (
  const [name, content, extension, code, message] of [
    ["missing", undefined, "", 1, /No export of tinywiki: .*exports holds none of tinywiki\.xml/],
    [
      "truncated bzip2",
      compress(new TextEncoder().encode(tinyDump())).slice(0, -20),
      "xml.bz2",
      4,
      /tinywiki\.xml\.bz2: /,
    ],
    ["truncated XML", tinyDump().slice(0, -300), "xml", 4, /tinywiki\.xml: .*page/],
    ["truncated gzip", gzipSync(tinyDump()).subarray(0, -20), "xml.gz", 4, /tinywiki\.xml\.gz.* truncated/],
    ["empty", "", "xml", 3, /tinywiki\.xml: /],
    ["not XML", "this is no dump\n".repeat(100), "xml", 3, /tinywiki\.xml: /],
    ["HTML", "<!DOCTYPE html><html><body>404</body></html>", "xml", 3, /tinywiki\.xml: /],
  ] as const
) {
  test(`a ${name} export fails every job with exit code ${code}, publishes nothing, gives the lock back`, async (t) => {
    const farm = new TemporaryFarm(t);
    farm.addWiki("tinywiki", content, extension);
    const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
    assert.equal(status, code, stderr);
    assert.match(stderr, message);
    assert.deepEqual(states(farm), Object.fromEntries(JOBS.map((job) => [job, "failed"])));
    assert.deepEqual(farm.list(`public/tinywiki/${DATE}`).filter((file) => /\.(?:bz2|gz)$/.test(file)), []);
    assertTidy(farm);
  });
}

test("a corrupt export fails every job with exit code 3 and names the block", async (t) => {
  const farm = new TemporaryFarm(t);
  const damaged = compress(new TextEncoder().encode(tinyDump()));
  damaged[damaged.length >> 1]! ^= 0x10;
  farm.addWiki("tinywiki", damaged, "xml.bz2");
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 3, stderr);
  assert.match(stderr, /tinywiki\.xml\.bz2: .*block 0/i);
  assert.deepEqual(farm.list(`public/tinywiki/${DATE}`).filter((file) => /\.(?:bz2|gz)$/.test(file)), []);
  assertTidy(farm);
});

test("a text that does not match its sha1 is named, and fails the jobs that carry it", async (t) => {
  const farm = new TemporaryFarm(t);
  const lie = { id: 4, text: "second & better", textAttributes: `bytes="15" sha1="${"0".repeat(31)}"` };
  const pages = [{ ...TINY_PAGES[0]!, revisions: [lie, { id: 5, text: "third" }] }, ...TINY_PAGES.slice(1)];
  farm.addWiki("tinywiki", tinyDump(pages));
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /Page 1, revision 4: the text has SHA-1 /);
  // Only the history has that revision.
  assert.deepEqual(
    states(farm),
    Object.fromEntries(JOBS.map((job) => [job, job === "metahistorybz2dump" ? "failed" : "done"])),
  );
  assert.equal(farm.exists(`public/tinywiki/${DATE}/tinywiki-${DATE}-pages-meta-history.xml.bz2`), false);
});

test("with textmismatch=report the mismatch is a notice of the job, which is done", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.extraConfig = "[export]\ntextmismatch=report\n";
  const lie = { id: 4, text: "second", textAttributes: 'bytes="7"' };
  farm.addWiki("tinywiki", tinyDump([{ id: 1, title: "Home", revisions: [lie] }]));
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /Page 1, revision 4: the text has 6 bytes where the dump states 7/);
  assert.match(farm.read(`public/tinywiki/${DATE}/index.html`), /revision 4/);
});

test("a job whose prerequisite is not done stays waiting, exit code 8", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE, "--job", "articlesdump");
  assert.equal(status, 8, stderr);
  assert.match(stderr, /articlesdump needs xmlstubsdump, which is waiting/);
  assert.equal(states(farm)["articlesdump"], "waiting");
});

test("--skipdone does only what is missing, --restartfrom that job and the rest", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  assert.equal((await farm.worker("tinywiki", "--date", DATE, "--job", "xmlstubsdump")).status, 0);
  const rest = await farm.worker("tinywiki", "--date", DATE, "--skipdone");
  assert.equal(rest.status, 0, rest.stderr);
  assert.doesNotMatch(rest.stderr, /Job xmlstubsdump is done/);
  assert.deepEqual(states(farm), Object.fromEntries(JOBS.map((job) => [job, "done"])));
  const again = await farm.worker("tinywiki", "--date", DATE, "--restartfrom", "--job", "metahistorybz2dump");
  assert.deepEqual(again.stderr.match(/Job \w+ is done/g), [
    "Job metahistorybz2dump is done",
    "Job articlesmultistreamdump is done",
  ]);
});

test("--skipdone does a job again whose file is gone", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  assert.equal((await farm.worker("tinywiki", "--date", DATE)).status, 0);
  rmSync(farm.path(`public/tinywiki/${DATE}/tinywiki-${DATE}-pages-articles.xml.bz2`));
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE, "--skipdone");
  assert.equal(status, 0, stderr);
  assert.deepEqual(stderr.match(/Job \w+ is done/g), ["Job articlesdump is done"]);
});

test("checksums of jobs that were done before stay in the lists when another job runs", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  assert.equal((await farm.worker("tinywiki", "--date", DATE)).status, 0);
  const before = farm.read(`public/tinywiki/${DATE}/tinywiki-${DATE}-sha1sums.txt`);
  assert.equal((await farm.worker("tinywiki", "--date", "last", "--job", "namespaces")).status, 0);
  assert.equal(farm.read(`public/tinywiki/${DATE}/tinywiki-${DATE}-sha1sums.txt`), before);
});

test("--dryrun says what would be done and writes nothing", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  const { status, stdout } = await farm.worker("tinywiki", "--date", DATE, "--dryrun");
  assert.equal(status, 0);
  assert.match(stdout, /articlesdump: .*tinywiki-20260301-pages-articles\.xml\.bz2/);
  assert.equal(farm.exists("public"), false);
  assert.equal(farm.exists("private"), false);
});

test("without a wiki: never dumped first, then aborted, then the oldest; 255 when nothing is due", async (t) => {
  const farm = new TemporaryFarm(t);
  for (const name of ["awiki", "bwiki", "cwiki"]) farm.addWiki(name, tinyDump());
  const jobs = ["--job", "namespaces"];
  assert.equal((await farm.worker("awiki", "--date", "20260105", ...jobs)).status, 0);
  assert.equal((await farm.worker("bwiki", "--date", "20260101", ...jobs)).status, 0);
  const chosen = async (): Promise<string | undefined> =>
    /Dumping (\w+)/.exec((await farm.worker("--date", "20260201", ...jobs)).stderr)?.[1];
  assert.equal(await chosen(), "cwiki");
  farm.write(
    "public/awiki/20260105/status.html",
    '<li>2026-01-05 00:00:00 awiki: <span class="failed">dump aborted</span></li>\n',
  );
  assert.equal(await chosen(), "awiki");
  assert.equal(await chosen(), "bwiki");
  const idle = await farm.worker("--cutoff", "20260201", ...jobs);
  assert.equal(idle.status, 255, idle.stderr);
  assert.match(idle.stderr, /No wiki to dump/);
});

test("a wiki that cannot be begun is told of, and does not keep the others from being dumped", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("awiki", tinyDump());
  farm.addWiki("zwiki", tinyDump());
  farm.write("private/zwiki", "a file where a directory should be");
  const first = await farm.worker("--date", DATE, "--skipdone");
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stderr, /zwiki Not dumped: .*private\/zwiki/);
  assert.ok(farm.exists(`public/awiki/${DATE}`));
  const second = await farm.worker("--date", DATE, "--skipdone");
  assert.equal(second.status, 74, second.stderr);
});

test("--loop --onepass dumps every wiki that is due, each with a configuration read anew", async (t) => {
  const farm = new TemporaryFarm(t);
  for (const name of ["awiki", "bwiki", "cwiki"]) farm.addWiki(name, tinyDump());
  farm.write("skip.dblist", "cwiki\n");
  farm.extraConfig = "[wiki]\nskipdblist=skip.dblist\n";
  const { status, stderr } = await farm.worker(
    "--loop",
    "--onepass",
    "--cutoff",
    "today",
    "--sleep",
    "0",
    "--job",
    "namespaces",
  );
  assert.equal(status, 0, stderr);
  assert.deepEqual(farm.list("public"), ["awiki", "bwiki"]);
  assertTidy(farm);
});

test("--loop ends after maxfails failures in a row, and does not start when exit.txt is there", async (t) => {
  const farm = new TemporaryFarm(t);
  for (const name of ["awiki", "bwiki", "cwiki", "dwiki"]) farm.addWiki(name);
  const failing = await farm.worker("--loop", "--maxfails", "1", "--sleep", "0");
  assert.equal(failing.status, 1, failing.stderr);
  assert.match(failing.stderr, /2 workers failed in a row/);
  assert.equal(farm.list("public").length, 2);
  farm.write("exit.txt", "");
  const stopped = await farm.worker("--loop", "--sleep", "0");
  assert.equal(stopped.status, 0, stopped.stderr);
  assert.match(stopped.stderr, /exit\.txt is there/);
});

test("maintenance.txt keeps jobs from starting and says why", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  farm.write("maintenance.txt", "moving disks\n");
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /moving disks/);
  assert.equal(farm.exists(`public/tinywiki/${DATE}`), false);
  assertTidy(farm);
});

test("a private wiki is dumped to the private tree altogether", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("secretwiki", tinyDump());
  farm.write("private.dblist", "secretwiki\n");
  farm.extraConfig = "[wiki]\nprivatelist=private.dblist\n";
  assert.equal((await farm.worker("secretwiki", "--date", DATE)).status, 0);
  assert.equal((await farm.monitor()).status, 0);
  assert.equal(farm.exists(`private/secretwiki/${DATE}/secretwiki-${DATE}-pages-articles.xml.bz2`), true);
  const shown = farm.files().filter((path) => path.startsWith("public"));
  assert.deepEqual(shown.filter((path) => path.includes("secretwiki")), []);
  for (const path of shown.filter((path) => /\.(?:html|json)$/.test(path))) {
    assert.doesNotMatch(farm.read(path), /secretwiki/);
  }
});

test("exports in several streams, gzip and parts are read alike", async (t) => {
  const farm = new TemporaryFarm(t);
  const encoder = new TextEncoder();
  const pieces = [tinyHeader(), ...TINY_PAGES.map(tinyPage), "</mediawiki>\n"].map((text) =>
    compress(encoder.encode(text))
  );
  farm.addWiki("streamswiki", Buffer.concat(pieces), "xml.bz2");
  farm.addWiki(
    "gzipwiki",
    Buffer.concat([gzipSync(tinyDump().slice(0, 900)), gzipSync(tinyDump().slice(900))]),
    "xml.gz",
  );
  farm.addWiki("partswiki");
  farm.write(
    "exports/partswiki-20260101-pages-meta-history1.xml-p1p2.bz2",
    compress(encoder.encode(tinyDump(TINY_PAGES.slice(0, 2)))),
  );
  farm.write(
    "exports/partswiki-20260101-pages-meta-history2.xml-p3p12.bz2",
    compress(encoder.encode(tinyDump(TINY_PAGES.slice(2)))),
  );
  for (const wiki of ["streamswiki", "gzipwiki", "partswiki"]) {
    const { status, stderr } = await farm.worker(wiki, "--date", DATE);
    assert.equal(status, 0, stderr);
    assert.equal(textOf(farm, `public/${wiki}/${DATE}/${wiki}-${DATE}-pages-meta-history.xml.bz2`), tinyDump());
  }
});

test("native compressors that the configuration names are used", { skip: skipWithoutCommand("bzip2") }, async (t) => {
  const farm = new TemporaryFarm(t);
  farm.extraConfig = "[tools]\nbzip2=/bin/bzip2\ngzip=/bin/gzip\n";
  farm.addWiki("tinywiki", tinyDump());
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 0, stderr);
  assert.equal(textOf(farm, `public/tinywiki/${DATE}/tinywiki-${DATE}-pages-meta-history.xml.bz2`), tinyDump());
});

test("a native compressor that fails, or that is not there, fails its jobs with exit code 7", async (t) => {
  for (const tool of ["/bin/false", "/nonexistent/bzip2"]) {
    const farm = new TemporaryFarm(t);
    farm.extraConfig = `[tools]\nbzip2=${tool}\n`;
    farm.addWiki("tinywiki", tinyDump());
    const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
    assert.equal(status, 7, `${tool}: ${stderr}`);
    assert.equal(states(farm)["xmlstubsdump"], "done");
    assert.equal(states(farm)["articlesdump"], "failed");
    assertTidy(farm);
  }
});

for (
  const [name, args, code, message] of [
    ["an unknown wiki", ["nosuchwiki"], 1, /There is no wiki nosuchwiki/],
    ["an unknown job", ["tinywiki", "--job", "nosuchjob"], 2, /There is no job nosuchjob[^]*xmlstubsdump/],
    ["an unknown option", ["--nosuch"], 2, /Unknown option --nosuch/],
    ["a date that is no day", ["tinywiki", "--date", "20260231"], 2, /20260231/],
    ["--force without a wiki", ["--force"], 2, /--force needs the name of a wiki/],
  ] as const
) {
  test(`${name} is refused with exit code ${code}, before anything is touched`, async (t) => {
    const farm = new TemporaryFarm(t);
    farm.addWiki("tinywiki", tinyDump());
    const { status, stderr } = await farm.worker(...args);
    assert.equal(status, code, stderr);
    assert.match(stderr, message);
    assert.equal(farm.exists("private"), false);
    assert.equal(farm.exists("public"), false);
  });
}

test("a list that cannot be read ends the worker with exit code 74 and its path", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", tinyDump());
  farm.extraConfig = "[wiki]\nprivatelist=nosuch.dblist\n";
  const { status, stderr } = await farm.worker("tinywiki");
  assert.equal(status, 74, stderr);
  assert.match(stderr, /nosuch\.dblist/);
  assert.equal(farm.exists("public"), false);
});

test("a wrong key ends the worker with exit code 5, file, line and a suggestion", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.extraConfig = "[output]\nwebrot=http://x\n";
  const { status, stderr } = await farm.worker("tinywiki");
  assert.equal(status, 5, stderr);
  assert.match(stderr, /wikidump\.conf, line \d+/);
  assert.match(stderr, /webroot/);
});
