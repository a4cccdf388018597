import assert from "node:assert/strict";
import { test } from "node:test";
import { stubRevision } from "../../../lib/farm/jobs/stub-revision.ts";

function stubOf(xml: string): string {
  return new TextDecoder().decode(stubRevision({ bytes: new TextEncoder().encode(xml) }));
}

for (
  const [name, xml, stub] of [
    [
      "the text goes, length and checksum stay",
      '<revision>\n      <text bytes="5" sha1="x" xml:space="preserve">hello</text>\n      <sha1>x</sha1>\n    </revision>\n',
      '<revision>\n      <text bytes="5" sha1="x" />\n      <sha1>x</sha1>\n    </revision>\n',
    ],
    ["an empty text", '<text bytes="0" sha1="p" xml:space="preserve" />', '<text bytes="0" sha1="p" />'],
    ["a hidden text", '<text bytes="9" sha1="q" deleted="deleted" />', '<text bytes="9" sha1="q" deleted="deleted" />'],
    ["no attributes at all, as in schema 0.3", "<text>hello</text>", "<text />"],
    ["the stub of a stub", '<text id="7" bytes="5" />', '<text id="7" bytes="5" />'],
    ["no text element", "<revision><id>1</id></revision>", "<revision><id>1</id></revision>"],
    [
      "the texts of several slots",
      '<text bytes="1" sha1="a" xml:space="preserve">A</text><content><role>aside</role><text bytes="1" sha1="b" xml:space="preserve">B</text></content>',
      '<text bytes="1" sha1="a" /><content><role>aside</role><text bytes="1" sha1="b" /></content>',
    ],
    ["an element whose name only begins so", "<texture>x</texture><text>y</text>", "<texture>x</texture><text />"],
  ] as const
) {
  test(`stub: ${name}`, () => assert.equal(stubOf(xml), stub));
}
