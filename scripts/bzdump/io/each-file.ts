/**
 * Does the same with every file of a command line. A file that fails is reported, and the next one follows.
 */
import { EXIT, exitCodeFor } from "../../../lib/cli/exit-codes.ts";
import { type OutputSink, StdoutClosedError } from "../../../lib/host/terminal.ts";
import { nameFile, renderFileError } from "./file-error.ts";

export interface EachFileContext {
  /** Such as "bzdump test". */
  readonly command: string;
  readonly isJson: boolean;
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
}

/** Returns the exit code of the first file that failed, or 0. Standard input is worked on when no file is named. */
export async function eachFile(
  files: readonly string[],
  context: EachFileContext,
  work: (file: string) => Promise<number | void>,
): Promise<number> {
  let exitCode: number = EXIT.DONE;
  for (const file of files.length === 0 ? ["-"] : files) {
    let code: number;
    try {
      code = await work(file) ?? EXIT.DONE;
    } catch (error) {
      if (error instanceof StdoutClosedError || context.signal.aborted) throw error;
      const named = nameFile(error, file === "-" ? "standard input" : file);
      await context.stderr.write(renderFileError(named, context));
      code = exitCodeFor(named);
    }
    if (exitCode === EXIT.DONE) exitCode = code;
  }
  return exitCode;
}
