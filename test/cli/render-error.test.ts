import assert from "node:assert/strict";
import { test } from "node:test";
import { messageOf, renderError } from "../../lib/cli/render-error.ts";
import { SourceError, UsageError } from "../../lib/errors.ts";

const CONTEXT = { command: "bzdump", version: "bzdump 0.1.0 (node 20.20.2)" };

test("an error is its message after the command's name, and the remedy on the next line", () => {
  const error = new SourceError("NOT_FOUND", "Cannot read a.bz2", "a.bz2", { remedy: "Check the path" });
  assert.equal(renderError(error, CONTEXT), "bzdump: Cannot read a.bz2\nCheck the path\n");
  assert.equal(renderError(new SourceError("READ", "Cannot", "a"), CONTEXT), "bzdump: Cannot\n");
});

test("wrong usage points to the help page", () => {
  assert.equal(
    renderError(new UsageError("Unknown option -x"), CONTEXT),
    "bzdump: Unknown option -x\nTry bzdump --help\n",
  );
  const withRemedy = new UsageError("Unknown option --x", { remedy: "Did you mean --y?" });
  assert.equal(renderError(withRemedy, CONTEXT), "bzdump: Unknown option --x\nDid you mean --y? Try bzdump --help\n");
});

test("a bug shows where it happened and how to report it", () => {
  const lines = renderError(new TypeError("x is not a function"), CONTEXT).split("\n");
  assert.equal(lines[0], "bzdump: x is not a function");
  assert.match(lines[1]!, /^ +at .*render-error\.test/);
  assert.match(lines.at(-2)!, /^This is a bug of bzdump 0\.1\.0 \(node 20\.20\.2\)\. Please report it/);
});

test("whatever is thrown has a message", () => {
  assert.equal(messageOf(new RangeError()), "RangeError");
  assert.equal(messageOf("boo"), "Something was thrown that is no error: boo");
  assert.equal(messageOf(undefined), "Something was thrown that is no error: undefined");
});
