import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { renderManPage } from "../../lib/cli/man-page.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import { skipWithoutCommand } from "../support/oracle.ts";

const SPEC = defineCommand({
  name: "tool verb",
  summary: "Does it. Says so, too.",
  positionals: [{ name: "file", text: ".bz2 files", isOptional: true, isRepeated: true }],
  options: {
    output: { kind: "text", short: "o", placeholder: "OUT", text: "write here; - is stdout" },
    quick: { kind: "flag", text: "'quick' is \\fast, ~1 … 2 μs", isAdvanced: true },
    when: { kind: "choice", choices: ["now", "later"], text: 'not "never"' },
  },
  examples: [{ command: "tool verb 'a b' | cat", text: "uses `quotes`" }, { command: "tool verb -", text: "stdin" }],
  notes: [".starts with a dot"],
});

const ESCAPE = String.fromCharCode(27);
const BACKSPACE = String.fromCharCode(8);

/** The page as a reader sees it. */
function shown(page: string): { readonly text: string; readonly warnings: string } {
  const args = ["-man", "-ww", "-Kutf8", "-Tutf8"];
  const { stdout, stderr } = spawnSync("groff", args, { input: page, encoding: "utf8" });
  // Bold and underlined are escapes of the terminal, or a character over itself.
  const escapes = new RegExp(`${ESCAPE}\\[[0-9;]*m|.${BACKSPACE}`, "gu");
  return { text: stdout.replace(escapes, ""), warnings: stderr };
}

test("a page has all options and positionals, and what is special in roff is shown as it is", {
  skip: skipWithoutCommand("groff"),
}, () => {
  const { text, warnings } = shown(renderManPage(SPEC, { source: "tool 1.0", seeAlso: ["tool"] }));
  assert.equal(warnings, "");
  const words = text.replaceAll(/\s+/g, " ");
  for (
    const part of [
      "tool-verb - does it",
      "tool verb [OPTION]... [FILE...]",
      "Does it. Says so, too.",
      ".starts with a dot",
      "FILE .bz2 files",
      "-o, --output=OUT",
      "--quick 'quick' is \\fast, ~1 ... 2 μs",
      '--when=now|later not "never"',
      "-h, --help",
      "tool verb 'a b' | cat",
      "uses `quotes`",
      "74 reading or writing failed",
      "tool(1)",
    ]
  ) assert.ok(words.includes(part), `${part} is missing in:\n${text}`);
});

test("the page of a command with verbs lists them", { skip: skipWithoutCommand("groff") }, () => {
  const verbs = [{ names: ["verb", "v"], summary: "Does it." }];
  const { text, warnings } = shown(renderManPage({ ...SPEC, name: "tool" }, { source: "tool 1.0", verbs }));
  assert.equal(warnings, "");
  assert.match(text, /VERBS\s+verb, v\s+Does it\./);
});

test("dashes can be searched for and copied: they stay dashes", () => {
  const page = renderManPage(SPEC, { source: "tool 1.0" });
  assert.ok(page.includes("\\fB\\-\\-output\\fR"));
  assert.ok(!/^[^.\\].*[^\\]-/m.test(page), "a dash without a backslash");
  assert.match(page, /^[\n -~]*$/, "only ASCII");
});
