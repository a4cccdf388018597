/**
 * The index of a multistream dump: the one that was named, or the one that lies beside the dump.
 */
import { access } from "node:fs/promises";
import { MultistreamIndex } from "../../../lib/dump/index/multistream-index.ts";
import { sourceStream } from "../../../lib/streams/source-stream.ts";
import { urlSource } from "../../../lib/streams/url-source.ts";
import { openInput } from "./input.ts";
import { isUrl } from "./open-source.ts";

/** The name that the index of a multistream dump has; undefined for other names. */
export function indexNameFor(dumpName: string): string | undefined {
  const match = /^(.*-multistream)(\d*)\.xml(-p\d+p\d+)?\.bz2$/.exec(dumpName);
  if (match === null) return undefined;
  return `${match[1]}-index${match[2]}.txt${match[3] ?? ""}.bz2`;
}

/** Reads the index that was named (a path or a URL), or the one beside the dump; undefined if there is none. */
export async function openIndex(
  named: string | undefined,
  dumpName: string,
  signal: AbortSignal,
): Promise<{ name: string; index: MultistreamIndex } | undefined> {
  const name = named ?? indexNameFor(dumpName);
  if (name === undefined || (named === undefined && !await exists(name))) return undefined;
  const stream = isUrl(name)
    ? sourceStream(await urlSource(name, { signal }), { signal })
    : (await openInput(name, { signal, isTerminalWelcome: false })).stream;
  return { name, index: await MultistreamIndex.read(stream) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
