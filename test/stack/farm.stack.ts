import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import test from "node:test";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { spawn } from "node:child_process";
import { isAlive, waitUntil } from "../support/process.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { dumpItems, type XmlElement } from "./dump-items.ts";
import { exportOf, FARM_WIKIS, PARTS_WIKI, PLAIN_WIKI, PREFIX_WIKI, PRIVATE_WIKI } from "./farm-wikis.ts";
import { openFarm } from "./open-farm.ts";
import { DUMP_USER } from "./mariadb.ts";
import { tryProgram } from "./run-program.ts";

const stack = await openFarm(...FARM_WIKIS);
const directory = scratchDirectory("farm-stack");

for (const { name } of FARM_WIKIS) {
  test(`${name}: every text of the export is in the wiki, for pages that nobody touched`, async () => {
    const dump = `${directory}/${name}.xml`;
    await stack.maintenance(name, "dumpBackup.php", ["--full", `--output=file:${dump}`]);
    const pages = new Map<string, XmlElement>();
    for await (const item of dumpItems(dump)) if (item.kind === "page") pages.set(titleOf(item.element), item.element);
    let [texts, missing] = [0, 0];
    for await (const item of dumpItems(exportOf(name))) {
      if (item.kind !== "page") continue;
      const page = pages.get(titleOf(item.element));
      // Deleted; or moved, with a redirect left behind.
      if (page === undefined || has(page, "redirect") !== has(item.element, "redirect")) {
        missing++;
        continue;
      }
      const there = new Set(textsOf(page));
      const wanted = textsOf(item.element);
      texts += wanted.length;
      const lost = wanted.filter((text) => !there.has(text));
      assert.ok(lost.length <= hiddenTexts(page), `${titleOf(page)} has the text ${lost[0]?.slice(0, 60)}`);
    }
    assert.ok(texts > 15, `${texts} texts`);
    assert.ok(missing <= 5, `${missing} pages of the export are gone`);
  });

  test(`${name}: has deletions, protections and hidden log entries`, async () => {
    const prefix = stack.tablePrefix(name);
    const logs = await stack.sql(name, `select log_type, log_deleted from ${prefix}logging order by log_id`);
    for (const type of ["create", "newusers", "delete", "protect"]) assert.match(logs, new RegExp(`^${type}\t`, "m"));
    assert.match(logs, /\t1$/m);
    assert.match(logs, /\t6$/m);
    const links = await stack.sql(name, `select count(*) from ${prefix}pagelinks`);
    assert.ok(Number(links) > 0, "refreshLinks.php filled the tables of links");
  });
}

function titleOf(page: XmlElement): string {
  return page.children.find(({ name }) => name === "title")?.text ?? "";
}

function has(page: XmlElement, name: string): boolean {
  return page.children.some((child) => child.name === name);
}

function hiddenTexts(page: XmlElement): number {
  return page.children.filter(({ children }) =>
    children.some(({ name, attributes }) => name === "text" && attributes["deleted"] !== undefined)
  ).length;
}

/** Texts that an import can bring in: hidden ones are not in an export. */
function textsOf(page: XmlElement): readonly string[] {
  return page.children.filter(({ name }) => name === "revision")
    .map((revision) => revision.children.find(({ name }) => name === "text"))
    .filter((text) => text !== undefined && text.attributes["deleted"] === undefined).map((text) =>
      text!.text.trimEnd()
    );
}

test("hidden revisions of the plain wiki are hidden in a dump", async () => {
  const dump = await stack.maintenance(PLAIN_WIKI.name, "dumpBackup.php", ["--full", "--stub"]);
  assert.equal(dump.match(/<text [^>]*deleted="deleted"/g)?.length, 2);
  assert.equal(dump.match(/<contributor deleted="deleted"/g)?.length, 1);
});

test("the wiki for parts has pages for several parts, and a text of over 1 MB", async () => {
  assert.ok(Number(await stack.sql(PARTS_WIKI.name, "select count(*) from page")) > 150);
  assert.ok(Number(await stack.sql(PARTS_WIKI.name, "select max(content_size) from content")) > 1_000_000);
});

test("the tables of one wiki have a prefix, which getConfiguration.php tells", async () => {
  const wiki = PREFIX_WIKI.name;
  const tables = (await stack.sql(wiki, "show tables")).trim().split("\n");
  assert.ok(tables.length > 50 && tables.every((table) => table.startsWith("kat_")), tables.join(" "));
  const args = ["--format=json", "--regex=wgDBprefix|wgCanonicalServer|wgScriptPath"];
  assert.deepEqual(JSON.parse(await stack.maintenance(wiki, "getConfiguration.php", args)), {
    wgDBprefix: "kat_",
    wgCanonicalServer: stack.address,
    wgScriptPath: `/${wiki}`,
  });
});

test("getReplicaServer.php names the server by address and port", async () => {
  const said = await stack.maintenance(PLAIN_WIKI.name, "getReplicaServer.php", ["--group=dump"]);
  assert.equal(said.trim(), `127.0.0.1:${stack.database.port}`);
});

test("the API answers, and refuses on the private wiki", async () => {
  const query = "action=query&meta=siteinfo&siprop=namespaces&format=json&formatversion=2";
  const answer = await stack.api(PREFIX_WIKI.name, query) as {
    query: { namespaces: Record<string, { name: string }> };
  };
  assert.equal(answer.query.namespaces["100"]?.name, "Πύλη");
  const refusal = await stack.api(PRIVATE_WIKI.name, query) as { error: { code: string } };
  assert.equal(refusal.error.code, "readapidenied");
  assert.equal((await fetch(`${stack.address}/nosuchwiki/api.php`)).status, 404);
});

test("the private wiki has a page with two slots", async () => {
  const dump = await stack.maintenance(PRIVATE_WIKI.name, "dumpBackup.php", ["--current", "--stub"]);
  assert.match(dump, /<role>aside<\/role>/);
});

test("the dump user reads and locks, and does nothing else; its password is in a file that others cannot read", async () => {
  const { clientConfig, database } = stack;
  assert.equal(statSync(clientConfig).mode & 0o777, 0o600);
  const run = (statement: string) =>
    tryProgram(
      "mysql",
      [`--defaults-extra-file=${clientConfig}`, "-h127.0.0.1", `-P${database.port}`, PLAIN_WIKI.name],
      {
        input: statement,
      },
    );
  assert.equal((await run("lock tables page read; select count(*) from page; select user()")).status, 0);
  const refused = await run("delete from page");
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, new RegExp(`denied to user '${DUMP_USER.name}'`));
});

test("an unknown wiki is an error of every script", async () => {
  const args = [`${stack.mediaWikiDirectory}/maintenance/getReplicaServer.php`, "--wiki=nosuchwiki"];
  const { status, stderr } = await tryProgram("php", args);
  assert.equal(status, 1);
  assert.match(stderr, /No such wiki: 'nosuchwiki'/);
});

test("servers end with the process that started them, even when it is killed", async () => {
  const base = scratchDirectory("stack-killed");
  const script = fileURLToPath(new URL("../support/fixtures/stack-child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, base], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, WIKIDUMP_STACK_BASE: "" },
  });
  let pids: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    pids = JSON.parse(line) as number[];
    break;
  }
  assert.equal(pids.length, 2);
  assert.ok(pids.every(isAlive), "both servers run");
  child.kill("SIGKILL");
  await waitUntil(() => !pids.some(isAlive), 20_000);
  assert.ok(existsSync(`${base}/db/data`));
  assert.equal(readFileSync(`${base}/http.pid`, "utf8"), String(pids[1]));
});
