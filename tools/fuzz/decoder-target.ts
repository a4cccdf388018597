/** The bzip2 decoder under fuzz: the same in any chunks and block by block, no error but `Bzip2Error`, and a claim for libbz2. */
import { createHash } from "node:crypto";
import { equalBytes } from "../../lib/bits/bytes.ts";
import { combineCrc, CRC_START, finishCrc, updateCrc } from "../../lib/bits/crc32-bzip2.ts";
import { BlockDecoder } from "../../lib/bzip2/block-decoder.ts";
import { Bzip2Error } from "../../lib/errors.ts";
import { decodeChunks, type Decoded } from "../../test/support/collect.ts";
import type { Dice } from "./dice.ts";
import { cutAtRandom, mutateBytes } from "./mutate.ts";
import type { CheckResult, Claim, Seed, Target } from "./target.ts";

/** Magic, head and code tables of a short block. */
const HEAD_BYTES = 100;
const blocks = new BlockDecoder();

export const decoderTarget: Target = { suffix: "bz2", damage, repair, check };

function damage(seeds: readonly Seed[], dice: Dice): Uint8Array {
  const seed = dice.pick(seeds);
  const starts = startsOf(seed);
  let bytes = seed.bytes;
  // Heads and tables are short beside the data, and more interesting: hit them half of the time.
  const placeIn = (byteLength: number): number =>
    dice.below(2) === 0 ? dice.pick(starts) + dice.below(HEAD_BYTES) : dice.below(byteLength + 1);
  for (let times = dice.below(4) === 0 ? 1 + dice.below(3) : 1; times > 0; times--) {
    bytes = mutateBytes(bytes, dice.pick(seeds).bytes, dice, placeIn);
  }
  return bytes;
}

/** Without right checksums, most damage is found by them; a few stay wrong, because checksums are damaged too. */
function repair(bytes: Uint8Array, dice: Dice): Uint8Array {
  return dice.below(10) === 0 ? bytes : repairChecksums(bytes);
}

const knownStarts = new Map<string, readonly number[]>();

/** The bytes at which heads begin: of the file and of its blocks. */
function startsOf({ name, bytes }: Seed): readonly number[] {
  let starts = knownStarts.get(name);
  if (starts === undefined) {
    const { events } = decodeChunks([bytes]);
    starts = [
      0,
      ...events.flatMap((event) =>
        event.type === "block" ? [event.info.bitOffset >> 3] : event.type === "end" ? [event.bitOffset >> 3] : []
      ),
    ];
    knownStarts.set(name, starts);
  }
  return starts;
}

/** The file with the checksums that its blocks really have, as far as it can be read. */
function repairChecksums(file: Uint8Array): Uint8Array {
  const repaired = new Uint8Array(file);
  let streamCrc = 0;
  for (const event of decodeChunks([file], { verify: false }).events) {
    if (event.type === "stream") streamCrc = 0;
    else if (event.type === "end") put32(repaired, event.bitOffset + 48, streamCrc);
    else if (event.type === "block") {
      const crc = finishCrc(updateCrc(CRC_START, event.bytes));
      put32(repaired, event.info.bitOffset + 48, crc);
      streamCrc = combineCrc(streamCrc, crc);
    }
  }
  return repaired;
}

function put32(bytes: Uint8Array, bitOffset: number, value: number): void {
  for (let i = 0; i < 32; i++) {
    const at = bitOffset + i;
    const mask = 0x80 >> (at & 7);
    bytes[at >> 3] = (value >>> (31 - i)) & 1 ? bytes[at >> 3]! | mask : bytes[at >> 3]! & ~mask;
  }
}

function check(bytes: Uint8Array, dice: Dice): CheckResult {
  const whole = decodeChunks([bytes]);
  const outcome = whole.error instanceof Bzip2Error ? whole.error.code : "good";
  const problem = problemOf(whole, bytes) ?? differenceInChunks(whole, bytes, dice) ?? differenceInBlocks(whole, bytes);
  const first = decodeChunks([bytes], { multistream: false });
  return { problem, outcome, claim: claimOf(first, bytes) };
}

function problemOf({ error, bytes: plain, events }: Decoded, bytes: Uint8Array): string | undefined {
  let [bit, byte] = [0, 0];
  for (const event of events) {
    if (event.type !== "block") continue;
    const { bitOffset, bitLength, byteOffset, byteLength } = event.info;
    if (bitOffset < bit || byteOffset !== byte) return `block at bit ${bitOffset} is out of order`;
    [bit, byte] = [bitOffset + bitLength, byteOffset + byteLength];
  }
  if (error === undefined) return undefined;
  if (!(error instanceof Bzip2Error)) return `another error: ${error instanceof Error ? error.stack : String(error)}`;
  if (error.bytesBefore !== plain.length) return `bytesBefore is ${error.bytesBefore}, delivered were ${plain.length}`;
  if (error.bitOffset < 0 || error.bitOffset > bytes.length * 8) return `place ${error.bitOffset} is not in the file`;
  return undefined;
}

function differenceInChunks(whole: Decoded, bytes: Uint8Array, dice: Dice): string | undefined {
  const cut = decodeChunks(cutAtRandom(bytes, dice));
  if (String(cut.error) !== String(whole.error)) {
    return `in chunks: ${String(cut.error)}; whole: ${String(whole.error)}`;
  }
  if (!equalBytes(cut.bytes, whole.bytes)) return "in chunks: other bytes";
  if (eventsText(cut) !== eventsText(whole)) return "in chunks: other events";
  return undefined;
}

function eventsText({ events }: Decoded): string {
  return JSON.stringify(events.map((event) => event.type === "block" ? event.info : event));
}

/** Each block by itself must be what it is in its place. */
function differenceInBlocks({ events }: Decoded, bytes: Uint8Array): string | undefined {
  for (const event of events) {
    if (event.type !== "block") continue;
    const { bitOffset, bitLength, level, crc } = event.info;
    const alone = blocks.decode(bytes, bitOffset, level);
    if (alone.bitEnd !== bitOffset + bitLength || alone.crc !== crc) return `block at bit ${bitOffset} has another end`;
    if (!equalBytes(alone.bytes, event.bytes)) return `block at bit ${bitOffset} has other bytes`;
  }
  return undefined;
}

function claimOf({ error, bytes: plain, events }: Decoded, bytes: Uint8Array): Claim {
  const isShort = error instanceof Bzip2Error && error.code === "TRUNCATED";
  // An empty input is too short for libbz2 and, on purpose, no bzip2 for us.
  const verdict = error === undefined ? "good" : isShort || bytes.length === 0 ? "short" : "bad";
  const endBits = events.map((event) => event.type === "block" ? event.info.bitOffset + event.info.bitLength : 0);
  const goodBytes = Math.ceil(Math.max(0, ...endBits) / 8);
  return { verdict, goodBytes, byteLength: plain.length, md5: createHash("md5").update(plain).digest("hex") };
}
