/**
 * Every bzip2 file of the shared corpus: the verdict of bzip2 1.0.8, the hash of the content, the tables of streams and
 * blocks, and what the files' own authors say of them.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findMagic } from "../../lib/bits/bit-search.ts";
import { BlockDecoder } from "../../lib/bzip2/block-decoder.ts";
import type { DecoderEvent } from "../../lib/bzip2/decoder.ts";
import { BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW } from "../../lib/bzip2/format.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { pieces } from "../support/chunkings.ts";
import { decodeChunks } from "../support/collect.ts";
import { sharedPath, skipWithoutShared } from "../support/shared.ts";

const CORPUS = ["conformance", "corpus"] as const;
const skip = skipWithoutShared(...CORPUS, "manifest.json");

const STREAM_TABLE = "stream_table[offset,level,crc,blocks[bit,bits,crc,content_bytes]]";

/** Bit, bits, checksum, plain bytes; null where the file is too bad to know. */
type BlockRow = [number, number | null, string | null, number | null];
type StreamRow = [number, number, string | null, BlockRow[]];

interface Bzip2Facts {
  readonly d_exit: number;
  readonly t_message: string;
  readonly content_sha256?: string;
  readonly content_size?: number;
  readonly trailing_bytes: number;
  readonly [STREAM_TABLE]: StreamRow[];
}

interface Entry {
  readonly file: string;
  readonly sha256: string;
  readonly bzip2?: Bzip2Facts;
}

/** What the files' authors state; which fields are there depends on the kind. */
interface KnownAnswer {
  readonly file: string;
  readonly kind: string;
  readonly table?: readonly (readonly [number, number])[];
  readonly sha256?: string;
  readonly bit?: number;
  readonly stream_crc?: number;
  readonly block_crcs?: readonly number[];
  readonly block_bits?: readonly number[];
}

function readCorpus(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(sharedPath(...CORPUS, name)!));
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(sharedPath(...CORPUS, name)!, "utf8")) as T;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

/** The manifest's table, from events. */
function tableOf(events: readonly DecoderEvent[]): StreamRow[] {
  const table: StreamRow[] = [];
  for (const event of events) {
    const stream = table.at(-1)!;
    if (event.type === "stream") table.push([event.byteOffset, event.level, null, []]);
    else if (event.type === "end") stream[2] = hex(event.crc);
    else if (event.type === "block") {
      const { bitOffset, bitLength, crc, byteLength } = event.info;
      stream[3].push([bitOffset, bitLength, hex(crc), byteLength]);
    }
  }
  return table;
}

/** The codes that fit what bzip2 says of a file. */
function codesFor(message: string): RegExp {
  if (message.startsWith("file ends")) return /^(TRUNCATED|NOT_BZIP2)$/;
  if (message.startsWith("bad magic")) return /^(NOT_BZIP2|BAD_LEVEL)$/;
  return /^(BLOCK_CRC|STREAM_CRC|BAD_\w+|BLOCK_TOO_LONG)$/;
}

function assertLikeManifest({ file, bzip2 }: Entry & { bzip2: Bzip2Facts }, input: Uint8Array): void {
  const { events, bytes, error } = decodeChunks([input]);
  if (bzip2.d_exit === 0) {
    assert.equal(error, undefined, `${file}: ${String(error)}`);
    assert.equal(bytes.length, bzip2.content_size, file);
    assert.equal(sha256(bytes), bzip2.content_sha256, file);
    assert.deepEqual(tableOf(events), bzip2[STREAM_TABLE], file);
    const last = events.at(-1)!;
    assert.equal(last.type === "trailing" ? last.byteLength : 0, bzip2.trailing_bytes, file);
    return;
  }
  assert.ok(error instanceof Bzip2Error, `${file}: no error, but bzip2 says: ${bzip2.t_message}`);
  assert.match(error.code, codesFor(bzip2.t_message), `${file}: ${error.message}`);
  assert.equal(error.bytesBefore, bytes.length, file);
  // The blocks before the bad one are those of the table, too.
  const good = bzip2[STREAM_TABLE].flatMap(([, , , blocks]) => blocks);
  tableOf(events).flatMap(([, , , blocks]) => blocks).forEach((row, i) => {
    assert.deepEqual([row[0], row[2]], [good[i]![0], good[i]![2]], file);
  });
}

test("every file of the corpus gets the verdict, content and tables of bzip2 1.0.8", { skip }, () => {
  const entries = readJson<Entry[]>("manifest.json");
  let checked = 0;
  for (const entry of entries) {
    const { bzip2 } = entry;
    if (bzip2 === undefined) continue;
    const input = readCorpus(entry.file);
    assert.equal(sha256(input), entry.sha256, entry.file);
    assertLikeManifest({ ...entry, bzip2 }, input);
    checked++;
  }
  assert.ok(checked > 700, `only ${checked} files`);
});

test("files of the corpus give the same in small pieces", { skip }, () => {
  for (const { file, bzip2 } of readJson<Entry[]>("manifest.json")) {
    if (bzip2 === undefined) continue;
    const input = readCorpus(file);
    if (input.length > 20_000 || (bzip2.content_size ?? 0) > 500_000) continue;
    const whole = decodeChunks([input]);
    const cut = decodeChunks(pieces(input, () => 7));
    assert.deepEqual(cut.events.map(withoutBytes), whole.events.map(withoutBytes), file);
    assert.equal(sha256(cut.bytes), sha256(whole.bytes), file);
    assert.equal(String(cut.error), String(whole.error), file);
  }
});

function withoutBytes(event: DecoderEvent): unknown {
  return event.type === "block" ? event.info : event;
}

test("the files' authors say the same", { skip }, () => {
  const answers = readJson<KnownAnswer[]>("known-answers.json");
  const seen = new Set<string>();
  let checked = 0;
  for (const answer of answers) {
    const { kind } = answer;
    const file = storedFile(answer.file);
    if (file === undefined) continue;
    const input = readCorpus(file);
    if (kind.startsWith("plain content")) {
      assert.equal(sha256(decodeChunks([input]).bytes), answer.sha256, answer.file);
    } else if (kind.startsWith("content of the block")) {
      const level = (input[3]! - 0x30) as 1;
      assert.equal(sha256(new BlockDecoder().decode(input, answer.bit!, level).bytes), answer.sha256, answer.file);
    } else if (kind.startsWith("block table")) {
      const table = tableOf(decodeChunks([input]).events).flatMap(([, , , blocks]) => blocks);
      assert.deepEqual(table.map(([bit, , , bytes]) => [bit, bytes]), answer.table, answer.file);
    } else if (kind.startsWith("scanner_test.go")) {
      const [stream] = tableOf(decodeChunks([input]).events);
      assert.equal(stream![2], hex(answer.stream_crc!), answer.file);
      assert.deepEqual(stream![3].map(([, , crc]) => crc), answer.block_crcs!.map(hex), answer.file);
      assert.deepEqual(stream![3].map(([, bits]) => bits! - 48), answer.block_bits, answer.file);
    } else if (kind.startsWith("bzip2recover")) {
      assert.deepEqual(answer.table!.map(([start]) => start - 48), allBlocks(input), answer.file);
    } else assert.fail(`unknown kind of answer: ${kind}`);
    seen.add(kind);
    checked++;
  }
  assert.equal(seen.size, 5);
  assert.ok(checked >= 34, `only ${checked} of ${answers.length} answers have their file`);
});

/** The corpus keeps one copy of files that several projects carry: the samples of bzip2 itself lie with bzip2. */
function storedFile(file: string): string | undefined {
  const places = [file, `bzip2-upstream/${file.slice(file.lastIndexOf("/") + 1)}`];
  return places.find((place) => sharedPath(...CORPUS, place) !== undefined);
}

/** All places with a block's magic. */
function allBlocks(input: Uint8Array): number[] {
  const found: number[] = [];
  for (let bit = 0;; bit++) {
    bit = findMagic(input, BLOCK_MAGIC_HIGH, BLOCK_MAGIC_LOW, bit, input.length * 8);
    if (bit < 0) return found;
    found.push(bit);
  }
}
