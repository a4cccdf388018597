import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, equalBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder, type DecoderEvent } from "../../../lib/bzip2/decoder.ts";
import type { BlockInfo } from "../../../lib/bzip2/format.ts";
import { decompress } from "../../../lib/bzip2/whole.ts";
import { checkEnds } from "../../../lib/dump/blocks/check-ends.ts";
import { findLastBlock } from "../../../lib/dump/blocks/last-block.ts";
import { type ByteSource, bytesSource } from "../../../lib/streams/byte-source.ts";
import { bits } from "../../support/bit-script.ts";
import { utf8 } from "../../support/collect.ts";
import { randomBytes } from "../../support/hard-inputs.ts";
import { BLOCK_A, endAfter } from "../../support/small-blocks.ts";
import { cutStreams, makeDump, multistream, oneStream, randomFrom } from "../dump-maker.ts";

const DUMP = makeDump(Array.from({ length: 37 }, (_, i) => i + 1), () => 2800);
const EMPTY = compress(new Uint8Array());
const GOOD: readonly (readonly [string, Uint8Array])[] = [
  ["one stream", oneStream(DUMP)],
  ["streams cut anywhere", cutStreams(DUMP, 20_000, [1, 9])],
  ["multistream", multistream(DUMP, 4).bytes],
  ["one small block", compress(utf8("a"))],
  ["several empty streams at the end", concatBytes([oneStream(DUMP, 9), EMPTY, EMPTY, EMPTY])],
  ["an empty stream in front", concatBytes([EMPTY, oneStream(DUMP)])],
];

interface Seen {
  readonly blocks: readonly { readonly info: BlockInfo; readonly bytes: Uint8Array }[];
  readonly ends: readonly number[];
}

/** Blocks and ends of streams as a decoder finds them that reads from the start, as far as the file is good. */
function seenIn(file: Uint8Array): Seen {
  const decoder = new Bzip2Decoder();
  const events: DecoderEvent[] = [];
  try {
    for (const event of decoder.push(file)) events.push(event);
    for (const event of decoder.finish()) events.push(event);
  } catch {
    // What is not good is not counted.
  }
  return {
    blocks: events.flatMap((event) => event.type === "block" ? [event] : []),
    ends: events.flatMap((event) => event.type === "end" ? [event.endByteOffset] : []),
  };
}

for (const [name, file] of GOOD) {
  test(`${name}: the last block, and those before it`, async () => {
    const { blocks } = seenIn(file);
    for (const [i, { info, bytes }] of blocks.slice(-4).reverse().entries()) {
      const { block, end } = await findLastBlock(bytesSource(file), { fromLast: i + 1 });
      assert.equal(block?.bitOffset, info.bitOffset);
      assert.deepEqual(block?.bytes, bytes);
      assert.equal(end?.fault, undefined);
      assert.equal(end?.goodBytes, file.length);
      const before = await findLastBlock(bytesSource(file), { beforeBit: info.bitOffset + 1 });
      assert.equal(before.block?.bitOffset, info.bitOffset);
    }
    const { block } = await findLastBlock(bytesSource(file), { fromLast: blocks.length + 1 });
    assert.equal(block, undefined);
  });

  test(`${name}: both ends are good, and the report says where`, async () => {
    const report = await checkEnds(bytesSource(file));
    const { blocks, ends } = seenIn(file);
    assert.equal(report.fault, undefined);
    assert.equal(report.lastBlock?.bitOffset, blocks.at(-1)?.info.bitOffset);
    assert.equal(report.lastBlock?.bitLength, blocks.at(-1)?.info.bitLength);
    assert.equal(report.footer?.endByteOffset, ends.at(-1));
    assert.equal(report.goodBytes, file.length);
  });

  test(`${name}: cut off anywhere, the last whole block comes, and what is missing is told`, async () => {
    const random = randomFrom(3);
    const cuts = Array.from({ length: 11 }, (_, i) => file.length - 1 - i);
    for (let round = 0; round < 8; round++) cuts.push(Math.floor(random() * file.length));
    for (const length of cuts.filter((cut) => cut > 0)) {
      const cut = file.subarray(0, length);
      const { blocks, ends } = seenIn(cut);
      const { block, end } = await findLastBlock(bytesSource(cut));
      assert.equal(block?.bitOffset, blocks.at(-1)?.info.bitOffset, `cut to ${length}`);
      const isBorder = ends.at(-1) === length;
      const report = await checkEnds(bytesSource(cut));
      assert.equal(report.fault?.code, isBorder ? undefined : "TRUNCATED", `cut to ${length}`);
      if (length >= 4) assert.equal(end?.fault?.code, report.fault?.code, `cut to ${length}`);
    }
  });

  test(`${name}: a flipped bit at the end does not go unnoticed, wherever it is`, async () => {
    const { blocks } = seenIn(file);
    const lastBlockBit = blocks.at(-1)!.info.bitOffset;
    const from = Math.max(lastBlockBit, (file.length - 60) * 8);
    const { footer } = await checkEnds(bytesSource(file));
    const text = decompress(file);
    const isLong = blocks.filter(({ info }) => info.streamIndex === blocks.at(-1)!.info.streamIndex).length > 1;
    for (let bit = from; bit < file.length * 8; bit += isLong ? 5 : 2) {
      const damaged = file.slice();
      damaged[bit >> 3]! ^= 0x80 >> (bit & 7);
      const { fault } = await checkEnds(bytesSource(damaged));
      if (fault !== undefined) continue;
      // Some bits of a block do not matter; and the checksum of a stream of several blocks is not to be told from one of them.
      const isInCrc = bit >= footer!.bitOffset + 48 && bit < footer!.bitOffset + 80 && isLong;
      assert.ok(isInCrc || equalBytes(decompress(damaged), text), `bit ${bit} of ${file.length * 8}`);
    }
  });

  test(`${name}: other bytes behind it are told, and the good length`, async () => {
    for (const extra of [utf8("x"), new Uint8Array(11), new Uint8Array(5000), utf8("BZh0"), randomBytes(300_000, 4)]) {
      const longer = bytesSource(concatBytes([file, extra]));
      const report = await checkEnds(longer);
      assert.equal(report.fault?.code, "TRAILING_DATA");
      assert.equal(report.goodBytes, file.length);
      const { block } = await findLastBlock(longer);
      assert.equal(block?.bitOffset, seenIn(file).blocks.at(-1)?.info.bitOffset);
    }
    const { fault } = await checkEnds(bytesSource(concatBytes([file, utf8("BZ")])));
    assert.equal(fault?.code, "TRUNCATED");
  });
}

test("files that are none are called so", async () => {
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [new Uint8Array(), "NOT_BZIP2"],
    [utf8("hello, world, this is text"), "NOT_BZIP2"],
    [Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), "NOT_BZIP2"],
    [utf8("BZh0 and more bytes"), "BAD_LEVEL"],
    [utf8("BZh9 and more bytes"), "BAD_MAGIC"],
    [utf8("BZh9"), "TRUNCATED"],
    [utf8("B"), "TRUNCATED"],
  ];
  for (const [bytes, code] of cases) assert.equal((await checkEnds(bytesSource(bytes))).fault?.code, code);
  assert.equal((await checkEnds(bytesSource(EMPTY))).fault, undefined);
  const gzipped = await checkEnds(bytesSource(Uint8Array.of(0x1f, 0x8b, 8, 0)));
  assert.match(gzipped.fault!.message, /gzip/);
});

test("all alignments of the last block and of the end, with padding that is not zero", async () => {
  for (let blockCount = 1; blockCount <= 9; blockCount++) {
    const file = bits`"BZh1" (${BLOCK_A})*${blockCount} ${endAfter(blockCount)} |`;
    const { fault, footer, lastBlock } = await checkEnds(bytesSource(file.bytes));
    assert.equal(fault, undefined, `${blockCount} blocks`);
    assert.equal(lastBlock?.byteLength, 1);
    const padding = file.bytes.length * 8 - footer!.bitOffset - 80;
    for (let bit = 0; bit < padding; bit++) {
      const damaged = file.bytes.slice();
      damaged[damaged.length - 1]! ^= 1 << bit;
      assert.equal((await checkEnds(bytesSource(damaged))).fault?.code, "BAD_MAGIC");
    }
  }
});

test("a block magic inside of the last block hides nothing", async () => {
  const magic = Uint8Array.of(0x31, 0x41, 0x59, 0x26, 0x53, 0x59);
  const junk = concatBytes([randomBytes(700, 1), magic, randomBytes(900, 2), magic]);
  const file = concatBytes([oneStream(DUMP), junk]);
  const { block, end } = await findLastBlock(bytesSource(file));
  assert.equal(block?.bitOffset, seenIn(oneStream(DUMP)).blocks.at(-1)!.info.bitOffset);
  assert.equal(end?.fault?.code, "TRAILING_DATA");
});

test("of a large file only the ends are read", async () => {
  const tail = oneStream(DUMP);
  const size = 5_000_000_000 + tail.length;
  let readLength = 0;
  const source: ByteSource = {
    size,
    read(start, end) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      readLength += bytes.length;
      for (let i = 0; i < bytes.length; i++) {
        const at = start + i;
        bytes[i] = tail[at < tail.length ? at : at - (size - tail.length)] ?? 0;
      }
      return Promise.resolve(bytes);
    },
  };
  const report = await checkEnds(source);
  assert.equal(report.fault, undefined);
  assert.ok(report.lastBlock!.bitOffset > 2 ** 32 * 8);
  assert.ok(readLength < 1_500_000, `${readLength}`);
});

test("a download that was broken off, of which only zeros are at the end", async () => {
  const file = concatBytes([oneStream(DUMP).subarray(0, 9000), new Uint8Array(70 * 1024 * 1024)]);
  const { fault } = await checkEnds(bytesSource(file));
  assert.equal(fault?.code, "BAD_MAGIC");
  assert.match(fault!.message, /zeros/);
});
