/**
 * check_bz2_pagerange: the golden run of it is a bug (the script is Python 2), so its output follows the facts in mwbzutils.md, 2.14.
 *
 * | case | what we do, and why |
 * |---|---|
 * | pgr-run | exit code 1 and nothing on stdout, as there; but because the directory is not there, and stderr says so |
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import { runAncestor } from "../../scripts/bzdump/ancestors/ancestor.ts";
import { findAncestor } from "../../scripts/bzdump/ancestors/table.ts";
import { memorySink } from "../support/memory-sink.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";
import { tinyDump } from "../support/tiny-dump.ts";

const CASE = ["conformance", "mwbzutils", "cases", "pgr-run"];

async function run(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const stdout = memorySink();
  const stderr = memorySink();
  const ancestor = findAncestor("check_bz2_pagerange.py")!;
  const code = await runAncestor(ancestor, args, new AbortController().signal, { stdout, stderr });
  // It is that of this process, too.
  process.exitCode = 0;
  return { code, out: stdout.text(), err: stderr.text() };
}

test("the golden run", { skip: skipWithoutShared(...CASE) }, async () => {
  const golden = (name: string): string => readFileSync(sharedPath(...CASE, name)!, "utf8").trim();
  const words = golden("cmd.txt").split(" ").slice(2);
  const { code, out } = await run([...words, "--public", join(scratchDirectory("pgr"), "none")]);
  assert.deepEqual([String(code), out], [golden("exit.txt"), golden("stdout")]);
});

test("history files of a run are held against their names exactly; -r prints names with nine digits", async () => {
  const root = scratchDirectory("pgr");
  const directory = join(root, "tinywiki", "20260101");
  mkdirSync(directory, { recursive: true });
  const packed = compress(new TextEncoder().encode(tinyDump()), { level: 1 });
  const path = (name: string): string => join(directory, `tinywiki-20260101-${name}`);
  const good = path("pages-meta-history1.xml-p000000001p000000012.bz2");
  const bad = path("pages-meta-history2.xml-p1p99.bz2");
  for (const file of [good, bad, path("pages-articles1.xml-p5p6.bz2")]) writeFileSync(file, packed);
  writeFileSync(path("pages-meta-history3.xml-p1p2.bz2"), "hello");
  const plain = await run(["-w", "tinywiki", "-d", "20260101", "--public", root]);
  assert.equal(plain.code, 0);
  const lines = [`OK ${good}`, `BAD ${bad} first_claimed/has: 1 1 last_claimed/has: 99 12`];
  assert.equal(plain.out, `${lines.join("\n")}\n`);
  assert.match(plain.err, /history3/, "a file that cannot be read is told, and passed over");
  const renaming = await run(["--wiki=tinywiki", "--date", "20260101", "-r", "--public", root]);
  const proper = path("pages-meta-history2.xml-p000000001p000000012.bz2");
  assert.equal(renaming.out, `${[...lines, `mv ${bad} ${proper}`].join("\n")}\n`);
});

test("wrong usage: exit code 1 and the usage on stderr", async () => {
  for (const args of [[], ["-w", "tinywiki"], ["-d", "20260101"], ["--help"], ["-w", "a", "-d", "b", "c"]]) {
    const { code, out, err } = await run(args);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /Usage: check_bz2_pagerange/);
  }
});
