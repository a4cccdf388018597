/**
 * The batches of a job of one run, shared by workers on any number of hosts: who claims one has it alone.
 *
 * The running file of a batch is what decides: it is made as a lock is, by one worker alone, and touched while that works. The list
 * says what became of each batch; it is changed under its own lock, whole files at a time, with the content before in `.bak`.
 */
import type { PageRange } from "../../dump/pages/page-range.ts";
import { isWikidumpError, LockError } from "../../errors.ts";
import { hostName, ownPid } from "../../host/machine.ts";
import { removeFile } from "../../host/directory.ts";
import { replaceFile } from "../../host/replace-file.ts";
import { readSmallFile } from "../../host/small-file.ts";
import { layoutError } from "../layout/layout-error.ts";
import { breakLock } from "../lock/break-lock.ts";
import { acquireLock, DEFAULT_HEARTBEAT_MS, type Lock } from "../lock/lock.ts";
import { describeLock, readLock } from "../lock/lock-info.ts";
import { whyStale } from "../lock/stale.ts";
import { type Batch, isFree, newBatch } from "./batch.ts";
import { BatchClaim, type BatchOutcome } from "./batch-claim.ts";
import { type BatchFilePlace, parseBatchFile, renderBatchFile } from "./batch-file.ts";
import { batchFileName, runningFileName } from "./batch-names.ts";
import { fitsRanges } from "./group-ranges.ts";
import { type BatchLockOptions, takeBatchLock } from "./take-batch-lock.ts";

export interface BatchListOptions {
  readonly wiki: string;
  readonly job: string;
  /** The private directory of the run. */
  readonly directory: string;
  /** A claim that nobody touched for so long counts as left behind. */
  readonly staleMs: number;
  /** Of the list; the umask decides without it. */
  readonly mode?: number | undefined;
  /** As which this process claims; this machine and process without them. */
  readonly host?: string | undefined;
  readonly pid?: number | undefined;
  /** Time between two touches of a running file; 10 000 without it. */
  readonly heartbeatMs?: number | undefined;
}

/** What a worker that has the run offers. */
export interface BatchOffer {
  /** All page ranges of the job. */
  readonly ranges: readonly PageRange[];
  /** The batches to make of them, where there is no list that fits. */
  readonly batches: readonly PageRange[];
  /** Called before a new list is made. */
  readonly onNew: () => Promise<void>;
  /** Whether all files of a batch are there. */
  readonly isDone: (range: PageRange) => Promise<boolean>;
}

/** A clean-up on the way out must not wait for long. */
const PATIENCE_AT_END_MS = 10_000;

type Change = (batches: readonly Batch[] | undefined) => Promise<readonly Batch[] | undefined>;

export class BatchList {
  readonly path: string;
  readonly #options: BatchListOptions;

  constructor(options: BatchListOptions) {
    this.#options = options;
    this.path = `${options.directory}/${batchFileName(options.job)}`;
  }

  /** All batches; undefined if there is no list. Throws JobError LAYOUT for one that makes no sense, SourceError. */
  async read(): Promise<readonly Batch[] | undefined> {
    const text = await readSmallFile(this.path);
    return text === undefined ? undefined : parseBatchFile(text, this.#place);
  }

  /**
   * Makes the list, or goes on with one whose batches are made of the same ranges: what is not done and nobody has can be claimed again. A
   * list of other ranges is replaced when nobody works by it. Throws JobError LAYOUT if somebody does.
   */
  async offer(offer: BatchOffer): Promise<readonly Batch[]> {
    return (await this.#change(async (known) => {
      const living = await this.#livingOf(known ?? []);
      if (known !== undefined && fitsRanges(known.map(({ range }) => range), offer.ranges)) {
        return await eachInTurn(known, async (batch) => living.has(batch) ? batch : await offeredAgain(batch, offer));
      }
      const [somebody] = living.values();
      if (somebody !== undefined) throw this.#otherRanges(`${somebody} works by it`);
      await offer.onNew();
      return await eachInTurn(offer.batches.map(newBatch), (batch) => offeredAgain(batch, offer));
      // Looks at all files of all batches, which can take its time.
    }, { heartbeatMs: DEFAULT_HEARTBEAT_MS }))!;
  }

  /** Claims the first batch that is wanted and that nobody has; undefined if there is none. */
  async claim(isWanted: (batch: Batch) => boolean = isFree): Promise<BatchClaim | undefined> {
    // Who finds nothing need not keep others waiting.
    if ((await this.read())?.some(isWanted) !== true) return undefined;
    const found: { readonly batch: Batch; readonly running: Lock }[] = [];
    try {
      await this.#change(async (batches) => {
        for (const batch of batches?.filter(isWanted) ?? []) {
          const running = await this.#startRunning(batch.range);
          if (running === undefined) continue;
          const claimed = this.#claimedBy(batch);
          found.push({ batch: claimed, running });
          return batches!.map((one) => (one === batch ? claimed : one));
        }
        return undefined;
      });
    } catch (error) {
      await found[0]?.running.release();
      throw error;
    }
    if (found[0] === undefined) return undefined;
    const { batch, running } = found[0];
    return new BatchClaim(batch, running, (outcome) => this.#finish(batch.range, running, outcome));
  }

  /** Sets batches to aborted whose workers are gone, and removes their running files; gives these batches. */
  async abortStale(): Promise<readonly Batch[]> {
    const seen = await this.read() ?? [];
    if ((await this.#livingOf(seen, "look only")).size === claimedOf(seen).length) return [];
    const aborted: Batch[] = [];
    await this.#change(async (batches = []) => {
      const living = await this.#livingOf(batches);
      aborted.push(...claimedOf(batches).filter((batch) => !living.has(batch)));
      return batches.map((batch) => (aborted.includes(batch) ? { ...batch, state: "aborted" } : batch));
    });
    return aborted;
  }

  /** A batch that is done, but whose files do not hold: it can be claimed again. */
  async reopen({ first }: PageRange): Promise<void> {
    await this.#change(async (batches) =>
      batches?.map((batch) =>
        batch.range.first === first && batch.state === "done"
          ? { ...batch, state: "aborted", completed: undefined }
          : batch
      )
    );
  }

  /** Takes all claims away, and removes the list: what it was made from is going. Tells whether there was one. */
  async withdraw(): Promise<boolean> {
    if (await readSmallFile(this.path) === undefined) return false;
    const lock = await this.#lock();
    try {
      for (const { range } of await this.read().catch(() => undefined) ?? []) {
        await removeFile(this.#runningPath(range));
      }
      await removeFile(this.path);
      await removeFile(`${this.path}.bak`);
    } finally {
      await lock.release();
    }
    return true;
  }

  /** Claimed batches whose workers live, with who that is; running files of others are removed. */
  async #livingOf(batches: readonly Batch[], how: "tidy" | "look only" = "tidy"): Promise<ReadonlyMap<Batch, string>> {
    const living = new Map<Batch, string>();
    for (const batch of claimedOf(batches)) {
      const info = await readLock(this.#runningPath(batch.range));
      if (info === undefined) continue;
      const isStale = whyStale(info, this.#staleness) !== undefined;
      if (isStale && (how === "look only" || breakLock(info, { untouched: true }))) continue;
      living.set(batch, describeLock(info));
    }
    return living;
  }

  /** Makes the running file of a batch, also in the place of one that was left behind; undefined if somebody has it. */
  async #startRunning(range: PageRange): Promise<Lock | undefined> {
    const { host, pid, heartbeatMs } = this.#options;
    const path = this.#runningPath(range);
    const left = await readLock(path);
    if (left !== undefined && whyStale(left, this.#staleness) !== undefined) breakLock(left, { untouched: true });
    try {
      return await acquireLock(path, {
        ...(host !== undefined && { host }),
        ...(pid !== undefined && { pid }),
        ...(heartbeatMs !== undefined && { heartbeatMs }),
      });
    } catch (error) {
      if (isWikidumpError(error) && error.code === "HELD") return undefined;
      throw error;
    }
  }

  async #finish({ first }: PageRange, running: Lock, outcome: BatchOutcome): Promise<void> {
    await this.#change(async (batches) => {
      running.verify();
      const completed = outcome === "done" ? timeNow() : undefined;
      return batches?.map((batch) => (batch.range.first === first ? { ...batch, state: outcome, completed } : batch));
    }, outcome === "aborted" ? { patienceMs: PATIENCE_AT_END_MS } : {});
  }

  /** Reads the list, and writes what the change makes of it, if anything, while nobody else does. */
  async #change(change: Change, options: BatchLockOptions = {}): Promise<readonly Batch[] | undefined> {
    const lock = await this.#lock(options);
    try {
      const text = await readSmallFile(this.path);
      const changed = await change(text === undefined ? undefined : parseBatchFile(text, this.#place));
      if (changed === undefined) return undefined;
      const { mode } = this.#options;
      const how = mode === undefined ? {} : { mode };
      const written = renderBatchFile(changed);
      if (written === text) return changed;
      this.#requireStillHeld(lock);
      if (text !== undefined) await replaceFile(`${this.path}.bak`, text, how);
      await replaceFile(this.path, written, how);
      return changed;
    } finally {
      await lock.release();
    }
  }

  /** Who was suspended for longer than a change takes must not write. Its lock is not that of a claim or a run, of which LOST tells. */
  #requireStillHeld(lock: Lock): void {
    try {
      lock.verify();
    } catch (error) {
      if (!isWikidumpError(error) || error.code !== "LOST") throw error;
      throw new LockError("HELD", `${this.path} was not changed: ${error.message}`, lock.path, {
        cause: error,
        remedy: "See why this process stood still, then do the job again",
      });
    }
  }

  #lock(options: BatchLockOptions = {}): Promise<Lock> {
    const { host, pid } = this.#options;
    return takeBatchLock(`${this.path}.lock`, { host, pid, ...options });
  }

  #claimedBy(batch: Batch): Batch {
    const { host = hostName(), pid = ownPid() } = this.#options;
    const firstClaimed = batch.firstClaimed ?? timeNow();
    return {
      ...batch,
      state: "claimed",
      owner: { host, pid },
      firstClaimed,
      completed: undefined,
      runs: batch.runs + 1,
    };
  }

  #otherRanges(why: string): Error {
    const remedy = "Wait until that worker has ended, then do the job again";
    return layoutError(`${this.path} is of other page ranges than this run has, and ${why}`, this.#options, remedy);
  }

  #runningPath(range: PageRange): string {
    return `${this.#options.directory}/${runningFileName(this.#options.job, range)}`;
  }

  get #staleness() {
    const { staleMs, heartbeatMs, host } = this.#options;
    return {
      olderThanMs: staleMs,
      ...(heartbeatMs !== undefined && { heartbeatMs }),
      ...(host !== undefined && { host }),
    };
  }

  get #place(): BatchFilePlace {
    const { wiki, job } = this.#options;
    return { wiki, job, path: this.path };
  }
}

function claimedOf(batches: readonly Batch[]): readonly Batch[] {
  return batches.filter(({ state }) => state === "claimed");
}

/** What becomes of a batch that nobody has, when the job is begun. */
async function offeredAgain(batch: Batch, { isDone }: BatchOffer): Promise<Batch> {
  if (await isDone(batch.range)) return { ...batch, state: "done", completed: batch.completed ?? timeNow() };
  return batch.state === "unclaimed" ? batch : { ...batch, state: "aborted", completed: undefined };
}

async function eachInTurn<T>(items: readonly T[], work: (item: T) => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  for (const item of items) made.push(await work(item));
  return made;
}

/** YYYYMMDDHHMMSS, UTC. */
function timeNow(): string {
  return new Date().toISOString().slice(0, 19).replace(/[-T:]/g, "");
}
