/** Ways to damage bytes: what transfers, bad memory and bad will do to files. */
import { concatBytes } from "../../lib/bits/bytes.ts";
import type { Dice } from "./dice.ts";

/** Damages a copy of `bytes`, at a place that `placeIn` gives for a length; `other` is what splices are taken from. */
export function mutateBytes(
  bytes: Uint8Array,
  other: Uint8Array,
  dice: Dice,
  placeIn: (byteLength: number) => number,
): Uint8Array {
  const at = Math.min(placeIn(bytes.length), Math.max(0, bytes.length - 1));
  const count = 1 + dice.below(dice.below(4) === 0 ? 64 : 4);
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (dice.below(10)) {
    case 0:
      return bytes.subarray(0, dice.below(bytes.length + 1));
    case 1:
      return concatBytes([head, tail.subarray(count)]);
    case 2:
      return concatBytes([head, bytes.subarray(dice.below(bytes.length + 1)).subarray(0, count), tail]);
    case 3:
      return concatBytes([head, other.subarray(dice.below(other.length + 1))]);
    case 4:
      return shiftBits(bytes, at * 8 + dice.below(8), dice.below(2) === 0 ? 1 + dice.below(24) : -1 - dice.below(24));
    case 5: {
      const changed = new Uint8Array(bytes);
      changed.fill(dice.pick([0, 0xff, 0x55, 0xaa]), at, at + count);
      return changed;
    }
    default: {
      const changed = new Uint8Array(bytes);
      for (let flips = 1 + dice.below(3); flips > 0 && changed.length > 0; flips--) {
        const place = Math.min(placeIn(bytes.length), changed.length - 1);
        changed[place]! ^= 1 << dice.below(8);
      }
      return changed;
    }
  }
}

/** Puts in zero bits (or takes bits out, for a negative count): all that follows moves. */
function shiftBits(bytes: Uint8Array, fromBit: number, bitCount: number): Uint8Array {
  const changed = new Uint8Array(Math.max(0, Math.ceil((bytes.length * 8 + bitCount) / 8)));
  const firstByte = fromBit >> 3;
  changed.set(bytes.subarray(0, Math.min(firstByte, changed.length)));
  for (let bit = firstByte * 8; bit < changed.length * 8; bit++) {
    const from = bit < fromBit ? bit : bit - bitCount;
    const isInserted = bit >= fromBit && from < fromBit && bitCount > 0;
    const byte = bytes[from >> 3];
    if (!isInserted && byte !== undefined && (byte & (0x80 >> (from & 7))) !== 0) {
      changed[bit >> 3]! |= 0x80 >> (bit & 7);
    }
  }
  return changed;
}

/** Bytes cut into random chunks, some of them empty. */
export function cutAtRandom(bytes: Uint8Array, dice: Dice): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const most = dice.pick([1, 3, 20, 300, 5000]);
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + dice.below(most + 1));
    // Single bytes of a long input would only take time.
    const stop = bytes.length > 20_000 ? Math.min(bytes.length, end + 200) : end;
    chunks.push(bytes.subarray(at, stop));
    if (stop === at && chunks.length > 4 * bytes.length + 10) break;
    at = stop;
  }
  return chunks;
}
