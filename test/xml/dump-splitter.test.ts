import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import saxes from "saxes";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { DumpFormatError } from "../../lib/errors.ts";
import { type DumpPart, DumpSplitter, type DumpSplitterOptions } from "../../lib/xml/dump-splitter.ts";
import { chunkings } from "../support/chunkings.ts";
import { oddDocument, oddDump } from "./odd-dump.ts";
import { type PlainPart, splitPlainly } from "./plain-splitter.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

const SMALL = `<mediawiki version="0.11" xml:lang="en">
  <siteinfo>
    <sitename>W</sitename>
  </siteinfo>
  <page>
    <title>A</title>
    <id>1</id>
    <revision>
      <id>2</id>
      <text xml:space="preserve">a &lt;page&gt; b</text>
    </revision>
    <revision><id>3</id><text /></revision>
  </page>
</mediawiki>
`;

/** All parts, pieces of one element put together; what stands before an error is given even so. */
function split(
  chunks: Iterable<Uint8Array>,
  options: DumpSplitterOptions = {},
): { parts: PlainPart[]; error: unknown } {
  const splitter = new DumpSplitter(options);
  const parts: PlainPart[] = [];
  let pieces: Uint8Array[] = [];
  const take = (part: DumpPart): void => {
    pieces.push(part.bytes.slice());
    if ("isEnd" in part && !part.isEnd) return;
    parts.push({ type: part.type, text: decode(concatBytes(pieces)) });
    pieces = [];
  };
  let error: unknown;
  try {
    for (const chunk of chunks) {
      for (const part of splitter.push(chunk)) take(part);
      // The memory of a chunk is its owner's again.
      chunk.fill(0x3c);
    }
    for (const part of splitter.finish()) take(part);
  } catch (caught) {
    error = caught;
  }
  if (pieces.length > 0) parts.push({ type: "unfinished", text: decode(concatBytes(pieces)) });
  return { parts, error };
}

/** The parts, which must be the same however the input is cut. */
function splitEveryWay(xml: string, options: DumpSplitterOptions = {}): PlainPart[] {
  const whole = split([encode(xml)], options);
  if (whole.error !== undefined) throw whole.error;
  for (const { name, chunks } of chunkings(encode(xml))) {
    const { parts, error } = split(chunks, options);
    if (error !== undefined) throw error;
    assert.deepEqual(parts, whole.parts, name);
  }
  assert.equal(whole.parts.map(({ text }) => text).join(""), xml);
  return whole.parts;
}

/** The error that an input gives, which must be the same however the input is cut. */
function errorOf(xml: string, options: DumpSplitterOptions = {}): DumpFormatError {
  const { error } = split([encode(xml)], options);
  assert.ok(error instanceof DumpFormatError, `expected an error for ${xml}`);
  for (const { name, chunks } of chunkings(encode(xml))) {
    const other = split(chunks, options).error as DumpFormatError;
    assert.equal(other?.code, error.code, name);
    assert.equal(other.byteOffset, error.byteOffset, name);
    assert.equal(other.pageId, error.pageId, name);
  }
  return error;
}

function typesOf(parts: readonly PlainPart[]): string {
  return parts.map(({ type }) => type).join(" ");
}

test("a dump is cut into header, page, revisions, page end and footer, blanks before and line ends after", () => {
  const parts = splitEveryWay(SMALL);
  assert.equal(typesOf(parts), "header page revision revision page-end footer");
  assert.ok(parts[0]!.text.endsWith("</siteinfo>\n"));
  assert.equal(parts[1]!.text, "  <page>\n    <title>A</title>\n    <id>1</id>\n");
  assert.equal(parts[3]!.text, "    <revision><id>3</id><text /></revision>\n");
  assert.equal(parts[4]!.text, "  </page>\n");
  assert.equal(parts[5]!.text, "</mediawiki>\n");
});

test("line ends of two bytes belong to the part before them too", () => {
  const parts = splitEveryWay(SMALL.replaceAll("\n", "\r\n"));
  assert.equal(parts[4]!.text, "  </page>\r\n");
  assert.ok(parts.every(({ text }) => text.endsWith("\r\n")));
});

test("byte order mark, declaration, comments and blank lines before the root belong to the header", () => {
  const prolog = '\ufeff<?xml version="1.0" encoding="utf-8"?>\n<!-- <mediawiki> -->\n\n';
  const parts = splitEveryWay(prolog + SMALL);
  assert.ok(parts[0]!.text.startsWith(prolog + "<mediawiki"));
});

test("without siteinfo the header is the start tag", () => {
  const parts = splitEveryWay("<mediawiki>\n <page><id>1</id></page></mediawiki>");
  assert.deepEqual(parts[0], { type: "header", text: "<mediawiki>\n" });
  assert.deepEqual(parts[1], { type: "page", text: " <page><id>1</id>" });
});

test("a dump without pages is header and footer", () => {
  assert.deepEqual(splitEveryWay("<mediawiki>\n</mediawiki>\n\n").map(({ text }) => text), [
    "<mediawiki>\n",
    "</mediawiki>\n\n",
  ]);
  assert.deepEqual(splitEveryWay("<mediawiki a='/>' />\n").map(({ text }) => text), ["<mediawiki a='/>' />\n", ""]);
});

test("log items, uploads and unknown elements come as other parts", () => {
  const upload = "<upload><timestamp>x</timestamp><text>&lt;</text></upload>\n";
  const xml =
    `<mediawiki><logitem>\n<id>1</id></logitem><board>text <b>in</b> it</board><empty/><page><id>1</id>${upload}<x/></page></mediawiki>`;
  const parts = splitEveryWay(xml);
  assert.equal(typesOf(parts), "header other other other page other other page-end footer");
  assert.equal(parts[2]!.text, "<board>text <b>in</b> it</board>");
  assert.equal(parts[5]!.text, upload);
});

test("tags in attributes, comments, CDATA and escaped text are not tags", () => {
  const xml = `<mediawiki><page x="</page>" ><id>1</id></page></mediawiki>`.replace('"</page>"', "'&lt;/page>'");
  assert.equal(typesOf(splitEveryWay(xml)), "header page page-end footer");
  const text = "<text a='>' b=\"/>\"><![CDATA[</text></page>]]]><!-- </revision> --></text>";
  const parts = splitEveryWay(`<mediawiki><page><id>1</id><revision>${text}</revision></page></mediawiki>`);
  assert.equal(parts[2]!.text, `<revision>${text}</revision>`);
});

test("dumps one after another give footer and header again", () => {
  const parts = splitEveryWay(SMALL + '<?xml version="1.0"?>\n' + SMALL);
  const once = "header page revision revision page-end footer";
  assert.equal(typesOf(parts), `${once} ${once}`);
  assert.ok(parts[6]!.text.startsWith("<?xml"));
});

test("a fragment may begin and end between pages, with header or footer alone", () => {
  const page = "  <page>\n<id>1</id>\n</page>\n";
  const options = { isFragment: true };
  assert.equal(typesOf(splitEveryWay(page + page, options)), "page page-end page page-end");
  assert.equal(typesOf(splitEveryWay("<mediawiki>\n<siteinfo/>\n" + page, options)), "header page page-end");
  assert.equal(typesOf(splitEveryWay(page + "</mediawiki>\n", options)), "page page-end footer");
  assert.equal(typesOf(splitEveryWay("</mediawiki>\n", options)), "footer");
  assert.equal(typesOf(splitEveryWay(SMALL, options)), "header page revision revision page-end footer");
  assert.deepEqual(splitEveryWay("", options), []);
  assert.deepEqual(splitEveryWay(" \n", options), [{ type: "other", text: " \n" }]);
  assert.equal(errorOf(page + "<page><id>5</id>", options).code, "TRUNCATED");
});

test("input that is no dump is refused with what was seen", () => {
  assert.match(errorOf("").message, /empty/);
  assert.equal(errorOf("").code, "NO_MEDIAWIKI");
  const html = errorOf("<!DOCTYPE html>\n<html><body>Not found</body></html>");
  assert.equal(html.code, "NO_MEDIAWIKI");
  assert.match(split([encode("<html><body>Not found</body></html>")]).error!.toString(), /found "<html><body>/);
  assert.match(split([encode('{"error": 1}')]).error!.toString(), /found "{/);
  for (
    const text of [
      "\n\n  <!-- x -->",
      "plain",
      "<mediawikix/>",
      "<mw:mediawiki/>",
      "</mediawiki>",
      "<page><id>1</id></page>",
    ]
  ) {
    assert.equal(errorOf(text).code, "NO_MEDIAWIKI", text);
  }
});

test("compressed input and UTF-16 are called by their names", () => {
  const messageFor = (...bytes: number[]): string => String(split([Uint8Array.from(bytes)]).error);
  assert.match(messageFor(0x42, 0x5a, 0x68, 0x39), /bzip2/);
  assert.match(messageFor(0x1f, 0x8b, 8), /gzip/);
  assert.match(messageFor(0x37, 0x7a, 0xbc, 0xaf), /7z/);
  assert.match(messageFor(0xff, 0xfe, 0x3c, 0), /UTF-16/);
  assert.match(messageFor(0, 0x3c, 0, 0x6d), /UTF-16/);
});

test("a dump cut short anywhere is reported as truncated, with the last page", () => {
  const bytes = encode(SMALL);
  const rootNameEnd = SMALL.indexOf(" version");
  const end = SMALL.indexOf("</mediawiki>") + "</mediawiki>".length;
  const headEnd = SMALL.indexOf("<revision>") + "<revision>".length;
  for (let length = 0; length < end; length++) {
    for (const chunks of [[bytes.slice(0, length)], [...bytes.slice(0, length)].map((byte) => Uint8Array.of(byte))]) {
      const { parts, error } = split(chunks);
      assert.ok(error instanceof DumpFormatError, `length ${length}`);
      assert.equal(error.code, length < rootNameEnd ? "NO_MEDIAWIKI" : "TRUNCATED", `length ${length}`);
      assert.equal(error.byteOffset, length);
      assert.equal(error.pageId, length < headEnd ? undefined : 1);
      assert.ok(SMALL.startsWith(parts.map(({ text }) => text).join("")));
    }
  }
  assert.equal(split([bytes.slice(0, end)]).error, undefined);
});

test("a page that is not closed is reported with its id", () => {
  const open = "<mediawiki><page><id>12</id><revision><id>1</id><text>x</text></revision>";
  for (const next of ["</mediawiki>", "<page>", "<mediawiki>"]) {
    const error = errorOf(open + next + "</page>");
    assert.equal(error.code, "UNCLOSED_PAGE", next);
    assert.equal(error.pageId, 12);
    assert.equal(error.byteOffset, open.length);
  }
  const inText = "<mediawiki><page><id>12</id><revision><id>1</id><text>cut he\n  ";
  for (const next of ["<page>", "<mediawiki>", "</mediawiki>"]) {
    assert.equal(errorOf(inText + next).code, "UNCLOSED_PAGE", next);
  }
});

test("markup that does not fit is refused where it stands", () => {
  const cases: Record<string, string> = {
    "an unescaped tag in text": "<mediawiki><page><revision><text>a |<br> b</text></revision></page></mediawiki>",
    "an unescaped empty tag in text":
      "<mediawiki><page><revision><text>a |<br/> b</text></revision></page></mediawiki>",
    "an unescaped sign in text": "<mediawiki><page><revision><text>1 |< 2</text></revision></page></mediawiki>",
    "an end tag of another element": "<mediawiki><page><revision>|</page></mediawiki>",
    "text between pages": "<mediawiki><page></page>\n|x<page></page></mediawiki>",
    "text between revisions": "<mediawiki><page><revision></revision>|x</page></mediawiki>",
    "text after the end": "<mediawiki></mediawiki>\n|x",
    "another element after the end": "<mediawiki></mediawiki>\n|<page></page>",
    "a CDATA section between pages": "<mediawiki>|<![CDATA[x]]></mediawiki>",
    "a declaration": "<mediawiki>|<!ENTITY x></mediawiki>",
    "a tag sign in an attribute": '<mediawiki>|<page a="<"></page></mediawiki>',
    "a tag in a tag": "<mediawiki>|<page <b></page></mediawiki>",
    "an end tag that is empty too": "<mediawiki>|</mediawiki/>",
    "a name that is none": "<mediawiki>|<1></1></mediawiki>",
    "a slash in a tag": "<mediawiki>|<page/ ></page></mediawiki>",
    "a NUL byte between pages": "<mediawiki>|\0</mediawiki>",
  };
  for (const [what, marked] of Object.entries(cases)) {
    const error = errorOf(marked.replace("|", ""));
    assert.equal(error.code, "BAD_TAG", what);
    assert.equal(error.byteOffset, marked.indexOf("|"), what);
    assert.match(error.message, new RegExp(`byte ${error.byteOffset}`));
  }
});

test("what stands before an error is handed out first", () => {
  const good = "<mediawiki><page><id>1</id><revision><text>many good words ";
  const { parts, error } = split([encode(good + "<br></text>")]);
  assert.equal((error as DumpFormatError).code, "BAD_TAG");
  assert.equal(parts.map(({ text }) => text).join(""), good);
});

test("elements nested too deep, names too long and heads without end are refused", () => {
  assert.equal(errorOf("<mediawiki>" + "<a>".repeat(300)).code, "BAD_TAG");
  assert.equal(errorOf(`<mediawiki><${"a".repeat(2000)}>`).code, "BAD_TAG");
  const splitter = new DumpSplitter();
  const blanks = new Uint8Array(1 << 20).fill(0x20);
  const pushAll = (): void => {
    for (let i = 0; i < 20; i++) for (const _ of splitter.push(blanks));
  };
  assert.throws(pushAll, (error) => error instanceof DumpFormatError && error.code === "TOO_LARGE");
});

test("after an error the splitter gives the same error again", () => {
  const splitter = new DumpSplitter();
  assert.throws(() => [...splitter.push(encode("x"))], /NO_MEDIAWIKI|Expected <mediawiki>/);
  assert.throws(() => [...splitter.push(encode("<mediawiki>"))], /Expected <mediawiki>/);
  assert.throws(() => [...splitter.finish()], /Expected <mediawiki>/);
});

test("a chunk whose parts were not all taken is not forgotten silently", () => {
  const splitter = new DumpSplitter();
  splitter.push(encode(SMALL)).next();
  assert.throws(() => [...splitter.push(encode("x"))], TypeError);
});

test("the parts of big texts are views of the chunks", () => {
  const chunk = encode("<mediawiki><page><id>1</id><revision><text>" + "x".repeat(100_000));
  const splitter = new DumpSplitter();
  const pieces = [...splitter.push(chunk)].filter(({ type }) => type === "revision");
  assert.equal(pieces.at(-1)!.bytes.buffer, chunk.buffer);
});

test("oddly written dumps are cut as the plain twin cuts them, at any chunk boundary", () => {
  fc.assert(
    fc.property(oddDump, fc.integer({ min: 1, max: 9 }), fc.nat(500), (xml, size, cutAt) => {
      const bytes = encode(xml);
      const expected = splitPlainly(xml);
      const small: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) small.push(bytes.slice(at, at + size));
      for (const chunks of [[bytes.slice()], [bytes.slice(0, cutAt), bytes.slice(cutAt)], small]) {
        const { parts, error } = split(chunks);
        assert.equal(error, undefined);
        assert.deepEqual(parts, expected);
      }
    }),
    { numRuns: 1500 },
  );
});

test("saxes sees the same pages and revisions in oddly written dumps", () => {
  fc.assert(
    fc.property(oddDocument, (xml) => {
      const seen: string[] = [];
      const open: string[] = [];
      const parser = new saxes.SaxesParser({ xmlns: false });
      parser.on("error", (error) => assert.fail(error));
      parser.on("opentag", ({ name }) => open.push(name));
      parser.on("closetag", ({ name }) => {
        if (open.join(" ") === "mediawiki page" || open.join(" ") === "mediawiki page revision") seen.push(name);
        open.pop();
      });
      parser.write(xml).close();
      const { parts, error } = split([encode(xml)]);
      assert.equal(error, undefined);
      const found = parts.filter(({ type }) => type === "revision" || type === "page-end");
      assert.deepEqual(found.map(({ type }) => (type === "page-end" ? "page" : type)), seen);
    }),
    { numRuns: 500 },
  );
});

test("damaged dumps give parts that join to their beginning, or a format error; never anything else", () => {
  const bytes = encode(SMALL);
  fc.assert(
    fc.property(
      fc.nat(bytes.length - 1),
      fc.constantFrom(0x3c, 0x3e, 0x2f, 0x22, 0x21, 0x20, 0, 0xef, 0x70),
      fc.integer({ min: 1, max: 50 }),
      (at, byte, size) => {
        const damaged = bytes.slice();
        damaged[at] = byte;
        const whole = split([damaged.slice()]);
        const chunks: Uint8Array[] = [];
        for (let from = 0; from < damaged.length; from += size) chunks.push(damaged.slice(from, from + size));
        const pieces = split(chunks);
        assert.ok(whole.error === undefined || whole.error instanceof DumpFormatError);
        assert.equal((pieces.error as DumpFormatError)?.code, (whole.error as DumpFormatError)?.code);
        assert.equal((pieces.error as DumpFormatError)?.byteOffset, (whole.error as DumpFormatError)?.byteOffset);
        for (const { parts } of [whole, pieces]) {
          assert.ok(
            decode(damaged).startsWith(parts.map(({ text }) => text).join("")),
          );
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test("parts of a chunk in shared memory can be decoded as text, which browsers refuse for shared memory", () => {
  const xml = new TextEncoder().encode("<mediawiki><page><id>7</id><revision><id>1</id></revision></page></mediawiki>");
  const shared = new Uint8Array(new SharedArrayBuffer(xml.length));
  shared.set(xml);
  const splitter = new DumpSplitter();
  const parts = [...splitter.push(shared), ...splitter.finish()];
  assert.ok(parts.every(({ bytes }) => bytes.buffer instanceof ArrayBuffer));
  assert.deepEqual(concatBytes(parts.map(({ bytes }) => bytes)), xml);
});
