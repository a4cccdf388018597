/** The sums of revsperpage over every N pages. */
import type { CountedPage } from "./count-lines.ts";

export interface BatchPagesOptions {
  /** Pages in a batch. */
  readonly size: number;
  /** Whether pages of all namespaces count, or those of the main namespace only. */
  readonly hasAll: boolean;
}

/**
 * Adds up every N pages, with or without revisions; id and title are those of the last one. What is left over is given at each
 * "end", and where the pages end, also with an error.
 */
export async function* batchPages(
  pages: AsyncIterable<CountedPage | "end">,
  { size, hasAll }: BatchPagesOptions,
): AsyncGenerator<CountedPage, void, undefined> {
  let batch: CountedPage | undefined;
  let count = 0;
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const page of pages) {
      if (page !== "end") {
        if (!hasAll && page.namespace !== 0) continue;
        batch = batch === undefined ? page : sum(batch, page);
        if (++count < size) continue;
      }
      if (batch !== undefined) yield batch;
      batch = undefined;
      count = 0;
    }
  } catch (error) {
    failure = { error };
  }
  if (batch !== undefined) yield batch;
  if (failure !== undefined) throw failure.error;
}

function sum(batch: CountedPage, page: CountedPage): CountedPage {
  return {
    ...page,
    revisions: batch.revisions + page.revisions,
    textBytes: batch.textBytes + page.textBytes,
    maxTextBytes: Math.max(batch.maxTextBytes, page.maxTextBytes),
  };
}
