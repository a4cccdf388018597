import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { readWikiLists, type WikiLists } from "../../lib/farm/wiki-lists.ts";

type Lists = Partial<Record<"dblist" | "skipdblist" | "privatelist" | "closedlist" | "flowlist", string>>;

async function read(context: TestContext, texts: Lists, missing: Lists = {}): Promise<WikiLists> {
  const directory = mkdtempSync(join(tmpdir(), "wikidump-lists-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const path = (name: keyof Lists): string => {
    if (missing[name] !== undefined) return missing[name];
    const text = texts[name];
    if (text === undefined) return "";
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const skip = path("skipdblist");
  const wiki = {
    dblist: path("dblist"),
    skipdblist: skip === "" ? [] : [skip],
    privatelist: path("privatelist"),
    closedlist: path("closedlist"),
    flowlist: path("flowlist"),
  };
  return await readWikiLists({ wiki });
}

test("wikis are those of dblist, in its order, less those that are to be skipped", async (context) => {
  const { wikis, problems } = await read(context, {
    dblist: "\uFEFF# all\r\ntewiki\r\n\r\n  enwiki \n#oldwiki\nbe_x_oldwiki\nenwiki\nskipwiki",
    skipdblist: "skipwiki\nnowiki\n",
    privatelist: "enwiki\n",
    closedlist: "be_x_oldwiki",
    flowlist: "tewiki\n",
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(wikis, [
    { name: "tewiki", isPrivate: false, isClosed: false, hasFlow: true },
    { name: "enwiki", isPrivate: true, isClosed: false, hasFlow: false },
    { name: "be_x_oldwiki", isPrivate: false, isClosed: true, hasFlow: false },
  ]);
});

test("a missing list is an error: above all that of private wikis", async (context) => {
  for (const name of ["dblist", "skipdblist", "privatelist", "closedlist", "flowlist"] as const) {
    await assert.rejects(
      read(context, { dblist: "tewiki\n" }, { [name]: `/nowhere/${name}` }),
      { name: "SourceError", code: "NOT_FOUND", path: `/nowhere/${name}` },
    );
  }
});

test("a list that is a directory is an error", async (context) => {
  await assert.rejects(read(context, { dblist: "tewiki\n" }, { privatelist: tmpdir() }), {
    name: "SourceError",
    code: "READ",
  });
});

test("no dblist is an error of the configuration", async (context) => {
  await assert.rejects(read(context, {}), { name: "ConfigError", code: "MISSING" });
});

test("lines that are no name of a wiki are left out and told of", async (context) => {
  const { wikis, problems } = await read(context, {
    dblist: "../etc\ntewiki\n.hidden\na/b\ntwo words\nzh-min-nan\nx\u0000y\n",
  });
  assert.deepEqual(wikis.map(({ name }) => name), ["tewiki"]);
  assert.equal(problems.length, 6);
  assert.match(problems[0]!, /^Line 1 of .*dblist is no name of a wiki: "\.\.\/etc"$/);
});
