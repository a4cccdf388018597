import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { scratchDirectory } from "../support/scratch.ts";
import { skipWithoutShared } from "../support/shared.ts";
import { compareTree } from "./compare-tree.ts";
import { assertSameXml, compareXml } from "./compare-xml.ts";
import { dumpByHand } from "./dump-by-hand.ts";
import { loadSql } from "./load-sql.ts";
import { openFarm } from "./open-farm.ts";
import { referenceDirectory, restoreReference } from "./restore-reference.ts";
import { MADE_AGAIN, STUB_AND_DUMP } from "./tolerated.ts";

const skip = skipWithoutShared("reference", "run", "public");
const stack = skip === false ? await openFarm() : undefined;
const WIKIS = ["tenwiki", "elwikivoyage", "privwiki"] as const;
const DATE = "20261122";

function isXml(name: string): boolean {
  return /\.xml\.(?:gz|bz2|7z)$|\.xml-p\d+p\d+\.(?:bz2|7z)$/.test(name);
}

for (const wiki of ["tenwiki", "elwikivoyage"] as const) {
  test(`${wiki}: both dates of the reference have the same XML, and the same tree`, { skip }, async () => {
    const root = referenceDirectory(wiki);
    const files = readdirSync(join(root, DATE)).filter(isXml);
    assert.ok(files.length >= 9, `${files.length} files`);
    for (const name of files) {
      await assertSameXml(join(root, DATE, name), join(root, "20261101", name.replace(DATE, "20261101")));
    }
    const { differences } = await compareTree({ root, wiki, date: "20261101" }, { root, wiki, date: DATE }, {
      isOld: true,
    });
    assert.deepEqual(differences, []);
  });

  test(`${wiki}: the reference's stubs and histories belong together`, { skip }, async () => {
    const file = (name: string) => join(referenceDirectory(wiki), DATE, `${wiki}-${DATE}-${name}`);
    for (const history of ["pages-meta-history.xml.bz2", "pages-meta-history.xml.7z"]) {
      await assertSameXml(file("stub-meta-history.xml.gz"), file(history), { tolerated: STUB_AND_DUMP });
    }
    await assertSameXml(file("stub-articles.xml.gz"), file("pages-articles-multistream.xml.bz2"), {
      tolerated: STUB_AND_DUMP,
    });
    const { differences } = await compareXml(file("stub-articles.xml.gz"), file("stub-meta-history.xml.gz"));
    assert.ok(differences.length > 0, "articles and histories differ");
  });
}

/** Two are made side by side, as there are two cores at least; each test waits for its own. */
const restored = new Map<string, Promise<void>>();
if (stack !== undefined) {
  const small = restoreReference(stack, "elwikivoyage");
  restored.set("tenwiki", restoreReference(stack, "tenwiki"));
  restored.set("elwikivoyage", small);
  restored.set("privwiki", small.catch(() => {}).then(() => restoreReference(stack, "privwiki")));
  // A failure is that of the test which waits for it.
  for (const wiki of restored.values()) wiki.catch(() => {});
}

for (const wiki of WIKIS) {
  test(
    `${wiki}: made again, it has the reference's pages, revisions, texts, log items and tables`,
    { skip },
    async () => {
      assert.ok(stack !== undefined);
      await restored.get(wiki);
      const ours = await dumpByHand(stack, wiki, scratchDirectory("restored"));
      const directory = join(referenceDirectory(wiki), DATE);
      const pairs = [
        [ours.stubHistory, "stub-meta-history.xml.gz"],
        [ours.stubCurrent, "stub-meta-current.xml.gz"],
        [ours.stubArticles, "stub-articles.xml.gz"],
        [ours.logs, "pages-logging.xml.gz"],
        [ours.history, "pages-meta-history.xml.bz2"],
        [ours.current, "pages-meta-current.xml.bz2"],
        [ours.articles, "pages-articles.xml.bz2"],
      ] as const;
      for (const [path, name] of pairs) {
        const { tolerated } = await assertSameXml(join(directory, `${wiki}-${DATE}-${name}`), path, {
          tolerated: MADE_AGAIN,
        });
        assert.ok(tolerated.size <= MADE_AGAIN.length);
      }
      const { differences, tables } = await loadSql(stack, wiki, directory);
      assert.deepEqual(differences, []);
      assert.equal(tables.size, 20);
    },
  );
}
