import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXIT_CODES } from "../../lib/cli/exit-codes.ts";
import { renderHelp, wrapWords } from "../../lib/cli/help-page.ts";
import { type CommandSpec, defineCommand } from "../../lib/cli/options.ts";

const COMMAND: CommandSpec = defineCommand({
  name: "bzdump find-page",
  summary: "Says where a page begins in a dump.",
  options: {
    "page-id": { kind: "integer", short: "p", placeholder: "ID", text: "the page" },
    json: { kind: "flag", text: "print JSON, for machines that read what people only skim over in a hurry" },
    "a-very-long-option-name": {
      kind: "choice",
      choices: ["one", "two", "three"],
      text: "rarely needed",
      isAdvanced: true,
    },
  },
  positionals: [{ name: "file", text: "the dump", isRepeated: true }],
  examples: [
    { command: "bzdump find-page -p 7 a.xml.bz2", text: "where page 7 is" },
    { command: "bzdump find-page -p 7 --json a.xml.bz2", text: "the same for machines" },
  ],
  notes: ["Reads a few blocks only."],
});

describe("help page", () => {
  test("starts with a usage line and has summary, examples, options and notes", () => {
    const page = renderHelp(COMMAND);
    assert.match(
      page,
      /^Usage: bzdump find-page \[OPTION\]… FILE…\nSays where a page begins in a dump\.\n\nExamples:\n/,
    );
    assert.match(page, /\n {2}-p, --page-id=ID +the page\n/);
    assert.match(page, /\n {2}--json +print JSON/);
    assert.match(page, /\n {2}-h, --help +print this page/);
    assert.match(page, /\n {2}-V, --version +print the version\n/);
    assert.match(page, /\n {2}FILE +the dump\n/);
    assert.match(page, /\n\nReads a few blocks only\.\n/);
    assert.ok(page.endsWith("\n") && !page.endsWith("\n\n"));
  });

  test("keeps to the width it is given, except for what cannot be broken", () => {
    for (const columns of [60, 80, 120]) {
      const lines = renderHelp({ ...COMMAND, examples: [] }, { columns }).split("\n");
      assert.deepEqual(lines.filter((line) => line.length > columns), []);
    }
  });

  test("leaves advanced options to --help=all", () => {
    assert.doesNotMatch(renderHelp(COMMAND), /a-very-long/);
    assert.match(
      renderHelp(COMMAND, { extent: "all" }),
      /\n {2}--a-very-long-option-name=one\|two\|three\n +rarely needed\n/,
    );
  });

  test("has every exit code, in words on the long page", () => {
    const short = renderHelp(COMMAND);
    const long = renderHelp(COMMAND, { extent: "all" });
    for (const { code, short: word, text } of EXIT_CODES) {
      assert.ok(short.replaceAll(/\s+/g, " ").includes(`${code === 128 ? "128+n" : code} ${word}`), `${code}`);
      assert.ok(long.includes(`${code}  ${text}`), `${code}`);
    }
  });
});

test("words are wrapped at blanks; a word that is too long stands alone", () => {
  assert.deepEqual(wrapWords("a bb ccc dddddddd e", 6), ["a bb", "ccc", "dddddddd", "e"]);
  assert.deepEqual(wrapWords("", 6), [""]);
});
