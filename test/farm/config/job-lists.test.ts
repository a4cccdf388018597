import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { readApiJobs } from "../../../lib/farm/config/api-jobs.ts";
import { readTableJobs } from "../../../lib/farm/config/table-jobs.ts";
import { ConfigError } from "../../../lib/errors.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";

function file(...lines: readonly string[]): string {
  const path = join(scratchDirectory("yaml"), "jobs.yaml");
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

async function refusal(work: Promise<unknown>): Promise<ConfigError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error;
  }
  assert.fail("it was accepted");
}

test("without a file there are the tables of the reference, in its order", async () => {
  const jobs = await readTableJobs("");
  assert.equal(jobs.length, 31);
  assert.deepEqual(jobs.slice(0, 3).map(({ table, job }) => [table, job]), [
    ["site_stats", "sitestatstable"],
    ["image", "imagetable"],
    ["pagelinks", "pagelinkstable"],
  ]);
  assert.equal(new Set(jobs.map(({ job }) => job)).size, jobs.length);
  assert.ok(jobs.every(({ job, description }) => job.endsWith("table") && description.length > 10));
});

const TREE = ["reference", "run", "public", "tenwiki", "20261122"];

test("the jobs built in are those of a run of the reference, with the same files", {
  skip: skipWithoutShared(...TREE),
}, async () => {
  const [states, files] = ["dumpruninfo.txt", "dumpstatus.json"].map((name) =>
    readFileSync(sharedPath(...TREE, name)!, "utf8")
  );
  const names = [...states!.matchAll(/^name:(\w+);/gm)].map(([, name]) => name!).toReversed();
  const known = names.filter((name) => name.endsWith("table"));
  const ours = (await readTableJobs("")).filter(({ job }) => known.includes(job));
  assert.deepEqual(ours.map(({ job }) => job), known);
  const { jobs } = JSON.parse(files!) as { jobs: Record<string, { files: object }> };
  for (const { job, table } of ours) {
    assert.deepEqual(Object.keys(jobs[job]!.files), [`tenwiki-20261122-${table}.sql.gz`]);
  }
  for (const { job, dumpName, properties } of await readApiJobs("")) {
    const [file] = Object.keys(jobs[job]!.files);
    assert.equal(file, `tenwiki-20261122-${dumpName}.json.gz`);
    const answer = JSON.parse(gunzipSync(readFileSync(sharedPath(...TREE, file)!)).toString()) as { query: object };
    assert.deepEqual(Object.keys(answer.query), properties);
  }
});

test("tables are read in the order of the file; a job's name gets its ending", async () => {
  const path = file(
    "# our tables",
    "tables:",
    "  page:",
    "    job: page",
    "    description: 'Pages: all of them'",
    "    type: public",
    "  image:",
    "    job: imagetable",
    "    description: Files",
  );
  assert.deepEqual(await readTableJobs(path), [
    { table: "page", job: "pagetable", description: "Pages: all of them" },
    { table: "image", job: "imagetable", description: "Files" },
  ]);
});

const BAD_TABLES: readonly (readonly [
  what: string,
  lines: readonly string[],
  line: number,
  code: string,
  says: RegExp,
  remedy: RegExp,
])[] = [
  ["broken YAML", ["tables:", "  page: {job: x"], 3, "SYNTAX", /./, /^/],
  [
    "a key twice",
    ["tables:", "  a: {job: a, description: A}", "  a: {job: b, description: B}"],
    3,
    "SYNTAX",
    /unique/,
    /^/,
  ],
  ["no mapping", ["- page"], 1, "BAD_VALUE", /The file must be a mapping/, /colon/],
  ["an empty file", [""], 1, "BAD_VALUE", /The file must be a mapping/, /colon/],
  ["a wrong top", ["table:", "  page: {}"], 1, "UNKNOWN_OPTION", /Unknown key table/, /Did you mean tables\?/],
  [
    "a mistyped key",
    ["tables:", "  page:", "    job: a", "    descripton: A"],
    4,
    "UNKNOWN_OPTION",
    /tables.page.descripton/,
    /description\?/,
  ],
  ["no job", ["tables:", "  page:", "    description: A"], 2, "MISSING", /tables.page has no job/, /job: …/],
  [
    "a number",
    ["tables:", "  page: {job: 7, description: A}"],
    2,
    "BAD_VALUE",
    /tables.page.job must be a text/,
    /quotes/,
  ],
  [
    "a private table",
    ["tables:", "  user:", "    job: u", "    description: U", "    type: private"],
    5,
    "BAD_VALUE",
    /type must be public/,
    /Private tables/,
  ],
  [
    "a job twice",
    ["tables:", "  a: {job: x, description: A}", "  b: {job: xtable, description: B}"],
    3,
    "BAD_VALUE",
    /xtable, and so has tables.a/,
    /own/,
  ],
  [
    "an option for a table",
    ["tables:", "  --all: {job: x, description: A}"],
    2,
    "BAD_VALUE",
    /"--all" is no name/,
    /database/,
  ],
];

for (const [what, lines, line, code, says, remedy] of BAD_TABLES) {
  test(`tables: ${what} is an error with its line`, async () => {
    const path = file(...lines);
    const error = await refusal(readTableJobs(path));
    assert.match(error.message, says);
    assert.deepEqual([error.code, error.file, error.line], [code, path, line], error.message);
    assert.match(error.remedy + error.message, remedy);
  });
}

test("all that is wrong is told at once", async () => {
  const error = await refusal(readTableJobs(file("tables:", "  a: {jb: x, description: A}", "  b: 7")));
  assert.match(error.message, /line 2/);
  assert.match(error.message, /tables.b must be a mapping .*line 3/);
});

test("a list that is configured and not there is an error", async () => {
  const error = await refusal(readTableJobs("/nowhere/tables.yaml"));
  assert.deepEqual([error.code, error.section, error.key], ["UNREADABLE", "wiki", "tablejobs"]);
  assert.equal((await refusal(readApiJobs("/nowhere/api.yaml"))).key, "apijobs");
});

test("without a file there are two API jobs, one for each format", async () => {
  const jobs = await readApiJobs("");
  assert.deepEqual(jobs.map(({ job, formatVersion, dumpName }) => [job, formatVersion, dumpName]), [
    ["namespaces", 1, "siteinfo-namespaces"],
    ["namespacesv2", 2, "siteinfo2-namespacesv2"],
  ]);
  assert.deepEqual(jobs[0]!.properties, ["namespaces", "namespacealiases", "magicwords", "general"]);
});

test("API jobs are read from both kinds", async () => {
  const path = file(
    "siteinfov2:",
    "  anything:",
    "    job: skins",
    "    description: Skins",
    "    properties:",
    "      - skins",
    "      - general",
    "siteinfo:",
    "  more: {job: old, description: Old, properties: [statistics]}",
  );
  assert.deepEqual(await readApiJobs(path), [
    {
      job: "skins",
      description: "Skins",
      properties: ["skins", "general"],
      formatVersion: 2,
      dumpName: "siteinfo2-skins",
    },
    { job: "old", description: "Old", properties: ["statistics"], formatVersion: 1, dumpName: "siteinfo-old" },
  ]);
});

test("what is wrong with API jobs is an error with its line", async () => {
  const bad = async (...lines: readonly string[]): Promise<string> =>
    (await refusal(readApiJobs(file(...lines)))).message;
  assert.match(await bad("siteinf:", "  a: {}"), /Unknown key siteinf .*line 1/);
  assert.match(
    await bad("siteinfo:", "  a: {job: a, description: A}"),
    /siteinfo.a needs a list of properties .*line 2/,
  );
  assert.match(await bad("siteinfo:", "  a: {job: a, description: A, properties: []}"), /list of properties .*line 2/);
  const twice = "{job: a, description: A, properties: [general]}";
  assert.match(
    await bad("siteinfo:", `  a: ${twice}`, "siteinfov2:", `  b: ${twice}`),
    /job a is there twice .*line 4/,
  );
  assert.match(await bad("siteinfo:", "  a: {job: ../a, description: A, properties: [general]}"), /no name of a job/);
});
