/**
 * wikidump on a host: files, processes, locks, configuration, and the dumps of a farm. For Node, Deno and Bun.
 *
 * What works anywhere is in `wikidump`.
 *
 * @example Dump a wiki from its export, as the worker does
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join, resolve } from "node:path";
 * import { FarmWorker, loadConfig, readRun, runDirectory, sweepFarm } from "wikidump/node";
 *
 * const farm = await mkdtemp(join(tmpdir(), "farm-"));
 * await writeFile(join(farm, "all.dblist"), "committeewiki\n");
 * await writeFile(
 *   join(farm, "wikidump.conf"),
 *   `[wiki]\ndblist=all.dblist\nexport=${resolve("examples/farm/exports")}\n[output]\npublic=public\nprivate=private\ntemp=temp\n`,
 * );
 * const config = await loadConfig({ file: join(farm, "wikidump.conf") });
 * const worker = await FarmWorker.open(config);
 * const wiki = worker.wiki("committeewiki");
 * const { failures } = await worker.dump(wiki, {
 *   date: "20260101",
 *   today: new Date(),
 *   cutoff: undefined,
 *   selection: { jobs: [], isRestart: false, skipsDone: false, skipJobs: [], withPrerequisites: false },
 *   prefetch: "newest",
 *   textPass: "fetchText",
 *   configfile: undefined,
 *   lockPolicy: "respect",
 *   earlierOutputs: "keep",
 *   signal: new AbortController().signal,
 *   logFor: () => () => {},
 * });
 * assert.equal(failures.size, 0);
 *
 * const run = { wiki: wiki.name, date: "20260101", isPrivate: false, isClosed: false };
 * const { status } = await readRun(runDirectory(wiki, run.date), run);
 * assert.equal(status?.phase, "finished");
 * const { counts } = await sweepFarm(config, { directories: [farm], log: console.log });
 * assert.equal(counts.complete, 1);
 * ```
 * @module
 */
export type { Environment } from "./host/environment.ts";
export type { EndingSignal } from "./host/exit-hooks.ts";
export { type FileSource, openFileSource } from "./host/file-source.ts";
export { gunzipStream, gzipStream } from "./host/gzip.ts";
export { type Checksums, hashFile } from "./host/hash.ts";
export type { ObservedFile } from "./host/observed-file.ts";
export { OutputFile, type UnhashedFile, type WrittenFile } from "./host/output-file.ts";
export { type FileStreamOptions, openFileStream } from "./host/read-file.ts";
export { replaceFile } from "./host/replace-file.ts";
export { InterruptedError, listenForShutdown, type ShutdownOptions, type ShutdownSignals } from "./host/signals.ts";
export { createWorkerPool, type WorkerPoolOptions } from "./host/worker-pool.ts";

export { type CaptureOptions, captureText } from "./farm/process/capture.ts";
export type { FilterOptions } from "./farm/process/command-filter.ts";
export { type Command, command, formatCommand, Secret, secret, withEnvironment } from "./farm/process/command.ts";
export { filterStream } from "./farm/process/filter-stream.ts";
export type { CommandOutcome, PipelineOutcome } from "./farm/process/outcome.ts";
export { type ParallelOptions, type ParallelOutcome, runParallel } from "./farm/process/parallel.ts";
export type { PipelineOptions, PipelineSink } from "./farm/process/pipeline-options.ts";
export { type RunningPipeline, runPipeline, startPipeline } from "./farm/process/pipeline.ts";
export {
  runSeries,
  type SeriesOptions,
  type SeriesOutcome,
  type SeriesStep,
  type StepOutcome,
} from "./farm/process/series.ts";

export { breakLock } from "./farm/lock/break-lock.ts";
export type { LockHolder } from "./farm/lock/lock-content.ts";
export { describeLock, type LockInfo, readLock } from "./farm/lock/lock-info.ts";
export { lockPath } from "./farm/lock/lock-path.ts";
export { acquireLock, type Lock, type LockOptions } from "./farm/lock/lock.ts";
export { type FoundLock, type StaleLock, staleLocks, type StaleOptions } from "./farm/lock/stale.ts";

export type { FarmConfig, SettingOrigin } from "./farm/config/farm-config.ts";
export { loadConfig, type LoadOptions } from "./farm/config/load.ts";
export type { WikiSettings } from "./farm/config/schema.ts";

export type { FarmState } from "./farm/report/farm-entry.ts";
export type { RunIdentity } from "./farm/report/report-settings.ts";
export { readRun, type RunRecord } from "./farm/report/run-reader.ts";
export type { FileStatus, JobState, JobStatus, JobTrouble, RunPhase, RunStatus } from "./farm/report/run-status.ts";
export type { RunState, StatusLine } from "./farm/report/status-line.ts";

export type { JobSelection } from "./farm/run/job-selection.ts";
export type { RecoveredRun } from "./farm/recover.ts";
export type { RunOptions, RunOutcome } from "./farm/run/run-options.ts";
export type { ReadingProgress } from "./farm/source/source.ts";
export { sweepFarm, type SweepOptions, type SweepOutcome } from "./farm/sweep.ts";
export { type ListedWiki, readWikiLists, type WikiLists, type WikiListSettings } from "./farm/wiki-lists.ts";
export { runDirectory, type Wiki } from "./farm/wiki.ts";
export { FarmWorker, type WorkerOptions, type WorkerOutcome } from "./farm/run/worker.ts";
