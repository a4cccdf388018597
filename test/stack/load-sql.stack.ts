import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import test from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { scratchDirectory } from "../support/scratch.ts";
import { PLAIN_WIKI, PREFIX_WIKI } from "./farm-wikis.ts";
import { loadSql } from "./load-sql.ts";
import { openFarm } from "./open-farm.ts";
import { tryProgram } from "./run-program.ts";

const stack = await openFarm(PLAIN_WIKI, PREFIX_WIKI);
const TABLES = ["page", "pagelinks", "logging", "site_stats", "page_restrictions", "image"];

/** Dumps tables as the reference's worker does. */
async function dumpTables(wiki: string): Promise<string> {
  const directory = scratchDirectory("load-sql");
  for (const table of TABLES) {
    const { stdout, status } = await tryProgram("mysqldump", [
      `--defaults-extra-file=${stack.clientConfig}`,
      "--host=127.0.0.1",
      `--port=${stack.database.port}`,
      "--opt",
      "--quick",
      "--skip-add-locks",
      "--skip-lock-tables",
      wiki,
      stack.tablePrefix(wiki) + table,
    ]);
    assert.equal(status, 0);
    writeFileSync(`${directory}/${wiki}-20260101-${table}.sql.gz`, gzipSync(stdout));
  }
  return directory;
}

function edit(directory: string, table: string, change: (sql: string) => string): void {
  const path = `${directory}/${PLAIN_WIKI.name}-20260101-${table}.sql.gz`;
  // Bytes as characters: tables are binary.
  const before = gunzipSync(readFileSync(path)).toString("latin1");
  const after = change(before);
  assert.notEqual(after, before);
  writeFileSync(path, gzipSync(Uint8Array.from(after, (character) => character.charCodeAt(0))));
}

for (const { name } of [PLAIN_WIKI, PREFIX_WIKI]) {
  test(`${name}: dumps of tables load, and have the same rows`, async () => {
    const { tables, differences } = await loadSql(stack, name, await dumpTables(name));
    assert.deepEqual(differences, []);
    assert.equal(tables.size, TABLES.length);
    assert.ok(tables.get(`${stack.tablePrefix(name)}page`)! > 30);
  });
}

test("it sees a row that changed, one that is missing, another column, a dump that was cut or is none", async () => {
  const directory = await dumpTables(PLAIN_WIKI.name);
  edit(directory, "page", (sql) => sql.replace("'Main_Page'", "'Main_page'"));
  edit(directory, "pagelinks", (sql) => sql.replace(/VALUES\n(\(.*?\)),\n/, "VALUES\n"));
  edit(directory, "page_restrictions", (sql) => sql.replace("varbinary(60)", "varbinary(61)"));
  edit(directory, "logging", (sql) => sql.slice(0, sql.length / 2));
  edit(directory, "image", () => "this is not SQL;\n-- Dump completed\n");
  edit(directory, "site_stats", (sql) => sql.replaceAll("`site_stats`", "`other_stats`"));
  const { differences } = await loadSql(stack, PLAIN_WIKI.name, directory).catch((error: unknown) => {
    assert.match(String(error), /other_stats/);
    edit(directory, "site_stats", (sql) => sql.replaceAll("`other_stats`", "`site_stats`"));
    return loadSql(stack, PLAIN_WIKI.name, directory);
  });
  const messages = differences.map(({ table, what }) => `${table} ${what}`);
  const expected = [
    /^beewiki-20260101-image\.sql\.gz cannot be loaded: .*ERROR 1064/s,
    /^beewiki-20260101-logging\.sql\.gz cannot be loaded: it has no last line/,
    /^page lacks 1 rows, such as .*'Main_Page'/,
    /^page has 1 rows that the wiki has not, such as .*'Main_page'/,
    /^page_restrictions is defined as CREATE TABLE .*varbinary\(61\)/,
    /^pagelinks lacks 1 rows/,
  ];
  assert.equal(messages.length, expected.length, messages.join("\n"));
  expected.forEach((pattern, index) => assert.match(messages[index]!, pattern));
});

test("a directory without dumps is an error", async () => {
  await assert.rejects(loadSql(stack, PLAIN_WIKI.name, scratchDirectory("no-sql")), /has no SQL dumps/);
});
