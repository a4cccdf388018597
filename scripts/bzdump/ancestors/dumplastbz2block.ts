/**
 * dumplastbz2block: what the last block of a bzip2 file holds. Exit code 0 if there is one.
 *
 * Unlike the old tool it works on files without an end, its purpose; and it never prints a block whose checksum is wrong. Like it,
 * it needs the header of the first stream.
 */
import { streamLevel } from "../../../lib/dump/blocks/block-access.ts";
import { findLastBlock } from "../../../lib/dump/blocks/last-block.ts";
import { type Ancestor, AncestorError, OLD_USAGE, usageError } from "./ancestor.ts";
import { HELP, openOldFile } from "./old-file.ts";

const NAME = "dumplastbz2block";
/** What follows the last good block is no block: it is the last one. */
const NO_BLOCK_FOLLOWS = ["TRUNCATED", "TRAILING_DATA", "BAD_MAGIC", "STREAM_CRC"];

export const DUMPLASTBZ2BLOCK: Ancestor = {
  name: NAME,
  options: [HELP, { name: "version", short: "v" }],
  usage: `Usage: ${NAME} [--help] [--version] FILE
Writes what the last whole block of a bzip2 file holds. Exit code 0: done; 1: a damaged block follows it; 255: there is none.
`,
  async run({ arguments: args, stdout, stderr, signal }) {
    const [path] = args.positionals;
    if (path === undefined || args.positionals.length > 1) throw usageError("Missing option or argument.");
    const file = await openOldFile(path, { signal, exitCode: OLD_USAGE });
    try {
      const hasHeader = file !== undefined &&
        streamLevel(await file.source.read(0, Math.min(4, file.source.size))) !== undefined;
      const found = hasHeader ? await findLastBlock(file.source, { signal }) : undefined;
      if (found?.block === undefined) {
        const seeking = file === undefined || file.source.size < 17 ? "lseek of file failed\n" : "";
        throw new AncestorError(`${seeking}failed to find block in bz2file`, OLD_USAGE);
      }
      await stdout.write(found.block.bytes);
      const fault = found.end?.fault;
      if (fault === undefined) return 0;
      await stderr.write(`${NAME}: ${fault.message}\n`);
      return NO_BLOCK_FOLLOWS.includes(fault.code) ? 0 : 1;
    } finally {
      await file?.close();
    }
  },
};
