import assert from "node:assert/strict";
import { test } from "node:test";
import { compress } from "../../lib/bzip2/compress.ts";
import { tinyDump } from "../support/tiny-dump.ts";
import { bzdump, directoryWith, FILE, jsonLines, XML } from "./bzdump-cases.ts";

const encoder = new TextEncoder();
const TINY = encoder.encode(tinyDump());
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("revisions prints a line for each page, with the fields that were asked for", async () => {
  const cwd = directoryWith({ "a.bz2": compress(TINY) });
  const lines = async (args: string): Promise<string[]> => {
    const { code, stdout, stderr } = await bzdump(`revisions ${args}`.trimEnd(), cwd, { input: TINY });
    assert.equal(code, 0, stderr);
    return textOf(stdout).split("\n").slice(0, -1);
  };
  assert.deepEqual(await lines("a.bz2"), [
    "1\t2\t0\tHome",
    "2\t1\t1\tTalk:Home",
    "5\t1\t2\tUser:Ann",
    '9\t1\t0\tA <b>: "c"',
    "12\t1\t10\tTemplate:T",
  ]);
  assert.deepEqual(await lines(""), await lines("a.bz2"));
  assert.deepEqual(await lines("a.bz2 --bytes --namespace 0"), [
    "1\t2\t20\t15\t0\tHome",
    '9\t1\t21\t21\t0\tA <b>: "c"',
  ]);
  assert.deepEqual(await lines("a.bz2 --more-than 1"), ["1\t2\t0\tHome"]);
  assert.deepEqual(await lines("a.bz2 --batch 2"), [
    "2\t3\t1\tTalk:Home",
    '9\t2\t0\tA <b>: "c"',
    "12\t1\t10\tTemplate:T",
  ]);
});

test("revisions --json prints all that is known", async () => {
  const { stdout } = await bzdump("revisions - --json --batch 4", directoryWith({}), { input: TINY });
  const [first, second] = jsonLines(stdout);
  assert.deepEqual([first!["schema"], first!["pageId"], first!["pages"], first!["revisions"]], [
    "bzdump/revisions@1",
    9,
    4,
    5,
  ]);
  assert.deepEqual(second, {
    schema: "bzdump/revisions@1",
    pageId: 12,
    namespace: 10,
    title: "Template:T",
    revisions: 1,
    textBytes: 0,
    maxTextBytes: 0,
    pages: 1,
  });
});

test("revisions prints all pages before an error, and exits with its code", async () => {
  const cwd = directoryWith({
    "cut.bz2": FILE.subarray(0, FILE.length - 20),
    "cut.xml": XML.subarray(0, 5000),
    "text": "hello\n",
  });
  const runs = await Promise.all(
    ["cut.bz2", "cut.xml", "text", "none"].map((name) => bzdump(`revisions ${name}`, cwd)),
  );
  assert.deepEqual(runs.map(({ code }) => code), [4, 4, 3, 74]);
  assert.match(textOf(runs[0]!.stdout), /^1\t1\t0\tPage: 1\n3\t/);
  assert.match(textOf(runs[1]!.stdout), /^1\t1\t0\tPage: 1\n3\t1\t0\tPage: 3\n$/);
  assert.match(runs[1]!.stderr, /cut\.xml: The dump ends early.*last page is 5/);
  for (const args of ["--batch 0", "--namespace x", "--more-than -1"]) {
    assert.equal((await bzdump(`revisions cut.xml ${args}`, cwd)).code, 2, args);
  }
});
