import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { test } from "node:test";
import saxes from "saxes";
import { makeCorpus } from "../../../bench/corpus.ts";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { type DumpEvent, DumpReader, type DumpReaderOptions } from "../../../lib/dump/reading/dump-reader.ts";
import type { PageHead, Revision, SiteInfo } from "../../../lib/dump/reading/model.ts";
import { DumpFormatError } from "../../../lib/errors.ts";
import { readAttributes } from "../../../lib/xml/attributes.ts";
import { chunkings } from "../../support/chunkings.ts";
import { skipWithoutCommand } from "../../support/oracle.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(xml: string | Uint8Array, options: DumpReaderOptions = {}): DumpEvent[] {
  const bytes = typeof xml === "string" ? encode(xml) : xml;
  const reader = new DumpReader(options);
  const events = [...reader.push(bytes), ...reader.finish()];
  assert.deepEqual(concatBytes(events.map((event) => event.bytes)), bytes);
  return events;
}

/** The document around some pages. */
function dumpOf(pages: string, header = ""): string {
  return `<mediawiki version="0.11" xml:lang="en">${header}${pages}</mediawiki>`;
}

function revisionOf(inner: string): Revision {
  const event = read(dumpOf(`<page><title>A</title><ns>0</ns><id>7</id><revision>${inner}</revision></page>`))
    .find((candidate) => candidate.type === "revision");
  assert.ok(event?.type === "revision");
  return event.revision;
}

function pageOf(inner: string, header = ""): PageHead {
  const event = read(dumpOf(`<page>${inner}</page>`, header)).find((candidate) => candidate.type === "page");
  assert.ok(event?.type === "page");
  return event.page;
}

function siteInfoOf(xml: string): SiteInfo {
  const event = read(xml)[0];
  assert.ok(event?.type === "start");
  return event.siteInfo;
}

function errorOf(action: () => unknown): DumpFormatError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof DumpFormatError, String(error));
    return error;
  }
  return assert.fail("no error");
}

const NAMESPACES = `<siteinfo><sitename>A &amp; B</sitename><dbname>abwiki</dbname><base>http://x/</base>
  <generator>MediaWiki 1.39</generator><case>first-letter</case><namespaces>
  <namespace key="-1" case="first-letter">Special</namespace><namespace key="0" case="first-letter" />
  <namespace key="1" case="case-sensitive">Talk</namespace><namespace key="3">User talk</namespace></namespaces></siteinfo>`;

test("the header is read into site info", () => {
  assert.deepEqual(siteInfoOf(dumpOf("", NAMESPACES)), {
    siteName: "A & B",
    dbName: "abwiki",
    base: "http://x/",
    generator: "MediaWiki 1.39",
    caseRule: "first-letter",
    namespaces: [
      { id: -1, name: "Special", caseRule: "first-letter" },
      { id: 0, name: "", caseRule: "first-letter" },
      { id: 1, name: "Talk", caseRule: "case-sensitive" },
      { id: 3, name: "User talk", caseRule: undefined },
    ],
    schemaVersion: "0.11",
    language: "en",
  });
});

test("a header without site info has empty fields, and the version of its address", () => {
  const info = siteInfoOf(
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.3/"><page><id>1</id></page></mediawiki>',
  );
  assert.deepEqual(info, {
    siteName: "",
    dbName: undefined,
    base: "",
    generator: "",
    caseRule: "",
    namespaces: [],
    schemaVersion: "0.3",
    language: undefined,
  });
});

test("a dump that says it is not UTF-8 is refused", () => {
  assert.equal(siteInfoOf('<?xml version="1.0" encoding="UTF-8"?><mediawiki/>').schemaVersion, "");
  const error = errorOf(() => read("<?xml version='1.0' encoding='ISO-8859-1'?><mediawiki/>"));
  assert.match(error.message, /ISO-8859-1/);
});

test("a page head is read in any order of its elements, unknown ones passed over", () => {
  assert.deepEqual(
    pageOf(
      '<id>7</id><x><title>no</title></x><redirect title="B &amp; C"/><restrictions>edit=sysop</restrictions><ns>-1</ns><title>A &lt;</title>',
    ),
    {
      id: 7,
      namespace: -1,
      title: "A <",
      isRedirect: true,
      redirectTitle: "B & C",
      restrictions: "edit=sysop",
    },
  );
  const plain = pageOf("<title>A</title><id>7</id>");
  assert.equal(plain.isRedirect, false);
  assert.equal(plain.redirectTitle, undefined);
});

test("before schema 0.6 the namespace comes from the title, and a redirect has no target", () => {
  assert.equal(pageOf("<title>Talk:A</title><id>1</id>", NAMESPACES).namespace, 1);
  assert.equal(pageOf("<title>user_talk:A:B</title><id>1</id>", NAMESPACES).namespace, 3);
  assert.equal(pageOf("<title>Talk</title><id>1</id>", NAMESPACES).namespace, 0);
  assert.equal(pageOf("<title>:Talk</title><id>1</id>", NAMESPACES).namespace, 0);
  assert.equal(pageOf("<title>Nonsense:A</title><id>1</id>", NAMESPACES).namespace, 0);
  const redirect = pageOf("<title>A</title><id>1</id><redirect />");
  assert.equal(redirect.isRedirect, true);
  assert.equal(redirect.redirectTitle, undefined);
});

test("all fields of a revision are read", () => {
  const revision = revisionOf(`<id>5</id><parentid>4</parentid><timestamp>2026-11-22T15:13:11Z</timestamp>
    <contributor><username>A &amp; B</username><id>3</id></contributor><minor/><comment>c &gt; d</comment>
    <origin>5</origin><model>wikitext</model><format>text/x-wiki</format>
    <text bytes="7" sha1="abc" xml:space="preserve">x &lt; y\n</text><sha1>def</sha1>`);
  assert.equal(revision.id, 5);
  assert.equal(revision.parentId, 4);
  assert.equal(revision.timestamp, "2026-11-22T15:13:11Z");
  assert.deepEqual(revision.contributor, { userName: "A & B", userId: 3, ip: undefined, isHidden: false });
  assert.equal(revision.isMinor, true);
  assert.equal(revision.comment, "c > d");
  assert.equal(revision.isCommentHidden, false);
  assert.equal(revision.model, "wikitext");
  assert.equal(revision.format, "text/x-wiki");
  assert.equal(revision.sha1, "def");
  assert.equal(revision.textSha1, "abc");
  assert.equal(revision.textByteLength, 7);
  assert.equal(revision.hasText, true);
  assert.equal(revision.isTextHidden, false);
  assert.equal(revision.text(), "x < y\n");
  assert.deepEqual(revision.textBytes(), encode("x < y\n"));
});

test("a revision with an id alone has no other fields", () => {
  const revision = revisionOf("<id>5</id>");
  assert.equal(revision.parentId, undefined);
  assert.equal(revision.timestamp, "");
  assert.deepEqual(revision.contributor, { userName: undefined, userId: undefined, ip: undefined, isHidden: false });
  assert.equal(revision.comment, undefined);
  assert.equal(revision.sha1, undefined);
  assert.equal(revision.textSha1, undefined);
  assert.equal(revision.textByteLength, undefined);
  assert.equal(revision.hasText, false);
  assert.equal(revision.text(), "");
  assert.deepEqual(revision.textBytes(), new Uint8Array(0));
});

test("what was hidden is told from what is empty", () => {
  const hidden = revisionOf(
    '<id>5</id><contributor deleted="deleted" /><comment deleted="deleted"/><text bytes="9" deleted="deleted" sha1="abc"/><sha1/>',
  );
  assert.equal(hidden.contributor.isHidden, true);
  assert.equal(hidden.contributor.userName, undefined);
  assert.equal(hidden.isCommentHidden, true);
  assert.equal(hidden.comment, undefined);
  assert.equal(hidden.isTextHidden, true);
  assert.equal(hidden.textByteLength, 9);
  assert.equal(hidden.sha1, undefined);
  const empty = revisionOf(
    '<id>5</id><contributor><ip>192.0.2.1</ip></contributor><comment></comment><text bytes="0" />',
  );
  assert.deepEqual(empty.contributor, { userName: undefined, userId: undefined, ip: "192.0.2.1", isHidden: false });
  assert.equal(empty.comment, "");
  assert.equal(empty.isTextHidden, false);
  assert.equal(empty.text(), "");
});

test("further slots are passed over: the fields are those of the main slot", () => {
  const slot =
    '<content><role>aux</role><id>99</id><model>json</model><text bytes="2" sha1="zzz">{}</text><sha1>no</sha1></content>';
  for (
    const inner of [
      `<model>wikitext</model><text bytes="4" sha1="aaa">main</text>${slot}`,
      `${slot}<model>wikitext</model><text bytes="4" sha1="aaa">main</text>`,
    ]
  ) {
    const revision = revisionOf(`<id>5</id>${inner}<sha1>both</sha1>`);
    assert.equal(revision.id, 5);
    assert.equal(revision.model, "wikitext");
    assert.equal(revision.text(), "main");
    assert.equal(revision.textSha1, "aaa");
    assert.equal(revision.sha1, "both");
  }
});

test("the place of the text is told in the bytes of the revision", () => {
  const placeOf = (inner: string): string[] => {
    const event = read(dumpOf(`<page><id>7</id>\n  <revision><id>1</id>${inner}</revision></page>`)).find(({ type }) =>
      type === "revision"
    );
    assert.ok(event?.type === "revision");
    const { tagStart, tagEnd, contentStart, contentEnd, elementEnd, isSelfClosed } = event.text;
    const slice = (start: number, end: number): string => new TextDecoder().decode(event.bytes.subarray(start, end));
    return [
      slice(tagStart, tagEnd),
      slice(contentStart, contentEnd),
      slice(tagStart, elementEnd),
      String(isSelfClosed),
    ];
  };
  assert.deepEqual(placeOf('<text a="b">x &amp; y</text>'), [
    '<text a="b">',
    "x &amp; y",
    '<text a="b">x &amp; y</text>',
    "false",
  ]);
  assert.deepEqual(placeOf("<text></text>"), ["<text>", "", "<text></text>", "false"]);
  assert.deepEqual(placeOf('<text id="4" />'), ['<text id="4" />', "", '<text id="4" />', "true"]);
  const none = read(dumpOf("<page><id>7</id><revision><id>1</id></revision></page>"))[2];
  assert.ok(none?.type === "revision");
  assert.deepEqual(none.text, {
    tagStart: -1,
    tagEnd: -1,
    contentStart: -1,
    contentEnd: -1,
    elementEnd: -1,
    isSelfClosed: true,
  });
});

test("missing and bad ids are refused with page and place", () => {
  const bad = {
    "<page>|<title>x</title></page>": undefined,
    "<page><title>x</title>|<id>abc</id></page>": undefined,
    "<page><id>7</id><ns>x</ns></page>": undefined,
    "<page><id>7</id><revision><timestamp>x</timestamp></revision></page>": 7,
    "<page><id>7</id><revision><id></id></revision></page>": 7,
    "<page><id>7</id><revision/></page>": 7,
    "<page><id>7</id><revision><content><id>1</id></content></revision></page>": 7,
  };
  for (const [marked, pageId] of Object.entries(bad)) {
    const error = errorOf(() => read(dumpOf(marked.replace("|", ""))));
    assert.equal(error.code, "BAD_ID", marked);
    assert.equal(error.pageId, pageId, marked);
  }
  const error = errorOf(() => read(dumpOf("<page>\n<id>7</id><revision><id>x</id></revision></page>")));
  assert.equal(error.byteOffset, dumpOf("<page>\n<id>7</id><revision>").length - "</mediawiki>".length);
  assert.match(error.message, /Revision id at byte 67 in page 7 is "x", expected a number/);
});

test("faults in fields show when the field is read, with the place in the dump", () => {
  const revision = revisionOf("<id>5</id><parentid>x</parentid><comment>a &nbsp; b</comment><text>ok</text>");
  assert.equal(revision.text(), "ok");
  assert.equal(errorOf(() => revision.parentId).code, "BAD_ID");
  const error = errorOf(() => revision.comment);
  assert.equal(error.code, "BAD_ENTITY");
  assert.equal(error.pageId, 7);
  const start =
    dumpOf("<page><title>A</title><ns>0</ns><id>7</id><revision><id>5</id><parentid>x</parentid><comment>a ").length;
  assert.equal(error.byteOffset, start - "</mediawiki>".length);
  assert.equal(errorOf(() => revisionOf("<id>5</id><text>a</text><text>b</text>")).code, "BAD_TAG");
});

test("a revision above the limit is refused, wherever it is cut", () => {
  const xml = dumpOf(`<page><id>7</id><revision><id>1</id><text>${"x".repeat(2000)}</text></revision></page>`);
  for (const { chunks } of chunkings(encode(xml))) {
    const reader = new DumpReader({ maxRevisionBytes: 1000 });
    const error = errorOf(() => {
      for (const chunk of chunks) for (const _ of reader.push(chunk));
    });
    assert.equal(error.code, "TOO_LARGE");
    assert.equal(error.pageId, 7);
  }
});

test("a skipped page goes on at its end; its revisions are not put together", () => {
  const pages = [1, 2, 3].map((id) =>
    `<page><id>${id}</id><revision><id>${id}1</id><text>${
      "x".repeat(50)
    }</text></revision><upload/><revision><id>${id}2</id></revision></page>`
  );
  const xml = encode(dumpOf(pages.join("") + "<logitem/>"));
  for (const { name, chunks } of chunkings(xml)) {
    const reader = new DumpReader({ maxRevisionBytes: 120 });
    const seen: string[] = [];
    const take = (event: DumpEvent): void => {
      seen.push(event.type === "revision" ? String(event.revision.id) : event.type);
      if (event.type === "page" && event.page.id === 2) reader.skipPage();
      if (event.type === "revision" && event.revision.id === 31) reader.skipPage();
      if (event.type === "page-end") reader.skipPage();
    };
    for (const chunk of chunks) for (const event of reader.push(chunk)) take(event);
    for (const event of reader.finish()) take(event);
    const others = seen.filter((what) => what !== "other" || name === "whole");
    if (name === "whole") {
      assert.equal(others.join(" "), "start page 11 other 12 page-end page page-end page 31 page-end other end");
    } else assert.equal(others.join(" "), "start page 11 12 page-end page page-end page 31 page-end end");
  }
});

test("every chunking gives the same values", () => {
  const xml = dumpOf(
    `\n<page>\n<title>Ελλάδα</title><ns>0</ns><id>7</id>\n<revision><id>1</id><comment>ü</comment><text bytes="3">&lt;ü</text></revision>\n<upload>x</upload></page>\n`,
    NAMESPACES,
  );
  const summary = (events: Iterable<DumpEvent>): unknown[] =>
    [...events].filter(({ type }) => type !== "other").map((event) => {
      if (event.type === "revision") {
        return [event.revision.id, event.revision.comment, event.revision.text(), event.text];
      }
      return event.type === "page" ? event.page : event.type === "start" ? event.siteInfo : event.type;
    });
  const expected = summary(read(xml));
  for (const { name, chunks } of chunkings(encode(xml))) {
    const reader = new DumpReader();
    const found: unknown[] = [];
    for (const chunk of chunks) found.push(...summary(reader.push(chunk)));
    found.push(...summary(reader.finish()));
    assert.deepEqual(found, expected, name);
  }
});

test("a fragment is read without a header, with namespaces given", () => {
  const namespaces = [{ id: 1, name: "Talk", caseRule: undefined }];
  const events = read("<page><title>Talk:A</title><id>7</id></page>\n", { isFragment: true, namespaces });
  assert.deepEqual(events.map(({ type }) => type), ["page", "page-end"]);
  assert.ok(events[0]?.type === "page" && events[0].page.namespace === 1);
});

/** What saxes says about every revision: path of element below it → text. */
function readBySaxes(xml: string): Record<string, string>[] {
  const revisions: Record<string, string>[] = [];
  const open: string[] = [];
  const parser = new saxes.SaxesParser();
  const note = (text: string): void => {
    const path = open.slice(3).join("/");
    if (open[2] === "revision") revisions.at(-1)![path] = (revisions.at(-1)![path] ?? "") + text;
  };
  parser.on("opentag", ({ name, attributes }) => {
    open.push(name);
    if (name === "revision") revisions.push({});
    note("");
    if (open.length !== 4 || open[2] !== "revision") return;
    for (const [key, value] of Object.entries(attributes)) revisions.at(-1)![`${name}@${key}`] = String(value);
  });
  parser.on("closetag", () => void open.pop());
  parser.on("text", note);
  parser.write(xml).close();
  return revisions;
}

const CORPUS_BYTES = 1_500_000;

test("saxes reads the same values from the corpus of the benchmarks", () => {
  const xml = concatBytes([...makeCorpus({ byteLength: CORPUS_BYTES, seed: 3 })]);
  const expected = readBySaxes(new TextDecoder().decode(xml));
  const found = read(xml).flatMap((event) => event.type === "revision" ? [event] : []);
  assert.equal(found.length, expected.length);
  assert.ok(found.length > 100);
  for (const [i, { revision, bytes, text }] of found.entries()) {
    const fields = expected[i]!;
    assert.equal(String(revision.id), fields["id"]);
    assert.equal(revision.parentId?.toString(), fields["parentid"]);
    assert.equal(revision.timestamp, fields["timestamp"]);
    assert.equal(revision.contributor.userName, fields["contributor/username"]);
    assert.equal(revision.contributor.userId?.toString(), fields["contributor/id"]);
    assert.equal(revision.contributor.ip, fields["contributor/ip"]);
    assert.equal(revision.contributor.isHidden, fields["contributor@deleted"] === "deleted");
    assert.equal(revision.isMinor, "minor" in fields);
    assert.equal(revision.comment, fields["comment@deleted"] === "deleted" ? undefined : fields["comment"]);
    assert.equal(revision.text(), fields["text"]);
    assert.equal(revision.isTextHidden, fields["text@deleted"] === "deleted");
    assert.equal(readAttributes(bytes, text.tagStart, text.tagEnd).get("sha1"), fields["text@sha1"]);
    if (revision.isTextHidden) continue;
    assert.equal(revision.textBytes().length, revision.textByteLength);
    const sha1 = BigInt("0x" + createHash("sha1").update(revision.textBytes()).digest("hex")).toString(36).padStart(
      31,
      "0",
    );
    assert.equal(sha1, revision.textSha1);
    assert.equal(sha1, revision.sha1);
  }
});

test("the corpus is the same for the same seed, of the size asked for, and other for another seed", () => {
  const digest = (seed: number): string => {
    const hash = createHash("sha1");
    let byteLength = 0;
    for (const chunk of makeCorpus({ byteLength: CORPUS_BYTES, seed })) {
      hash.update(chunk);
      byteLength += chunk.length;
    }
    assert.ok(byteLength >= CORPUS_BYTES && byteLength < CORPUS_BYTES + 500_000, `${byteLength}`);
    return hash.digest("hex");
  };
  assert.equal(digest(3), digest(3));
  assert.notEqual(digest(3), digest(4));
  const onePage = read(concatBytes([...makeCorpus({ byteLength: 300_000, kind: "one-page" })]));
  assert.equal(onePage.filter(({ type }) => type === "page").length, 1);
});

test("xmllint finds the corpus well-formed", { skip: skipWithoutCommand("xmllint") }, () => {
  const input = concatBytes([...makeCorpus({ byteLength: CORPUS_BYTES, seed: 5 })]);
  const { status, stderr } = spawnSync("xmllint", ["--noout", "--huge", "-"], { input });
  assert.equal(status, 0, stderr.toString());
});
