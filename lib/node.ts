/**
 * wikidump on a host: files, processes, locks, configuration, and the run of a farm's dumps. For Node, Deno and Bun.
 *
 * What works anywhere is in `wikidump`.
 * @module
 */
export * from "./host/file-source.ts";
export * from "./host/gzip.ts";
export * from "./host/hash.ts";
export * from "./host/output-file.ts";
export * from "./host/read-file.ts";
export * from "./host/replace-file.ts";
export * from "./host/self.ts";
export * from "./host/signals.ts";

export * from "./farm/process/capture.ts";
export * from "./farm/process/command-filter.ts";
export * from "./farm/process/command.ts";
export * from "./farm/process/filter-stream.ts";
export * from "./farm/process/outcome.ts";
export * from "./farm/process/parallel.ts";
export * from "./farm/process/pipeline.ts";
export * from "./farm/process/series.ts";

export * from "./farm/lock/break-lock.ts";
export * from "./farm/lock/lock-info.ts";
export * from "./farm/lock/lock-path.ts";
export * from "./farm/lock/lock.ts";
export * from "./farm/lock/stale.ts";

export * from "./farm/config/farm-config.ts";
export * from "./farm/config/load.ts";
export * from "./farm/config/redact.ts";
export type { WikiSettings } from "./farm/config/schema.ts";

export * from "./farm/report/latest-links.ts";
export * from "./farm/report/report-settings.ts";
export * from "./farm/report/reporter.ts";
export * from "./farm/report/run-info.ts";
export * from "./farm/report/run-reader.ts";
export * from "./farm/report/run-status.ts";
export * from "./farm/report/run-totals.ts";
export * from "./farm/report/status-line.ts";
export * from "./farm/purge-runs.ts";
export * from "./farm/recover.ts";
export * from "./farm/run.ts";
export * from "./farm/sweep.ts";
export * from "./farm/wiki-lists.ts";
export * from "./farm/wiki.ts";
export * from "./farm/worker.ts";
