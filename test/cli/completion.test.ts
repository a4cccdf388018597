import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { type CompletedCommand, renderCompletion, SHELLS } from "../../lib/cli/completion.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import { skipWithoutCommand } from "../support/oracle.ts";

const TOOL: CompletedCommand = {
  name: "tool",
  topics: ["man"],
  verbs: [
    {
      names: ["open", "o", "unseal"],
      spec: defineCommand({
        name: "tool open",
        summary: "Opens [it]: at once, and doesn't wait.",
        options: {
          output: { kind: "text", short: "o", text: "a file" },
          quick: { kind: "flag", short: "q", text: "isn't slow" },
          when: { kind: "choice", choices: ["now", "later"], text: "time" },
          "file-name": { kind: "texts", text: "several" },
          count: { kind: "integer", text: "a number" },
        },
        examples: [],
      }),
    },
    { names: ["close"], spec: defineCommand({ name: "tool close", summary: "Closes.", options: {}, examples: [] }) },
  ],
};

/** What bash offers for the last word, where words are cut as readline cuts them. */
function offered(...words: readonly string[]): readonly string[] {
  const script = `${renderCompletion("bash", TOOL)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
compopt() { :; }
_tool
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", script, "bash", "tool", ...words], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout.split("\n").filter((line) => line !== "");
}

test("bash completes verbs, options, and words that an option takes", { skip: skipWithoutCommand("bash") }, () => {
  assert.deepEqual(offered(""), ["open", "unseal", "close", "help"]);
  assert.deepEqual(offered("un"), ["unseal"]);
  assert.deepEqual(offered("open", "--o"), ["--output="]);
  assert.deepEqual(offered("o", "a", "--q"), ["--quick"]);
  assert.deepEqual(offered("open", "--when", "=", "l"), ["later"]);
  assert.deepEqual(offered("open", "--when", "="), ["now", "later"]);
  assert.deepEqual(offered("unseal", "--when", ""), ["now", "later"]);
  assert.deepEqual(offered("close", "--"), ["--help", "--version"]);
  assert.deepEqual(offered("help", ""), ["open", "close", "man"]);
  assert.deepEqual(offered("open", "fi"), [], "names of files are left to bash");
});

test("the scripts are what their shells can read", async (t) => {
  for (const shell of SHELLS) {
    await t.test(shell, { skip: skipWithoutCommand(shell) }, () => {
      const { status, stderr } = spawnSync(shell, ["-n"], { input: renderCompletion(shell, TOOL), encoding: "utf8" });
      assert.deepEqual([status, stderr], [0, ""]);
    });
  }
});

test("zsh and fish are told every verb and option, and quotes are closed", () => {
  for (const shell of ["zsh", "fish"] as const) {
    const script = renderCompletion(shell, TOOL);
    for (const name of ["open", "close", "unseal", "output", "quick", "when", "file-name", "count", "now later"]) {
      assert.ok(script.includes(name), `${shell}: ${name}`);
    }
    for (const line of script.split("\n")) {
      if (!line.startsWith("#")) assert.equal(line.split("'").length % 2, 1, `${shell}: ${line}`);
    }
  }
});
