/** Sums over every N pages, of what `countRevisions` gives. */
import type { RevisionCount } from "./count-revisions.ts";

/** The pages of a batch, added up; id, title and namespace are those of the last one. */
export interface RevisionBatch extends RevisionCount {
  readonly pages: number;
}

/**
 * Adds up every `size` pages; the last batch has what is left. Pages without revisions do not count. What the counting throws comes
 * after what was added up.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { batchRevisions, countRevisions } from "wikidump";
 *
 * const page = (id: number): string => `<page><title>P${id}</title><id>${id}</id><revision><id>${id}</id></revision></page>`;
 * const xml = `<mediawiki>${[1, 2, 3].map(page).join("")}</mediawiki>`;
 * const sums: number[] = [];
 * for await (const { revisions } of batchRevisions(countRevisions(new Blob([xml]).stream()), 2)) sums.push(revisions);
 * assert.deepEqual(sums, [2, 1]);
 * ```
 */
export async function* batchRevisions(
  counts: AsyncIterable<RevisionCount>,
  size: number,
): AsyncGenerator<RevisionBatch, void, undefined> {
  const batcher = new RevisionBatcher(size);
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const page of counts) {
      const batch = batcher.add(page);
      if (batch !== undefined) yield batch;
    }
  } catch (error) {
    failure = { error };
  }
  const last = batcher.end();
  if (last !== undefined) yield last;
  if (failure !== undefined) throw failure.error;
}

/** Adds pages up, without waiting for them. */
export class RevisionBatcher {
  readonly #size: number;
  #batch: RevisionBatch | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  /** Gives the batch that the page makes full. */
  add(page: RevisionCount): RevisionBatch | undefined {
    if (page.revisions === 0) return undefined;
    const before = this.#batch;
    const batch = this.#batch = {
      ...page,
      pages: (before?.pages ?? 0) + 1,
      revisions: (before?.revisions ?? 0) + page.revisions,
      textBytes: (before?.textBytes ?? 0) + page.textBytes,
      maxTextBytes: Math.max(before?.maxTextBytes ?? 0, page.maxTextBytes),
    };
    return batch.pages < this.#size ? undefined : this.end();
  }

  /** Gives what is left. */
  end(): RevisionBatch | undefined {
    const batch = this.#batch;
    this.#batch = undefined;
    return batch;
  }
}
