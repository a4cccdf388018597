/** The bundled worker on the wikis of the stack, two dates each: what it makes is what MediaWiki's own scripts make. */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { scratchDirectory } from "../support/scratch.ts";
import { checkMultistream } from "./check-multistream.ts";
import { type DumpKind, piecesOf, requireSameWhole, requireTiling, textOf } from "./check-pieces.ts";
import { assertSameXml } from "./compare-xml.ts";
import { dumpByHand, type HandMadeDump } from "./dump-by-hand.ts";
import { FARM_WIKIS, PARTS_WIKI, PRIVATE_WIKI } from "./farm-wikis.ts";
import { loadSql } from "./load-sql.ts";
import { openFarm } from "./open-farm.ts";
import { runProgram } from "./run-program.ts";
import { checkWholeFiles, plainFile } from "./whole-files.ts";
import { IN_PARTS, WorkerFarm, type WorkerRun } from "./worker-farm.ts";

const stack = await openFarm(...FARM_WIKIS);
const DATES = ["20260101", "20260111"] as const;
const DATE = DATES[1];
const scratch = scratchDirectory("worker");
const farm = new WorkerFarm(
  stack,
  join(scratch, "farm"),
  FARM_WIKIS.map(({ name, isPrivate = false }) => ({
    name,
    isPrivate,
    ...(name === PARTS_WIKI.name && { settings: `${IN_PARTS}\npagesPerChunkHistory=60,200\nrevsPerJob=50` }),
  })),
);

/** Runs of both dates, begun by whichever test is first. */
const known = new Map<string, Promise<readonly WorkerRun[]>>();
function runsOf(wiki: string): Promise<readonly WorkerRun[]> {
  const runs = known.get(wiki) ??
    farm.run(wiki, DATES[0]).then(async (first) => [first, await farm.run(wiki, DATES[1])]);
  known.set(wiki, runs);
  return runs;
}

/** A file of the second date. */
function file(wiki: string, name: string): string {
  return join(farm.runDirectory(wiki, DATE), `${wiki}-${DATE}-${name}`);
}

async function sqlLines(wiki: string, statement: string): Promise<readonly string[]> {
  return (await stack.sql(wiki, statement)).split("\n").slice(0, -1);
}

for (const { name: wiki, isPrivate = false } of FARM_WIKIS) {
  const prefix = stack.tablePrefix(wiki);

  test(`${wiki}: both runs end well, and the second takes its texts from the first`, async () => {
    const runs = await runsOf(wiki);
    const stub = new TextDecoder().decode(await plainFile(file(wiki, "stub-meta-history.xml.gz")));
    const otherSlots = stub.split("<content>").length - 1;
    assert.equal(otherSlots > 0, isPrivate, "a page of the private wiki has a second slot");
    for (const [at, { status, log }] of runs.entries()) {
      assert.equal(status, 0, log);
      const states = farm.jobStates(wiki, DATES[at]!);
      assert.equal(states.size, wiki === PARTS_WIKI.name ? 38 : 31);
      assert.deepEqual([...states].filter(([, state]) => state !== "done"), []);
      const counts = [...log.matchAll(/Texts: (\d+) taken over, (\d+) fetched$/gm)].map(([, taken, fetched]) =>
        [Number(taken), Number(fetched)] as const
      );
      assert.equal(counts.length, wiki === PARTS_WIKI.name ? 2 : 1, log);
      for (const [taken, fetched] of counts) {
        if (at === 0) assert.ok(taken === 0 && fetched > 20, log);
        // Only the text of the main slot is taken over.
        else assert.ok(taken > 20 && fetched === otherSlots, log);
      }
      assert.doesNotMatch(log, /failed|not to be had|[Aa]ttempt|Warning|Notice/);
    }
  });

  test(`${wiki}: its XML is what dumpBackup.php and dumpTextPass.php write`, async () => {
    await runsOf(wiki);
    const directory = join(scratch, `by-hand-${wiki}`);
    mkdirSync(directory);
    const byHand = await dumpByHand(stack, wiki, directory);
    const pairs: readonly (readonly [keyof HandMadeDump, string])[] = [
      ["stubHistory", "stub-meta-history.xml.gz"],
      ["stubCurrent", "stub-meta-current.xml.gz"],
      ["stubArticles", "stub-articles.xml.gz"],
      ["logs", "pages-logging.xml.gz"],
      ["history", "pages-meta-history.xml.bz2"],
      ["history", "pages-meta-history.xml.7z"],
      ["current", "pages-meta-current.xml.bz2"],
      ["articles", "pages-articles.xml.bz2"],
      ["articles", "pages-articles-multistream.xml.bz2"],
    ];
    for (const [theirs, ours] of pairs) {
      const { hasSameBytes, counts } = await assertSameXml(file(wiki, ours), byHand[theirs]);
      assert.ok(hasSameBytes, `${ours} has the same items, but other bytes`);
      assert.ok(counts.pages + counts.logItems > 0, `${ours} is empty`);
    }
  });

  test(`${wiki}: every file is read by the machine's tools, and is in the lists of sums`, async () => {
    await runsOf(wiki);
    for (const date of DATES) {
      const count = await checkWholeFiles(farm.runDirectory(wiki, date));
      assert.ok(count >= 34, `${count} files`);
    }
  });

  test(`${wiki}: tables load into an empty database with the same rows`, async () => {
    await runsOf(wiki);
    const { differences, tables } = await loadSql(stack, wiki, farm.runDirectory(wiki, DATE));
    assert.deepEqual(differences, []);
    assert.equal(tables.size, 20);
    assert.ok(tables.get(`${prefix}page`)! > 10);
  });

  test(`${wiki}: the index of the multistream dump says where its pages are`, async () => {
    await runsOf(wiki);
    const pages = await checkMultistream(
      file(wiki, "pages-articles-multistream.xml.bz2"),
      file(wiki, "pages-articles-multistream-index.txt.bz2"),
    );
    const [count] = await sqlLines(
      wiki,
      `select count(*) from ${prefix}page where page_namespace % 2 = 0 and page_namespace <> 2`,
    );
    assert.equal(String(pages), count);
  });

  test(`${wiki}: titles are those of the database`, async () => {
    await runsOf(wiki);
    const text = async (name: string) => new TextDecoder().decode(await plainFile(file(wiki, name)));
    assert.equal(
      await text("all-titles-in-ns0.gz"),
      `page_title\n${await stack.sql(
        wiki,
        `select page_title from ${prefix}page where page_namespace=0 order by page_title`,
      )}`,
    );
    assert.equal(
      await text("all-titles.gz"),
      `page_namespace\tpage_title\n${await stack.sql(
        wiki,
        `select page_namespace, page_title from ${prefix}page order by page_namespace, page_title`,
      )}`,
    );
  });

  test(`${wiki}: namespaces are those of the API${isPrivate ? ", which the header of a stub tells" : ""}`, async () => {
    await runsOf(wiki);
    for (const [version, name] of [[1, "siteinfo-namespaces"], [2, "siteinfo2-namespacesv2"]] as const) {
      const dumped = JSON.parse(new TextDecoder().decode(await plainFile(file(wiki, `${name}.json.gz`)))) as ApiAnswer;
      if (isPrivate) {
        const header = new TextDecoder().decode(await plainFile(file(wiki, "stub-articles.xml.gz")));
        const keys = [...header.matchAll(/<namespace key="(-?\d+)"/g)].map(([, key]) => key!);
        assert.deepEqual(Object.keys(dumped.query.namespaces).sort(), keys.sort());
        continue;
      }
      const properties = "namespaces%7Cnamespacealiases%7Cmagicwords%7Cgeneral";
      const said = await stack.api(
        wiki,
        `action=query&meta=siteinfo&siprop=${properties}&format=json&formatversion=${version}`,
      ) as ApiAnswer;
      assert.deepEqual(withoutClock(dumped), withoutClock(said));
    }
  });
}

interface ApiAnswer {
  readonly query: {
    readonly namespaces: Readonly<Record<string, unknown>>;
    readonly general?: Readonly<Record<string, unknown>>;
  };
}

function withoutClock(answer: ApiAnswer): unknown {
  return { ...answer, query: { ...answer.query, general: { ...answer.query.general, time: "" } } };
}

const KINDS: readonly DumpKind[] = [
  { dumpName: "pages-articles", type: "xml", extension: "bz2" },
  { dumpName: "pages-meta-current", type: "xml", extension: "bz2" },
  { dumpName: "pages-meta-history", type: "xml", extension: "bz2" },
  { dumpName: "pages-meta-history", type: "xml", extension: "7z" },
  { dumpName: "pages-articles-multistream", type: "xml", extension: "bz2" },
];
const PART_KINDS: readonly DumpKind[] = ["stub-meta-history", "stub-meta-current", "stub-articles", "pages-logging"]
  .map((
    dumpName,
  ) => ({ dumpName, type: "xml", extension: "gz" }));

for (const kind of [...KINDS, ...PART_KINDS]) {
  test(`pieces of ${kind.dumpName}.${kind.extension} tile the wiki, and are the whole file`, async () => {
    const wiki = PARTS_WIKI.name;
    await runsOf(wiki);
    const directory = farm.runDirectory(wiki, DATE);
    const pieces = piecesOf(directory, kind);
    assert.deepEqual([...new Set(pieces.map(({ part }) => part))], [1, 2]);
    if (kind.extension !== "gz") {
      assert.ok(pieces.length >= 5, pieces.map(({ name }) => name).join(" "));
      requireTiling(pieces, Number((await sqlLines(wiki, "select max(page_id) from page"))[0]));
    }
    await requireSameWhole(directory, pieces, `${wiki}-${DATE}-${kind.dumpName}.xml.${kind.extension}`);
  });
}

test("each range of the multistream dump has an index of its own", async () => {
  const wiki = PARTS_WIKI.name;
  await runsOf(wiki);
  const directory = farm.runDirectory(wiki, DATE);
  const indexes = piecesOf(directory, { dumpName: "pages-articles-multistream-index", type: "txt", extension: "bz2" });
  assert.ok(indexes.length >= 5);
  for (const { name } of indexes) {
    await checkMultistream(
      join(directory, name.replace("-index", "").replace(".txt-", ".xml-")),
      join(directory, name),
    );
  }
  const withoutOffsets = (text: string) => text.replaceAll(/^\d+:/gm, "");
  assert.equal(
    withoutOffsets(await textOf(directory, [`${wiki}-${DATE}-pages-articles-multistream-index.txt.bz2`])),
    withoutOffsets(await textOf(directory, indexes.map(({ name }) => name))),
  );
});

test("a private wiki is nowhere in the public tree", async () => {
  for (const { name } of FARM_WIKIS) await runsOf(name);
  const wiki = PRIVATE_WIKI.name;
  assert.ok(existsSync(file(wiki, "pages-articles.xml.bz2")));
  const tree = join(farm.directory, "public");
  const words = [wiki, PRIVATE_WIKI.siteName, "Handover"];
  let looked = 0;
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    assert.ok(!path.includes(wiki), path);
    if (!entry.isFile()) continue;
    const text = readFileSync(path, "latin1");
    for (const word of words) assert.ok(!text.includes(word), `${path} has ${word}`);
    looked++;
  }
  assert.ok(looked > 300, `${looked} files`);
});

test("these checks see a cut file, a wrong sum, a piece that is gone, an index that lies", async () => {
  const wiki = PARTS_WIKI.name;
  await runsOf(wiki);
  const directory = join(scratch, "damaged");
  cpSync(farm.runDirectory(wiki, DATE), directory, { recursive: true });
  const name = (rest: string) => `${wiki}-${DATE}-${rest}`;
  const kind = KINDS[0]!;
  const pieces = piecesOf(directory, kind);
  const lastPage = pieces.at(-1)!.pages![1];
  requireTiling(pieces, lastPage);
  assert.throws(() => requireTiling(pieces.toSpliced(1, 1), lastPage), /should start at page/);
  assert.throws(() => requireTiling(pieces, lastPage + 1), /The ranges end at page/);
  const whole = name("pages-articles.xml.bz2");
  await requireSameWhole(directory, pieces, whole);
  await assert.rejects(requireSameWhole(directory, pieces.toSpliced(1, 1), whole), /is not /);
  renameSync(join(directory, pieces[0]!.name), join(directory, "kept"));
  cpSync(join(directory, pieces[1]!.name), join(directory, pieces[0]!.name));
  await assert.rejects(requireSameWhole(directory, pieces, whole), /has page/);

  const index = join(directory, name("pages-articles-multistream-index.txt.bz2"));
  const multistream = join(directory, name("pages-articles-multistream.xml.bz2"));
  const text = new TextDecoder().decode(await plainFile(index));
  const changes = [
    text.replace(/^(\d+):(\d+):/, "$1:99$2:"),
    text.replace(/\n$/, " (moved)\n"),
    text.replace(/.*\n/, ""),
  ];
  for (const changed of changes) {
    rmSync(index);
    writeFileSync(index.replace(/\.bz2$/, ""), changed);
    await runProgram("bzip2", [index.replace(/\.bz2$/, "")]);
    await assert.rejects(checkMultistream(multistream, index), /the index says/);
  }

  const cut = join(directory, name("pages-meta-current.xml.bz2"));
  writeFileSync(cut, readFileSync(cut).subarray(0, -10));
  writeFileSync(join(directory, name("stub-articles.xml.gz")), readFileSync(join(directory, name("all-titles.gz"))));
  await assert.rejects(checkWholeFiles(directory), ({ message }: Error) => {
    for (
      const fault of [
        /bzip2 does not read \S+-pages-meta-current\.xml\.bz2/,
        /xmllint does not read \S+-stub-articles\.xml\.gz/,
        /stub-articles\.xml\.gz is not header, 2 times items, footer/,
        /stub-articles\.xml\.gz: FAILED/,
      ]
    ) assert.match(message, fault);
    return true;
  });
});
