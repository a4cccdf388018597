/**
 * The page ranges of the content jobs of a run, from its stubs, read once for all of them.
 */
import { isWikidumpError } from "../../errors.ts";
import { fileFacts } from "../../host/directory.ts";
import { fixedRanges } from "./fixed-ranges.ts";
import { HistoryPlanner, type RangeLimits } from "./history-planner.ts";
import { countPages, type PageBatch } from "./page-counts.ts";
import type { PartRange } from "./part-range.ts";
import { readRevinfo, RevinfoWriter } from "./revinfo.ts";

/** Names of the sets of ranges, as in pagerangeinfo.json. Multistream goes with the articles, 7z with the history. */
export type RangeSet = "articles" | "meta-current" | "meta-history";

/** The ranges of each set, in the order of page ids. Together the ranges of a set hold every page id of the wiki once. */
export type PlannedRanges = Readonly<Record<RangeSet, readonly PartRange[]>>;

/** What to plan. */
export interface PlanRequest {
  /** Gzipped stubs of the whole history: one file, or the parts in order. */
  readonly stubPaths: readonly string[];
  /** Parts of the run. */
  readonly parts: readonly PartRange[];
  readonly limits: RangeLimits;
  /** The file of counts, if `revinfostash` is on: used when it is younger than the stubs, else written. */
  readonly revinfoPath?: string | undefined;
  readonly signal?: AbortSignal;
}

/** What came out. */
export interface RangePlan {
  readonly ranges: PlannedRanges;
  readonly lastPageId: number;
  /** What the operator may want to know: a file of counts that cannot be used. */
  readonly notices: readonly string[];
}

/**
 * Plans the ranges of all content jobs. Throws the errors of `countPages`; ConfigError BAD_VALUE where there would be far too many.
 */
export async function planRanges(request: PlanRequest): Promise<RangePlan> {
  const notices: string[] = [];
  const isStashed = await isYounger(request.revinfoPath, request.stubPaths);
  if (isStashed) {
    try {
      const stashed = await planFrom(request, readRevinfo(request.revinfoPath!, request));
      if (stashed !== undefined) return { ...stashed, notices };
    } catch (error) {
      if (!isWikidumpError(error) || error.code === "BAD_VALUE") throw error;
      notices.push(`${error.message}. The stubs are counted again`);
    }
  }
  const counted = await planFrom(request, counting(request));
  return { ...counted!, notices };
}

async function planFrom(
  { parts, limits }: PlanRequest,
  batches: AsyncIterable<readonly PageBatch[]>,
): Promise<Omit<RangePlan, "notices"> | undefined> {
  const planner = new HistoryPlanner(parts, limits);
  let lastPageId = 1;
  for await (const some of batches) {
    for (const batch of some) planner.add(batch);
    lastPageId = some.at(-1)!.lastPageId;
  }
  const history = planner.finish();
  if (history === undefined) return undefined;
  const current = fixedRanges(parts, lastPageId, limits.revsPerJob);
  return { ranges: { articles: current, "meta-current": current, "meta-history": history }, lastPageId };
}

/** Counts the stubs, and writes the counts to a file if they are wanted there. */
async function* counting(request: PlanRequest): AsyncGenerator<readonly PageBatch[], void, undefined> {
  const { stubPaths, revinfoPath } = request;
  const batches = countPages(stubPaths, request);
  if (revinfoPath === undefined) return yield* batches;
  const writer = await RevinfoWriter.create(revinfoPath);
  try {
    for await (const some of batches) {
      await writer.add(some);
      yield some;
    }
    await writer.publish();
  } finally {
    await writer.discard();
  }
}

async function isYounger(path: string | undefined, stubPaths: readonly string[]): Promise<boolean> {
  const facts = path === undefined ? undefined : await fileFacts(path);
  if (facts === undefined) return false;
  for (const stubPath of stubPaths) {
    const stub = await fileFacts(stubPath);
    if (stub === undefined || stub.modifiedAt >= facts.modifiedAt) return false;
  }
  return true;
}
