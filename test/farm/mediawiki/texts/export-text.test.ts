import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exportText } from "../../../../lib/farm/mediawiki/texts/export-text.ts";

const encoder = new TextEncoder();

/** The plain twin. */
function plainly(bytes: Uint8Array): string {
  const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).replaceAll("\r", "").normalize("NFC")
    .replace(/[&<>"]/g, (character) => escapes[character]!)
    // deno-lint-ignore no-control-regex
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
}

function check(bytes: Uint8Array): void {
  const before = bytes.slice();
  assert.equal(new TextDecoder("utf-8", { ignoreBOM: true }).decode(exportText(bytes)), plainly(bytes));
  assert.deepEqual(bytes, before);
}

test("any string comes out as the plain twin has it", () => {
  const characters = fc.constantFrom(
    "a",
    "é",
    "e\u0301",
    "&",
    "<",
    ">",
    '"',
    "'",
    "\r",
    "\n",
    "\t",
    "\0",
    "\x1f",
    "\x7f",
    "Α",
    "\ufffe",
    "\uffff",
    "\ufeff",
    "😀",
    "\u0344",
    "\u212b",
  );
  fc.assert(fc.property(fc.array(characters), (parts) => check(encoder.encode(parts.join("")))));
});

test("any bytes come out as the plain twin has them", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => check(bytes)));
});

test("a text that needs nothing is not copied", () => {
  for (const text of ["", "plain\ntext\t", "Αθήνα é"]) {
    const bytes = encoder.encode(text);
    assert.equal(exportText(bytes), bytes);
  }
});
