/**
 * The boards of the extension Flow, as its own dumpBackup.php writes them.
 */
import { dumpItems, type ItemRunOptions, type ItemSink, type ItemSlicesOptions } from "./dump-items.ts";
import { flowSlices } from "./slice-kind.ts";

/** Boards as they are, or with their history. */
export interface FlowOptions extends ItemSlicesOptions {
  readonly content: "current" | "history";
}

/** Passes on the boards. Throws what the first slice that could not be made failed with. */
export async function dumpFlow(sink: ItemSink, settings: FlowOptions, options: ItemRunOptions): Promise<void> {
  const { pageId } = await settings.database.maxIds(options.signal);
  await dumpItems(sink, settings, { ...options, kind: flowSlices(settings.content), maxId: pageId });
}
