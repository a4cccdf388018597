/**
 * The log of a wiki, as dumpBackup.php writes it.
 */
import { dumpItems, type ItemRunOptions, type ItemSink, type ItemSlicesOptions } from "./dump-items.ts";
import { LOG_SLICES } from "./slice-kind.ts";

/** Passes on the log, or the items of a part. Throws what the first slice that could not be made failed with. */
export async function dumpLogs(sink: ItemSink, settings: ItemSlicesOptions, options: ItemRunOptions): Promise<void> {
  const { logId } = await settings.database.maxIds(options.signal);
  await dumpItems(sink, settings, { ...options, kind: LOG_SLICES, maxId: logId });
}
