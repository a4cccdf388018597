import assert from "node:assert/strict";
import { test } from "node:test";
import { StubMarkup } from "../../../../lib/farm/mediawiki/texts/stub-markup.ts";

const encoder = new TextEncoder();

function rewrite(stub: string, ...texts: (string | undefined)[]): string {
  const markup = new StubMarkup(encoder.encode(stub));
  return new TextDecoder().decode(markup.fill(texts.map((text) => text === undefined ? text : encoder.encode(text))));
}

test("elements without content get a blank before the slash, whatever they looked like", () => {
  assert.equal(
    rewrite("<minor/><sha1/><a></a><b x='1'/><c x='1'></c><d />"),
    '<minor /><sha1 /><a /><b x="1" /><c x="1" /><d />',
  );
  assert.equal(rewrite("<a> </a><page>\n</page>"), "<a> </a><page>\n</page>");
});

test("texts are escaped as MediaWiki does it, attributes too", () => {
  assert.equal(
    rewrite("<c>a \"b\" 'c' > &amp; &#65; &apos; \r\n&lt;</c>"),
    "<c>a &quot;b&quot; 'c' &gt; &amp; A ' \n&lt;</c>",
  );
  assert.equal(rewrite(`<r title="a'b &quot; &#39; > &#9;"/>`), '<r title="a&#039;b &quot; &#039; &gt; &#9;" />');
  assert.equal(rewrite("a<!-- gone -->b<![CDATA[<x>&]]>c"), "ab&lt;x&gt;&amp;c");
});

test("the text goes where its address was", () => {
  const stub =
    '<text bytes="3" sha1="x" location="tt:6" id="6" /><text bytes="5" deleted="deleted" /><text>here</text>';
  assert.equal(
    rewrite(stub, 'a"<'),
    '<text bytes="3" sha1="x" xml:space="preserve">a&quot;&lt;</text><text bytes="5" deleted="deleted" /><text>here</text>',
  );
  assert.equal(rewrite(stub, ""), '<text bytes="3" sha1="x" /><text bytes="5" deleted="deleted" /><text>here</text>');
  assert.equal(rewrite(stub), rewrite(stub, undefined));
});

test("holes tell address, length, SHA-1 and whether they are of the main slot", () => {
  const stub = '<revision><text bytes="3" location="es:DB://c/1" id="6"></text><content><role>x</role>' +
    '<text id="7" sha1="s"/></content></revision>';
  const { holes } = new StubMarkup(encoder.encode(stub));
  assert.deepEqual(holes.map(({ opening: _, ...hole }) => hole), [
    { address: "es:DB://c/1", byteLength: 3, sha1: undefined, isMain: true },
    { address: "7", byteLength: undefined, sha1: "s", isMain: false },
  ]);
  assert.equal(
    rewrite(stub, "a", "b"),
    '<revision><text bytes="3" xml:space="preserve">a</text><content><role>x</role><text sha1="s" xml:space="preserve">b</text></content></revision>',
  );
});
