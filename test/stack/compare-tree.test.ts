import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { scratchDirectory } from "../support/scratch.ts";
import { compareTree, type RunPlace } from "./compare-tree.ts";

/** A run with one job and one file, as both write it. */
function makeRun(wiki: string, date: string): RunPlace {
  const place = { root: scratchDirectory("compare-tree"), wiki, date };
  const name = `${wiki}-${date}-page.sql.gz`;
  const sum = (kind: string) => createHash(kind).update(`content of ${wiki}`).digest("hex");
  const file = { size: 3, url: `/d/${wiki}/${date}/${name}` };
  write(place, name, `content of ${wiki}`);
  write(place, "dumpruninfo.txt", `name:pagetable; status:done; updated:2026-11-22 15:35:36\n`);
  const job = { status: "done", updated: "2026-11-22 15:35:36" };
  json(place, "dumpruninfo.json", { jobs: { pagetable: job } });
  json(place, "dumpstatus.json", {
    jobs: { pagetable: { ...job, files: { [name]: { ...file, md5: sum("md5"), sha1: sum("sha1") } } } },
    version: "0.8",
  });
  json(place, "report.json", { jobs: { pagetable: { files: { [name]: file } } } });
  json(place, "tableinfo.json", ["page", "revision"]);
  for (const kind of ["md5", "sha1"]) {
    write(place, `${wiki}-${date}-${kind}sums.txt`, `${sum(kind)}  ${name}\n`);
    json(place, `${wiki}-${date}-${kind}sums.json`, { [kind]: { files: { [name]: sum(kind) } } });
  }
  mkdirSync(join(place.root, "latest"));
  symlinkSync(`../${date}/${name}`, join(place.root, "latest", `${wiki}-latest-page.sql.gz`));
  writeFileSync(join(place.root, "latest", `${wiki}-latest-page.sql.gz-rss.xml`), feed(place, "page.sql.gz"));
  return place;
}

function feed({ wiki, date }: RunPlace, title: string): string {
  const link = `<link>http://${wiki}.example.org/dumps/${wiki}/${date}</link>`;
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>${title}</title>${link}` +
    `<item><pubDate>Sun, 22 Nov 2026 15:35:20 GMT</pubDate></item></channel></rss>`;
}

function path(place: RunPlace, name: string): string {
  return join(place.root, place.date, name);
}

function write(place: RunPlace, name: string, content: string): void {
  mkdirSync(join(place.root, place.date), { recursive: true });
  writeFileSync(path(place, name), content);
}

function json(place: RunPlace, name: string, value: unknown): void {
  write(place, name, JSON.stringify(value));
}

function edit(place: RunPlace, name: string, from: string, to: string): void {
  const before = readFileSync(path(place, name), "utf8");
  assert.ok(before.includes(from), `${name} has ${from}`);
  write(place, name, before.replace(from, to));
}

/** Compares a changed run of ours with the reference's, and gives what was found. */
async function found(change: (ours: RunPlace) => void): Promise<readonly string[]> {
  const [ours, reference] = [makeRun("ourwiki", "20260101"), makeRun("theirwiki", "20261122")];
  change(ours);
  const { differences } = await compareTree(ours, reference);
  return differences.map(({ place, what }) => `${place}: ${what}`);
}

test("runs of two wikis and dates are the same tree", async () => {
  assert.deepEqual(await found(() => {}), []);
});

test("it sees a file that is missing, and one that is new", async () => {
  const messages = await found((ours) => {
    rmSync(path(ours, "tableinfo.json"));
    write(ours, "ourwiki-20260101-page.sql.gz.inprog", "");
  });
  assert.deepEqual(messages, [
    "run/{wiki}-{date}-page.sql.gz.inprog: only ours",
    "run/tableinfo.json: only in the reference",
  ]);
});

test("it sees a key that is missing, one that is new, and another type", async () => {
  const messages = await found((ours) => {
    edit(ours, "dumpstatus.json", `"size":3`, `"size":"3"`);
    edit(ours, "report.json", `"size":3`, `"bytes":3`);
  });
  const file = "jobs/pagetable/files/{wiki}-{date}-page.sql.gz";
  assert.deepEqual(messages, [
    `run/dumpstatus.json:${file}/size: string / number`,
    `run/report.json:${file}/bytes: only ours`,
    `run/report.json:${file}/size: only in the reference`,
  ]);
});

test("it sees a job in another state, wherever that stands", async () => {
  const messages = await found((ours) => {
    edit(ours, "dumpstatus.json", `"status":"done"`, `"status":"failed"`);
    edit(ours, "dumpruninfo.txt", "status:done", "status:failed");
  });
  assert.deepEqual(messages, [
    'run/dumpstatus.json:jobs/pagetable/status: "failed" / "done"',
    "run/dumpruninfo.txt:name:pagetable; status:failed: only ours",
    "run/dumpruninfo.txt:name:pagetable; status:done: only in the reference",
  ]);
});

test("it sees a line of dumpruninfo.txt that nobody could read", async () => {
  const [message] = await found((ours) => edit(ours, "dumpruninfo.txt", "2026-11-22", "22.11.2026"));
  assert.match(message!, /^run\/dumpruninfo\.txt: has a line "name:pagetable; status:done; updated:22\.11/);
});

test("it sees another list of tables", async () => {
  const messages = await found((ours) => json(ours, "tableinfo.json", ["revision"]));
  assert.deepEqual(messages, ['run/tableinfo.json: ["revision"] / ["page","revision"]']);
});

test("it sees a sum that is wrong, a file that has none, and lists that disagree", async () => {
  const name = "{wiki}-{date}-page.sql.gz";
  assert.deepEqual(await found((ours) => write(ours, "ourwiki-20260101-page.sql.gz", "other")), [
    "run/{wiki}-{date}-md5sums.txt:ourwiki-20260101-page.sql.gz: the sum is wrong",
    "run/{wiki}-{date}-sha1sums.txt:ourwiki-20260101-page.sql.gz: the sum is wrong",
  ]);
  assert.deepEqual(await found((ours) => json(ours, "ourwiki-20260101-md5sums.json", { md5: { files: {} } })), [
    "run/{wiki}-{date}-md5sums.json: says something else than {wiki}-{date}-md5sums.txt",
  ]);
  const missing = await found((ours) => edit(ours, "ourwiki-20260101-md5sums.txt", "-page", "-pages"));
  assert.ok(missing.includes(`run/{wiki}-{date}-md5sums.txt:${name}: only in the reference`));
  assert.ok(missing.includes("run/{wiki}-{date}-md5sums.txt:ourwiki-20260101-pages.sql.gz: the file is not there"));
});

test("it sees a link that leads elsewhere, a link to nothing, and another feed", async () => {
  const messages = await found((ours) => {
    const link = join(ours.root, "latest", "ourwiki-latest-page.sql.gz");
    rmSync(link);
    symlinkSync("../20250101/ourwiki-20250101-page.sql.gz", link);
    writeFileSync(`${link}-rss.xml`, feed(ours, "pages.sql.gz"));
  });
  assert.deepEqual(messages.slice(0, 2), [
    "latest/{wiki}-latest-page.sql.gz: ../20250101/{wiki}-20250101-page.sql.gz / ../{date}/{wiki}-{date}-page.sql.gz",
    "latest/{wiki}-latest-page.sql.gz: is a link to nothing",
  ]);
  assert.equal(
    messages[2],
    "latest/{wiki}-latest-page.sql.gz-rss.xml:rss/channel/title: pages.sql.gz / page.sql.gz",
  );
});

test("a link that became a file in a copy of the reference's tree is still a link", async () => {
  const [ours, reference] = [makeRun("ourwiki", "20260101"), makeRun("theirwiki", "20261122")];
  const link = join(reference.root, "latest", "theirwiki-latest-page.sql.gz");
  rmSync(link);
  writeFileSync(link, "../20261122/theirwiki-20261122-page.sql.gz");
  assert.deepEqual((await compareTree(ours, reference)).differences, []);
});

test("what we do differently on purpose is listed by its reason", async () => {
  const [ours, reference] = [makeRun("ourwiki", "20260101"), makeRun("theirwiki", "20261122")];
  write(reference, "md5sums-theirwiki-20261122-page.sql.gz.txt", "");
  edit(
    ours,
    "dumpstatus.json",
    `"version":"0.8"`,
    `"version":"0.8","schemaVersion":1,"progress":{"done":1},"failed":[]`,
  );
  const { differences, tolerated } = await compareTree(ours, reference);
  assert.deepEqual(differences, []);
  assert.deepEqual([...tolerated.values()].map((list) => list.length), [1, 3]);
});
