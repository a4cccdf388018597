/**
 * The two files by which an operator stops workers: `maintenance.txt` (start no job while it is there; its text says why) and
 * `exit.txt` (a loop of workers ends before its next wiki).
 */
import { fileFacts } from "../host/directory.ts";
import { readSmallFile } from "../host/small-file.ts";

/** The reason for maintenance, or undefined. The first directory that has the file wins. */
export async function maintenanceReason(directories: readonly string[]): Promise<string | undefined> {
  for (const directory of directories) {
    const text = await readSmallFile(`${directory}/maintenance.txt`);
    if (text !== undefined) return text.trim() === "" ? `${directory}/maintenance.txt is there` : text.trim();
  }
  return undefined;
}

/** Whether loops are to end. */
export async function isExitWanted(directories: readonly string[]): Promise<boolean> {
  for (const directory of directories) {
    if ((await fileFacts(`${directory}/exit.txt`)) !== undefined) return true;
  }
  return false;
}
