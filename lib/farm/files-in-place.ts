/** Which of the files that a status lists are there, as long as they were; the others count as absent. */
import { fileFacts } from "../host/directory.ts";
import { absentFile } from "./report/file-status.ts";
import type { FileStatus } from "./report/run-status.ts";

/** The same objects for files that are in place. */
export async function filesInPlace(files: readonly FileStatus[], directory: string): Promise<FileStatus[]> {
  return await Promise.all(files.map(async (file) => {
    const facts = await fileFacts(`${directory}/${file.name}`);
    const isThere = facts !== undefined && (file.sizeBytes === undefined || facts.byteLength === file.sizeBytes);
    return isThere ? file : absentFile(file.name);
  }));
}
