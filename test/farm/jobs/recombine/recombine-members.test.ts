import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { decompress } from "../../../../lib/bzip2/whole.ts";
import {
  recombineMembers as recombineMembersTask,
  type RecombineMembersOptions,
} from "../../../../lib/farm/jobs/recombine/recombine-members.ts";
import { createWorkerPool } from "../../../../lib/host/worker-pool.ts";
import { scratchDirectory } from "../../../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../../../support/shared.ts";
import {
  bzip2Of,
  FOOTER,
  gzipPiece,
  HEADER,
  multistreamPiece,
  pagesText,
  publishing,
  put,
  quiet,
  upTo,
} from "./make-pieces.ts";

const recombineMembers = publishing(recombineMembersTask);

const TREE = ["reference", "run", "public", "elwikivoyage"];
const DATES = ["20261101", "20261122"];

function referenceFile(date: string, name: string): string {
  return sharedPath(...TREE, date, `elwikivoyage-${date}-${name}`)!;
}

for (const date of DATES) {
  const skip = skipWithoutShared(...TREE, date);
  for (const dump of ["stub-meta-history", "stub-meta-current", "stub-articles", "pages-logging"]) {
    test(`the parts of ${dump} of ${date} become the reference's whole file, byte for byte`, { skip }, async () => {
      const directory = scratchDirectory("members");
      const outputPath = `${directory}/elwikivoyage-${date}-${dump}.xml.gz`;
      const pieces = [1, 2].map((part) => referenceFile(date, `${dump}${part}.xml.gz`));
      const [finished] = await recombineMembers({ pieces, outputPath, verify: "full" }).run(quiet());
      const bytes = readFileSync(outputPath);
      assert.ok(bytes.equals(readFileSync(referenceFile(date, `${dump}.xml.gz`))));
      assert.equal(finished?.sha1, createHash("sha1").update(bytes).digest("hex"));
      assert.deepEqual(readdirSync(directory), [finished?.name]);
    });
  }

  test(`multistream pieces of ${date} become the reference's whole file, and its index`, { skip }, async () => {
    const directory = scratchDirectory("members");
    const pool = createWorkerPool({ size: 2 });
    const dump = "pages-articles-multistream";
    const ranges = ["1.xml-p1p70", "2.xml-p71p154"];
    for (const threads of [undefined, pool]) {
      const outputPath = `${directory}/${dump}.xml.bz2`;
      const indexPath = `${directory}/${dump}-index.txt.bz2`;
      const finished = await recombineMembers({
        pieces: ranges.map((range) => referenceFile(date, `${dump}${range}.bz2`)),
        outputPath,
        index: {
          pieces: ranges.map((range) => referenceFile(date, `${dump}-index${range.replace("xml", "txt")}.bz2`)),
          outputPath: indexPath,
        },
        verify: "full",
        pool: threads,
      }).run(quiet());
      assert.ok(readFileSync(outputPath).equals(readFileSync(referenceFile(date, `${dump}.xml.bz2`))));
      const reference = decompress(readFileSync(referenceFile(date, `${dump}-index.txt.bz2`)));
      assert.deepEqual(Buffer.from(decompress(readFileSync(indexPath))).toString(), Buffer.from(reference).toString());
      assert.deepEqual(finished.map(({ name }) => name), [`${dump}.xml.bz2`, `${dump}-index.txt.bz2`]);
    }
    await pool.close();
  });
}

interface Made {
  readonly directory: string;
  readonly outputPath: string;
  readonly options: RecombineMembersOptions;
}

/** Stub pieces, part 1, 2, … */
function stubs(pieces: readonly Uint8Array[]): Made {
  const directory = scratchDirectory("members");
  const outputPath = `${directory}/tinywiki-20260101-stub-articles.xml.gz`;
  const paths = pieces.map((bytes, at) => put(directory, `tinywiki-20260101-stub-articles${at + 1}.xml.gz`, bytes));
  return { directory, outputPath, options: { pieces: paths, outputPath, verify: "full" } };
}

/** Multistream pieces with ranges of ten pages. */
function multistream(pieces: readonly { file: Uint8Array; index: Uint8Array }[]): Made & { indexPath: string } {
  const directory = scratchDirectory("members");
  const outputPath = `${directory}/tinywiki-20260101-pages-articles-multistream.xml.bz2`;
  const indexPath = `${directory}/tinywiki-20260101-pages-articles-multistream-index.txt.bz2`;
  const name = (what: string, type: string, at: number): string =>
    `tinywiki-20260101-pages-articles-multistream${what}1.${type}-p${at * 10 + 1}p${at * 10 + 10}.bz2`;
  return {
    directory,
    outputPath,
    indexPath,
    options: {
      pieces: pieces.map(({ file }, at) => put(directory, name("", "xml", at), file)),
      outputPath,
      index: {
        pieces: pieces.map(({ index }, at) => put(directory, name("-index", "txt", at), index)),
        outputPath: indexPath,
      },
      verify: "full",
    },
  };
}

/** The task must fail so, naming the piece, and leave nothing. */
async function refused({ directory, options }: Made, message: RegExp, pieceAt: number | "index" = 1): Promise<void> {
  const before = readdirSync(directory);
  await assert.rejects(
    recombineMembers(options).run(quiet()),
    (error: Error & { code: string; path: string }) => {
      assert.equal(error.code, "UNFIT", String(error));
      assert.match(error.message, message);
      assert.equal(error.path, pieceAt === "index" ? options.index?.pieces[1] : options.pieces[pieceAt]);
      return true;
    },
  );
  assert.deepEqual(readdirSync(directory), before);
}

const text = (path: string): string => gunzipSync(readFileSync(path)).toString();

test("one piece alone is the whole, with its footer", async () => {
  const { outputPath, options } = stubs([gzipPiece(pagesText([1, 2]))]);
  await recombineMembers(options).run(quiet());
  assert.equal(text(outputPath), HEADER + pagesText([1, 2]) + FOOTER);
  const multi = multistream([multistreamPiece(upTo(1, 5))]);
  await recombineMembers(multi.options).run(quiet());
  assert.ok(readFileSync(multi.outputPath).equals(multistreamPiece(upTo(1, 5)).file));
  assert.deepEqual(decompress(readFileSync(multi.indexPath)), decompress(multistreamPiece(upTo(1, 5)).index));
});

test("pieces without pages are joined wherever they stand, with an empty member, or without one", async () => {
  const empty = gzipPiece("");
  const bare = Buffer.concat([gzipSync(HEADER), gzipSync(FOOTER)]);
  const pages = [gzipPiece(pagesText([1, 2])), gzipPiece(pagesText([5]))] as const;
  for (const nothing of [empty, bare]) {
    for (const pieces of [[nothing, ...pages], [pages[0], nothing, pages[1]], [...pages, nothing]]) {
      const { outputPath, options } = stubs(pieces);
      await recombineMembers(options).run(quiet());
      assert.equal(text(outputPath), HEADER + pagesText([1, 2, 5]) + FOOTER);
    }
    const { outputPath, options } = stubs([nothing, nothing]);
    await recombineMembers(options).run(quiet());
    assert.equal(text(outputPath), HEADER + FOOTER);
  }
});

test("the index of a whole multistream file says where each stream has landed, also after a piece without pages", async () => {
  const { outputPath, indexPath, options } = multistream([
    multistreamPiece(upTo(1, 10)),
    multistreamPiece([]),
    multistreamPiece([21, 24, 30]),
  ]);
  await recombineMembers(options).run(quiet());
  const file = readFileSync(outputPath);
  const lines = Buffer.from(decompress(readFileSync(indexPath))).toString().trimEnd().split("\n");
  assert.equal(lines.length, 13);
  for (const line of lines) {
    const [offset, id] = line.split(":");
    const stream = Buffer.from(decompress(file.subarray(Number(offset)), { multistream: false })).toString();
    assert.ok(stream.startsWith("  <page>\n") && stream.includes(`<id>${id}</id>`), line);
  }
  assert.equal(Buffer.from(decompress(file)).toString(), HEADER + pagesText([...upTo(1, 10), 21, 24, 30]) + FOOTER);
});

test("a piece that is cut anywhere is refused by name, and nothing is published", async () => {
  const [one, two] = [gzipPiece(pagesText([1])), gzipPiece(pagesText([3]))] as const;
  for (let end = 0; end < two.length; end += end < 40 || end > two.length - 60 ? 1 : 23) {
    await refused(stubs([one, two.subarray(0, end)]), /stub-articles2\.xml\.gz is not fit to be used/);
    if (end > 0) await refused(stubs([two.subarray(0, end), one]), /stub-articles1/, 0);
  }
  const { file, index } = multistreamPiece([11, 12, 13]);
  const whole = file.length - bzip2Of("").length;
  for (let end = 0; end < whole; end += 7) {
    await refused(multistream([multistreamPiece([1]), { file: file.subarray(0, end), index }]), /p11p20\.bz2/);
  }
});

test("a damaged piece is refused by name", async () => {
  const two = gzipPiece(pagesText([3]));
  two[two.length >> 1]! ^= 0x10;
  await refused(stubs([gzipPiece(pagesText([1])), two]), /stub-articles2\.xml\.gz is not fit to be used/);
  await refused(
    stubs([gzipPiece(pagesText([1])), Buffer.concat([gzipPiece(pagesText([3])), Buffer.from("x")])]),
    /corrupt/,
  );
});

test("pieces that overlap, or do not rise, are refused: by their names, or by their pages", async () => {
  await refused(stubs([gzipPiece(pagesText([1, 3])), gzipPiece(pagesText([3]))]), /page 3 comes after page 3/);
  await refused(stubs([gzipPiece(pagesText([5])), gzipPiece(pagesText([2]))]), /page 2 comes after page 5/);
  const made = multistream([multistreamPiece([1]), multistreamPiece([11]), multistreamPiece([21])]);
  const [first, second, third] = made.options.pieces as [string, string, string];
  const names = (pieces: readonly string[]): Made => ({
    ...made,
    options: { ...made.options, pieces, index: undefined },
  });
  await refused(names([first, third]), /pages 11 to 20 are missing/);
  await refused(names([second, first]), /overlap those of|come before/);
  await refused(names([first, second, second]), /overlap/, 2);
  await refused(
    multistream([multistreamPiece([1]), multistreamPiece([5])]),
    /page 5 is outside of its range, 11 to 20|comes after/,
  );
});

test("a missing part is refused", async () => {
  const made = stubs([1, 2, 3].map((id) => gzipPiece(pagesText([id]))));
  const [first, , third] = made.options.pieces as [string, string, string];
  await refused({ ...made, options: { ...made.options, pieces: [first, third] } }, /part 3, but comes after part 1/);
  await refused({ ...made, options: { ...made.options, pieces: [third] } }, /parts 1 to 2 are missing/, 0);
});

test("log items must rise over all pieces", async () => {
  const items = (ids: readonly number[]): string =>
    ids.map((id) => `  <logitem>\n    <id>${id}</id>\n    <params>${"x".repeat(500)}</params>\n  </logitem>\n`).join(
      "",
    );
  const good = stubs([gzipPiece(items([1, 2])), gzipPiece(items([3]))]);
  await recombineMembers(good.options).run(quiet());
  assert.equal(text(good.outputPath), HEADER + items([1, 2, 3]) + FOOTER);
  await refused(stubs([gzipPiece(items([1, 4])), gzipPiece(items([3]))]), /log item 3 comes after 4/);
});

test("a header of another wiki, language or schema is refused; other differences are told and the first is kept", async () => {
  const one = gzipPiece(pagesText([1]));
  const other = (from: string, to: string): Buffer => gzipPiece(pagesText([2]), HEADER.replace(from, to));
  await refused(
    stubs([one, other("<dbname>tinywiki", "<dbname>tonywiki")]),
    /dbName tonywiki, and that of .* tinywiki/,
  );
  await refused(stubs([one, other('version="0.11"', 'version="0.10"')]), /schemaVersion 0.10/);
  await refused(stubs([one, other('xml:lang="en"', 'xml:lang="el"')]), /language el/);
  const log: string[] = [];
  const newer = stubs([one, other("1.39.17", "1.39.18")]);
  await recombineMembers(newer.options).run(quiet({ log: (line) => void log.push(line) }));
  assert.equal(text(newer.outputPath), HEADER + pagesText([1, 2]) + FOOTER);
  assert.match(log.join("\n"), /^tinywiki-20260101-stub-articles2\.xml\.gz: its header differs/);
});

test("a piece whose header or footer is not a member of its own is refused", async () => {
  const one = gzipPiece(pagesText([1]));
  await refused(stubs([one, gzipSync(HEADER + pagesText([2]) + FOOTER)]), /first gzip member is not its header/);
  const joined = Buffer.concat([gzipSync(HEADER + pagesText([2])), gzipSync(FOOTER)]);
  await refused(stubs([one, joined]), /first gzip member is not its header/);
  const tail = Buffer.concat([gzipSync(HEADER), gzipSync(pagesText([2]) + FOOTER)]);
  await refused(stubs([one, tail]), /last gzip member is not <\/mediawiki>/);
  await refused(
    stubs([one, Buffer.concat([gzipPiece(pagesText([2])), gzipPiece(pagesText([3]))])]),
    /more than one dump/,
  );
  const { index } = multistreamPiece([11]);
  const plain = { file: bzip2Of(HEADER + pagesText([11]) + FOOTER), index };
  await refused(multistream([multistreamPiece([1]), plain]), /first bzip2 stream is not its header/);
});

test("an index that does not fit its piece is refused by name", async () => {
  const good = multistreamPiece([11, 12, 13]);
  const lines = Buffer.from(decompress(good.index)).toString();
  const wrong: [string, RegExp][] = [
    [lines.split("\n").slice(0, 2).join("\n") + "\n", /ends before page 13/],
    [`${lines}9999:14:More\n`, /goes on with page 14/],
    [lines.replace(":12:", ":15:"), /has page 15 at byte \d+, where page 12/],
    [lines.replace(/^\d+/, "1"), /has page 11 at byte 1, where page 11 at byte \d+ should be/],
    ["no index\n", /Not a line of a multistream index/],
  ];
  for (const [text, message] of wrong) {
    const made = multistream([multistreamPiece([1]), { file: good.file, index: bzip2Of(text) }]);
    await refused(made, message, "index");
  }
});

test("a missing piece, an abort and an objection at the last moment leave nothing", async () => {
  const made = stubs([gzipPiece(pagesText(upTo(1, 50))), gzipPiece(pagesText([60]))]);
  const missing = {
    ...made.options,
    pieces: [...made.options.pieces, `${made.directory}/tinywiki-20260101-stub-articles3.xml.gz`],
  };
  await assert.rejects(recombineMembers(missing).run(quiet()), { name: "SourceError", code: "NOT_FOUND" });
  const controller = new AbortController();
  const onProgress = (): void => controller.abort(new Error("enough"));
  await assert.rejects(recombineMembers(made.options).run({ signal: controller.signal, onProgress }), /enough/);
  const unpublished = await recombineMembersTask(made.options).run(quiet());
  assert.ok(existsSync(`${made.outputPath}.inprog`));
  await unpublished.discard();
  assert.deepEqual(readdirSync(made.directory).filter((name) => !/articles\d/.test(name)), []);
});

test("progress goes from nothing to all bytes of the inputs", async () => {
  const { options } = multistream([multistreamPiece([1]), multistreamPiece([11])]);
  const seen: number[] = [];
  let total = 0;
  await recombineMembers(options).run(quiet({
    onProgress: ({ bytesRead, bytesTotal }) => {
      seen.push(bytesRead);
      total = bytesTotal;
    },
  }));
  assert.equal(seen.at(-1), total);
  assert.deepEqual([...seen].sort((a, b) => a - b), seen);
});
