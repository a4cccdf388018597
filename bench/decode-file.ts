/** What bench/decode.ts measures: decodes a bzip2 file to stdout, a piece of the file at a time. */

import { openSync, readSync, writeSync } from "node:fs";
import process from "node:process";
import { Bzip2Decoder, type DecoderEvent } from "../lib/bzip2/decoder.ts";

const READ_BYTES = 256 * 1024;

const file = openSync(process.argv[2]!, "r");
const decoder = new Bzip2Decoder();
for (;;) {
  const chunk = new Uint8Array(READ_BYTES);
  const length = readSync(file, chunk);
  if (length === 0) break;
  writeBlocks(decoder.push(chunk.subarray(0, length)));
}
writeBlocks(decoder.finish());

function writeBlocks(events: Iterable<DecoderEvent>): void {
  for (const event of events) {
    if (event.type !== "block") continue;
    for (let at = 0; at < event.bytes.length;) at += writeSync(1, event.bytes, at);
  }
}
