/**
 * Makes the slices of a dump: several at a time, each again when it fails, and hands them out in order.
 *
 * A slice is handed out when it is whole, and its files are gone after it was used. Nothing is left on any way out.
 */
import { makeDirectory, removeFile } from "../../../host/directory.ts";
import { onExit } from "../../../host/exit-hooks.ts";
import { removeIf } from "../../../host/file-identity.ts";
import { sliceName } from "../../layout/scratch-names.ts";
import { phpScript, type PhpTools } from "../php-script.ts";
import { runSlice } from "./run-slice.ts";
import { findSliceFile, type SliceFile } from "./slice-files.ts";
import { sliceArguments, type SliceKind } from "./slice-kind.ts";
import type { PlannedSlice } from "./slice-plan.ts";
import type { SliceReport } from "./slice-report.ts";
import { withRetries } from "../with-retries.ts";

const DEFAULT_RETRIES = 3;
const DEFAULT_FIRST_PAUSE_MS = 60_000;
const DEFAULT_STALL_MS = 30 * 60_000;

/** How slices are made. */
export interface SliceSettings {
  readonly wiki: string;
  /** Of the run, YYYYMMDD: in the names of temporary files. */
  readonly date: string;
  readonly php: PhpTools;
  /** Of the wiki; made if it is not there. */
  readonly temporaryDirectory: string;
  /** How many slices may be in the making while one is handed out; 1 without it. */
  readonly concurrency?: number;
  /** How often a slice is tried again; 3 without it. */
  readonly retries?: number;
  /** Before a slice is tried again, doubled each time; a minute without it. */
  readonly firstPauseMs?: number;
  /** Longest silence of a php; half an hour without it. */
  readonly stallMs?: number;
  /** Told of what happens beside, such as a slice that is tried again. */
  readonly onMessage?: (message: string) => void;
}

/** A slice that is whole. */
export interface FinishedSlice<Checked> extends PlannedSlice {
  /** In the order of the kind's outputs. */
  readonly files: readonly SliceFile[];
  /** What `check` gave. */
  readonly checked: Checked;
}

export interface SliceQueueOptions<Checked> {
  readonly kind: SliceKind;
  readonly signal: AbortSignal;
  /** A closer look at the files of a slice; when it throws, the slice is made again. */
  readonly check: (
    files: readonly SliceFile[],
    slice: PlannedSlice,
    report: SliceReport | undefined,
  ) => Promise<Checked>;
  /** Told of the progress of the slice that begins with this id; of nothing (zeros) when it starts anew. */
  readonly onReport?: (firstId: number, report: SliceReport) => void;
}

/** Hands out the slices in order. Throws the error of the first one that could not be made; those before it were handed out. */
export async function* makeSlices<Checked>(
  planned: AsyncGenerator<PlannedSlice, void, undefined>,
  settings: SliceSettings,
  options: SliceQueueOptions<Checked>,
): AsyncGenerator<FinishedSlice<Checked>, void, undefined> {
  await makeDirectory(settings.temporaryDirectory);
  const stop = new AbortController();
  const maker = new SliceMaker(settings, { ...options, signal: AbortSignal.any([options.signal, stop.signal]) });
  const queue: Promise<FinishedSlice<Checked>>[] = [];
  let isPlanned = false;
  const fill = async (): Promise<void> => {
    while (!isPlanned && queue.length < (settings.concurrency ?? 1)) {
      const next = await planned.next();
      isPlanned = next.done === true;
      if (next.done === true) break;
      const made = maker.make(next.value);
      // It is heard when its turn comes.
      made.catch(() => {});
      queue.push(made);
    }
  };
  try {
    for (;;) {
      await fill();
      const slice = await queue.shift();
      if (slice === undefined) return;
      await fill();
      yield slice;
      await maker.remove(slice);
    }
  } finally {
    stop.abort(new Error("The slices are not needed any more"));
    await planned.return();
    await Promise.allSettled(queue);
    await maker.close();
  }
}

/** Makes single slices and knows which files there are. */
class SliceMaker<Checked> {
  readonly #settings: SliceSettings;
  readonly #options: SliceQueueOptions<Checked>;
  readonly #paths = new Set<string>();
  readonly #forget: () => void;

  constructor(settings: SliceSettings, options: SliceQueueOptions<Checked>) {
    this.#settings = settings;
    this.#options = options;
    this.#forget = onExit(() => {
      for (const path of this.#paths) removeIf(path, () => true);
    });
  }

  async make(slice: PlannedSlice): Promise<FinishedSlice<Checked>> {
    const { retries = DEFAULT_RETRIES, firstPauseMs = DEFAULT_FIRST_PAUSE_MS, onMessage } = this.#settings;
    const { kind, signal, onReport } = this.#options;
    return await withRetries(() => this.#attempt(slice), {
      retries,
      firstPauseMs,
      growth: 2,
      signal,
      onRetry(error, pauseMs) {
        onReport?.(slice.first, { pages: 0, revisions: 0 });
        const which = `Slice ${slice.first} to ${slice.last} of ${kind.name}`;
        onMessage?.(`${which} failed, next attempt in ${pauseMs / 1000} s: ${(error as Error).message}`);
      },
    });
  }

  async #attempt(slice: PlannedSlice): Promise<FinishedSlice<Checked>> {
    const { wiki, php, stallMs = DEFAULT_STALL_MS } = this.#settings;
    const { kind, signal, check, onReport } = this.#options;
    const paths = kind.outputs.map(({ name }) => this.#pathOf(slice, name));
    try {
      // What an earlier run left there must not pass for this one's.
      for (const path of paths) await removeFile(path);
      for (const path of paths) this.#paths.add(path);
      const script = await phpScript(php, wiki, kind.script, sliceArguments(kind, slice, paths));
      const report = await runSlice(script, {
        signal,
        paths,
        stallMs,
        onReport: (progress) => onReport?.(slice.first, progress),
      });
      const files: SliceFile[] = [];
      for (const path of paths) files.push(await findSliceFile(path, kind, slice));
      return { ...slice, files, checked: await check(files, slice, report) };
    } catch (error) {
      await this.#removeAll(paths);
      throw error;
    }
  }

  async remove(slice: FinishedSlice<Checked>): Promise<void> {
    await this.#removeAll(slice.files.map(({ path }) => path));
  }

  /** Removes what is left. */
  async close(): Promise<void> {
    try {
      await this.#removeAll([...this.#paths]);
    } finally {
      this.#forget();
    }
  }

  async #removeAll(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await removeFile(path);
      this.#paths.delete(path);
    }
  }

  #pathOf(slice: PlannedSlice, output: string): string {
    const name = sliceName(this.#settings, { kind: this.#options.kind.name, output, ids: slice });
    return `${this.#settings.temporaryDirectory}/${name}`;
  }
}
