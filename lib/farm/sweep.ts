/**
 * One sweep of the monitor: puts runs in order whose workers are gone, then shows how all wikis stand.
 *
 * Private wikis are shown in the private tree only: nothing in the public tree tells that they exist. One wiki whose files
 * are damaged or unreadable never hides the others; it is listed with what is wrong.
 */

import { isWikidumpError } from "../errors.ts";
import { fileFacts } from "../host/directory.ts";
import { abortAbandonedBatches } from "./abandoned-batches.ts";
import { recoverAbandonedRuns } from "./abandoned-runs.ts";
import type { FarmConfig } from "./config/farm-config.ts";
import type { WikiSettings } from "./config/schema.ts";
import { writeFarmIndex } from "./farm-index.ts";
import { maintenanceReason } from "./maintenance.ts";
import { readEntry } from "./read-entry.ts";
import type { RecoveredRun } from "./recover.ts";
import { type FarmEntry, type FarmState, farmState } from "./report/farm-entry.ts";
import { reportSettingsOf } from "./report-settings-of.ts";
import { makeWiki } from "./wiki.ts";
import type { Wiki } from "./wiki.ts";
import { readWikiLists } from "./wiki-lists.ts";

export interface SweepOptions {
  /** Where maintenance.txt is looked for. */
  readonly directories: readonly string[];
  /** Told of everything that is done and everything that is wrong, one line each. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  /** The present, for tests. */
  readonly now?: () => Date;
}

/** What a sweep found and did. */
export interface SweepOutcome {
  /** How many wikis there are of each kind, private ones included. */
  readonly counts: Readonly<Record<FarmState, number>>;
  readonly recovered: readonly RecoveredRun[];
  /** Paths of the index files that changed. */
  readonly written: readonly string[];
  /** What is wrong, one sentence each. */
  readonly problems: readonly string[];
}

/** So many wikis are looked at side by side: their files may be on a slow file system. */
const WIKIS_AT_ONCE = 16;

/**
 * Sweeps once.
 *
 * @throws {SourceError} if a list of wikis cannot be read or the index cannot be written
 * @throws {ConfigError} MISSING, if there is no list of wikis
 */
export async function sweepFarm(config: FarmConfig, options: SweepOptions): Promise<SweepOutcome> {
  const settings = config.forWiki();
  const lists = await readWikiLists(settings);
  const wikis = lists.wikis.map((listed) => makeWiki(listed.name, settings, listed));
  const seen: SeenWiki[] = [];
  for (let first = 0; first < wikis.length; first += WIKIS_AT_ONCE) {
    options.signal?.throwIfAborted();
    const batch = wikis.slice(first, first + WIKIS_AT_ONCE);
    seen.push(...await Promise.all(batch.map((wiki) => seeWiki(wiki, options))));
  }
  const problems = [...lists.problems, ...seen.flatMap((one) => one.problems), ...await misplacedWikis(wikis)];
  for (const problem of problems) options.log(problem);
  const entries = seen.map((one) => one.entry);
  return {
    counts: countStates(entries),
    recovered: seen.flatMap((one) => one.recovered),
    written: await writeIndexes(entries, settings, options),
    problems,
  };
}

interface SeenWiki {
  readonly entry: FarmEntry;
  readonly recovered: readonly RecoveredRun[];
  /** For the operator; the entry has the same, without paths of this machine. */
  readonly problems: readonly string[];
}

async function seeWiki(wiki: Wiki, options: SweepOptions): Promise<SeenWiki> {
  const problems: string[] = [];
  const tell = (error: unknown): [] => {
    if (!isWikidumpError(error)) throw error;
    problems.push(error.message);
    return [];
  };
  const recovered = await recoverAbandonedRuns(wiki, {
    now: options.now?.() ?? new Date(),
    staleAgeMs: wiki.settings.reporting.staleage * 1000,
    log: options.log,
  }).catch(tell);
  await abortAbandonedBatches(wiki, options.log).catch(tell);
  return { recovered, ...await readEntry(wiki, problems) };
}

/** A wiki that became private after it was dumped in public still has its old dumps there. */
async function misplacedWikis(wikis: readonly Wiki[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, isPrivate, settings } of wikis) {
    const path = `${settings.output.public}/${name}`;
    if (!isPrivate || settings.output.public === settings.output.private) continue;
    if (await fileFacts(path).catch(() => undefined) !== undefined) {
      problems.push(`${name} is a private wiki, but ${path} is in the public tree: move it away or remove it`);
    }
  }
  return problems;
}

function countStates(entries: readonly FarmEntry[]): Record<FarmState, number> {
  const counts = { running: 0, complete: 0, partial: 0, failed: 0, aborted: 0, never: 0, unreadable: 0 };
  for (const entry of entries) counts[farmState(entry)] += 1;
  return counts;
}

async function writeIndexes(
  entries: readonly FarmEntry[],
  settings: WikiSettings,
  options: SweepOptions,
): Promise<string[]> {
  const maintenance = await maintenanceReason(options.directories) ?? "";
  const common = { settings: reportSettingsOf(settings), maintenance, log: options.log };
  const publicEntries = entries.filter((entry) => !entry.isPrivate);
  const privateEntries = entries.filter((entry) => entry.isPrivate);
  const written = await writeFarmIndex(publicEntries, { ...common, directory: settings.output.public });
  if (privateEntries.length > 0 && settings.output.private !== settings.output.public) {
    written.push(...await writeFarmIndex(privateEntries, { ...common, directory: settings.output.private }));
  }
  return written;
}
