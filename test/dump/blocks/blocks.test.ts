import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { compress } from "../../../lib/bzip2/compress.ts";
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import { decompress } from "../../../lib/bzip2/whole.ts";
import type { BlockInfo } from "../../../lib/bzip2/format.ts";
import {
  type BlockPosition,
  decodeFrom,
  findBlocks,
  type FindBlocksOptions,
  readBlock,
} from "../../../lib/dump/blocks/blocks.ts";
import { bytesSource } from "../../../lib/streams/byte-source.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";
import { sharedPath, skipWithoutShared } from "../../support/shared.ts";
import { cutStreams, makeDump, oneStream, randomFrom } from "../dump-maker.ts";

const IDS = Array.from({ length: 200 }, (_, i) => i + 1);
const DUMP = makeDump(IDS, () => 2000);
const ONE = oneStream(DUMP);
const MANY = cutStreams(DUMP, 70_000, [1, 9, 3]);

/** The blocks as a decoder meets them that reads from the start. */
function blocksOf(bytes: Uint8Array): BlockInfo[] {
  const decoder = new Bzip2Decoder();
  const events = [...decoder.push(bytes), ...decoder.finish()];
  return events.flatMap((event) => event.type === "block" ? [event.info] : []);
}

async function found(bytes: Uint8Array, options?: FindBlocksOptions): Promise<BlockPosition[]> {
  const positions: BlockPosition[] = [];
  for await (const position of findBlocks(bytesSource(bytes), options)) positions.push(position);
  return positions;
}

function positionsOf(blocks: readonly BlockInfo[]): BlockPosition[] {
  return blocks.map(({ bitOffset, level }) => ({ bitOffset, level }));
}

for (const [name, bytes] of [["one stream", ONE], ["streams of mixed levels", MANY]] as const) {
  const blocks = blocksOf(bytes);

  test(`findBlocks finds the blocks of ${name}, with the levels of their streams`, async () => {
    assert.ok(blocks.length >= 4, `${blocks.length} blocks are too few for this test`);
    assert.deepEqual(await found(bytes), positionsOf(blocks));
    assert.deepEqual(await found(bytes, { verify: false }), positionsOf(blocks));
  });

  test(`findBlocks finds the blocks of ${name} backwards`, async () => {
    const bits = blocks.map(({ bitOffset }) => bitOffset).reverse();
    for (const verify of [true, false]) {
      const back = await found(bytes, { direction: "backward", verify });
      assert.deepEqual(back.map(({ bitOffset }) => bitOffset), bits);
    }
  });

  test(`findBlocks starts and ends at any bit of ${name}`, async () => {
    const [, second, third] = blocks;
    for (const direction of ["forward", "backward"] as const) {
      const range = async (fromBit: number, toBit: number): Promise<number[]> =>
        (await found(bytes, { fromBit, toBit, direction, verify: false })).map(({ bitOffset }) => bitOffset).sort((
          a,
          b,
        ) => a - b);
      const [from, to] = [second!.bitOffset, third!.bitOffset];
      assert.deepEqual(await range(from, to), [from]);
      assert.deepEqual(await range(from, to + 1), [from, to]);
      assert.deepEqual(await range(from + 1, to), []);
      assert.deepEqual(await range(from + 1, from + 1), []);
    }
  });

  test(`readBlock and decodeFrom read ${name} from every block on`, async () => {
    const plain = decompress(bytes);
    const source = bytesSource(bytes);
    for (const { bitOffset, bitLength, byteOffset, byteLength, crc, level } of blocks) {
      const block = await readBlock(source, { bitOffset, level: 9 });
      assert.deepEqual(block.bytes, plain.slice(byteOffset, byteOffset + byteLength));
      assert.deepEqual([block.crc, block.bitLength], [crc, bitLength]);
      const rest = await new Response(decodeFrom(source, { bitOffset, level })).arrayBuffer();
      assert.deepEqual(new Uint8Array(rest), plain.slice(byteOffset));
    }
    const untilBit = blocks[2]!.bitOffset;
    const some = await new Response(decodeFrom(source, blocks[0]!, { untilBit })).arrayBuffer();
    assert.equal(some.byteLength, blocks[2]!.byteOffset);
  });
}

test("blocks are found at every alignment of bits, in a search that crosses its pieces", async () => {
  // A stream behind so much junk that its first magic lies across the end of the first piece of the search.
  const file = compress(new TextEncoder().encode("some text to find"));
  for (let shift = 0; shift < 8; shift++) {
    for (const distance of [-8, -7, -6, -5, -1, 0, 1]) {
      const junk = 128 * 1024 + distance;
      const bytes = new Uint8Array(junk + file.length + 1);
      for (let i = 0; i < file.length; i++) {
        bytes[junk + i]! |= file[i]! >> shift;
        bytes[junk + i + 1]! |= (file[i]! << (8 - shift)) & 255;
      }
      const bitOffset = (junk + 4) * 8 + shift;
      const level = 9;
      assert.deepEqual(await found(bytes), [{ bitOffset, level }], `${shift} bits, ${distance} bytes`);
      assert.deepEqual(await found(bytes, { direction: "backward" }), [{ bitOffset, level }]);
    }
  }
});

test("a magic that begins no block is passed over, and what is damaged or cut is left out", async () => {
  const magic = Uint8Array.of(0x31, 0x41, 0x59, 0x26, 0x53, 0x59);
  const file = compress(new TextEncoder().encode("text"));
  const mixed = concatBytes([magic, new Uint8Array(30), magic, file, magic, magic]);
  const bitOffset = (magic.length * 2 + 30 + 4) * 8;
  assert.deepEqual(await found(mixed), [{ bitOffset, level: 9 }]);
  assert.deepEqual(await found(mixed, { direction: "backward" }), [{ bitOffset, level: 9 }]);
  assert.equal((await found(mixed, { verify: false })).length, 5);
  const blocks = blocksOf(ONE);
  const damaged = ONE.slice();
  damaged[Math.floor(blocks[1]!.bitOffset / 8) + 2000]! ^= 4;
  const cut = damaged.subarray(0, -3000);
  assert.deepEqual(await found(cut), positionsOf(blocks.filter((_, i) => i !== 1 && i !== blocks.length - 1)));
});

test("decodeFrom gives all good bytes and then the error, with its place in the file", async () => {
  const blocks = blocksOf(MANY);
  const plain = decompress(MANY);
  const third = blocks[2]!;
  const damaged = MANY.slice();
  damaged[Math.floor(third.bitOffset / 8) + 1000]! ^= 1;
  const cases = [
    { bytes: damaged, good: third.byteOffset, code: /^(BLOCK_CRC|BAD_SYMBOL|BAD_SELECTOR|BLOCK_TOO_LONG)$/ },
    { bytes: MANY.subarray(0, Math.floor(third.bitOffset / 8) + 1000), good: third.byteOffset, code: /^TRUNCATED$/ },
    { bytes: MANY.subarray(0, -1), good: plain.length, code: /^TRUNCATED$/ },
  ];
  for (const { bytes, good, code } of cases) {
    let byteLength = 0;
    await assert.rejects(
      async () => {
        for await (const chunk of chunksOf(decodeFrom(bytesSource(bytes), blocks[0]!))) byteLength += chunk.length;
      },
      (error: Error & { code: string; bitOffset: number }) => {
        assert.match(error.code, code);
        assert.ok(error.bitOffset >= third.bitOffset, `bit ${error.bitOffset}`);
        assert.ok(error.message.endsWith(` (bit ${error.bitOffset})`), error.message);
        return true;
      },
    );
    assert.equal(byteLength, good);
  }
});

test("decodeFrom compares the checksum of every stream that it reads from its start", async () => {
  const streams = [compress(Uint8Array.of(1)), compress(Uint8Array.of(2)), compress(Uint8Array.of(3))];
  for (const [at, byte] of [[1, -1], [1, -5], [0, -5]] as const) {
    const bytes = concatBytes(streams);
    const end = at === 0 ? streams[0]!.length : streams[0]!.length + streams[1]!.length;
    // The last bytes of a stream are its checksum; the very last one may have bits of padding.
    bytes[end + byte - (byte === -1 ? 1 : 0)]! ^= 0x10;
    await assert.rejects(new Response(decodeFrom(bytesSource(bytes), { bitOffset: 32, level: 9 })).text(), {
      code: "STREAM_CRC",
    });
  }
});

test("decodeFrom leaves bytes after the last stream alone, but not a stream header that is cut", async () => {
  const file = compress(Uint8Array.of(65));
  const at = { bitOffset: 32, level: 9 } as const;
  for (const rest of [[0], [66, 65], [0x42, 0x5a, 0x68, 0x30, 1, 2]]) {
    const bytes = concatBytes([file, Uint8Array.from(rest)]);
    assert.equal(await new Response(decodeFrom(bytesSource(bytes), at)).text(), "A", String(rest));
  }
  for (const rest of [[0x42], [0x42, 0x5a, 0x68], [0x42, 0x5a, 0x68, 0x39], [0x42, 0x5a, 0x68, 0x39, 0x31]]) {
    const bytes = concatBytes([file, Uint8Array.from(rest)]);
    await assert.rejects(new Response(decodeFrom(bytesSource(bytes), at)).text(), { code: "TRUNCATED" }, String(rest));
  }
});

test("readBlock refuses a place without a block", async () => {
  const random = randomFrom(5);
  const starts = new Set(blocksOf(ONE).map(({ bitOffset }) => bitOffset));
  for (let i = 0; i < 50; i++) {
    const bitOffset = Math.floor(random() * ONE.length * 8);
    if (starts.has(bitOffset)) continue;
    await assert.rejects(readBlock(bytesSource(ONE), { bitOffset, level: 9 }), { name: "Bzip2Error" });
  }
});

test("a search that is aborted ends with the reason", async () => {
  const reason = new Error("stop");
  const signal = AbortSignal.abort(reason);
  await assert.rejects(found(ONE, { signal }), reason);
  await assert.rejects(
    new Response(decodeFrom(bytesSource(ONE), { bitOffset: 32, level: 1 }, { signal })).text(),
    reason,
  );
});

test("files of the C tools' golden cases have the blocks that a decoder meets", {
  skip: skipWithoutShared("conformance", "mwbzutils", "inputs"),
}, async () => {
  for (const name of ["concat-l1-l9", "concat-l9-l1", "falsemagic-middle", "block2-shift5", "emptymiddle", "p12-ms5"]) {
    const bytes = readFileSync(sharedPath("conformance", "mwbzutils", "inputs", `${name}.bz2`)!);
    assert.deepEqual(await found(bytes), positionsOf(blocksOf(bytes)), name);
  }
});
