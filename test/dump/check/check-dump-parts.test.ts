import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { badCharacterOffset } from "../../../lib/dump/check/bad-character.ts";
import { countLines } from "../../../lib/dump/check/count-lines.ts";
import { forwardSource } from "../../../lib/dump/check/forward-source.ts";
import { LineFinder } from "../../../lib/dump/check/line-finder.ts";
import { isSha1InBase36, sha1ToBase36 } from "../../../lib/dump/check/sha1-base36.ts";
import { TextDigester } from "../../../lib/dump/check/text-digest.ts";
import { decodeBytes } from "../../../lib/xml/entities.ts";
import { chunkings } from "../../support/chunkings.ts";
import { escapeXml, sha1Base36Of } from "../../support/tiny-dump.ts";

const encoder = new TextEncoder();
const sha1Of = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash("sha1").update(bytes).digest());

test("a SHA-1 in base 36 is what MediaWiki writes, and is compared without being written", () => {
  assert.equal(sha1ToBase36(sha1Of(new Uint8Array())), "phoiac9h4m842xq45sp7s6u21eteeq1");
  fc.assert(fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.nat(30), (sha1, at) => {
    const text = sha1ToBase36(sha1);
    assert.ok(isSha1InBase36(sha1, text));
    const other = text.slice(0, at) + (text[at] === "7" ? "8" : "7") + text.slice(at + 1);
    assert.equal(isSha1InBase36(sha1, other), false);
  }));
  const sha1 = sha1Of(encoder.encode("x"));
  for (const text of ["", "z".repeat(31), `${sha1Base36Of("x")}0`, sha1Base36Of("x").toUpperCase(), "é".repeat(31)]) {
    assert.equal(isSha1InBase36(sha1, text), false, text);
  }
});

test("the digest of a text with entities is that of the decoded text, in whatever pieces it comes", () => {
  const digester = new TextDigester({ makeSha1: () => createHash("sha1") });
  const texts = ["", "plain", '&&<>"" é 😀', "&".repeat(70_000), `${"x".repeat(3000)}<b>${"y".repeat(70_000)}`];
  for (const text of texts) {
    const xml = encoder.encode(escapeXml(text).replace("é", "&#233;").replace("😀", "&#x1F600;"));
    for (const { name, chunks } of chunkings(xml)) {
      digester.start();
      for (const chunk of chunks) digester.push(chunk, 0, chunk.length);
      const { byteLength, sha1 } = digester.finish();
      assert.equal(byteLength, encoder.encode(text).length, name);
      assert.equal(sha1ToBase36(sha1!), sha1Base36Of(text), name);
    }
  }
});

test("an entity counts wherever it stands in the words that are copied", () => {
  const sha1Hex = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex");
  const digester = new TextDigester({ makeSha1: () => createHash("sha1"), sha1Hex });
  for (let before = 0; before < 20; before++) {
    for (let after = 0; after < 20; after++) {
      const text = `${"x".repeat(before)}<${"%".repeat(after)}&\u00a6'`;
      const xml = encoder.encode(escapeXml(`..${text}..`)).subarray(2, -2);
      const { byteLength, sha1 } = digester.whole(xml, 0, xml.length);
      assert.equal(byteLength, encoder.encode(text).length);
      assert.equal(sha1ToBase36(sha1!), sha1Base36Of(text), text);
    }
  }
});

test("the digester takes what the plain decoder takes, and no more", () => {
  const digester = new TextDigester({ makeSha1: () => createHash("sha1") });
  const piece = fc.constantFrom(
    "&amp;",
    "&lt;",
    "&#10;",
    "&#x41;",
    "&quot;",
    "&",
    "&am",
    "&#;",
    "&nope;",
    "a",
    "lt;",
    ";",
    "é",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(60), (words, cut) => {
    const xml = encoder.encode(words.join(""));
    let expected: Uint8Array | undefined;
    try {
      expected = decodeBytes(xml, 0, xml.length);
    } catch {
      // No text of XML.
    }
    const run = (): Uint8Array | undefined => {
      digester.start();
      digester.push(xml, 0, Math.min(cut, xml.length));
      digester.push(xml, Math.min(cut, xml.length), xml.length);
      return digester.finish().sha1;
    };
    if (expected === undefined) assert.throws(run, { code: "BAD_ENTITY" });
    else assert.deepEqual(new Uint8Array(run()!), sha1Of(expected));
  }));
});

test("bytes that are no characters of XML are found where the platform's decoder finds them", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const isGood = (bytes: Uint8Array): boolean => {
    try {
      // deno-lint-ignore no-control-regex -- controls are what is looked for
      return !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(strict.decode(bytes));
    } catch {
      return false;
    }
  };
  const byte = fc.oneof(
    fc.constantFrom(0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xc2, 0xbf, 0xbe, 0x80, 0x9f, 0xa0, 0x90, 0x41),
    fc.nat(255),
  );
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 5 }), (values) => {
      const bytes = Uint8Array.from(values);
      const bad = badCharacterOffset(bytes, 0, bytes.length);
      assert.equal(bad < 0, isGood(bytes));
      if (bad >= 0) assert.ok(isGood(bytes.subarray(0, bad)));
    }),
    { numRuns: 5000 },
  );
});

test("lines are counted, and found for bytes of earlier chunks", () => {
  const text = "one\ntwo\n\nfour and more\n";
  const bytes = encoder.encode(text);
  assert.equal(countLines(bytes), 4);
  assert.equal(countLines(bytes, 4, 9), 2);
  const many = Uint8Array.from({ length: 300 }, (_, i) => [10, 11, 9, 138, 0, 10, 255][(i * i) % 7]!);
  for (let offset = 0; offset < 9; offset++) {
    for (let end = offset; end < 60; end++) {
      const part = many.subarray(offset, end + 100);
      const start = end % 5;
      assert.equal(countLines(part, start, end), part.subarray(start, end).filter((byte) => byte === 10).length);
    }
  }
  for (const { name, chunks } of chunkings(bytes)) {
    const lines = new LineFinder();
    let start = 0;
    for (const chunk of chunks) {
      lines.push(chunk);
      for (let at = 0; at <= start + chunk.length; at++) {
        assert.equal(lines.lineAt(at), text.slice(0, at).split("\n").length, `${name}, ${at}`);
      }
      start += chunk.length;
      lines.endChunk(start);
      chunk.fill(0x0a);
    }
  }
  const long = new LineFinder();
  for (let i = 0; i < 10; i++) {
    long.push(new Uint8Array(100_000).fill(0x0a));
    long.endChunk(Math.min(300_005, (i + 1) * 100_000));
  }
  assert.equal(long.lineAt(999_500), 999_501);
  assert.equal(long.lineAt(300_005), 300_006, "marked");
  assert.equal(long.lineAt(5), undefined, "long gone");
});

test("a stream can be read like a source, forwards and a little back", async () => {
  const bytes = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * 7) & 255);
  let isCancelled = false;
  let at = 0;
  const source = forwardSource(
    new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at += 100_003));
      },
      cancel: () => void (isCancelled = true),
    }),
  );
  assert.equal(source.size, Infinity);
  const [first, second] = await Promise.all([source.read(0, 10), source.read(300_000, 300_010)]);
  assert.deepEqual([[...first], [...second]], [[...bytes.slice(0, 10)], [...bytes.slice(300_000, 300_010)]]);
  source.release(2_000_000);
  assert.deepEqual(await source.read(2_000_000, 2_000_300), bytes.slice(2_000_000, 2_000_300));
  await assert.rejects(source.read(5, 10), RangeError);
  assert.equal((await source.read(4_999_990, 6_000_000)).length, 10);
  assert.equal(source.size, bytes.length);
  assert.equal((await source.read(6_000_000, 7_000_000)).length, 0);
  await source.cancel();
  const open = forwardSource(new ReadableStream({ cancel: () => void (isCancelled = true) }));
  await open.cancel();
  assert.ok(isCancelled);
});
