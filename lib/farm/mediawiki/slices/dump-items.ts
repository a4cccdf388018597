/**
 * Dumps whose items are passed on as they are, slice by slice: the log, and Flow boards. The header, the items and the footer
 * go to a sink each, so that they can become members of their own.
 */
import { openFileStream } from "../../../host/read-file.ts";
import type { WikiDatabase } from "../database.ts";
import type { SliceFile } from "./slice-files.ts";
import type { SliceKind } from "./slice-kind.ts";
import { type IdRange, planSlices, sliceWidth } from "./slice-plan.ts";
import { makeSlices, type SliceSettings } from "./slice-queue.ts";

/** Takes the pieces of a dump, in order. A promise when it must catch up before the next one. */
export interface ItemSink {
  header(bytes: Uint8Array): Promise<void> | undefined;
  /** Whole items at the end of each slice; before that, any pieces. */
  items(bytes: Uint8Array): Promise<void> | undefined;
  footer(bytes: Uint8Array): Promise<void> | undefined;
}

/** Ids of log items (of pages for Flow): both included; to the last one there is without `last`. */
export interface ItemRange {
  readonly first: number;
  readonly last?: number | undefined;
}

export interface ItemSlicesOptions extends SliceSettings {
  readonly database: Pick<WikiDatabase, "maxIds">;
  /** Those of a part; all without it. */
  readonly range?: ItemRange;
}

export interface ItemRunOptions {
  readonly signal: AbortSignal;
  /** Told of the last id of each slice that was passed on, and of the last one of all. */
  readonly onProgress?: (doneId: number, lastId: number) => void;
}

/** Passes on items of a kind whose highest id is `maxId`. Throws what the first slice that could not be made failed with. */
export async function dumpItems(
  sink: ItemSink,
  settings: ItemSlicesOptions,
  options: ItemRunOptions & { readonly kind: SliceKind; readonly maxId: number },
): Promise<void> {
  const { kind, maxId, signal, onProgress } = options;
  const { range } = settings;
  const ids: IdRange = { first: range?.first ?? 1, last: Math.min(range?.last ?? maxId, maxId) };
  const width = sliceWidth(ids, { ...kind.widths, isWholeWiki: range === undefined });
  const check = async (): Promise<void> => {};
  for await (const slice of makeSlices(planSlices(ids, width), settings, { kind, signal, check })) {
    await passOn(sink, slice.files[0]!, signal);
    onProgress?.(slice.last, ids.last);
  }
}

async function passOn(sink: ItemSink, file: SliceFile, signal: AbortSignal): Promise<void> {
  const { bodyStart, bodyEnd, byteLength } = file;
  await passRange(file.path, { start: 0, end: bodyStart, signal }, (bytes) => sink.header(bytes));
  await passRange(file.path, { start: bodyStart, end: bodyEnd, signal }, (bytes) => sink.items(bytes));
  await passRange(file.path, { start: bodyEnd, end: byteLength, signal }, (bytes) => sink.footer(bytes));
}

async function passRange(
  path: string,
  range: { readonly start: number; readonly end: number; readonly signal: AbortSignal },
  take: (bytes: Uint8Array) => Promise<void> | undefined,
): Promise<void> {
  if (range.start === range.end) return;
  const reader = openFileStream(path, range).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const behind = take(next.value);
      if (behind !== undefined) await behind;
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    throw error;
  }
}
