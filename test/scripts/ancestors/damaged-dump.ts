/** A dump in one bzip2 stream of several blocks, where its blocks and their pages are, and files made from it by damage. */
import { Bzip2Decoder } from "../../../lib/bzip2/decoder.ts";
import { oldPosition } from "../../../lib/dump/blocks/old-position.ts";
import { makeDump, oneStream } from "../../dump/dump-maker.ts";

/** Every third id, so that there are some between. */
export const DUMP = makeDump(Array.from({ length: 90 }, (_, i) => 10 + 3 * i), () => 5000);
export const FILE = oneStream(DUMP);

export interface MadeBlock {
  readonly bitOffset: number;
  /** As the old tools count. */
  readonly position: number;
  readonly text: string;
  /** Of the pages whose head lies in it. */
  readonly pageIds: readonly number[];
}

function readBlocks(): { blocks: readonly MadeBlock[]; endBit: number } {
  const decoder = new Bzip2Decoder();
  const blocks: MadeBlock[] = [];
  let endBit = 0;
  for (const event of [...decoder.push(FILE), ...decoder.finish()]) {
    if (event.type === "end") endBit = event.bitOffset;
    if (event.type !== "block") continue;
    const { bitOffset } = event.info;
    const text = new TextDecoder("latin1").decode(event.bytes);
    const heads = text.matchAll(/<page>\s+<title>[^<]+<\/title>\s+<ns>0<\/ns>\s+<id>(\d+)/g);
    blocks.push({ bitOffset, position: oldPosition(bitOffset), text, pageIds: [...heads].map(([, id]) => Number(id)) });
  }
  return { blocks, endBit };
}

export const { blocks: BLOCKS, endBit: END_BIT } = readBlocks();

/** The file with one bit turned over. */
export function flip(bit: number, file: Uint8Array = FILE): Uint8Array {
  const flipped = file.slice();
  flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
  return flipped;
}

/** The file with damage in the data of one of its blocks, far from the block's start. */
export function damageBlock(index: number): Uint8Array {
  return flip(BLOCKS[index]!.bitOffset + 100_000);
}
