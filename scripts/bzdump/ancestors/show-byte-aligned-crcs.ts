/**
 * show_byte_aligned_crcs.py: the checksums of the blocks that begin on a byte, and that at the end of the file if it begins on one.
 */
import { combineCrc } from "../../../lib/bits/crc32-bzip2.ts";
import { findBzip2Footer, FOOTER_BITS, FOOTER_MAX_BYTES, readBits } from "../../../lib/dump/blocks/footer.ts";
import { MarkerSearch } from "../../../lib/dump/blocks/marker-search.ts";
import { type Ancestor, AncestorError } from "./ancestor.ts";
import { crcLine, HELP, hex, inputOf, openOldFile } from "./old-file.ts";

const NAME = "show_byte_aligned_crcs";
const FOOTER_BYTES = FOOTER_BITS / 8;
const MAGIC_BITS = 48;

export const SHOW_BYTE_ALIGNED_CRCS: Ancestor = {
  name: NAME,
  options: [HELP, { name: "input", short: "i", takesValue: true }, { name: "verbose", short: "v" }],
  usageExitCode: 1,
  usage: `Usage: ${NAME}.py --input FILE [--verbose] [--help]
Prints the checksums of the blocks of a bzip2 file that begin on a byte, one by one and combined.
`,
  async run({ arguments: args, stdout, signal }) {
    const path = inputOf(args);
    const file = await openOldFile(path, { signal, exitCode: 1 });
    if (file === undefined) throw new AncestorError(`${path} cannot be read at any place`, 1);
    const { source } = file;
    try {
      const search = new MarkerSearch(source, { bytesBefore: 0, bytesBehind: FOOTER_MAX_BYTES, signal });
      let combined = 0;
      for (let at = await search.next(0); at !== undefined; at = await search.next(at.bitOffset + 1)) {
        const byteOffset = at.bitOffset / 8;
        const bytes = search.around(byteOffset, byteOffset + FOOTER_BYTES);
        // A checksum that the end of the file cuts is none.
        if (at.kind !== "block" || !Number.isInteger(byteOffset) || bytes.length < FOOTER_BYTES) continue;
        const crc = readBits(bytes, MAGIC_BITS, 32);
        combined = combineCrc(combined, crc);
        await stdout.write(crcLine(crc, combined, byteOffset));
      }
      const footer = findBzip2Footer(await source.read(Math.max(0, source.size - FOOTER_BYTES), source.size));
      await stdout.write(footer === undefined ? "No crc retrieved for the file\n" : `File CRC: ${hex(footer.crc)}\n`);
      await stdout.write(`And now the big finish, the computed crc\nFile CRC: ${hex(combined)}\n`);
      return 0;
    } finally {
      await file.close();
    }
  },
};
