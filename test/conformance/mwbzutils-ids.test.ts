/**
 * The old findpageidinbz2xml and getlastidinbz2xml: runs the stored commands of the golden cases and compares output and exit
 * code. Where the old tools were wrong, what is done instead is in DIFFERENCES.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type Ancestor, runAncestor } from "../../scripts/bzdump/ancestors/ancestor.ts";
import { FINDPAGEIDINBZ2XML } from "../../scripts/bzdump/ancestors/findpageidinbz2xml.ts";
import { GETLASTIDINBZ2XML } from "../../scripts/bzdump/ancestors/getlastidinbz2xml.ts";
import { memorySink } from "../support/memory-sink.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";

const CASES = sharedPath("conformance", "mwbzutils", "cases");
const INPUTS = sharedPath("conformance", "mwbzutils", "inputs");
const skip = skipWithoutShared("conformance", "mwbzutils", "cases");
const TOOLS = new Map<string, Ancestor>([FINDPAGEIDINBZ2XML, GETLASTIDINBZ2XML].map((tool) => [tool.name, tool]));

interface Difference {
  readonly why: string;
  readonly stdout: string;
  readonly exitCode: number;
}

const ENDLESS = "an endless loop; the head is read as it is";
const CUT = "could not read a file without its end; tells the last id that can be read";

/** Case → what we do where the golden run is a bug. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  "find-ms": { why: "could not read multistream files", stdout: "position:19083 page_id:273\n", exitCode: 0 },
  "find-tiny": { why: "could not read short documents", stdout: "position:3 page_id:77\n", exitCode: 0 },
  "find-odd-crlf": { why: ENDLESS, stdout: "position:3 page_id:10\n", exitCode: 0 },
  "find-odd-longtitle5000": { why: ENDLESS, stdout: "position:3 page_id:10\n", exitCode: 0 },
  "find-odd-emptytitle": { why: ENDLESS, stdout: "position:3 page_id:10\n", exitCode: 0 },
  "find-odd-no-indent": { why: ENDLESS, stdout: "position:3 page_id:10\n", exitCode: 0 },
  "find-concat-l1-l9": {
    why: "did not see bigger blocks of a later stream",
    stdout: "position:33500 page_id:610\n",
    exitCode: 0,
  },
  "find-mrev-badstub": {
    why: "a missing stub led astray; none is needed",
    stdout: "position:161820 page_id:200\n",
    exitCode: 0,
  },
  "find-cut9": {
    why: "lost the last block of a file without its end",
    stdout: "position:282323 page_id:3731\n",
    exitCode: 0,
  },
  "lastid-p12ms5": { why: "jumped over a small stream", stdout: "page_id:120\n", exitCode: 0 },
  "lastid-ms-lastpage-20": { why: "jumped over a small stream", stdout: "page_id:5000\n", exitCode: 0 },
  "lastid-ms-lastpage-600": { why: "jumped over a small stream", stdout: "page_id:5000\n", exitCode: 0 },
  "lastid-stale-rev": { why: "searched old bytes again", stdout: "rev_id:900000\n", exitCode: 0 },
  "lastid-concat-l1-l9": {
    why: "could not decode bigger blocks of a later stream",
    stdout: "page_id:1200\n",
    exitCode: 0,
  },
  "lastid-cut1": { why: CUT, stdout: "page_id:3780\n", exitCode: 0 },
  "lastid-cut11": { why: CUT, stdout: "page_id:3727\n", exitCode: 0 },
  "lastid-half": { why: CUT, stdout: "page_id:1872\n", exitCode: 0 },
  "lastid-2p31": { why: "ids had 31 bits", stdout: "page_id:2147483648\n", exitCode: 0 },
  "lastid-notype": { why: "crashed without a type: wrong usage", stdout: "", exitCode: 255 },
};

async function run(command: string): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const words = command.trim().replace(/^timeout \S+ /, "").split(/\s+/);
  const [name = "", ...args] = words;
  const tool = TOOLS.get(name.replace("./", ""));
  assert.ok(tool, command);
  const stdout = memorySink();
  const stderr = memorySink();
  const given = args.map((arg) => arg.replace(/^inputs\//, `${INPUTS}/`));
  const exitCode = await runAncestor(tool, given, new AbortController().signal, { stdout, stderr });
  process.exitCode = undefined;
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

for (const name of CASES === undefined ? [] : readdirSync(CASES).filter((one) => /^(find|lastid)-/.test(one))) {
  const difference = DIFFERENCES[name];
  test(
    `${name}: ${difference === undefined ? "as the old tool" : `differs: ${difference.why}`}`,
    { skip },
    async () => {
      const read = (file: string): string => readFileSync(join(CASES!, name, file), "utf8");
      const { exitCode, stdout, stderr } = await run(read("cmd.txt"));
      if (difference !== undefined) {
        assert.deepEqual({ stdout, exitCode }, { stdout: difference.stdout, exitCode: difference.exitCode }, stderr);
        return;
      }
      assert.equal(stdout, read("stdout"), stderr);
      assert.equal(exitCode, Number(read("exit.txt")), stderr);
      if (/^find-(s1-l1-11|text|nopages)$|^lastid-text$/.test(name)) assert.equal(stderr, read("stderr.txt"));
    },
  );
}

test("the table of differences names cases that are there", { skip }, () => {
  const names = readdirSync(CASES!);
  for (const name of Object.keys(DIFFERENCES)) assert.ok(names.includes(name), name);
});

test("a first block whose checksum is wrong is named all the same, and that it is damaged", { skip }, async () => {
  const find = async (pageId: number): Promise<unknown[]> => {
    const { exitCode, stdout, stderr } = await run(
      `./findpageidinbz2xml -f inputs/s1-l1-flip-block1-crc.bz2 -p ${pageId}`,
    );
    return [exitCode, stdout, /is damaged: Block checksum mismatch/.test(stderr)];
  };
  assert.deepEqual(await find(20), [0, "position:3 page_id:12\n", true]);
  assert.deepEqual(await find(12), [0, "position:3 page_id:12\n", true]);
  assert.deepEqual(await find(11), [255, "", false]);
  assert.deepEqual(await find(224), [0, "position:15868 page_id:223\n", false]);
});
