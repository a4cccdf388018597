import assert from "node:assert/strict";
import { test } from "node:test";
import { redactSecrets } from "../../../lib/farm/config/redact.ts";

test("every secret is taken out, the longer ones first", () => {
  const text = "mysql -pabc -u root; echo abcdef $&";
  assert.equal(redactSecrets(text, ["abc", "abcdef", ""]), "mysql -p[redacted] -u root; echo [redacted] $&");
});

test("a text without secrets stays as it is", () => {
  assert.equal(redactSecrets("abc", []), "abc");
});
