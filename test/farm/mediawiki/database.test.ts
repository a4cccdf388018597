import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRows } from "../../../lib/farm/mediawiki/database.ts";
import { StandInMediaWiki } from "../../support/stand-in-mediawiki.ts";

/** A sink that keeps text. */
function textSink() {
  const pieces: Uint8Array[] = [];
  return {
    write: (bytes: Uint8Array) => void pieces.push(bytes) as undefined,
    text: () => Buffer.concat(pieces).toString(),
  };
}

const CLIENT = [
  "--defaults-extra-file=/etc/client.cnf",
  "-h",
  "127.0.0.1",
  "--port",
  "33306",
  "--max_allowed_packet=32M",
];

test("mysqldump gets the options of the reference, and the table with the wiki's prefix", async () => {
  const wiki = new StandInMediaWiki();
  const { args } = await wiki.database().tableDumpCommand("page");
  assert.deepEqual(args, [
    ...CLIENT,
    "--opt",
    "--quick",
    "--skip-add-locks",
    "--skip-lock-tables",
    "tinywiki",
    "x_page",
  ]);
});

test("a table dump passes when it is finished, whatever the pieces", async () => {
  const wiki = new StandInMediaWiki();
  const output = `-- MariaDB dump\n${"INSERT …\n".repeat(100_000)}\n-- Dump completed on 2026-11-22 15:34:51\n`;
  wiki.answer({ pattern: "x_page$", output });
  const sink = textSink();
  await wiki.database().dumpTable("page", sink);
  assert.equal(sink.text(), output);
});

test("a table dump that is not finished is an error, whatever the exit code", async () => {
  const wiki = new StandInMediaWiki();
  wiki.answer({ pattern: "x_page$", output: "-- MariaDB dump\nINSERT …\n" });
  await assert.rejects(wiki.database().dumpTable("page", textSink()), {
    code: "EXIT",
    message: /mysqldump .* tinywiki x_page ended without an error, but .* "-- Dump completed"/,
    remedy: /skip-comments/,
  });
  wiki.answer({ pattern: "x_page$", output: "", exitCode: 2, message: "mysqldump: Got error: 2002" });
  await assert.rejects(wiki.database().dumpTable("page", textSink()), { code: "EXIT", message: /Got error: 2002/ });
});

test("titles are asked for with prefix and order, and printed raw, row by row", async () => {
  const wiki = new StandInMediaWiki();
  const output = "page_namespace\tpage_title\n0\tA\\B\n1\tC\n";
  wiki.answer({ pattern: "page_title", output });
  const sink = textSink();
  await wiki.database().listTitles("all", sink);
  assert.equal(sink.text(), output);
  const { args, asked } = wiki.queries()[0]!;
  assert.equal(asked, "select page_namespace, page_title from `x_page` order by page_namespace, page_title;\n");
  const how = ["--batch", "--quick", "--column-names", "--default-character-set=binary"];
  assert.deepEqual(args, [...CLIENT, ...how, "tinywiki", "-r"]);
});

test("titles without their header, or cut in a line, are an error", async () => {
  const wiki = new StandInMediaWiki();
  wiki.answer({ pattern: "page_title", output: "Algier\nFYROM\n" });
  await assert.rejects(wiki.database().listTitles("main", textSink()), { message: /began with "Algier\\nFYR/ });
  wiki.answer({ pattern: "page_title", output: "page_title\nAlgier\nFY" });
  await assert.rejects(wiki.database().listTitles("main", textSink()), { message: /does not end with a line end/ });
  wiki.answer({
    pattern: "page_title",
    output: "page_title\nA\n",
    exitCode: 1,
    message: "ERROR 2013 (HY000): Lost connection",
  });
  await assert.rejects(wiki.database().listTitles("main", textSink()), { message: /ERROR 2013/ });
});

test("tables are those with the wiki's prefix, without it", async () => {
  const wiki = new StandInMediaWiki();
  wiki.answer({ pattern: "show tables", output: "Tables_in_tinywiki\nx_page\nx_image\ny_page\n" });
  assert.deepEqual([...await wiki.database().tables()], ["page", "image"]);
});

test("every statement names tables with their prefix, and no table without it", async () => {
  const wiki = new StandInMediaWiki();
  const database = wiki.database();
  wiki.answer(
    { pattern: "count", output: "n\n7\n" },
    { pattern: "left join", output: "page_id\n3\n" },
    { pattern: "page_title", output: "page_title\nA\n" },
  );
  await database.maxIds();
  await database.countRevisions({ first: 1, last: 2 });
  await database.pagesWithoutCurrent({ first: 1, last: 2 });
  await database.listTitles("main", textSink());
  const asked = wiki.queries().map(({ asked }) => asked);
  assert.equal(asked.length, 4);
  for (const statement of asked) {
    const tables = [...statement.matchAll(/\b(?:from|join) (\S+?)[);\s]/g)].map(([, name]) => name);
    assert.ok(tables.length > 0, statement);
    for (const name of tables) assert.match(name!, /^`x_(?:page|revision|logging)`$/, statement);
  }
});

test("an empty wiki has 0 for its highest ids", async () => {
  const wiki = new StandInMediaWiki();
  wiki.answer({ pattern: "max\\(", output: "a\tb\tc\nNULL\tNULL\tNULL\n" });
  assert.deepEqual(await wiki.database().maxIds(), { pageId: 0, revisionId: 0, logId: 0 });
});

test("a query that fails is tried again, at the server that the wiki names then", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("getReplicaServer", "db1", "db2:3317");
  wiki.answer({
    pattern: "max\\(",
    output: "",
    exitCode: 1,
    message: "ERROR 2002 (HY000): Can't connect to server on 'db1'",
  });
  await assert.rejects(wiki.database().maxIds(), { code: "EXIT", message: /Can't connect/ });
  const hosts = wiki.queries().map(({ args }) => args[2]);
  assert.deepEqual(hosts, ["db1", "db2", "db2"]);
});

test("a query with a time limit is ended, and not tried again", async () => {
  const wiki = new StandInMediaWiki();
  wiki.answer({ pattern: "count", output: "", sleepMs: 60_000 });
  await assert.rejects(wiki.database().countRevisions({ first: 1, last: 2 }, { timeoutMs: 500 }), { code: "TIMEOUT" });
  assert.ok(wiki.queries().length <= 1);
});

test("escapes of mysql --batch are undone", () => {
  const text = "a\tb\nx\\ty\\nz\\\\n\\0\t\nNULL\t7\n";
  assert.deepEqual(parseRows(text), [["x\ty\nz\\n\0", ""], ["NULL", "7"]]);
  assert.deepEqual(parseRows(""), []);
  assert.deepEqual(parseRows("a\n"), []);
});
