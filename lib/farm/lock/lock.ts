/**
 * The lock of one run: a file that exactly one worker can create, kept fresh by a thread, and given up on every way
 * out.
 *
 * Differs from dumps (Python): the content is there from the first moment, losing the file is noticed and ends the run
 * instead of making its jobs "done", and nobody removes a lock that is not theirs.
 */
import { LockError } from "../../errors.ts";
import { createExclusiveFile, type ExclusiveFile } from "../../host/exclusive-file.ts";
import { onExit } from "../../host/exit-hooks.ts";
import { describeLoss, type Heartbeat, startHeartbeat } from "../../host/heartbeat-thread.ts";
import { hostName, ownPid } from "../../host/machine.ts";
import { formatLockContent, type LockHolder } from "./lock-content.ts";
import { describeLock, readLock } from "./lock-info.ts";

/** Time between two touches; the reference's own. */
export const DEFAULT_HEARTBEAT_MS = 10_000;

/**
 * An answer "it exists" and a look that finds nothing mean that the holder left in between: so often is it tried again.
 */
const ATTEMPTS = 5;

export interface LockOptions {
  /** Written into the file; the name of this machine without it. */
  readonly host?: string;
  /** Written into the file; the id of this process without it. */
  readonly pid?: number;
  /** Time between two touches of the file; 10 000 without it. Infinity: none, and no thread; for locks that are held for a moment. */
  readonly heartbeatMs?: number;
  /** Other lock files (of older versions, of the whole wiki) that also mean "held". */
  readonly alsoHeldBy?: readonly string[];
}

/** A lock that is held. */
export interface Lock {
  readonly path: string;
  /** Aborts with a `LockError` LOST as soon as the file is found removed or replaced. */
  readonly lost: AbortSignal;
  /**
   * Throws `LockError` LOST when the lock is known to be lost. Costs nothing; knows what the thread knows, also in a
   * busy loop, and without one nothing that `verify` has not found.
   */
  assertHeld(): void;
  /** Like `assertHeld`, but asks the file system now. For the moment before something is published. */
  verify(): void;
  /** Ends the thread and removes the file if it is still ours. Can be called twice. */
  release(): Promise<void>;
}

/**
 * Takes the lock at `path`, and creates its directory if need be.
 *
 * Throws `LockError` HELD when somebody has it, with the holder and the age in the message; `SourceError` when the file
 * cannot be created for another reason.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, readFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { acquireLock, lockPath } from "wikidump/node";
 *
 * const privateRoot = await mkdtemp(join(tmpdir(), "example-"));
 * const lock = await acquireLock(lockPath(privateRoot, "tewiki", "20260101"), { host: "dump1", pid: 4711 });
 * try {
 *   assert.equal(await readFile(lock.path, "utf8"), "dump1 4711");
 *   lock.assertHeld();
 * } finally {
 *   await lock.release();
 * }
 * ```
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<Lock> {
  const holder = { host: options.host ?? hostName(), pid: options.pid ?? ownPid() };
  const file = await createOrExplain(path, holder);
  // On exit before and while the thread starts, too: from here the file exists.
  const forget = onExit(() => file.remove());
  try {
    for (const other of options.alsoHeldBy ?? []) await refuseIfHeld(other);
    const intervalMs = options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS;
    const heartbeat = intervalMs === Infinity ? undefined : await startHeartbeat(path, file.identity, intervalMs);
    return new FileLock(file, heartbeat, forget);
  } catch (error) {
    forget();
    file.remove();
    throw error;
  }
}

async function createOrExplain(path: string, holder: LockHolder): Promise<ExclusiveFile> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const file = await createExclusiveFile(path, formatLockContent(holder));
    if (file !== undefined) return file;
    await refuseIfHeld(path);
  }
  throw new LockError("HELD", `Lock ${path} was taken by others ${ATTEMPTS} times in a row`, path, {
    remedy: "Try again",
  });
}

/** Throws `LockError` HELD when somebody has the lock at `path` at this moment. */
export async function refuseIfHeld(path: string): Promise<void> {
  const info = await readLock(path);
  if (info === undefined) return;
  throw new LockError("HELD", `Lock ${path} is held by ${describeLock(info)}`, path, {
    remedy:
      "Wait for that worker. If it is dead, the monitor removes the lock once it is stale; --force takes it at once",
  });
}

class FileLock implements Lock {
  readonly path: string;
  readonly #file: ExclusiveFile;
  readonly #heartbeat: Heartbeat | undefined;
  readonly #forget: () => void;
  readonly #controller = new AbortController();
  #error: LockError | undefined;
  #release: Promise<void> | undefined;

  constructor(file: ExclusiveFile, heartbeat: Heartbeat | undefined, forget: () => void) {
    this.path = file.path;
    this.#file = file;
    this.#heartbeat = heartbeat;
    this.#forget = forget;
    heartbeat?.lost.then((loss) => this.#lose(describeLoss(loss)));
  }

  get lost(): AbortSignal {
    return this.#controller.signal;
  }

  assertHeld(): void {
    const isLost = this.#heartbeat?.isLost === true;
    if (isLost && this.#error === undefined) this.verify();
    if (isLost) this.#lose("the thread that touches it found it gone");
    if (this.#error !== undefined) throw this.#error;
  }

  verify(): void {
    if (this.#error === undefined && this.#release === undefined && !this.#file.isOurs()) {
      this.#lose("it was removed or replaced");
    }
    if (this.#error !== undefined) throw this.#error;
  }

  release(): Promise<void> {
    this.#release ??= this.#doRelease();
    return this.#release;
  }

  async #doRelease(): Promise<void> {
    // The file goes first: then whoever waits for it need not wait for the thread.
    try {
      this.#file.remove();
    } finally {
      this.#forget();
      await this.#heartbeat?.stop();
    }
  }

  #lose(why: string): void {
    if (this.#error !== undefined || this.#release !== undefined) return;
    this.#error = new LockError("LOST", `Lock ${this.path} was lost: ${why}`, this.path, {
      remedy: "See whether an operator or the monitor removed it, and whether another worker has the run now",
    });
    this.#controller.abort(this.#error);
  }
}
