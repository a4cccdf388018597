import assert from "node:assert/strict";
import { test } from "node:test";
import {
  command,
  formatCommand,
  formatPipeline,
  redactor,
  secret,
  withEnvironment,
} from "../../../lib/farm/process/command.ts";

test("a command leaves out undefined arguments and keeps empty ones", () => {
  assert.deepEqual(command("php", undefined, "a", "", undefined).args, ["a", ""]);
});

test("a command cannot be changed", () => {
  const one = command("cat", "file");
  assert.throws(() => (one.args as string[]).pop(), TypeError);
  assert.throws(() => Object.assign(one, { file: "dog" }), TypeError);
});

test("a command with a NUL character is refused", () => {
  assert.throws(() => command("cat", "a\0b"), TypeError);
});

test("formatting quotes what a shell would take apart", () => {
  const shown = formatCommand(command("/usr/bin/7za", "a", "", "it's", "$HOME", "a;b", "--x=y", "tewiki-20260101.xml"));
  assert.equal(shown, "/usr/bin/7za a '' 'it'\\''s' '$HOME' 'a;b' --x=y tewiki-20260101.xml");
});

test("formatting and JSON strike out secrets", () => {
  const dump = command("mysqldump", secret("hunter2", "-p"), secret("key"));
  assert.equal(formatPipeline([dump, command("gzip")]), "mysqldump '-p***' '***' | gzip".replaceAll("'", ""));
  assert.ok(!JSON.stringify(dump).includes("hunter2"));
  assert.ok(!String(dump.args).includes("hunter2"));
});

test("a redactor strikes the longest secret first, and those of the environment", () => {
  const one = withEnvironment(command("x", secret("abc"), secret("abcdef")), {
    PASSWORD: secret("tell-nobody"),
    PLAIN: "plain",
  });
  assert.equal(redactor([one])("abcdef abc tell-nobody plain"), "*** *** *** plain");
});

test("an added environment leaves the original command as it was", () => {
  const original = command("env");
  const changed = withEnvironment(withEnvironment(original, { A: "1" }), { B: "2" });
  assert.deepEqual({ ...changed.env }, { A: "1", B: "2" });
  assert.deepEqual({ ...original.env }, {});
});
