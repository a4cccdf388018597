import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { compress } from "../../lib/bzip2/compress.ts";
import { skipWithoutCommand } from "../support/oracle.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { assertSameXml, compareXml, type XmlComparison } from "./compare-xml.ts";
import { MADE_AGAIN, STUB_AND_DUMP } from "./tolerated.ts";

const skip = skipWithoutCommand("setpriv");
const directory = scratchDirectory("compare-xml");

const DUMP = `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
  <siteinfo>
    <sitename>Try</sitename>
    <dbname>trywiki</dbname>
    <base>http://127.0.0.1:8088/trywiki/index.php/Main_Page</base>
    <generator>MediaWiki 1.39.17</generator>
    <case>first-letter</case>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">Talk</namespace>
    </namespaces>
  </siteinfo>
  <page>
    <title>First</title>
    <ns>0</ns>
    <id>3</id>
    <revision>
      <id>5</id>
      <timestamp>2020-01-01T00:00:00Z</timestamp>
      <contributor><username>Ann</username><id>1</id></contributor>
      <comment>a &amp; b</comment>
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="11" sha1="x" xml:space="preserve">line &lt;one&gt;
</text>
      <sha1>x</sha1>
    </revision>
    <revision>
      <id>8</id>
      <parentid>5</parentid>
      <timestamp>2020-01-02T00:00:00Z</timestamp>
      <contributor><ip>192.0.2.1</ip></contributor>
      <minor />
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="3" sha1="y" xml:space="preserve">two</text>
      <sha1>y</sha1>
    </revision>
  </page>
  <page>
    <title>Talk:First</title>
    <ns>1</ns>
    <id>4</id>
    <redirect title="First" />
    <revision>
      <id>6</id>
      <timestamp>2020-01-01T00:00:00Z</timestamp>
      <contributor deleted="deleted" />
      <comment deleted="deleted" />
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text bytes="3" deleted="deleted" />
      <sha1 />
    </revision>
  </page>
  <logitem>
    <id>2</id>
    <timestamp>2020-01-01T00:00:00Z</timestamp>
    <contributor><username>Ann</username><id>1</id></contributor>
    <type>delete</type>
    <action>delete</action>
    <logtitle>Gone</logtitle>
    <params xml:space="preserve">a:0:{}</params>
  </logitem>
</mediawiki>
`;

let count = 0;

function file(content: string | Uint8Array, extension = "xml"): string {
  const path = join(directory, `${count++}.${extension}`);
  writeFileSync(path, content);
  return path;
}

function changed(from: string, to: string): string {
  assert.equal(DUMP.split(from).length, 2, `${from} stands once in the dump`);
  return DUMP.replace(from, to);
}

function compared(content: string): Promise<XmlComparison> {
  return compareXml(file(DUMP), file(content));
}

const SECOND_REVISION = DUMP.slice(DUMP.indexOf("    <revision>\n      <id>8</id>"), DUMP.indexOf("  </page>"));
const SECOND_PAGE = DUMP.slice(DUMP.indexOf("  <page>\n    <title>Talk:"), DUMP.indexOf("  <logitem>"));
const LOG_ITEM = DUMP.slice(DUMP.indexOf("  <logitem>"), DUMP.indexOf("</mediawiki>"));

/** What is changed, and what must be said. */
const CHANGES: readonly (readonly [what: string, dump: string, messages: readonly string[]])[] = [
  ["the schema version", changed('version="0.11"', 'version="0.10"'), ['header: header@version: "0.11" / "0.10"']],
  ["the name of a wiki", changed("<sitename>Try<", "<sitename>Tri<"), [
    'header: header/siteinfo/sitename: "Try" / "Tri"',
  ]],
  ["a namespace", changed(">Talk<", ">Chat<"), ['header: header/siteinfo/namespaces/namespace: "Talk" / "Chat"']],
  [
    "a namespace that is missing",
    changed('      <namespace key="1" case="first-letter">Talk</namespace>\n', ""),
    ['header: header/siteinfo/namespaces/namespace: left "<namespace key=\\"1\\" case=\\"first-letter\\">Talk", absent right'],
  ],
  ["a title", changed("<title>First<", "<title>Fist<"), ['page 3 (First): page/title: "First" / "Fist"']],
  ["a redirect", changed('<redirect title="First" />', ""), [
    'page 4 (Talk:First): page/redirect: left "<redirect title=\\"First\\">", absent right',
  ]],
  ["a page that is missing", DUMP.replace(SECOND_PAGE, ""), ["page 4 (Talk:First): page: only left"]],
  [
    "a page that is new",
    DUMP.replace("  <logitem>", SECOND_PAGE.replace("<id>4</id>", "<id>9</id>") + "  <logitem>"),
    [
      "page 9 (Talk:First): page: only right",
      "page 9 (Talk:First): page: only right",
    ].slice(0, 1),
  ],
  ["a revision that is missing", DUMP.replace(SECOND_REVISION, ""), [
    "page 3 (First), revision 8: revision: only left",
  ]],
  ["a revision that is there twice", DUMP.replace(SECOND_REVISION, SECOND_REVISION + SECOND_REVISION), [
    "page 3 (First), revision 8: revision: there more than once right",
  ]],
  ["a revision with another id", changed("<id>8</id>", "<id>9</id>"), [
    "page 3 (First), revision 8: revision: only left",
    "page 3 (First), revision 9: revision: only right",
  ]],
  [
    "the order of revisions",
    DUMP.replace(SECOND_REVISION, "").replace(
      "    <revision>\n      <id>5<",
      `${SECOND_REVISION}    <revision>\n      <id>5<`,
    ),
    ["page 3 (First), revision 5: revision: stands where the other file has revision 8"],
  ],
  ["a parent", changed("<parentid>5<", "<parentid>4<"), ['page 3 (First), revision 8: revision/parentid: "5" / "4"']],
  ["a time", changed("2020-01-02T00:00:00Z", "2020-01-02T00:00:01Z"), [
    'page 3 (First), revision 8: revision/timestamp: "2020-01-02T00:00:00Z" / "2020-01-02T00:00:01Z"',
  ]],
  ["an address", changed("<ip>192.0.2.1<", "<ip>192.0.2.2<"), [
    'page 3 (First), revision 8: revision/contributor/ip: "192.0.2.1" / "192.0.2.2"',
  ]],
  ["a minor edit", changed("      <minor />\n", ""), [
    'page 3 (First), revision 8: revision/minor: left "<minor>", absent right',
  ]],
  ["a comment", changed("a &amp; b", "a &amp;amp; b"), [
    'page 3 (First), revision 5: revision/comment: "a & b" / "a &amp; b"',
  ]],
  ["one byte of a text", changed("&lt;one&gt;\n<", "&lt;one&gt;\n\n<"), [
    'page 3 (First), revision 5: revision/text: "line <one>\\n" / "line <one>\\n\\n"',
  ]],
  ["a text that is missing", changed(">two</text>", "/>"), ['page 3 (First), revision 8: revision/text: "two" / ""']],
  ["the bytes of a text", changed('bytes="11"', 'bytes="12"'), [
    'page 3 (First), revision 5: revision/text@bytes: "11" / "12"',
  ]],
  ["a checksum", changed("<sha1>y<", "<sha1>z<"), ['page 3 (First), revision 8: revision/sha1: "y" / "z"']],
  ["a hidden text", changed('bytes="3" deleted="deleted"', 'bytes="3"'), [
    'page 4 (Talk:First), revision 6: revision/text@deleted: left "deleted", absent right',
  ]],
  [
    "an element at another place",
    changed("<type>delete</type>\n    <action>delete</action>", "<action>delete</action>\n    <type>delete</type>"),
    [
      "logitem 2 (Gone): logitem (order of elements): " +
      '"id timestamp contributor type action logtitle params" / "id timestamp contributor action type logtitle params"',
    ],
  ],
  ["the parameters of a log item", changed("a:0:{}", "a:1:{}"), [
    'logitem 2 (Gone): logitem/params: "a:0:{}" / "a:1:{}"',
  ]],
  ["a log item that is missing", DUMP.replace(LOG_ITEM, ""), ["logitem 2 (Gone): logitem: only left"]],
];

for (const [what, dump, messages] of CHANGES) {
  test(`it sees ${what}`, { skip }, async () => {
    const { differences, hasSameBytes } = await compared(dump);
    assert.deepEqual(differences.map(({ message }) => message), messages);
    assert.equal(hasSameBytes, false);
  });
}

test(
  "blanks between elements, and how an empty element is written, are no difference but of bytes",
  { skip },
  async () => {
    const { differences, counts, hasSameBytes } = await compared(changed("<minor />", "  <minor></minor>"));
    assert.deepEqual(differences, []);
    assert.deepEqual(counts, { pages: 2, revisions: 3, logItems: 1 });
    assert.equal(hasSameBytes, false);
    assert.equal((await compared(DUMP)).hasSameBytes, true);
  },
);

test("a long text is shown where it differs, with its place in bytes", { skip }, async () => {
  const long = "αβγδ ".repeat(100);
  const [left, right] = [`${long}x${long}`, `${long}y${long}`].map((text) => file(changed("two", text)));
  const { differences } = await compareXml(left!, right!);
  assert.match(
    differences[0]!.message,
    /revision\/text: 1801 \/ 1801 bytes, differ from byte 900: ".*x.*" \/ ".*y.*"$/,
  );
});

test("it compares files of any compression", { skip: skip || skipWithoutCommand("bzip2") }, async () => {
  const bytes = new TextEncoder().encode(DUMP);
  const packed = [file(gzipSync(bytes), "xml.gz"), file(compress(bytes), "xml.bz2"), file(DUMP)];
  for (const path of packed) assert.equal((await assertSameXml(packed[0]!, path)).hasSameBytes, true);
});

test("it compares 7z files", { skip: skip || skipWithoutCommand("7z") }, async () => {
  const plain = file(DUMP);
  const packed = join(directory, "packed.xml.7z");
  const { runProgram } = await import("./run-program.ts");
  await runProgram("7z", ["a", "-bd", packed, plain]);
  await assertSameXml(packed, plain);
});

test("a file that ends early is an error, not a difference", { skip }, async () => {
  await assert.rejects(compared(DUMP.slice(0, -20)), /not well-formed/);
  const packed = gzipSync(DUMP);
  await assert.rejects(compareXml(file(packed.subarray(0, -30), "xml.gz"), file(DUMP)), /gzip could not read/);
  await assert.rejects(compareXml(file(DUMP), join(directory, "absent.xml.gz")), /gzip could not read/);
});

test("an item without an id is an error", { skip }, async () => {
  await assert.rejects(compared(changed("<id>4</id>\n", "")), /a <page> has no id/);
});

test("what is tolerated is counted, and nothing else is tolerated", { skip }, async () => {
  const other = changed("127.0.0.1:8088", "127.0.0.1:41234").replace("1.39.17", "1.39.18");
  const { differences, tolerated } = await compareXml(file(DUMP), file(other), { tolerated: MADE_AGAIN });
  assert.deepEqual(differences, []);
  assert.deepEqual([...tolerated], [["address-of-the-farm", 1], ["debian-update", 1]]);
  const wrong = changed("127.0.0.1:8088/trywiki", "127.0.0.1:41234/otherwiki").replace("1.39.17", "1.40.0");
  assert.equal((await compareXml(file(DUMP), file(wrong), { tolerated: MADE_AGAIN })).differences.length, 2);
});

test("a stub equals its dump but for the texts", { skip }, async () => {
  const stub = DUMP.replace(/ xml:space="preserve">[^<]*<\/text>/g, ' location="tt:1" id="1" />');
  const { differences } = await compareXml(file(stub), file(DUMP), { tolerated: STUB_AND_DUMP });
  assert.deepEqual(differences, []);
  const wrong = file(DUMP.replace("<sha1>y<", "<sha1>z<"));
  assert.equal((await compareXml(file(stub), wrong, { tolerated: STUB_AND_DUMP })).differences.length, 1);
});

test("it ends when there are too many differences, and says so", { skip }, async () => {
  const other = DUMP.replaceAll("2020-01", "2021-01");
  const { differences, isCutShort } = await compareXml(file(DUMP), file(other), { limit: 2 });
  assert.equal(differences.length, 2);
  assert.equal(isCutShort, true);
  await assert.rejects(
    assertSameXml(file(DUMP), file(other)),
    /differ:\n {2}page 3 \(First\), revision 5: revision\/timestamp/,
  );
});
