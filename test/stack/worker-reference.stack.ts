/**
 * The reference's own wikis, made again and dumped by the bundled worker with the reference's configuration: the tree has the same names
 * and shapes, the XML is the same item by item.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { scratchDirectory } from "../support/scratch.ts";
import { skipWithoutShared } from "../support/shared.ts";
import { compareTree } from "./compare-tree.ts";
import { assertSameXml } from "./compare-xml.ts";
import { openFarm } from "./open-farm.ts";
import { referenceDirectory, restoreReference } from "./restore-reference.ts";
import { MADE_AGAIN } from "./tolerated.ts";
import { checkWholeFiles, isXmlFile, plainFile } from "./whole-files.ts";
import { IN_PARTS, WorkerFarm } from "./worker-farm.ts";

const skip = skipWithoutShared("reference", "run", "public");
const stack = skip === false ? await openFarm() : undefined;
const DATES = ["20261101", "20261122"] as const;
const WIKIS = [
  { name: "elwikivoyage", settings: `${IN_PARTS}\npagesPerChunkHistory=70,90\nrevsPerJob=100` },
  { name: "tenwiki" },
  { name: "privwiki", isPrivate: true },
] as const;

const farm = stack === undefined ? undefined : new WorkerFarm(stack, scratchDirectory("worker-reference"), WIKIS);

for (const { name: wiki, ...kind } of WIKIS) {
  const isPrivate = "isPrivate" in kind;

  test(`${wiki}: our run has the reference's files, states, lists, feeds and XML`, { skip }, async () => {
    assert.ok(stack !== undefined && farm !== undefined);
    await restoreReference(stack, wiki);
    for (const date of DATES) {
      const { status, log } = await farm.run(wiki, date);
      assert.equal(status, 0, log);
    }
    const theirs = referenceDirectory(wiki);
    // The private wiki was dumped once there.
    for (const date of DATES.filter((date) => readdirSync(theirs).includes(date))) {
      const { differences } = await compareTree({ root: farm.root(wiki), wiki, date }, { root: theirs, wiki, date }, {
        isPrivate,
        isOld: date !== DATES[1],
      });
      assert.deepEqual(differences, []);
      const names = readdirSync(join(theirs, date)).filter(isXmlFile);
      assert.ok(names.length >= 9, `${names.length} files`);
      for (const name of names) {
        await assertSameXml(join(theirs, date, name), join(farm.runDirectory(wiki, date), name), {
          tolerated: MADE_AGAIN,
        });
      }
      for (const name of ["all-titles.gz", "all-titles-in-ns0.gz", "pages-articles-multistream-index.txt.bz2"]) {
        const path = (root: string) => join(root, date, `${wiki}-${date}-${name}`);
        assert.equal(await linesOf(path(farm.root(wiki))), await linesOf(path(theirs)));
      }
      if (!isPrivate) await requireSameNamespaces(join(theirs, date), farm.runDirectory(wiki, date));
      await checkWholeFiles(farm.runDirectory(wiki, date));
    }
  });
}

/** Where a stream of an index begins depends on who packed it. */
async function linesOf(path: string): Promise<string> {
  return new TextDecoder().decode(await plainFile(path)).replaceAll(/^\d+:(?=\d+:)/gm, "");
}

/** The API's answers but for "general", which has the host, its port, its clock, and the versions of its programs. */
async function requireSameNamespaces(theirs: string, ours: string): Promise<void> {
  const names = readdirSync(theirs).filter((name) => name.endsWith(".json.gz"));
  assert.equal(names.length, 2);
  for (const name of names) {
    const [one, other] = await Promise.all([theirs, ours].map(async (directory) => {
      const answer = JSON.parse(new TextDecoder().decode(await plainFile(join(directory, name)))) as ApiAnswer;
      return { ...answer, query: { ...answer.query, general: Object.keys(answer.query.general).sort() } };
    }));
    assert.deepEqual(other, one);
  }
}

interface ApiAnswer {
  readonly query: { readonly general: Readonly<Record<string, unknown>> };
}

test("page ranges are those of the reference", { skip }, () => {
  assert.ok(farm !== undefined);
  const ranges = (dumpName: string) =>
    readdirSync(farm.runDirectory("elwikivoyage", DATES[1])).flatMap((name) =>
      new RegExp(`-${dumpName}\\d+\\.xml-p(\\d+)p(\\d+)\\.bz2$`).exec(name)?.slice(1).map(Number).join("-") ?? []
    ).sort((one, other) => Number.parseInt(one) - Number.parseInt(other));
  assert.deepEqual(ranges("pages-meta-history"), ["1-62", "63-70", "71-122", "123-154"]);
  for (const dumpName of ["pages-articles", "pages-meta-current", "pages-articles-multistream"]) {
    assert.deepEqual(ranges(dumpName), ["1-70", "71-154"]);
  }
});
