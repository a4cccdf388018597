/** Exports that are odd, big, old, or change under the worker's hands. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { appendFileSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { compress } from "../../lib/bzip2/compress.ts";
import { decompress } from "../../lib/bzip2/whole.ts";
import { TemporaryFarm } from "../support/temporary-farm.ts";
import { tinyDump, tinyHeader, tinyPage } from "../support/tiny-dump.ts";
import type { TinyPage } from "../support/tiny-dump.ts";

const DATE = "20260301";
const RUN = `public/tinywiki/${DATE}`;

function textOf(farm: TemporaryFarm, rest: string): string {
  const bytes = farm.readBytes(`${RUN}/tinywiki-${DATE}-${rest}`);
  return new TextDecoder().decode(rest.endsWith(".gz") ? gunzipSync(bytes) : decompress(bytes));
}

async function assertDumps(farm: TemporaryFarm): Promise<void> {
  const { status, stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(status, 0, stderr);
}

async function farmWith(t: TestContext, content: string): Promise<TemporaryFarm> {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", content);
  await assertDumps(farm);
  assert.equal(textOf(farm, "pages-meta-history.xml.bz2"), content);
  return farm;
}

const PAGE: TinyPage = { id: 3, title: "Three", revisions: [{ id: 3, text: "three" }] };

test("a single revision of many megabytes", async (t) => {
  await farmWith(
    t,
    tinyDump([{ id: 1, title: "Big", revisions: [{ id: 1, text: "0123456789 <&> ".repeat(300_000) }] }]),
  );
});

test("a page with 20 000 revisions: the newest one is in the current dumps, all are in the stubs", async (t) => {
  const revisions = Array.from({ length: 20_000 }, (_, i) => ({
    id: i + 1,
    text: `text ${i}`,
    timestamp: new Date(1e12 + i * 1000).toISOString().replace(".000", ""),
  }));
  const farm = await farmWith(t, tinyDump([{ id: 1, title: "Long", revisions }]));
  assert.match(textOf(farm, "pages-articles.xml.bz2"), />text 19999</);
  assert.equal(textOf(farm, "stub-meta-history.xml.gz").match(/<revision>/g)?.length, 20_000);
});

test("a page without revisions is a page without revisions everywhere", async (t) => {
  const farm = await farmWith(t, tinyDump([PAGE, { id: 4, title: "None", revisions: [] }]));
  assert.match(textOf(farm, "pages-articles.xml.bz2"), /<id>4<\/id>\n {2}<\/page>/);
  assert.match(textOf(farm, "all-titles-in-ns0.gz"), /^None$/m);
});

test("ids out of order are told of in the status, and dumped as they come", async (t) => {
  const farm = await farmWith(t, tinyDump([PAGE, { ...PAGE, id: 1, title: "One" }]));
  assert.match(farm.read(`${RUN}/dumpstatus.json`), /Page 1 follows page 3: ids are out of order/);
});

test("an export without siteinfo: pages are dumped; what only siteinfo has fails with a reason or is empty", async (t) => {
  const farm = new TemporaryFarm(t);
  const content = `<mediawiki version="0.3" xml:lang="en">\n${tinyPage(PAGE)}</mediawiki>\n`;
  farm.addWiki("tinywiki", content);
  const { stderr } = await farm.worker("tinywiki", "--date", DATE);
  assert.equal(textOf(farm, "pages-meta-history.xml.bz2"), content, stderr);
  assert.doesNotMatch(stderr, /UNEXPECTED|TypeError/);
});

test("CRLF line ends pass through", async (t) => {
  await farmWith(t, tinyDump([PAGE]).replaceAll("\n", "\r\n"));
});

test("uploads and unknown elements pass through, in order", async (t) => {
  const upload =
    "    <upload>\n      <timestamp>2026-01-01T00:00:00Z</timestamp>\n      <filename>A.png</filename>\n    </upload>\n";
  const unknown = '    <newthing a="1"><text>no text of a revision</text></newthing>\n';
  const page = tinyPage(PAGE).replace("  </page>", `${upload}${unknown}  </page>`);
  const farm = await farmWith(t, `${tinyHeader()}${page}</mediawiki>\n`);
  assert.ok(textOf(farm, "pages-articles.xml.bz2").includes(upload + unknown));
});

test("Greek, right-to-left and astral titles are sorted by code point and whole in lists and index", async (t) => {
  const titles = ["Ωμέγα", "Αλφα", "שלום", "𝔘nicode", "Été", "\uFFFDz"];
  const pages = titles.map((title, i) => ({ id: i + 1, title, revisions: [{ id: i + 1, text: title }] }));
  const farm = await farmWith(t, tinyDump(pages));
  const sorted = [...titles].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(textOf(farm, "all-titles-in-ns0.gz").trimEnd().split("\n").slice(1), sorted);
  const index = textOf(farm, "pages-articles-multistream-index.txt.bz2").trimEnd().split("\n");
  assert.deepEqual(index.map((line) => line.split(":").slice(2).join(":")), titles);
});

/** An export that takes some seconds to read. */
function slowDump(): string {
  const pages = Array.from({ length: 16 }, (_, page) => ({
    id: page + 1,
    title: `P${page}`,
    revisions: [{ id: page + 1, text: Array.from({ length: 30_000 }, () => Math.random().toString(36)).join(" ") }],
  }));
  return tinyDump(pages);
}

async function changeWhileRead(farm: TemporaryFarm, change: () => void) {
  const running = farm.worker("tinywiki", "--date", DATE, "--job", "xmlstubsdump,metahistorybz2dump");
  while (!farm.list(RUN).some((name) => name.endsWith("history.xml.bz2.inprog"))) await sleep(5);
  await sleep(150);
  change();
  return await running;
}

test("an export that grows while it is read fails its jobs with exit code 74; nothing of it is published", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki", slowDump());
  const { status, stderr } = await changeWhileRead(farm, () => appendFileSync(farm.path("exports/tinywiki.xml"), "\n"));
  assert.equal(status, 74, stderr);
  assert.match(stderr, /tinywiki\.xml was changed while it was read\n.*rename/);
  assert.deepEqual(farm.list(RUN).filter((name) => /\.(?:bz2|gz)/.test(name)), []);
});

test("an export that is replaced by renaming while it is read is dumped as it was", async (t) => {
  const farm = new TemporaryFarm(t);
  const content = slowDump();
  farm.addWiki("tinywiki", content);
  farm.write("exports/new", tinyDump());
  const { status, stderr } = await changeWhileRead(
    farm,
    () => renameSync(farm.path("exports/new"), farm.path("exports/tinywiki.xml")),
  );
  assert.equal(status, 0, stderr);
  assert.ok(textOf(farm, "pages-meta-history.xml.bz2") === content);
});

test("parts in a directory: one missing is no export; whole ones are read as one", async (t) => {
  const farm = new TemporaryFarm(t);
  farm.addWiki("tinywiki");
  const part = (pages: readonly TinyPage[]) => compress(new TextEncoder().encode(tinyDump(pages)));
  const other = { ...PAGE, id: 9, title: "Nine" };
  farm.write("exports/tinywiki-20260201-pages-meta-history1.xml-p1p5.bz2", part([PAGE]));
  farm.write("exports/tinywiki-20260201-pages-meta-history3.xml-p9p20.bz2", part([]));
  const refused = await farm.worker("tinywiki", "--date", DATE);
  assert.notEqual(refused.status, 0);
  assert.match(refused.stderr, /part 2 is missing/);
  farm.write("exports/tinywiki-20260201-pages-meta-history2.xml-p6p8.bz2", part([other]));
  await assertDumps(farm);
  assert.equal(textOf(farm, "pages-meta-history.xml.bz2"), tinyDump([PAGE, other]));
});

for (
  const [name, value] of [
    ["a relative file with {wiki}", "sub/{wiki}-full.xml"],
    ["a symbolic link", "link.xml"],
    ["a directory with a blank", "my exports"],
  ] as const
) {
  test(`export= as ${name}`, async (t) => {
    const farm = new TemporaryFarm(t);
    farm.addWiki("tinywiki");
    farm.write("sub/tinywiki-full.xml", tinyDump());
    symlinkSync("sub/tinywiki-full.xml", farm.path("link.xml"));
    mkdirSync(farm.path("my exports"));
    symlinkSync("../sub/tinywiki-full.xml", farm.path("my exports/tinywiki.xml"));
    farm.extraConfig = `[tinywiki]\nexport=${value}\n`;
    await assertDumps(farm);
    assert.equal(textOf(farm, "pages-meta-history.xml.bz2"), tinyDump());
  });
}
