/**
 * 7z archives by the native tool: nothing else writes or reads them. One archive holds one dump.
 *
 * The tool is looked for when a job needs it, and not before.
 */
import { CommandError } from "../../errors.ts";
import { findProgram } from "../../host/find-program.ts";
import { captureText } from "./capture.ts";
import { command } from "./command.ts";
import { runPipeline, startPipeline } from "./pipeline.ts";

/** The names of the tool, in the order in which they are looked for where the configuration names none. */
export const SEVEN_ZIP_PROGRAMS: readonly string[] = ["7za", "7z", "7zz"];
/** Nothing moved for so long: the tool hangs. Its last step, the end of a big block, may take minutes. */
const STALL_MS = 30 * 60 * 1000;
/** As the reference packs. */
const LEVEL = "-mx=4";

/** A file in an archive. */
export interface SevenZipMember {
  readonly name: string;
  /** Plain bytes; undefined where the archive does not say. */
  readonly byteLength: number | undefined;
}

/**
 * The path of the tool: the one that `[tools] sevenzip` names, or 7za, 7z or 7zz of PATH if it is empty. Throws CommandError NOT_FOUND.
 */
export function findSevenZip(configured: string): string {
  const names = configured === "" ? SEVEN_ZIP_PROGRAMS : [configured];
  for (const name of names) {
    const found = findProgram(name);
    if (found !== undefined) return found;
  }
  const message = configured === ""
    ? `7z files need one of the programs ${SEVEN_ZIP_PROGRAMS.join(", ")}, and none is in PATH`
    : `7z files need ${configured}, which is not there or may not be run`;
  throw new CommandError("NOT_FOUND", message, { commandLine: names[0]! }, {
    remedy: "Install 7-Zip or p7zip, or set [tools] sevenzip to the path of the program",
  });
}

/**
 * The plain bytes of an archive. The stream ends only after the tool ended well, and fails with CommandError otherwise. Cancelling it ends
 * the tool.
 */
export function openSevenZip(
  path: string,
  options: { readonly tool: string; readonly signal?: AbortSignal },
): ReadableStream<Uint8Array> {
  const extract = command(options.tool, "e", "-so", "-bd", "--", path);
  return startPipeline([extract], { ...signalOf(options), stallMs: STALL_MS }).stdout;
}

/** Packs data into a new archive at `path`, as the file `memberName`. Throws CommandError, or what the data fails with. */
export async function writeSevenZip(
  data: ReadableStream<Uint8Array>,
  path: string,
  options: { readonly tool: string; readonly memberName: string; readonly signal?: AbortSignal },
): Promise<void> {
  const pack = command(options.tool, "a", "-t7z", LEVEL, "-bd", "-y", `-si${options.memberName}`, "--", path);
  await runPipeline([pack], { input: data, output: "ignore", ...signalOf(options), stallMs: STALL_MS });
}

/** What files an archive says that it holds. Throws CommandError. */
export async function listSevenZip(
  path: string,
  options: { readonly tool: string; readonly signal?: AbortSignal },
): Promise<readonly SevenZipMember[]> {
  const list = command(options.tool, "l", "-slt", "-ba", "-bd", "--", path);
  const text = await captureText([list], { ...signalOf(options), timeoutMs: STALL_MS });
  return text.split(/\r?\n\r?\n/).flatMap((entry) => {
    const name = /^Path = (.*)$/m.exec(entry)?.[1]?.trimEnd();
    const size = /^Size = (\d+)$/m.exec(entry)?.[1];
    return name === undefined ? [] : [{ name, byteLength: size === undefined ? undefined : Number(size) }];
  });
}

function signalOf({ signal }: { readonly signal?: AbortSignal }): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
