import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import saxes from "saxes";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { DumpFormatError } from "../../lib/errors.ts";
import { decodeBytes, decodeEntities, decodeText, encodeEntities } from "../../lib/xml/entities.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function decoded(text: string): string {
  // Within other bytes, so that reading past the ends shows.
  const bytes = encode(`&;${text}&;`);
  const direct = decodeText(bytes, 2, bytes.length - 2);
  const pieces: Uint8Array[] = [];
  decodeEntities(bytes, 2, bytes.length - 2, (piece) => pieces.push(piece.slice()));
  const joined = concatBytes(pieces);
  assert.deepEqual(joined, decodeBytes(bytes, 2, bytes.length - 2));
  assert.deepEqual(joined, encode(direct));
  return direct;
}

function errorFor(text: string): DumpFormatError {
  try {
    decoded(text);
  } catch (error) {
    assert.ok(error instanceof DumpFormatError);
    return error;
  }
  return assert.fail(`no error for ${text}`);
}

test("the five entities and numeric references are decoded", () => {
  assert.equal(decoded("&lt;&gt;&amp;&quot;&apos;"), "<>&\"'");
  assert.equal(decoded("&#39;&#039;&#x27;&#x1F600;&#x1f600;&#128512;&#x000041;"), "'''😀😀😀A");
  assert.equal(decoded("&amp;lt; &amp;amp;"), "&lt; &amp;");
  assert.equal(decoded("plain Ελλάδα 😀 \ufeff"), "plain Ελλάδα 😀 \ufeff");
  assert.equal(decoded(""), "");
});

test("line ends are read as XML reads them, and returns that were meant stay", () => {
  assert.equal(decoded("a\r\nb\rc\n\r\r\nd&#13;\n"), "a\nb\nc\n\n\nd\r\n");
  assert.equal(decoded("a\r"), "a\n");
});

test("CDATA is taken as it is, comments and instructions vanish", () => {
  assert.equal(decoded("a<![CDATA[ &amp; <b>\r\n]] > ]]]>c"), "a &amp; <b>\n]] > ]c");
  assert.equal(decoded("a<!-- &bad; <x> -->b<!---->c<?p &?>d"), "abcd");
});

test("what XML does not know is refused with its place", () => {
  for (
    const bad of [
      "&nbsp;",
      "&",
      "& ",
      "&;",
      "&#;",
      "&#x;",
      "&#xG;",
      "&#12a;",
      "&#xD800;",
      "&#0;",
      "&#x110000;",
      "&LT;",
      "&lt",
      "&quott;",
    ]
  ) {
    const error = errorFor(`ab ${bad}`);
    assert.equal(error.code, "BAD_ENTITY", bad);
    assert.equal(error.byteOffset, 5, bad);
  }
  assert.match(errorFor("x &nbsp; y").message, /"&nbsp;" is not an entity of XML/);
  for (const bad of ["<", "<b>", "</b>", "<![CDATA[ ", "<!-- --", "<!DOCTYPE>", "<?x"]) {
    assert.equal(errorFor(bad).code, "BAD_TAG", bad);
  }
});

test("text without entities is handed on as one view, not copied", () => {
  const bytes = encode("x".repeat(200_000));
  const pieces: Uint8Array[] = [];
  decodeEntities(bytes, 10, 150_000, (piece) => pieces.push(piece));
  assert.equal(pieces.length, 1);
  assert.equal(pieces[0]!.buffer, bytes.buffer);
  assert.equal(pieces[0]!.length, 149_990);
});

test("long texts with entities come in few pieces", () => {
  const plain = `${"long stretch ".repeat(10_000)}<b>${"&".repeat(100_000)}</b>`;
  const bytes = encodeEntities(encode(plain));
  let calls = 0;
  const pieces: Uint8Array[] = [];
  decodeEntities(bytes, 0, bytes.length, (piece) => {
    calls++;
    pieces.push(piece.slice());
  });
  assert.equal(new TextDecoder().decode(concatBytes(pieces)), plain);
  assert.ok(calls < 12, `${calls} calls`);
});

test("encoding writes the four escapes of MediaWiki, and keeps what XML could not", () => {
  const encoded = (text: string): string =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(encodeEntities(encode(text)));
  assert.equal(encoded(`<a href="x">'&amp;'</a>\t\n`), "&lt;a href=&quot;x&quot;&gt;'&amp;amp;'&lt;/a&gt;\t\n");
  assert.equal(encoded("a\r\nb"), "a&#13;\nb");
  assert.equal(encoded("\0\x01\x1fz\ufffe\uffff\ufffd\uffefA"), "\ufffd\ufffd\ufffdz\ufffd\ufffd\ufffd\uffefA");
  assert.equal(encoded(""), "");
});

/** Whether XML allows a character at all. */
function isPossible(code: number): boolean {
  return code === 9 || code === 10 || code === 13 || (code >= 32 && code !== 0xfffe && code !== 0xffff);
}

test("any text that XML can hold comes back from encoding and decoding", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
    const possible = [...text].map((character) => isPossible(character.codePointAt(0)!) ? character : "?").join("");
    assert.equal(
      decoded(new TextDecoder("utf-8", { ignoreBOM: true }).decode(encodeEntities(encode(possible)))),
      possible,
    );
  }));
});

test("saxes decodes the same from the same markup", () => {
  const piece = fc.constantFrom(
    "a",
    "&lt;",
    "&#x1F600;",
    "&#10;",
    "&#13;",
    "\r\n",
    "\r",
    "\n",
    "&amp;",
    "é",
    ">",
    "<![CDATA[ &x; <y> ]]>",
    "<!-- z -->",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
    const text = pieces.join("");
    let expected = "";
    const parser = new saxes.SaxesParser();
    parser.on("text", (part) => expected += part);
    parser.on("cdata", (part) => expected += part);
    parser.write(`<t>${text}</t>`).close();
    assert.equal(decoded(text), expected);
  }));
});
