/**
 * A thread that touches a file at a steady pace and notices when the path no longer leads to that file.
 *
 * Timers of the main thread starve while it decodes or compresses, and a lock that nobody touches goes stale. The
 * program of the thread is a string in a data: URL, because the scripts are bundles of one file; see
 * docs/decisions/011.
 */
import { Worker } from "node:worker_threads";
import { SourceError } from "../errors.ts";
import type { FileIdentity } from "./file-identity.ts";
import { remindOfSmallHeap } from "./small-heap.ts";

/** Places in the shared flags. */
const STATE = 0;
const BEATS = 1;
const STARTING = 0;
const BEATING = 1;
const LOST = 2;

/** What the thread tells when it gives up. */
export interface HeartbeatLoss {
  /**
   * "gone": no file at the path; "replaced": another one; "untouchable": the file system refused three beats in a row;
   * "stopped": the thread ended.
   */
  readonly why: "gone" | "replaced" | "untouchable" | "stopped";
  readonly detail: string;
}

/** A running heartbeat. */
export interface Heartbeat {
  /** Whether the file was found lost. True at once for the whole process, also while its event loop is busy. */
  readonly isLost: boolean;
  /** Beats so far. */
  readonly beats: number;
  /** Resolves when the file is lost; never if it is not. Needs a turn of the event loop. */
  readonly lost: Promise<HeartbeatLoss>;
  /** Ends the thread. */
  stop(): Promise<void>;
}

// The two looks before "lost" bridge the moment in which removeIf() in file-identity.ts has the file set aside.
const PROGRAM = `
import { fstatSync, futimesSync, lstatSync, openSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
const { path, identity, intervalMs, shared } = workerData;
const flags = new Int32Array(shared);
const pause = new Int32Array(new SharedArrayBuffer(4));
const identityOf = (stat) => stat.dev + ":" + stat.ino;
let fd;
let failures = 0;
let timer;
const lose = (why, detail) => {
  clearInterval(timer);
  Atomics.store(flags, ${STATE}, ${LOST});
  parentPort.postMessage({ why, detail });
};
const look = () => {
  try {
    return identityOf(lstatSync(path, { bigint: true })) === identity ? "" : "replaced";
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ESTALE") return "gone";
    throw error;
  }
};
const beat = () => {
  try {
    let why = look();
    if (why !== "") {
      Atomics.wait(pause, 0, 0, 20);
      why = look();
    }
    if (why !== "") return lose(why, "");
    if (fd === undefined) {
      fd = openSync(path, "r+");
      if (identityOf(fstatSync(fd, { bigint: true })) !== identity) return lose("replaced", "");
    }
    const now = Date.now() / 1000;
    futimesSync(fd, now, now);
    failures = 0;
    Atomics.add(flags, ${BEATS}, 1);
    if (Atomics.compareExchange(flags, ${STATE}, ${STARTING}, ${BEATING}) === ${STARTING}) parentPort.postMessage({ why: "" });
  } catch (error) {
    failures += 1;
    if (failures >= 3) lose("untouchable", String(error.message));
  }
};
timer = setInterval(beat, intervalMs);
beat();
`;

/**
 * Starts touching `path` now and every `intervalMs`, as long as it leads to the file `identity`. Resolves after the
 * first beat.
 *
 * Throws `SourceError` CHANGED when the first beat does not find the file.
 */
export async function startHeartbeat(path: string, identity: FileIdentity, intervalMs: number): Promise<Heartbeat> {
  const thread = new HeartbeatThread(path, identity, intervalMs);
  const loss = await thread.firstBeat;
  if (loss !== undefined) {
    await thread.stop();
    throw new SourceError("CHANGED", `Cannot keep ${path} fresh: ${describeLoss(loss)}`, path);
  }
  thread.letProcessEnd();
  return thread;
}

class HeartbeatThread implements Heartbeat {
  readonly lost: Promise<HeartbeatLoss>;
  /** Undefined after a first beat that went well. */
  readonly firstBeat: Promise<HeartbeatLoss | undefined>;
  readonly #worker: Worker;
  readonly #flags: Int32Array;
  #isStopping = false;

  constructor(path: string, identity: FileIdentity, intervalMs: number) {
    const shared = new SharedArrayBuffer(8);
    this.#flags = new Int32Array(shared);
    this.#worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`), {
      workerData: { path, identity, intervalMs, shared },
      // The parent's flags may name loaders (tsx) that a thread of plain JavaScript does not need, and that slow its
      // start.
      execArgv: [],
      // A thread with streams of its own: else a pipe that is our stdout would no longer take writeSync.
      stdout: true,
      stderr: true,
      name: "wikidump-heartbeat",
    });
    this.#worker.on("online", remindOfSmallHeap);
    this.lost = new Promise((resolve) => this.#onLoss(resolve));
    const started = new Promise<undefined>((resolve) => {
      this.#worker.on("message", (message: { why: string }) => message.why === "" && resolve(undefined));
    });
    this.firstBeat = Promise.race([started, this.lost]);
  }

  get isLost(): boolean {
    return Atomics.load(this.#flags, STATE) === LOST;
  }

  get beats(): number {
    return Atomics.load(this.#flags, BEATS);
  }

  /** From here on the thread alone is no reason for the process to stay. */
  letProcessEnd(): void {
    this.#worker.unref();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#worker.terminate();
  }

  #onLoss(resolve: (loss: HeartbeatLoss) => void): void {
    const lose = (loss: HeartbeatLoss): void => {
      if (this.#isStopping) return;
      Atomics.store(this.#flags, STATE, LOST);
      resolve(loss);
    };
    this.#worker.on("message", (message: HeartbeatLoss | { why: "" }) => message.why !== "" && lose(message));
    this.#worker.on("error", (error: Error) => lose({ why: "stopped", detail: error.message }));
    this.#worker.on("exit", () => lose({ why: "stopped", detail: "" }));
  }
}

/** The reason of a loss in words. */
export function describeLoss(loss: HeartbeatLoss): string {
  switch (loss.why) {
    case "gone":
      return "it was removed";
    case "replaced":
      return "it was replaced by another one";
    case "untouchable":
      return `its time could not be set three times in a row (${loss.detail})`;
    case "stopped":
      return `the thread that touches it ended${loss.detail === "" ? "" : ` (${loss.detail})`}`;
  }
}
