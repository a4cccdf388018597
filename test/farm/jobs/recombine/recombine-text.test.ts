import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Bzip2Decoder } from "../../../../lib/bzip2/decoder.ts";
import { decompress } from "../../../../lib/bzip2/whole.ts";
import type { PackingTools } from "../../../../lib/farm/jobs/recombine/packing-tools.ts";
import {
  recombineText as recombineTextTask,
  type RecombineTextOptions,
} from "../../../../lib/farm/jobs/recombine/recombine-text.ts";
import { createWorkerPool } from "../../../../lib/host/worker-pool.ts";
import { hasCommand, skipWithoutCommand } from "../../../support/oracle.ts";
import { scratchDirectory } from "../../../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../../../support/shared.ts";
import { skipWithoutSmallDisk, smallDisk } from "../../../support/small-disk.ts";
import { bzip2Of, FOOTER, HEADER, noise, pagesText, publishing, put, quiet, upTo } from "./make-pieces.ts";

const recombineText = publishing(recombineTextTask);

const TREE = ["reference", "run", "public", "elwikivoyage", "20261122"];
const OWN: PackingTools = { bzip2: "", lbzip2: "", lbzip2Threads: 0, sevenzip: "" };

function referenceFile(name: string): string {
  return sharedPath(...TREE, `elwikivoyage-20261122-${name}`)!;
}

const plainOf = (path: string): string =>
  path.endsWith(".7z")
    ? spawnSync("7za", ["e", "-so", path], { maxBuffer: 1e9 }).stdout.toString()
    : Buffer.from(decompress(readFileSync(path))).toString();

/** Text pieces as bzip2 files, part 1 with ranges of ten pages. */
function pieces(texts: readonly (string | Uint8Array)[], outputName = "tinywiki-20260101-pages-meta-history.xml.bz2") {
  const directory = scratchDirectory("text");
  const paths = texts.map((text, at) =>
    put(
      directory,
      `tinywiki-20260101-pages-meta-history1.xml-p${at * 10 + 1}p${at * 10 + 10}.bz2`,
      typeof text === "string" ? bzip2Of(text) : text,
    )
  );
  const outputPath = `${directory}/${outputName}`;
  const options: RecombineTextOptions = { pieces: paths, outputPath, tools: OWN, verify: "full" };
  return { directory, outputPath, options };
}

const dump = (ids: readonly number[], header = HEADER): string => header + pagesText(ids) + FOOTER;
const inputsOnly = (directory: string): string[] =>
  readdirSync(directory).filter((name) => !/-p\d+p\d+\.bz2$/.test(name));

const HISTORY = ["1.xml-p1p62", "1.xml-p63p70", "2.xml-p71p122", "2.xml-p123p154"];
const PARTS = ["1.xml-p1p70", "2.xml-p71p154"];
const CASES: readonly [string, readonly string[]][] = [
  ["pages-articles", PARTS],
  ["pages-meta-current", PARTS],
  ["pages-meta-history", HISTORY],
];

for (const [name, ranges] of CASES) {
  test(
    `the pieces of ${name} have the text of the reference's whole file`,
    { skip: skipWithoutShared(...TREE) },
    async () => {
      const outputPath = `${scratchDirectory("text")}/elwikivoyage-20261122-${name}.xml.bz2`;
      const paths = ranges.map((range) => referenceFile(`${name}${range}.bz2`));
      const [finished] = await recombineText({ pieces: paths, outputPath, tools: OWN, verify: "full" }).run(quiet());
      assert.equal(plainOf(outputPath), plainOf(referenceFile(`${name}.xml.bz2`)));
      const bytes = readFileSync(outputPath);
      assert.equal(finished?.sha1, createHash("sha1").update(bytes).digest("hex"));
      const streams = [...new Bzip2Decoder().push(bytes)].filter(({ type }) => type === "stream");
      assert.equal(streams.length, 1);
    },
  );
}

test("7z pieces become a 7z file with the text of the reference's, under the same name inside", {
  skip: skipWithoutShared(...TREE) || skipWithoutCommand("7za"),
}, async () => {
  const directory = scratchDirectory("text");
  const name = "elwikivoyage-20261122-pages-meta-history.xml.7z";
  const options = { outputPath: `${directory}/${name}`, tools: OWN, verify: "full" } as const;
  const paths = HISTORY.map((range) => referenceFile(`pages-meta-history${range}.7z`));
  await recombineText({ ...options, pieces: paths }).run(quiet());
  assert.equal(plainOf(options.outputPath), plainOf(referenceFile("pages-meta-history.xml.7z")));
  const { stdout } = spawnSync("7za", ["l", "-slt", "-ba", options.outputPath]);
  assert.match(stdout.toString(), /^Path = elwikivoyage-20261122-pages-meta-history\.xml$/m);
  assert.equal(stdout.toString().match(/^Path = /gm)?.length, 1);
  assert.deepEqual(readdirSync(directory), [name]);
});

test("threads, native tools and our own encoder in one thread give the same text", async () => {
  const pool = createWorkerPool({ size: 2 });
  const texts = [0, 1, 2].map((at) => dump(upTo(at * 10 + 1, at * 10 + 10)));
  texts.push(HEADER + pagesText(upTo(31, 40), 300_000) + FOOTER);
  const expected = HEADER + pagesText(upTo(1, 30)) + pagesText(upTo(31, 40), 300_000) + FOOTER;
  const sizes = new Set<number>();
  const tools: Record<string, Partial<PackingTools>> = {
    own: {},
    pool: { pool },
    ...hasCommand("bzip2") ? { bzip2: { bzip2: "bzip2" } } : {},
    ...hasCommand("lbzip2") ? { lbzip2: { lbzip2: "lbzip2", lbzip2Threads: 2, bzip2: "/nowhere/bzip2" } } : {},
    "lbzip2 with no threads": { lbzip2: "/nowhere/lbzip2", lbzip2Threads: 0 },
  };
  for (const [name, more] of Object.entries(tools)) {
    const { outputPath, options } = pieces(texts);
    await recombineText({ ...options, tools: { ...OWN, ...more } }).run(quiet());
    assert.ok(plainOf(outputPath) === expected, name);
    if (more.bzip2 === undefined) sizes.add(readFileSync(outputPath).length);
  }
  assert.equal(sizes.size, 1);
  await pool.close();
});

test("one piece alone is the whole; pieces without pages may stand anywhere", async () => {
  const none = HEADER + FOOTER;
  for (
    const [texts, ids] of [
      [[dump([1, 2])], [1, 2]],
      [[none], []],
      [[none, dump([11]), none], [11]],
      [[dump([1]), none, dump([21])], [1, 21]],
      [[dump([1]).trimEnd(), dump([11]).trimEnd()], [1, 11]],
    ] as [string[], number[]][]
  ) {
    const { outputPath, options } = pieces(texts);
    await recombineText(options).run(quiet());
    assert.equal(plainOf(outputPath).trimEnd(), dump(ids).trimEnd());
  }
});

test("a piece that is cut, lacks its closing tag or is damaged is refused by name, first, middle or last", async () => {
  const whole = bzip2Of(dump(upTo(11, 14)));
  const damaged = Buffer.from(whole);
  damaged[whole.length >> 1]! ^= 4;
  const text = dump(upTo(11, 14));
  const bad: [string, string | Uint8Array, RegExp][] = [
    ["cut", whole.subarray(0, whole.length - 30), /ends within|truncated|ends/i],
    ["empty", new Uint8Array(0), /empty/],
    ["damaged", damaged, /checksum|code|symbol|origin|selector|table/i],
    ["followed by something", Buffer.concat([whole, Buffer.from("junk")]), /follow/],
    ["without its closing tag", text.slice(0, -FOOTER.length), /ends.*mediawiki|before <\/mediawiki>/],
    ["cut in a page", text.slice(0, text.length >> 1), /ends/],
    ["two dumps", text + dump([15]), /more than one dump/],
    ["no dump", "something else", /mediawiki/],
  ];
  for (const [what, piece, message] of bad) {
    for (const at of [0, 1, 2]) {
      const texts: (string | Uint8Array)[] = [dump([1]), dump([11]), dump([21])];
      texts[at] = piece;
      const made = pieces(texts);
      await assert.rejects(
        recombineText(made.options).run(quiet()),
        (error: Error & { code: string; path: string }) => {
          assert.equal(error.code, "UNFIT", `${what}: ${error}`);
          // The pages 11 to 14 are out of their range elsewhere, which may be seen first.
          if (at === 1) assert.match(error.message, message, what);
          assert.equal(error.path, made.options.pieces[at], what);
          return true;
        },
      );
      assert.deepEqual(inputsOnly(made.directory), [], what);
    }
  }
});

test("pieces that overlap, by their names or by their pages, are refused", async () => {
  const byPages = pieces([dump([1, 12]), dump([12])]);
  await assert.rejects(recombineText(byPages.options).run(quiet()), /p1p10\.bz2.*page 12 is outside of its range/);
  const { directory, options } = pieces([]);
  const names = ["p11p25", "p12p20"].map((range) =>
    put(directory, `tinywiki-20260101-pages-articles1.xml-${range}.bz2`, bzip2Of(dump([12])))
  );
  await assert.rejects(recombineText({ ...options, pieces: names }).run(quiet()), { code: "UNFIT", path: names[1] });
  assert.deepEqual(inputsOnly(directory), []);
});

test("our encoder ends well after a native one that fails: nothing is left, and its exit code is told", async () => {
  for (
    const [script, code] of [["head -c 1000 >/dev/null; kill -9 $$", "SIGNAL"], [
      "cat >/dev/null; exit 3",
      "EXIT",
    ]] as const
  ) {
    const made = pieces([HEADER + pagesText(upTo(1, 10), 100_000) + FOOTER]);
    const tool = put(made.directory, "bad-p1p2.bz2", `#!/bin/sh\n${script}\n`);
    chmodSync(tool, 0o755);
    const tools = { ...OWN, bzip2: tool };
    await assert.rejects(recombineText({ ...made.options, tools }).run(quiet()), { name: "CommandError", code });
    assert.deepEqual(inputsOnly(made.directory), []);
  }
});

test("a native packer that loses bytes without a word is found", async () => {
  const made = pieces([dump([1])]);
  const tool = put(made.directory, "bad-p1p2.bz2", `#!/bin/sh\nhead -c 100 | bzip2 -c\ncat >/dev/null\n`);
  chmodSync(tool, 0o755);
  const task = recombineText({ ...made.options, tools: { ...OWN, bzip2: tool } });
  await assert.rejects(
    task.run(quiet()),
    (error: Error & { code: string }) => ["CHANGED", "EXIT"].includes(error.code),
  );
  assert.deepEqual(inputsOnly(made.directory), []);
});

test("an abort in the middle leaves nothing, with and without programs", async () => {
  const pool = createWorkerPool({ size: 2 });
  for (const more of [{}, { pool }, ...hasCommand("bzip2") ? [{ bzip2: "bzip2" }] : []]) {
    const made = pieces(upTo(0, 5).map((at) => HEADER + pagesText(upTo(at * 10 + 1, at * 10 + 10), 100_000) + FOOTER));
    const controller = new AbortController();
    const task = recombineText({ ...made.options, tools: { ...OWN, ...more } });
    const running = task.run({
      signal: controller.signal,
      onProgress: ({ bytesRead, bytesTotal }) => bytesRead * 2 > bytesTotal && controller.abort(new Error("enough")),
    });
    await assert.rejects(running);
    assert.deepEqual(inputsOnly(made.directory), []);
  }
  await pool.close();
});

test("a full disk is told as such, leaves nothing new, and leaves the file that was there before", {
  skip: skipWithoutSmallDisk(),
}, async (t) => {
  const disk = smallDisk(t, 400_000);
  const made = pieces([HEADER + `<!-- ${noise(1, 2_000_000)} -->` + pagesText([1]) + FOOTER]);
  for (const name of ["x.xml.bz2", ...hasCommand("7za") ? ["x.xml.7z"] : []]) {
    const outputPath = `${disk}/${name}`;
    writeFileSync(outputPath, "the one of before");
    const running = recombineText({ ...made.options, outputPath }).run(quiet());
    await assert.rejects(running, (error: Error & { code: string }) => {
      assert.match(error.message, /no space left/i);
      assert.ok(["NO_SPACE", "EXIT"].includes(error.code));
      return true;
    });
    assert.deepEqual(readdirSync(disk), [name]);
    assert.equal(readFileSync(outputPath, "utf8"), "the one of before");
    spawnSync("rm", [outputPath]);
  }
});
