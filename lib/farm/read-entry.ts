/** How a wiki stands: its latest run as its files tell it, and whether somebody works on it. Reads only. */
import { isWikidumpError } from "../errors.ts";
import { readRunOf } from "./earlier-run.ts";
import { findLocks } from "./lock/stale.ts";
import type { FarmEntry } from "./report/farm-entry.ts";
import { listRunDates } from "./run-dates.ts";
import { withoutRoots } from "./trouble.ts";
import type { Wiki } from "./wiki.ts";

/** An entry, and what is wrong with the wiki's files in words for the operator: with paths. */
export interface ReadEntry {
  readonly entry: FarmEntry;
  readonly problems: readonly string[];
}

/** Reads it. Files that cannot be read are problems, not errors; `known` are problems that are known already. */
export async function readEntry(wiki: Wiki, known: readonly string[] = []): Promise<ReadEntry> {
  const problems = [...known];
  const tell = (error: unknown): undefined => {
    if (!isWikidumpError(error)) throw error;
    problems.push(error.message);
  };
  const locks = await findLocks(wiki.privateDirectory).catch(tell);
  const dates = await listRunDates(wiki).catch(tell);
  const date = dates?.at(-1);
  const record = date === undefined ? undefined : await readRunOf(wiki, date).catch(tell);
  problems.push(...record?.problems ?? []);
  const distinct = [...new Set(problems)];
  const entry: FarmEntry = {
    wiki: wiki.name,
    isPrivate: wiki.isPrivate,
    isClosed: wiki.isClosed,
    isLocked: locks !== undefined && locks.length > 0,
    date: record === undefined ? undefined : date,
    status: record?.status,
    line: record?.line,
    problems: distinct.map((one) => withoutRoots(one, wiki.settings)),
  };
  return { entry, problems: distinct.map((one) => `${wiki.name}: ${one}`) };
}
