/**
 * 7z archives by the native tool: reading one that holds a dump, and making one.
 */
import { accessSync, constants } from "node:fs";
import { rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import process from "node:process";
import { CommandError } from "../../../lib/errors.ts";
import { command } from "../../../lib/farm/process/command.ts";
import { runPipeline, startPipeline } from "../../../lib/farm/process/pipeline.ts";

/** The names under which the tool comes, the most able first. */
const PROGRAMS = ["7zz", "7z", "7za", "7zr"];

/** The program's path. Throws CommandError NOT_FOUND, so that a missing one is told before any work. */
export function findSevenZip(): string {
  const directories = (process.env["PATH"] ?? "").split(delimiter).filter((path) => path !== "");
  for (const name of PROGRAMS) {
    const found = directories.map((directory) => join(directory, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new CommandError("NOT_FOUND", `7z archives need the program 7z, which is not in PATH`, { commandLine: "7z" }, {
    remedy: "Install 7-Zip or p7zip, or use .bz2 or .gz",
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What the files of an archive hold, one after another. Fails with CommandError. */
export function readSevenZip(path: string, signal: AbortSignal): ReadableStream<Uint8Array> {
  const extract = command(findSevenZip(), "x", "-so", "-bd", "--", path);
  return startPipeline([extract], { signal, tolerateEarlyEnd: true }).stdout;
}

/** Packs data into a new archive, in which the file has the name `memberName`. Throws CommandError; nothing is left then. */
export async function writeSevenZip(
  data: ReadableStream<Uint8Array>,
  path: string,
  options: { readonly memberName: string; readonly signal: AbortSignal },
): Promise<void> {
  await rm(path, { force: true });
  const pack = command(findSevenZip(), "a", "-t7z", "-bd", "-y", `-si${options.memberName}`, "--", path);
  try {
    await runPipeline([pack], { input: data, output: "ignore", signal: options.signal });
  } catch (error) {
    await rm(path, { force: true });
    await rm(`${path}.tmp`, { force: true });
    throw error;
  }
}
