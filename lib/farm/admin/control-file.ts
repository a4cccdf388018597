/**
 * Makes and removes the two files by which an operator stops workers, where the workers of this installation look for them.
 *
 * Differs from dumps (Python): the admin tool there makes them in whatever directory it is started in.
 */
import { fileFacts, removeFile } from "../../host/directory.ts";
import { replaceFile } from "../../host/replace-file.ts";

export type ControlKind = "maintenance" | "exit";

/** Makes `maintenance.txt` or `exit.txt` in the first of these directories; gives its path. Text of an earlier one is replaced. */
export async function makeControlFile(
  kind: ControlKind,
  text: string,
  directories: readonly string[],
): Promise<string> {
  const path = controlPath(kind, directories[0] ?? ".");
  // Workers of every user read it.
  await replaceFile(path, text === "" ? "" : `${text}\n`, { mode: 0o644 });
  return path;
}

/** The files of this kind that are there. */
export async function findControlFiles(kind: ControlKind, directories: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of directories.map((directory) => controlPath(kind, directory))) {
    if (await fileFacts(path) !== undefined) found.push(path);
  }
  return found;
}

/** Removes them, from every directory in which workers look; gives the paths of those that were there. */
export async function removeControlFiles(
  kind: ControlKind,
  directories: readonly string[],
): Promise<readonly string[]> {
  const found = await findControlFiles(kind, directories);
  for (const path of found) await removeFile(path);
  return found;
}

/** Where a file of this kind is made. */
export function controlPath(kind: ControlKind, directory: string): string {
  return `${directory}/${kind}.txt`;
}
