import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { environment, homeDirectory, runtimeName } from "../../lib/host/environment.ts";
import { directoryOf, resolvePath } from "../../lib/host/paths.ts";

test("the environment is that of the process, and the runtime has a name and a version", () => {
  assert.equal(environment()["PATH"], process.env["PATH"]);
  assert.match(runtimeName(), /^(node|deno|bun) \d+\.\d+\.\d+/);
  assert.equal(typeof homeDirectory(), "string");
});

test("paths become absolute, seen from a directory, without dots and without a slash at the end", () => {
  assert.equal(resolvePath("/a/b", "../c/./d/"), "/a/c/d");
  assert.equal(resolvePath("/a/b", "/c/"), "/c");
  assert.equal(directoryOf("/a/b.conf"), "/a");
  assert.equal(directoryOf("b.conf"), process.cwd());
});
