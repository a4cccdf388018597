/** bzdump help: pages, manual pages and completion, of whatever verbs there are. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { renderManPage } from "../../lib/cli/man-page.ts";
import { HELP_TOPICS } from "../../scripts/bzdump/help-topics.ts";
import { loadAllVerbs } from "../../scripts/bzdump/verbs.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { bzdump, directoryWith } from "./bzdump-cases.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const ENTRIES = await loadAllVerbs();
const NAMES = ENTRIES.flatMap(({ name, aliases }) => [name, ...aliases]);

test("no two verbs have the same name", () => {
  assert.equal(new Set(NAMES).size, NAMES.length);
  for (const { name, spec } of ENTRIES) assert.equal(spec.name, `bzdump ${name}`);
});

test("there is a manual page of bzdump and of each verb, and nothing in them worries groff", {
  skip: skipWithoutCommand("groff"),
}, async () => {
  const cwd = directoryWith({});
  const { code, stdout } = await bzdump("help man", cwd);
  assert.equal(code, 0);
  for (const { name } of ENTRIES) assert.ok(text(stdout).includes(`bzdump\\-${name.replaceAll("-", "\\-")}`), name);
  const verbs = ENTRIES.map(({ spec }) => renderManPage(spec, { source: "wikidump", seeAlso: ["bzdump"] }));
  const one = await bzdump("help man bzcat", cwd);
  assert.match(text(one.stdout), /^\.TH "BZDUMP\\-CAT" 1 /);
  for (const page of [text(stdout), ...verbs]) {
    const groff = spawnSync("groff", ["-man", "-ww", "-Tutf8"], { input: page, encoding: "utf8" });
    assert.deepEqual([groff.status, groff.stderr], [0, ""], page.slice(0, 60));
  }
});

test("completion knows every verb and every option", { skip: skipWithoutCommand("bash") }, async () => {
  const cwd = directoryWith({});
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout } = await bzdump(`help completion ${shell}`, cwd);
    assert.equal(code, 0);
    const words = new Set(text(stdout).split(/[^a-z0-9-]+/));
    for (const { name, spec } of ENTRIES) {
      assert.ok(words.has(name), `${shell}: ${name}`);
      for (const option of Object.keys(spec.options)) {
        assert.ok(words.has(`--${option}`) || words.has(option), `${shell}: ${name} --${option}`);
      }
    }
  }
  const script = text((await bzdump("help completion bash", cwd)).stdout);
  assert.deepEqual(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" }).stderr, "");
});

test("the word help may be left out before a topic; the main page names the topics", async () => {
  const cwd = directoryWith({});
  for (const topic of ["completion bash", "man pages", "exit-codes"]) {
    const { code, stdout } = await bzdump(topic, cwd);
    assert.deepEqual([code, text(stdout)], [0, text((await bzdump(`help ${topic}`, cwd)).stdout)], topic);
  }
  const line = /^help .*$/m.exec(text((await bzdump("--help", cwd)).stdout))?.[0] ?? "";
  for (const topic of HELP_TOPICS) assert.ok(line.includes(topic), topic);
});

test("topics that nobody knows are told", async () => {
  const cwd = directoryWith({});
  for (
    const [args, message] of [
      ["help man nothing", /Unknown verb "nothing"/],
      ["help completion", /The shell is missing, expected one of bash, zsh, fish/],
      ["help completion csh", /The shell is "csh"/],
      ["help man pages more", /"more" is one too many/],
      ["help nothing", /Unknown verb "nothing"/],
    ] as const
  ) {
    const { code, stdout, stderr } = await bzdump(args, cwd);
    assert.deepEqual([code, stdout.length], [2, 0], args);
    assert.match(stderr, message);
  }
});
