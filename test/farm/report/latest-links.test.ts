import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { linkLatest, unlinkLatest } from "../../../lib/farm/report/latest-links.ts";
import { COMPLETE, SETTINGS } from "./sample-run.ts";

class Wiki {
  readonly runsDirectory: string;
  readonly latest: string;

  constructor(context: TestContext) {
    this.runsDirectory = mkdtempSync(join(tmpdir(), "wikidump-latest-"));
    this.latest = join(this.runsDirectory, "latest");
    context.after(() => rmSync(this.runsDirectory, { recursive: true, force: true }));
  }

  /** Publishes files of a run and links them. */
  async publish(date: string, rests: readonly string[]): ReturnType<typeof linkLatest> {
    mkdirSync(join(this.runsDirectory, date), { recursive: true });
    const names = rests.map((rest) => `tewiki-${date}-${rest}`);
    for (const name of names) writeFileSync(join(this.runsDirectory, date, name), name);
    return await linkLatest({ ...COMPLETE, date }, names, { settings: SETTINGS, runsDirectory: this.runsDirectory });
  }

  target(rest: string): string {
    return readlinkSync(join(this.latest, `tewiki-latest-${rest}`));
  }

  get names(): string[] {
    return readdirSync(this.latest).filter((name) => !name.endsWith("-rss.xml")).map((name) =>
      name.slice("tewiki-latest-".length)
    );
  }
}

test("a published file gets a relative link and a feed, checksum lists a link", async (context) => {
  const wiki = new Wiki(context);
  mkdirSync(join(wiki.runsDirectory, "20260101"));
  writeFileSync(join(wiki.runsDirectory, "20260101", "tewiki-20260101-md5sums.txt"), "");
  const { linked, problems } = await wiki.publish("20260101", ["page.sql.gz"]);
  assert.deepEqual(problems, []);
  assert.deepEqual(linked, ["tewiki-latest-page.sql.gz", "tewiki-latest-md5sums.txt"]);
  assert.equal(wiki.target("page.sql.gz"), "../20260101/tewiki-20260101-page.sql.gz");
  assert.equal(readFileSync(join(wiki.latest, "tewiki-latest-page.sql.gz"), "utf8"), "tewiki-20260101-page.sql.gz");
  assert.deepEqual(readdirSync(wiki.latest), [
    "tewiki-latest-md5sums.txt",
    "tewiki-latest-page.sql.gz",
    "tewiki-latest-page.sql.gz-rss.xml",
  ]);
  assert.match(
    readFileSync(join(wiki.latest, "tewiki-latest-page.sql.gz-rss.xml"), "utf8"),
    /tewiki\/20260101<\/link>/,
  );
});

test("a newer run turns the link, an older one leaves link and feed alone", async (context) => {
  const wiki = new Wiki(context);
  await wiki.publish("20260101", ["page.sql.gz"]);
  await wiki.publish("20260201", ["page.sql.gz"]);
  assert.equal(wiki.target("page.sql.gz"), "../20260201/tewiki-20260201-page.sql.gz");
  const { linked } = await wiki.publish("20260101", ["page.sql.gz"]);
  assert.deepEqual(linked, []);
  assert.equal(wiki.target("page.sql.gz"), "../20260201/tewiki-20260201-page.sql.gz");
  assert.match(
    readFileSync(join(wiki.latest, "tewiki-latest-page.sql.gz-rss.xml"), "utf8"),
    /tewiki\/20260201<\/link>/,
  );
});

test("the same again changes nothing", async (context) => {
  const wiki = new Wiki(context);
  await wiki.publish("20260101", ["page.sql.gz"]);
  const before = lstatSync(join(wiki.latest, "tewiki-latest-page.sql.gz-rss.xml")).ino;
  const { linked, removed } = await wiki.publish("20260101", ["page.sql.gz"]);
  assert.deepEqual([linked, removed], [[], []]);
  assert.equal(lstatSync(join(wiki.latest, "tewiki-latest-page.sql.gz-rss.xml")).ino, before);
});

test("the link is there at every moment while it is replaced", async (context) => {
  const wiki = new Wiki(context);
  await wiki.publish("20260101", ["page.sql.gz"]);
  const path = join(wiki.latest, "tewiki-latest-page.sql.gz");
  let isOver = false;
  const watcher = (async () => {
    let looks = 0;
    while (!isOver) {
      assert.ok(existsSync(path), "the link is gone");
      looks++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return looks;
  })();
  for (let day = 2; day < 20; day++) await wiki.publish(`202601${String(day).padStart(2, "0")}`, ["page.sql.gz"]);
  isOver = true;
  assert.ok(await watcher > 10);
});

test("parts that there are no more of go when the new parts are there; other kinds stay", async (context) => {
  const wiki = new Wiki(context);
  await wiki.publish("20260101", [
    "pages-articles1.xml-p1p50.bz2",
    "pages-articles2.xml-p51p99.bz2",
    "pages-articles.xml.bz2",
    "pages-articles-multistream1.xml-p1p50.bz2",
    "pages-meta-history1.xml-p1p50.bz2",
    "pages-meta-history1.xml-p1p50.7z",
  ]);
  const { removed } = await wiki.publish("20260201", ["pages-articles1.xml-p1p120.bz2"]);
  assert.deepEqual(removed.filter((name) => !name.endsWith("-rss.xml")), [
    "tewiki-latest-pages-articles1.xml-p1p50.bz2",
    "tewiki-latest-pages-articles2.xml-p51p99.bz2",
  ]);
  assert.deepEqual(wiki.names, [
    "pages-articles-multistream1.xml-p1p50.bz2",
    "pages-articles.xml.bz2",
    "pages-articles1.xml-p1p120.bz2",
    "pages-meta-history1.xml-p1p50.7z",
    "pages-meta-history1.xml-p1p50.bz2",
  ]);
  assert.equal(readdirSync(wiki.latest).length, 2 * wiki.names.length, "every link has its feed, and no more");
});

test("the last good whole file stays while the new run has only parts of it", async (context) => {
  const wiki = new Wiki(context);
  await wiki.publish("20260101", ["pages-articles.xml.bz2"]);
  await wiki.publish("20260201", ["pages-articles1.xml.bz2", "pages-articles2.xml.bz2"]);
  assert.equal(wiki.target("pages-articles.xml.bz2"), "../20260101/tewiki-20260101-pages-articles.xml.bz2");
  await wiki.publish("20260201", ["pages-articles.xml.bz2"]);
  assert.equal(wiki.target("pages-articles.xml.bz2"), "../20260201/tewiki-20260201-pages-articles.xml.bz2");
});

test("dangling links and feeds without a link go; what is not ours stays", async (context) => {
  const wiki = new Wiki(context);
  await wiki.publish("20260101", ["page.sql.gz", "redirect.sql.gz"]);
  rmSync(join(wiki.runsDirectory, "20260101", "tewiki-20260101-page.sql.gz"));
  writeFileSync(join(wiki.latest, "tewiki-latest-category.sql.gz-rss.xml"), "<rss/>");
  writeFileSync(join(wiki.latest, "README"), "");
  symlinkSync("/nowhere", join(wiki.latest, "tewiki-latest-of-somebody"));
  await unlinkLatest({ wiki: "tewiki", date: "" }, () => false, {
    settings: SETTINGS,
    runsDirectory: wiki.runsDirectory,
  });
  assert.deepEqual(readdirSync(wiki.latest), [
    "README",
    "tewiki-latest-of-somebody",
    "tewiki-latest-redirect.sql.gz",
    "tewiki-latest-redirect.sql.gz-rss.xml",
  ]);
});

test("a link to a newer run that is gone is replaced", async (context) => {
  const wiki = new Wiki(context);
  await wiki.publish("20260201", ["page.sql.gz"]);
  rmSync(join(wiki.runsDirectory, "20260201"), { recursive: true });
  await wiki.publish("20260101", ["page.sql.gz"]);
  assert.equal(wiki.target("page.sql.gz"), "../20260101/tewiki-20260101-page.sql.gz");
});

test("something that is not a link is left alone and told of, and the other files are linked", async (context) => {
  const wiki = new Wiki(context);
  mkdirSync(wiki.latest);
  writeFileSync(join(wiki.latest, "tewiki-latest-page.sql.gz"), "precious");
  const { linked, problems } = await wiki.publish("20260101", ["page.sql.gz", "redirect.sql.gz"]);
  assert.deepEqual(linked, ["tewiki-latest-redirect.sql.gz"]);
  assert.deepEqual(problems.map((error) => (error as { code?: string }).code), ["EXISTS"]);
  assert.equal(readFileSync(join(wiki.latest, "tewiki-latest-page.sql.gz"), "utf8"), "precious");
});

test("files that are not there, and files of another run, are not linked", async (context) => {
  const wiki = new Wiki(context);
  const options = { settings: SETTINGS, runsDirectory: wiki.runsDirectory };
  const { linked } = await linkLatest(
    COMPLETE,
    ["tewiki-20260101-page.sql.gz", "tewiki-20250101-page.sql.gz"],
    options,
  );
  assert.deepEqual(linked, []);
});

test("a run that has made nothing does not take over the checksum links", async (context) => {
  const wiki = new Wiki(context);
  for (const date of ["20260101", "20260201"]) {
    mkdirSync(join(wiki.runsDirectory, date));
    writeFileSync(join(wiki.runsDirectory, date, `tewiki-${date}-md5sums.txt`), "");
  }
  await wiki.publish("20260101", ["page.sql.gz"]);
  await wiki.publish("20260201", []);
  assert.equal(wiki.target("md5sums.txt"), "../20260101/tewiki-20260101-md5sums.txt");
});
