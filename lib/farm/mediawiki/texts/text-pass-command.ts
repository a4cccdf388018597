/**
 * dumpTextPass.php itself, without a fetcher beside it (`--nospawn`): the slow way to texts, one at a time.
 */
import { type Command, command } from "../../process/command.ts";

export interface TextPassOptions {
  /** The command of a maintenance script with its arguments, such as `php … dumpTextPass.php --wiki=W`. */
  readonly script: (...args: readonly string[]) => Command;
  /** Stubs: gz, or plain. */
  readonly stub: string;
  /** Files of an earlier run, all packed alike. */
  readonly prefetch?: readonly string[];
  /** Where the XML goes; stdout without it. */
  readonly output?: string;
  readonly revisions: "all" | "current";
  /** Revisions between two lines of progress. Default 1000. */
  readonly report?: number;
}

/** Options that are not needed are left out. */
export function textPassCommand(options: TextPassOptions): Command {
  const { script, stub, prefetch = [], output, revisions, report = 1000 } = options;
  const built = script(
    `--stub=${stub.endsWith(".gz") ? "gzip" : "file"}:${stub}`,
    ...(prefetch.length === 0 ? [] : [`--prefetch=${prefetchKind(prefetch)}:${prefetch.join(";")}`]),
    "--dbgroupdefault=dump",
    `--report=${report}`,
    ...(output === undefined ? [] : [`--output=file:${output}`]),
    revisions === "all" ? "--full" : "--current",
  );
  return command(built.file, ...built.args);
}

function prefetchKind(files: readonly string[]): string {
  const endings: readonly (readonly [string, string])[] = [[".bz2", "bzip2"], [".7z", "7zip"], [".gz", "gzip"]];
  return endings.find(([ending]) => files.every((file) => file.endsWith(ending)))?.[1] ?? "file";
}
