import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { phpScript } from "../../../lib/farm/mediawiki/php-script.ts";
import { scratchDirectory } from "../../support/scratch.ts";
import { StandInMediaWiki } from "../../support/stand-in-mediawiki.ts";

test("facts are asked for once, with two scripts", async () => {
  const wiki = new StandInMediaWiki();
  const site = wiki.site();
  const [facts, again] = await Promise.all([site.facts(), site.facts()]);
  assert.equal(again, facts);
  assert.deepEqual(facts, {
    database: { host: "127.0.0.1", port: 33306, socket: undefined },
    tablePrefix: "x_",
    canonicalServer: "http://127.0.0.1:1",
    scriptPath: "/w",
  });
  assert.deepEqual(wiki.calls("getReplicaServer"), [["--wiki=tinywiki", "--group=dump"]]);
  assert.deepEqual(wiki.calls("getConfiguration"), [[
    "--wiki=tinywiki",
    "--format=json",
    "--regex=wgDBprefix|wgCanonicalServer|wgScriptPath",
  ]]);
});

test("notices of PHP around an answer do no harm", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave("getReplicaServer", "\\nNotice: x is not set in y.php on line 3\\nlocalhost:3307\\n");
  wiki.behave("getConfiguration", '\\nWarning: z\\n{"wgCanonicalServer":false,"wgDBprefix":"","wgScriptPath":""}\\n');
  const facts = await wiki.site().facts();
  assert.deepEqual(facts.database, { host: "127.0.0.1", port: 3307, socket: undefined });
  assert.equal(facts.canonicalServer, "");
});

test("an answer that is none is asked for again, and then an error that shows it", async () => {
  const wiki = new StandInMediaWiki();
  wiki.behave(
    "getConfiguration",
    "nothing",
    "nothing",
    '{"wgCanonicalServer":"http://a","wgDBprefix":"","wgScriptPath":""}',
  );
  assert.equal((await wiki.site().facts()).canonicalServer, "http://a");
  wiki.behave("getConfiguration", '{"wgDBprefix":""}');
  const site = wiki.site();
  const refusal = {
    code: "EXIT",
    message: /printed something that is no answer: "{.*wgDBprefix/,
    remedy: /LocalSettings/,
  };
  await assert.rejects(site.facts(), refusal);
  // A failure is not remembered.
  wiki.behave("getConfiguration", '{"wgCanonicalServer":"http://b","wgDBprefix":"","wgScriptPath":""}');
  assert.equal((await site.facts()).canonicalServer, "http://b");
});

test("MWScript.php runs scripts where it is there; else they are run where they lie", async () => {
  const home = scratchDirectory("multiversion");
  for (const folder of ["w/maintenance", "w/extensions/Flow/maintenance", "mv"]) {
    mkdirSync(join(home, folder), { recursive: true });
  }
  const [direct, flow] = [join(home, "w/maintenance/x.php"), join(home, "w/extensions/Flow/maintenance/x.php")];
  for (const path of [direct, flow]) writeFileSync(path, "");
  const tools = { php: "/usr/bin/php", directory: join(home, "w"), multiversion: join(home, "mv") };
  const argsOf = async (script: string): Promise<readonly unknown[]> =>
    (await phpScript(tools, "a", script, ["--y"])).args;
  assert.deepEqual(await argsOf("x.php"), [direct, "--wiki=a", "--y"]);
  assert.deepEqual(await argsOf("extensions/Flow/maintenance/x.php"), [flow, "--wiki=a", "--y"]);
  const wrapper = join(home, "mv/MWScript.php");
  writeFileSync(wrapper, "");
  assert.deepEqual(await argsOf("x.php"), [wrapper, "x.php", "--wiki=a", "--y"]);
  await assert.rejects(phpScript({ ...tools, multiversion: "" }, "a", "nosuch.php", []), {
    code: "NOT_FOUND",
    message: /w\/maintenance\/nosuch.php does not exist/,
    remedy: /dir in \[wiki\]/,
  });
});
