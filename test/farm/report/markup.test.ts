import assert from "node:assert/strict";
import test from "node:test";
import { escapeMarkup, markup } from "../../../lib/farm/report/markup.ts";

test("what is put into a template is escaped, in content and in attributes", () => {
  const bad = `<script>alert("1" & '2')</script>`;
  const text = String(markup`<a title="${bad}">${bad}</a>`);
  assert.equal(text.includes("<script>"), false);
  assert.equal(
    text,
    `<a title="&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;">&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;</a>`,
  );
});

test("markup made by the tag goes in as it is, alone and in lists", () => {
  assert.equal(
    String(markup`<ul>${[markup`<li>1</li>`, markup`<li>${2}</li>`]}</ul>`),
    "<ul><li>1</li><li>2</li></ul>",
  );
});

test("absent values leave nothing, zero is shown", () => {
  assert.equal(String(markup`[${undefined}${false}${0}]`), "[0]");
});

test("an object that only looks like markup is escaped as text", () => {
  const forged = { toString: () => "<b>" } as unknown as string;
  assert.equal(String(markup`${forged}`), "&lt;b&gt;");
});

test("control characters, which XML forbids, become replacement characters", () => {
  assert.equal(escapeMarkup("a\u0000b\u001Bc\td\n"), "a\uFFFDb\uFFFDc\td\n");
});
