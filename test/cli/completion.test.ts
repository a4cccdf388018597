import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type CompletedCommand, renderCompletion, SHELLS } from "../../lib/cli/completion.ts";
import { defineCommand } from "../../lib/cli/options.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { scratchDirectory } from "../support/scratch.ts";

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

/** What fish offers at the end of a line, without the descriptions. */
function offeredByFish(line: string): readonly string[] {
  const script = `${renderCompletion("fish", TOOL)}\ncomplete -C $argv[1]`;
  const args = ["--no-config", "-c", script, "--", line];
  const { stdout, stderr, status } = spawnSync("fish", args, { encoding: "utf8", cwd: import.meta.dirname });
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout.split("\n").filter((word) => word !== "").map((word) => word.split("\t", 1)[0]!);
}

test("fish completes verbs, options, and words that an option takes", { skip: skipWithoutCommand("fish") }, () => {
  assert.deepEqual(offeredByFish("tool "), ["close", "help", "open", "unseal"]);
  assert.deepEqual(offeredByFish("tool un"), ["unseal"]);
  assert.deepEqual(offeredByFish("tool open --o"), ["--output"]);
  assert.deepEqual(offeredByFish("tool o a --q"), ["--quick"]);
  assert.deepEqual(offeredByFish("tool unseal --when "), ["later", "now"]);
  assert.deepEqual(offeredByFish("tool close open --"), ["--help", "--version"], "a file that is called like a verb");
  assert.deepEqual(offeredByFish("tool help "), ["close", "man", "open"]);
  assert.ok(offeredByFish("tool open comp").includes("completion.test.ts"), "names of files");
});

/** Presses the tab key at the end of a line, as zsh's own terminal; what the line is then stands between brackets. */
const ZSH_DRIVER = `
zmodload zsh/zpty
zpty shell "zsh -i"
zpty -w -n shell "$1"$'\\t'
zpty -r shell out '*<<*>>*'
print -r -- "\${\${out##*<<}%%>>*}"
zpty -d shell`;
const ZSHRC = `
unset zle_bracketed_paste
autoload -Uz compinit
compinit -u -D
source "$ZDOTDIR/script.zsh"
tab() { zle complete-word; print -r -- "<<$BUFFER>>" }
zle -N tab
bindkey '^I' tab`;

test("zsh completes verbs, options, and words that an option takes", { skip: skipWithoutCommand("zsh") }, () => {
  const directory = scratchDirectory("zsh");
  writeFileSync(join(directory, ".zshrc"), ZSHRC);
  writeFileSync(join(directory, "script.zsh"), renderCompletion("zsh", TOOL));
  writeFileSync(join(directory, "a-file"), "");
  const completed = (line: string): string => {
    const env = { ...process.env, ZDOTDIR: directory, TERM: "xterm" };
    const options = { encoding: "utf8", cwd: directory, env, timeout: 60_000 } as const;
    const { stdout, stderr, status } = spawnSync("zsh", ["-f", "-c", ZSH_DRIVER, "zsh", line], options);
    assert.deepEqual([status, stderr], [0, ""], line);
    return stdout.trimEnd();
  };
  assert.equal(completed("tool op"), "tool open");
  assert.equal(completed("tool uns"), "tool unseal", "the other names of a verb, too");
  assert.equal(completed("tool open --o"), "tool open --output=");
  assert.equal(completed("tool o x --q"), "tool o x --quick");
  assert.equal(completed("tool unseal --when l"), "tool unseal --when later");
  assert.equal(completed("tool help m"), "tool help man");
  assert.equal(completed("tool close --q"), "tool close --q", "an option of another verb");
  assert.equal(completed("tool open a-"), "tool open a-file");
});

test("the scripts are what their shells can read", async (t) => {
  for (const shell of SHELLS) {
    await t.test(shell, { skip: skipWithoutCommand(shell) }, () => {
      const path = join(scratchDirectory(shell), "script");
      writeFileSync(path, renderCompletion(shell, TOOL));
      const { status, stderr } = spawnSync(shell, ["-n", path], { encoding: "utf8" });
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
