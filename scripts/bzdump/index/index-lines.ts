/** Lines of an index on their way to a file, packed as its name says, or to standard output. */
import type { OutputSink } from "../../../lib/host/terminal.ts";
import { fileOutput, standardOutputAs } from "../io/output.ts";
import { PackedText, packingOf } from "../packing/packed-output.ts";

/** Many lines are packed and written at a time. */
const BATCH_CHARACTERS = 64 * 1024;

/** Where lines go to. */
export interface LinesOutput {
  readonly byteLength: number;
  /** Writes all lines, which have their line ends; the file then gets its name. If anything fails, it does not. */
  write(lines: AsyncIterable<string>): Promise<void>;
}

/** Opens a file, or standard output for "-". Do it before any reading: a directory that is missing must be told at once. */
export async function openLinesOutput(
  path: string,
  options: { readonly isForced: boolean; readonly stdout: OutputSink },
): Promise<LinesOutput> {
  const { isForced, stdout } = options;
  const output = path === "-" ? standardOutputAs(stdout, { isBinary: false }) : await fileOutput(path, { isForced });
  return {
    get byteLength() {
      return output.byteLength;
    },
    async write(lines: AsyncIterable<string>): Promise<void> {
      try {
        const packed = new PackedText(output, path === "-" ? "plain" : packingOf(path));
        let batch = "";
        for await (const line of lines) {
          batch += line;
          if (batch.length < BATCH_CHARACTERS) continue;
          await packed.write(batch);
          batch = "";
        }
        await packed.write(batch);
        await packed.end();
        await output.finish();
      } finally {
        // Nothing is left to discard of a file that has its name.
        await output.discard();
      }
    },
  };
}
