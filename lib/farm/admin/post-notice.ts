/** Sets or deletes the notice of a run from outside, and has the pages show it: at once, or by the worker that has the run. */
import { isWikidumpError } from "../../errors.ts";
import { deleteNotice, setNotice } from "../notice.ts";
import type { Wiki } from "../wiki.ts";
import { changeRun } from "./change-run.ts";

/** "by the worker": a worker has the run, and its pages are its own; it reads the file now and then. */
export type NoticeOutcome = "shown" | "by the worker";

/** Posts a text, or takes the notice back when it is undefined. */
export async function postNotice(wiki: Wiki, date: string, text: string | undefined): Promise<NoticeOutcome> {
  await (text === undefined ? deleteNotice(wiki, date) : setNotice(wiki, date, text));
  try {
    await changeRun(wiki, date, (status) => Promise.resolve({ status }));
    return "shown";
  } catch (error) {
    if (isWikidumpError(error) && error.code === "HELD") return "by the worker";
    throw error;
  }
}
