/**
 * Compares what an index says with what the dump has, line by line; what differs becomes a fault.
 *
 * Neither side is held: a line that is missing, or too many, is found by the order of offsets and ids. Under index-check.ts.
 */
import type { IndexEntry } from "./multistream-index.ts";

/** What is wrong at one place of an index. */
export interface IndexFault {
  readonly kind:
    | "missing-page"
    | "extra-page"
    | "wrong-title"
    | "wrong-offset"
    | "missing-stream"
    | "no-stream"
    | "order";
  /** A sentence. */
  readonly message: string;
  /** Byte of the dump at which the stream begins that this is about. */
  readonly byteOffset: number;
  readonly pageId: number | undefined;
}

/** Options of `checkIndex`. */
export interface CheckIndexOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many pages were compared so far. */
  readonly onPage?: ((count: number) => void) | undefined;
}

/** Walks over what is there and what is stated, side by side. */
export async function* compareEntries(
  found: AsyncIterable<IndexEntry>,
  stated: AsyncIterable<IndexEntry>,
  { onPage, signal }: CheckIndexOptions,
): AsyncGenerator<IndexFault, void, undefined> {
  const theirs = stated[Symbol.asyncIterator]();
  const ours = found[Symbol.asyncIterator]();
  let count = 0;
  try {
    let there = await ours.next();
    let line = await theirs.next();
    while (there.done !== true || line.done !== true) {
      signal?.throwIfAborted();
      const page = there.done === true ? undefined : there.value;
      const entry = line.done === true ? undefined : line.value;
      const step = judge(page, entry);
      if (step.fault !== undefined) yield step.fault;
      if (step.isPageDone) {
        onPage?.(++count);
        there = await ours.next();
      }
      if (step.isEntryDone) line = await theirs.next();
    }
  } finally {
    await ours.return?.();
    await theirs.return?.();
  }
}

interface Step {
  readonly fault: IndexFault | undefined;
  readonly isPageDone: boolean;
  readonly isEntryDone: boolean;
}

/** Compares a page of the dump with a line of the index; at least one of them is there. */
function judge(page: IndexEntry | undefined, entry: IndexEntry | undefined): Step {
  if (page !== undefined && entry?.pageId === page.pageId) {
    return { fault: faultBetween(page, entry), isPageDone: true, isEntryDone: true };
  }
  const isMissing = entry === undefined || (page !== undefined && isBefore(page, entry));
  if (isMissing) return { fault: missingPage(page!), isPageDone: true, isEntryDone: false };
  return { fault: extraPage(entry), isPageDone: false, isEntryDone: true };
}

function isBefore(page: IndexEntry, entry: IndexEntry): boolean {
  return page.byteOffset === entry.byteOffset ? page.pageId < entry.pageId : page.byteOffset < entry.byteOffset;
}

function faultBetween(page: IndexEntry, entry: IndexEntry): IndexFault | undefined {
  const { byteOffset, pageId } = page;
  if (byteOffset !== entry.byteOffset) {
    const message = `Page ${pageId} is in the stream at byte ${byteOffset}, the index says ${entry.byteOffset}`;
    return { kind: "wrong-offset", message, byteOffset, pageId };
  }
  if (page.title === entry.title) return undefined;
  const message = `Page ${pageId} has the title ${JSON.stringify(page.title)}, the index says ${
    JSON.stringify(entry.title)
  }`;
  return { kind: "wrong-title", message, byteOffset, pageId };
}

function missingPage({ byteOffset, pageId }: IndexEntry): IndexFault {
  const message = `Page ${pageId}, in the stream at byte ${byteOffset}, is not in the index at its place`;
  return { kind: "missing-page", message, byteOffset, pageId };
}

function extraPage({ byteOffset, pageId }: IndexEntry): IndexFault {
  const message = `The index names page ${pageId} at byte ${byteOffset}, which is not there`;
  return { kind: "extra-page", message, byteOffset, pageId };
}
