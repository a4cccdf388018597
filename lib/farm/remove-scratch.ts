/** Removes what a run has in the temporary directory of its wiki. */
import { listDirectory, removeFile } from "../host/directory.ts";
import { isScratchName } from "./layout/scratch-names.ts";
import type { Wiki } from "./wiki.ts";

/** Removes the scratch files of a run, and no others; gives their names. To be called by who holds the lock of the run. */
export async function removeScratch(wiki: Wiki, date: string): Promise<readonly string[]> {
  const owner = { wiki: wiki.name, date };
  const names = (await listDirectory(wiki.tempDirectory)).filter((name) => isScratchName(name, owner));
  for (const name of names) await removeFile(`${wiki.tempDirectory}/${name}`);
  return names;
}
