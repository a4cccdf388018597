/**
 * `batches-<job>.json`: the batches of a job, in the order of their pages, as the reference writes them.
 *
 *     {"batches": [{"batch": {"status": "claimed", "owner": {"host": "snap1", "pid": 4711}, "first_claimed": "20260101120000",
 *       "completed_time": null, "runs": "1", "range": {"start": "1", "end": "25"}}}]}
 *
 * Differs from dumps (Python): batches that overlap, or leave pages out, are refused.
 */
import type { JobError } from "../../errors.ts";
import { type JobPlace, layoutError } from "../layout/layout-error.ts";
import type { LockHolder } from "../lock/lock-content.ts";
import { type Batch, BATCH_STATES } from "./batch.ts";

/** Where the file is, and whose: for messages. */
export interface BatchFilePlace extends JobPlace {
  readonly path: string;
}

/** The content of the file. */
export function renderBatchFile(batches: readonly Batch[]): string {
  return `{"batches": [${batches.map((batch) => `{"batch": ${renderBatch(batch)}}`).join(", ")}]}`;
}

function renderBatch({ state, owner, firstClaimed, completed, runs, range }: Batch): string {
  const holder = owner === undefined ? "null" : `{"host": ${JSON.stringify(owner.host)}, "pid": ${owner.pid}}`;
  const text = (value: string | number | undefined): string =>
    value === undefined ? "null" : JSON.stringify(String(value));
  return `{"status": "${state}", "owner": ${holder}, "first_claimed": ${text(firstClaimed)}, ` +
    `"completed_time": ${text(completed)}, "runs": ${text(runs)}, ` +
    `"range": {"start": ${text(range.first)}, "end": ${text(range.last)}}}`;
}

/** Reads the content of the file. Throws JobError LAYOUT if it makes no sense, or its batches do not follow each other. */
export function parseBatchFile(text: string, place: BatchFilePlace): readonly Batch[] {
  const rows = fieldOf(parseJson(text), "batches");
  if (!Array.isArray(rows) || rows.length === 0) throw broken("it is no JSON object with a list of batches", place);
  let next = 1;
  return rows.map((row: unknown, index) => {
    const batch = parseBatch(fieldOf(row, "batch"));
    if (typeof batch === "string") throw broken(`batch ${index + 1} ${batch}`, place);
    const { first, last } = batch.range;
    if (first !== next) {
      const what = first < next ? "has pages of the one before it" : `leaves out pages ${next}-${first - 1}`;
      throw broken(`batch ${index + 1}, pages ${first}-${last}, ${what}`, place);
    }
    next = last + 1;
    return batch;
  });
}

/** The batch, or what is wrong with it. */
function parseBatch(value: unknown): Batch | string {
  const state = BATCH_STATES.find((one) => one === fieldOf(value, "status"));
  if (state === undefined) return `has no status of ${BATCH_STATES.join(", ")}`;
  const first = wholeNumber(fieldOf(fieldOf(value, "range"), "start"));
  const last = wholeNumber(fieldOf(fieldOf(value, "range"), "end"));
  if (first === undefined || last === undefined || first > last) return "has no range of pages";
  const owner = fieldOf(value, "owner") ?? undefined;
  const holder = owner === undefined ? undefined : parseOwner(owner);
  if (owner !== undefined && holder === undefined) return "has an owner without host or pid";
  const runs = wholeNumber(fieldOf(value, "runs") ?? 0);
  if (runs === undefined) return "does not say how often it was claimed";
  const [firstClaimed, completed] = [fieldOf(value, "first_claimed"), fieldOf(value, "completed_time")].map(timeOf);
  return { state, owner: holder, firstClaimed, completed, runs, range: { first, last } };
}

function parseOwner(owner: unknown): LockHolder | undefined {
  const host = fieldOf(owner, "host");
  const pid = wholeNumber(fieldOf(owner, "pid"));
  return typeof host === "string" && pid !== undefined ? { host, pid } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Numbers stand there as text; a number will do. */
function wholeNumber(value: unknown): number | undefined {
  return /^\d{1,15}$/.test(String(value)) ? Number(value) : undefined;
}

function timeOf(value: unknown): string | undefined {
  return /^\d{14}$/.test(String(value)) ? String(value) : undefined;
}

function broken(why: string, place: BatchFilePlace): JobError {
  const remedy = `Look what workers are doing with it, then remove it or put ${place.path}.bak in its place; ` +
    "the worker that has the run makes a new one";
  return layoutError(`${place.path} cannot be used: ${why}`, place, remedy);
}
