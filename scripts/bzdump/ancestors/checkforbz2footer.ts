/**
 * checkforbz2footer: whether a file ends with the end of a bzip2 stream. Exit code 0 if it does, 255 if not; nothing is printed.
 */
import { endsWithBzip2Footer, FOOTER_MAX_BYTES } from "../../../lib/dump/blocks/footer.ts";
import { type Ancestor, AncestorError, OLD_USAGE, usageError } from "./ancestor.ts";
import { HELP, openOldFile } from "./old-file.ts";

const NAME = "checkforbz2footer";

export const CHECKFORBZ2FOOTER: Ancestor = {
  name: NAME,
  options: [HELP, { name: "version", short: "v" }],
  usage: `Usage: ${NAME} [--help] [--version] FILE
Exit code 0: FILE ends with the end of a bzip2 stream; 255: it does not, or cannot be read.
`,
  async run({ arguments: args, signal }) {
    const [path] = args.positionals;
    if (path === undefined || args.positionals.length > 1) throw usageError("Missing option or argument.");
    const file = await openOldFile(path, { signal, exitCode: OLD_USAGE });
    try {
      const size = file?.source.size ?? 0;
      if (file === undefined || size < FOOTER_MAX_BYTES) throw new AncestorError("lseek of file failed", OLD_USAGE);
      return endsWithBzip2Footer(await file.source.read(size - FOOTER_MAX_BYTES, size)) ? 0 : OLD_USAGE;
    } finally {
      await file?.close();
    }
  },
};
