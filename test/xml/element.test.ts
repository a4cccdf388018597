import assert from "node:assert/strict";
import { test } from "node:test";
import { DumpFormatError } from "../../lib/errors.ts";
import { ElementCursor } from "../../lib/xml/element.ts";
import { findPageId, parseId } from "../../lib/xml/page-id.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function elementsOf(xml: string): string[] {
  const bytes = encode(xml);
  const cursor = new ElementCursor(bytes, 0, bytes.length);
  const found: string[] = [];
  while (cursor.next()) {
    const slice = (start: number, end: number): string => new TextDecoder().decode(bytes.subarray(start, end));
    assert.equal(cursor.isSelfClosed, cursor.elementEnd === cursor.tagEnd);
    found.push(
      `${cursor.name}[${slice(cursor.tagStart, cursor.tagEnd)}|${slice(cursor.contentStart, cursor.contentEnd)}|${
        slice(cursor.tagStart, cursor.elementEnd)
      }]`,
    );
  }
  return found;
}

test("the cursor goes from element to element, side by side", () => {
  assert.deepEqual(elementsOf(" <a>1</a>\n<b x='>'/> <c><c><a/></c>2</c ></end>"), [
    "a[<a>|1|<a>1</a>]",
    "b[<b x='>'/>||<b x='>'/>]",
    "c[<c>|<c><a/></c>2|<c><c><a/></c>2</c >]",
  ]);
});

test("the cursor passes comments, sections and instructions", () => {
  assert.deepEqual(elementsOf("<!-- <x> --><?y <z>?><a><![CDATA[</a>]]><!--</a>--></a>"), [
    "a[<a>|<![CDATA[</a>]]><!--</a>-->|<a><![CDATA[</a>]]><!--</a>--></a>]",
  ]);
});

test("the cursor refuses what it cannot follow", () => {
  for (const xml of ["<a>", "<a", "<a b='>", "<!-- ", "<a><!-- </a>", "<a></a", "< a/>", "<"]) {
    assert.throws(() => elementsOf(xml), (error) => error instanceof DumpFormatError && error.code === "BAD_TAG", xml);
  }
});

test("the cursor stays before its end", () => {
  const bytes = encode("<a/><b/>");
  const cursor = new ElementCursor(bytes, 0, 4);
  assert.ok(cursor.next());
  assert.ok(!cursor.next());
});

test("a page id is a direct child of the page", () => {
  const idOf = (xml: string): number | undefined => findPageId(encode(xml));
  assert.equal(idOf("  <page>\n<title>x</title><x><id>9</id></x><id> 7 </id>"), 7);
  assert.equal(idOf("<!-- c --><page><id>7</id></page>"), 7);
  assert.equal(idOf("<page><title>x</title>"), undefined);
  assert.equal(idOf("<page><id>x</id>"), undefined);
  assert.equal(idOf("<revision><id>7</id></revision>"), undefined);
  assert.equal(idOf(""), undefined);
});

test("ids are decimal digits that a number holds exactly", () => {
  const parse = (text: string): number | undefined => parseId(encode(text), 0, text.length);
  assert.equal(parse("0"), 0);
  assert.equal(parse("\n 0042 "), 42);
  assert.equal(parse("999999999999999"), 999_999_999_999_999);
  for (const bad of ["", " ", "-1", "1e3", "1 2", "0x1", "9999999999999999", "1.0", "{{id}}"]) {
    assert.equal(parse(bad), undefined, bad);
  }
});
