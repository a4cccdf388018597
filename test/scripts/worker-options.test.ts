/** Options of the worker that no other test of scripts tries, and that every option is tried somewhere. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { COMMAND } from "../../scripts/worker/command.ts";
import { TemporaryFarm } from "../support/temporary-farm.ts";
import { tinyDump, type TinyPage } from "../support/tiny-dump.ts";

const DATE = "20260101";
const PAGES = Array.from({ length: 40 }, (_, index): TinyPage => {
  const id = index + 1;
  return { id, title: `Page ${id}`, revisions: [{ id, text: `text of page ${id}` }] };
});

/** A wiki in two parts, with files of at most ten pages. */
function farmInParts(context: TestContext): TemporaryFarm {
  const farm = new TemporaryFarm(context);
  farm.addWiki("tinywiki", tinyDump(PAGES));
  farm.extraConfig = "chunksEnabled=1\npagesPerChunkHistory=20,20\ncheckpointTime=1\nrevsPerJob=10\n";
  return farm;
}

/** Page ranges of the articles that are there. */
function ranges(farm: TemporaryFarm): readonly string[] {
  const names = farm.list(`public/tinywiki/${DATE}`).map((name) =>
    /-pages-articles(\d\.xml-p\d+p\d+)\.bz2$/.exec(name)?.[1]
  );
  return names.flatMap((name) => name ?? []);
}

const articles = (farm: TemporaryFarm, ...args: readonly string[]) =>
  farm.worker("tinywiki", "--date", DATE, "--job", "articlesdump", ...args);

test("every option of the worker is tried by a test, as the script or with a real MediaWiki", () => {
  const texts = ["../scripts/", "../stack/"].flatMap((folder) => {
    const directory = fileURLToPath(new URL(folder, import.meta.url));
    return readdirSync(directory).filter((name) => name.endsWith(".ts")).map((name) =>
      readFileSync(directory + name, "utf8")
    );
  });
  const untried = Object.keys(COMMAND.options).filter((name) => !texts.some((text) => text.includes(`"--${name}"`)));
  assert.deepEqual(untried, []);
});

test("--partnum does the pieces of that part, and --prereqs what they need", async (context) => {
  const farm = farmInParts(context);
  const { status, stderr } = await articles(farm, "--prereqs", "--partnum", "2");
  assert.equal(status, 0, stderr);
  assert.deepEqual(ranges(farm), ["2.xml-p21p30", "2.xml-p31p40"]);
});

test("--checkpoint does the piece of that file, --aftercheckpoint the rest of its part, --pageidrange those pages", async (context) => {
  const farm = farmInParts(context);
  const first = `tinywiki-${DATE}-pages-articles1.xml-p1p10.bz2`;
  // The stubs say which files there will be.
  const stubs = await farm.worker("tinywiki", "--date", DATE, "--job", "xmlstubsdump");
  assert.equal(stubs.status, 0, stubs.stderr);
  const one = await articles(farm, "--checkpoint", first);
  assert.equal(one.status, 0, one.stderr);
  assert.deepEqual(ranges(farm), ["1.xml-p1p10"]);
  const rest = await articles(farm, "--aftercheckpoint", first);
  assert.equal(rest.status, 0, rest.stderr);
  assert.deepEqual(ranges(farm), ["1.xml-p11p20", "1.xml-p1p10"]);
  const some = await articles(farm, "--pageidrange", "21,30");
  assert.equal(some.status, 0, some.stderr);
  assert.deepEqual(ranges(farm), ["1.xml-p11p20", "1.xml-p1p10", "2.xml-p21p30"]);
});

test("--addnotice shows a notice, --delnotice takes it away; --exclusive is accepted", async (context) => {
  const farm = new TemporaryFarm(context);
  farm.addWiki("tinywiki", tinyDump());
  const page = (): string => farm.read(`public/tinywiki/${DATE}/index.html`);
  const run = async (...args: readonly string[]) => {
    const { status, stderr } = await farm.worker("tinywiki", "--date", DATE, "--job", "pagetitlesdump", ...args);
    assert.equal(status, 0, stderr);
  };
  await run("--exclusive", "--addnotice", "Titles are <late>");
  assert.match(page(), /Titles are &lt;late&gt;/);
  await run("--delnotice", "--verbose");
  assert.doesNotMatch(page(), /Titles are/);
});
