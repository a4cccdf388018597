/**
 * Chooses the files of an earlier run whose texts need not be fetched again. Pure: what there is comes in as a value.
 *
 * The newest run counts that has done the job and has files of it: those of page ranges that overlap the wanted pages, else those of
 * parts, else the whole file.
 *
 * Differs from dumps (Python): a 7z file counts when the job that makes it is done, not when the one of the bz2 file is. A whole file may
 * be of any size: there, one below 70,000 bytes counts as empty, and small wikis have all their texts fetched at every run.
 */
import { type DumpFileName, parseDumpFileName } from "../../../dump/file-name.ts";

/** One earlier run, as it lies there. */
export interface PrefetchRun {
  /** YYYYMMDD. */
  readonly date: string;
  /** Names of its files, without directory. */
  readonly files: readonly string[];
  /** Names of its jobs that are done. */
  readonly jobsDone: readonly string[];
}

export interface PrefetchWish {
  readonly wiki: string;
  /** Such as "pages-meta-history". */
  readonly dumpName: string;
  /** Date of the run that wants to know; it does not count itself. */
  readonly date: string;
  /** Pages that are wanted. */
  readonly pages?: { readonly first: number; readonly last: number };
  /** The job that writes the files of each extension; the first one with files is taken ("7z" first with sevenzipprefetch). */
  readonly kinds: readonly { readonly extension: "7z" | "bz2" | "gz"; readonly job: string }[];
  /** `--prefetchdate`: only that run. */
  readonly onlyDate?: string;
}

/** The files of one run, in page order. */
export interface PrefetchChoice {
  readonly date: string;
  readonly names: readonly string[];
}

interface Candidate {
  readonly name: string;
  readonly parsed: DumpFileName;
}

/** The files to take texts from; undefined if there are none. */
export function choosePrefetch(wish: PrefetchWish, runs: readonly PrefetchRun[]): PrefetchChoice | undefined {
  const isEligible = ({ date }: PrefetchRun) =>
    date !== wish.date && (wish.onlyDate === undefined || wish.onlyDate === date);
  const newestFirst = runs.filter(isEligible).sort((a, b) => (a.date < b.date ? 1 : -1));
  for (const run of newestFirst) {
    for (const { extension, job } of wish.kinds) {
      if (!run.jobsDone.includes(job)) continue;
      const names = namesIn(run, wish, extension);
      if (names.length > 0) return { date: run.date, names };
    }
  }
  return undefined;
}

function namesIn(run: PrefetchRun, wish: PrefetchWish, extension: string): readonly string[] {
  const candidates = run.files.flatMap((name): Candidate[] => {
    const parsed = parseDumpFileName(name);
    // A name with a suffix for unfinished files is parsed as if it had none; such a file is not taken.
    const isWanted = parsed !== undefined && parsed.wiki === wish.wiki && parsed.date === run.date &&
      parsed.dumpName === wish.dumpName && parsed.type === "xml" && parsed.extension === extension &&
      name.endsWith(`.${extension}`);
    return isWanted ? [{ name, parsed }] : [];
  });
  const ranges = candidates.filter(({ parsed }) => overlaps(parsed.range, wish.pages))
    .sort((a, b) => a.parsed.range!.first - b.parsed.range!.first);
  if (ranges.length > 0) return ranges.map(({ name }) => name);
  const parts = candidates.filter(({ parsed }) => parsed.part !== undefined && parsed.range === undefined)
    .sort((a, b) => a.parsed.part! - b.parsed.part!);
  if (parts.length > 0) return parts.map(({ name }) => name);
  const whole = candidates.filter(({ parsed }) => parsed.part === undefined && parsed.range === undefined);
  return whole.map(({ name }) => name);
}

function overlaps(range: DumpFileName["range"], pages: PrefetchWish["pages"]): boolean {
  return range !== undefined && (pages === undefined || (range.first <= pages.last && pages.first <= range.last));
}
