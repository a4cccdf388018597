import assert from "node:assert/strict";
import { test } from "node:test";
import { DumpFormatError } from "../../lib/errors.ts";
import { readAttributes } from "../../lib/xml/attributes.ts";

function attributesOf(tag: string): Record<string, string> {
  const bytes = new TextEncoder().encode(`ab${tag}<x y="z">`);
  const length = new TextEncoder().encode(tag).length;
  return Object.fromEntries(readAttributes(bytes, 2, 2 + length));
}

test("attributes are read in any order, quoting and spacing", () => {
  assert.deepEqual(attributesOf('<text bytes="5" sha1="abc" xml:space="preserve">'), {
    bytes: "5",
    sha1: "abc",
    "xml:space": "preserve",
  });
  assert.deepEqual(attributesOf("<text\n\tdeleted = 'deleted'\r\n location='tt:1'/>"), {
    deleted: "deleted",
    location: "tt:1",
  });
  assert.deepEqual(attributesOf("<a b=\"'>/\" c='\"'/>"), { b: "'>/", c: '"' });
  assert.deepEqual(attributesOf('<redirect title="A &amp; &quot;B&quot; Ελ" />'), { title: 'A & "B" Ελ' });
  for (const tag of ["<a>", "<a/>", "<a />", "<a\n>"]) assert.deepEqual(attributesOf(tag), {});
});

test("attributes that are not well-formed are refused with their place", () => {
  const cases: Record<string, number> = {
    "<a b>": 5,
    "<a b=>": 7,
    "<a b=c>": 7,
    '<a b="c>': 7,
    '<a b="1" b="2">': 11,
    '<a b="1"c="2">': 10,
    '<a ="1">': 5,
    '<a b="<">': 7,
    "<a b": 5,
    "<a": 2,
  };
  for (const [tag, byteOffset] of Object.entries(cases)) {
    assert.throws(
      () => attributesOf(tag),
      (error) => error instanceof DumpFormatError && error.code === "BAD_TAG" && error.byteOffset === byteOffset,
      tag,
    );
  }
});

test("an unknown entity in an attribute is refused", () => {
  assert.throws(
    () => attributesOf('<a b="&nbsp;">'),
    (error) => error instanceof DumpFormatError && error.code === "BAD_ENTITY",
  );
});
