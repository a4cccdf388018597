import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import { isWikidumpError } from "../../../lib/errors.ts";
import { findBlocks } from "../../../lib/dump/blocks/blocks.ts";
import { type FromOffsetProgress, readFromOffset } from "../../../lib/dump/blocks/from-offset.ts";
import { type ByteSource, bytesSource } from "../../../lib/streams/byte-source.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";
import { collectStream, utf8 } from "../../support/collect.ts";
import {
  cutStreams,
  expectedDocument,
  FOOTER,
  HEADER,
  type MadeDump,
  makeDump,
  multistream,
  oneStream,
  randomFrom,
  textOf,
} from "../dump-maker.ts";

const DUMP = makeDump(Array.from({ length: 90 }, (_, i) => 3 * i + 1), (id) => id % 7 === 0 ? 5000 : 700);
const FEW = makeDump(Array.from({ length: 12 }, (_, i) => 5 * i + 1), () => 300);
const FORMS: readonly (readonly [string, Uint8Array, MadeDump])[] = [
  ["one stream", oneStream(DUMP), DUMP],
  ["streams cut anywhere, of mixed levels", cutStreams(DUMP, 3001, [1, 9, 5]), DUMP],
  ["very small streams", cutStreams(FEW, 61), FEW],
  ["multistream", multistream(DUMP, 7).bytes, DUMP],
];

interface PlainBlock {
  readonly bitOffset: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** The blocks of a file, from a decoder that reads it from its start. */
function blocksOf(file: Uint8Array): PlainBlock[] {
  const decoder = new Bzip2Decoder();
  return [...decoder.push(file), ...decoder.finish()].flatMap((event) => event.type === "block" ? [event.info] : []);
}

/** The pages whose "<" lies in the text of the blocks that begin in a range of bits. */
function pagesOf(dump: MadeDump, file: Uint8Array, fromBit: number, untilBit: number): string {
  const blocks = blocksOf(file);
  const begin = blocks.find(({ bitOffset }) => bitOffset >= fromBit)?.byteOffset ?? Infinity;
  const end = blocks.find(({ bitOffset }) => bitOffset >= untilBit)?.byteOffset ?? Infinity;
  let at = HEADER.length;
  return dump.pages.filter((page) => {
    const tag = at + page.indexOf("<");
    at += page.length;
    return tag >= begin && tag < end;
  }).join("");
}

for (const [name, file, dump] of FORMS) {
  const pagesIn = (from: number, until: number): string => pagesOf(dump, file, from, until);

  const source = bytesSource(file);

  test(`${name}: from anywhere, header, the whole pages behind, footer`, async () => {
    const random = randomFrom(5);
    for (let round = 0; round < 15; round++) {
      const fromBit = Math.floor(random() * file.length * 8);
      const text = await textOf(readFromOffset(source, fromBit));
      assert.equal(text, HEADER + pagesIn(fromBit, Infinity) + FOOTER, `from bit ${fromBit}`);
    }
    assert.equal(await textOf(readFromOffset(source, 0)), dump.xml);
  });

  test(`${name}: parts with the same borders have every page once`, async () => {
    const random = randomFrom(6);
    for (let round = 0; round < 8; round++) {
      const places = Array.from({ length: 4 }, () => Math.floor(random() * file.length * 8)).sort((a, b) => a - b);
      const borders = [0, ...places, Infinity];
      let joined = "";
      let raw = "";
      for (let i = 1; i < borders.length; i++) {
        const [fromBit, untilBit] = [borders[i - 1]!, borders[i]!];
        const part = await textOf(readFromOffset(source, fromBit, { untilBit, form: "pages" }));
        assert.equal(part, pagesIn(fromBit, untilBit), `bits ${fromBit} to ${untilBit}`);
        joined += part;
        raw += await textOf(readFromOffset(source, fromBit, { untilBit, form: "raw" }));
      }
      assert.equal(joined, dump.pages.join(""), `borders ${places}`);
      assert.equal(raw, dump.xml, `borders ${places}`);
    }
  });

  test(`${name}: a part is a document of its own`, async () => {
    const [fromBit, untilBit] = [file.length * 2, file.length * 5];
    const text = await textOf(readFromOffset(source, fromBit, { untilBit }));
    assert.equal(text, HEADER + pagesIn(fromBit, untilBit) + FOOTER);
  });

  test(`${name}: with the open page, the page around the first block comes too`, async () => {
    for (const { bitOffset, byteOffset } of blocksOf(file).slice(0, 40)) {
      let at = HEADER.length;
      const expected = dump.pages.filter((page) => {
        // A page is open in a block if it began before, and its end tag did not.
        const isOpen = at + page.indexOf("<") < byteOffset && at + page.lastIndexOf("</page>") >= byteOffset;
        const isBehind = at + page.indexOf("<") >= byteOffset;
        at += page.length;
        return isOpen || isBehind;
      });
      const text = await textOf(readFromOffset(source, bitOffset, { withOpenPage: true, form: "pages" }));
      assert.equal(text, expected.join(""), `block at bit ${bitOffset}`);
    }
  });

  test(`${name}: cut off, all good pages come before the error, and no footer is made up`, async () => {
    const random = randomFrom(7);
    for (let round = 0; round < 20; round++) {
      const cut = bytesSource(file.subarray(0, Math.floor(random() * file.length)));
      const fromBit = Math.floor(random() * cut.size * 8);
      const { values, error } = await collectStream(readFromOffset(cut, fromBit));
      const text = new TextDecoder().decode(concatBytes(values));
      assert.ok(isWikidumpError(error), `cut to ${cut.size}, from bit ${fromBit}: ${error}`);
      const whole = HEADER + pagesIn(fromBit, Infinity) + FOOTER;
      const isHeaderOnly = text === "" || text === HEADER;
      assert.ok(isHeaderOnly || whole.startsWith(text), `cut to ${cut.size}, from bit ${fromBit}`);
    }
  });

  test(`${name}: one damaged bit gives the right document or an error, never less`, async () => {
    const random = randomFrom(8);
    let errors = 0;
    for (let round = 0; round < 40; round++) {
      const damaged = file.slice();
      const bit = Math.floor(random() * file.length * 8);
      damaged[bit >> 3]! ^= 0x80 >> (bit & 7);
      const fromBit = Math.floor(random() * file.length * 8);
      const { values, error } = await collectStream(readFromOffset(bytesSource(damaged), fromBit));
      if (error !== undefined) {
        assert.ok(isWikidumpError(error), String(error));
        errors++;
        continue;
      }
      const text = new TextDecoder().decode(concatBytes(values));
      const expected = HEADER + pagesIn(fromBit, Infinity) + FOOTER;
      assert.ok(text === expected, `bit ${bit} damaged, from bit ${fromBit}`);
    }
    assert.ok(errors > 0);
  });
}

test("behind the last block there are no pages, and the start is told as missing", async () => {
  const file = oneStream(DUMP);
  const seen: FromOffsetProgress[] = [];
  const onProgress = (progress: FromOffsetProgress): void => void seen.push(progress);
  for (const fromBit of [file.length * 8 - 80, file.length * 8, file.length * 80]) {
    assert.equal(await textOf(readFromOffset(bytesSource(file), fromBit, { onProgress })), HEADER + FOOTER);
    assert.equal(seen.at(-1)?.start, undefined);
    assert.equal(await textOf(readFromOffset(bytesSource(file), fromBit, { form: "raw" })), "");
  }
});

test("behind the last block of a dump that was cut between streams, the end is missed", async () => {
  const { bytes, index } = multistream(DUMP, 7);
  const place = Number(index.trim().split("\n").at(-1)!.split(":")[0]);
  const cut = bytesSource(bytes.subarray(0, place));
  for (const form of ["document", "pages"] as const) {
    await assert.rejects(textOf(readFromOffset(cut, place * 8 - 50, { form })), { code: "TRUNCATED" });
    await assert.rejects(textOf(readFromOffset(cut, place * 80, { form })), { code: "TRUNCATED" });
  }
});

test("a document without pages, and one that is no dump", async () => {
  const empty = bytesSource(compress(utf8(HEADER + FOOTER)));
  assert.equal(await textOf(readFromOffset(empty, 0)), HEADER + FOOTER);
  const other = bytesSource(compress(utf8("hello")));
  await assert.rejects(textOf(readFromOffset(other, 0)), { code: "NO_MEDIAWIKI" });
  assert.equal(await textOf(readFromOffset(other, 0, { form: "raw" })), "hello");
  await assert.rejects(textOf(readFromOffset(bytesSource(new Uint8Array()), 0)), { code: "NOT_BZIP2" });
  await assert.rejects(textOf(readFromOffset(bytesSource(utf8("<mediawiki>")), 0)), { code: "NOT_BZIP2" });
});

test("lines that end with CR LF, and other indents, come out as they are", async () => {
  const xml = DUMP.xml.replaceAll("\n", "\r\n").replaceAll("  <page>", "\t<page>");
  const file = compress(utf8(xml), { level: 1 });
  assert.equal(await textOf(readFromOffset(bytesSource(file), 0)), xml);
});

test("a stream whose header is damaged is no junk behind the last stream", async () => {
  const { bytes, index } = multistream(DUMP, 7);
  const place = Number(index.trim().split("\n").at(-1)!.split(":")[0]);
  const damaged = bytes.slice();
  damaged[place]! ^= 1;
  for (const form of ["document", "pages", "raw"] as const) {
    await assert.rejects(textOf(readFromOffset(bytesSource(damaged), 0, { form })), isWikidumpError, form);
  }
});

test("a damaged block at the place is an error, not a later start", async () => {
  const dump = makeDump(Array.from({ length: 90 }, (_, i) => i + 1), () => 4000);
  const file = oneStream(dump);
  const [, second, third] = blocksOf(file);
  assert.ok(third !== undefined);
  const damaged = file.slice();
  damaged[Math.floor(second!.bitOffset / 8) + 5000]! ^= 1;
  const { values, error } = await collectStream(readFromOffset(bytesSource(damaged), second!.bitOffset - 9));
  assert.equal(new TextDecoder().decode(concatBytes(values)), HEADER);
  assert.ok(isWikidumpError(error));
  // Behind its head, too: nobody knows what the damage hides. The error says where the next good block is, and there is no error.
  const later = await collectStream(readFromOffset(bytesSource(damaged), second!.bitOffset + 1));
  assert.ok(isWikidumpError(later.error) && later.error.remedy.includes(`bit:${third.bitOffset}`));
  const text = await textOf(readFromOffset(bytesSource(damaged), third.bitOffset));
  assert.equal(text, HEADER + pagesOf(dump, file, third.bitOffset, Infinity) + FOOTER);
});

test("places above 2^32 bytes work", async () => {
  const { bytes } = multistream(DUMP, 7);
  const gap = 6_000_000_000;
  // Header stream, a gap that nobody may read, all again.
  const source: ByteSource = {
    size: gap + bytes.length,
    read: (start, end) => {
      const stop = Math.min(end, source.size);
      const answer = new Uint8Array(Math.max(0, stop - start));
      assert.ok(answer.length < 4_000_000);
      for (const from of [0, gap]) {
        const part = bytes.subarray(Math.max(0, start - from), Math.max(0, stop - from));
        if (part.length > 0) answer.set(part, Math.max(0, from - start));
      }
      return Promise.resolve(answer);
    },
  };
  assert.equal(await textOf(readFromOffset(source, gap * 8)), DUMP.xml);
  const middle = gap * 8 + bytes.length * 4;
  assert.equal(
    await textOf(readFromOffset(source, middle)),
    HEADER + pagesOf(DUMP, bytes, bytes.length * 4, Infinity) + FOOTER,
  );
});

test("few bytes are read: the header, and what follows the place", async () => {
  const dump = makeDump(Array.from({ length: 900 }, (_, i) => i + 1), () => 2000);
  const file = oneStream(dump);
  let readLength = 0;
  const inner = bytesSource(file);
  const source: ByteSource = {
    size: inner.size,
    async read(start, end, options) {
      const bytes = await inner.read(start, end, options);
      readLength += bytes.length;
      return bytes;
    },
  };
  const last: number[] = [];
  for await (const { bitOffset } of findBlocks(inner, { direction: "backward" })) {
    last.push(bitOffset);
    if (last.length === 2) break;
  }
  readLength = 0;
  await textOf(readFromOffset(source, last[1]!));
  assert.ok(readLength < 500_000, `${readLength} of ${file.length}`);
});

test("expected documents of the whole dump are what a part from the start is", async () => {
  const file = cutStreams(DUMP, 3000);
  assert.equal(await textOf(readFromOffset(bytesSource(file), 1)), expectedDocument(DUMP, () => true));
});

test("borrowed chunks are the same bytes, in memory that is used again", async () => {
  const file = cutStreams(DUMP, 3001);
  for (const form of ["document", "raw"] as const) {
    const own = await textOf(readFromOffset(bytesSource(file), 0, { form }));
    const buffers = new Set<ArrayBufferLike>();
    const copies: Uint8Array[] = [];
    for await (const bytes of chunksOf(readFromOffset(bytesSource(file), 0, { form, chunks: "borrowed" }))) {
      copies.push(bytes.slice());
      buffers.add(bytes.buffer);
    }
    assert.ok(new TextDecoder().decode(concatBytes(copies)) === own, form);
    // Some thirty blocks; besides, what the borders of blocks cut, and header and footer.
    if (form === "raw") assert.ok(buffers.size <= 3, `${buffers.size} buffers`);
  }
});
