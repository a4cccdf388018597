/**
 * The notice of a run, `notice.txt` in its directory: a text by which an operator tells readers of the page something. It is shown as
 * text, whatever is in it.
 *
 * The file is the truth, and is replaced whole, so that it can be written while a worker has the run.
 */
import { UsageError } from "../errors.ts";
import { removeFile } from "../host/directory.ts";
import { replaceFile } from "../host/replace-file.ts";
import { readSmallFile } from "../host/small-file.ts";
import { runDirectory } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";

/** Sets the notice of a run, whose directory exists. Throws UsageError for a text without a letter. */
export async function setNotice(wiki: Wiki, date: string, text: string): Promise<void> {
  const trimmed = text.trim();
  if (trimmed === "") throw new UsageError("A notice needs a text", { remedy: "To take it back, delete it" });
  await replaceFile(noticePath(wiki, date), `${trimmed}\n`, { mode: wiki.settings.output.fileperms });
}

/** Takes the notice of a run back; one that is not there is fine. */
export async function deleteNotice(wiki: Wiki, date: string): Promise<void> {
  await removeFile(noticePath(wiki, date));
}

/** The notice of a run as it is now; empty without one. */
export async function readNotice(wiki: Wiki, date: string): Promise<string> {
  return (await readSmallFile(noticePath(wiki, date)))?.trim() ?? "";
}

function noticePath(wiki: Wiki, date: string): string {
  return `${runDirectory(wiki, date)}/notice.txt`;
}
