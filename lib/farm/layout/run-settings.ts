/**
 * `<wiki>-<date>-runsettings.txt`: what decides which files a run has, kept with the run. A rerun of the same date goes by it, whatever
 * the configuration says by then.
 *
 *     [1, "70,90", "0", "2", 1, 1, 720]
 *     chunksEnabled, pagesPerChunkHistory, revsPerChunkHistory (unused), chunksForPagelogs, recombineMetaCurrent, recombineHistory,
 *     checkpointTime
 */
import { replaceFile } from "../../host/replace-file.ts";
import { readSmallFile } from "../../host/small-file.ts";

/** Keys of [chunks] that a run keeps. */
export interface RunSettings {
  readonly chunksEnabled: boolean;
  readonly pagesPerChunkHistory: readonly number[];
  readonly chunksForPagelogs: number;
  readonly recombineMetaCurrent: boolean;
  readonly recombineHistory: boolean;
  /** Any number but 0 for files of page ranges; kept as it was written. */
  readonly checkpointTime: number;
}

/** The settings of a run. */
export interface LoadedRunSettings {
  readonly settings: RunSettings;
  /** Whether they are those of the file. */
  readonly isKept: boolean;
  /** A file that made no sense and was written anew: what was wrong with it. */
  readonly notice: string | undefined;
}

/** The content of the file. */
export function renderRunSettings(settings: RunSettings): string {
  const { chunksEnabled, pagesPerChunkHistory, chunksForPagelogs } = settings;
  const flag = (value: boolean): string => value ? "1" : "0";
  const sizes = pagesPerChunkHistory.length === 0 ? "0" : pagesPerChunkHistory.join(",");
  const values = [
    flag(chunksEnabled),
    JSON.stringify(sizes),
    '"0"',
    JSON.stringify(String(chunksForPagelogs)),
    flag(settings.recombineMetaCurrent),
    flag(settings.recombineHistory),
    String(settings.checkpointTime),
  ];
  return `[${values.join(", ")}]\n`;
}

/** Reads the content of the file; undefined if it makes no sense. */
export function parseRunSettings(text: string): RunSettings | undefined {
  const values = listOf(text);
  if (values?.length !== 7) return undefined;
  const [chunks, pages, , logs, current, history, checkpoint] = values;
  const numbers = [chunks, logs, current, history, checkpoint].map(wholeNumber);
  const sizes = String(pages).split(",").map((size) => wholeNumber(size.trim()));
  if (numbers.includes(undefined) || sizes.includes(undefined)) return undefined;
  return {
    chunksEnabled: numbers[0] !== 0,
    pagesPerChunkHistory: sizes as number[],
    chunksForPagelogs: numbers[1]!,
    recombineMetaCurrent: numbers[2] !== 0,
    recombineHistory: numbers[3] !== 0,
    checkpointTime: numbers[4]!,
  };
}

/**
 * The settings that hold for a run: those in its file; if there is none, or it makes no sense, those of the configuration, which
 * are written down. Throws SourceError if the file cannot be read or written.
 */
export async function loadRunSettings(
  path: string,
  configured: RunSettings,
  mode?: number,
): Promise<LoadedRunSettings> {
  const text = await readSmallFile(path);
  const kept = text === undefined ? undefined : parseRunSettings(text);
  if (kept !== undefined) return { settings: kept, isKept: true, notice: undefined };
  await replaceFile(path, renderRunSettings(configured), mode === undefined ? {} : { mode });
  const notice = text === undefined
    ? undefined
    : `${path} made no sense (${JSON.stringify(text.slice(0, 60))}) and was written anew from the configuration`;
  return { settings: configured, isKept: false, notice };
}

function listOf(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Numbers stand there as numbers, as text, or as true and false. */
function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === "boolean" ? Number(value) : /^\d{1,15}$/.test(String(value)) ? Number(value) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}
