/**
 * Which program, or which threads of our own, pack and unpack the files of tasks.
 *
 * Differs from dumps (Python): lbzip2 is used only where threads are asked for, and 0 means none.
 */
import { Bzip2DecoderStream } from "../../../streams/bzip2-decoder-stream.ts";
import { Bzip2EncoderStream } from "../../../streams/bzip2-encoder-stream.ts";
import { parallelBzip2Decoder } from "../../../streams/parallel-decoder.ts";
import { parallelBzip2Encoder } from "../../../streams/parallel-encoder.ts";
import type { WorkerPool } from "../../../streams/worker-pool.ts";
import { gunzipStream } from "../../../host/gzip.ts";
import { command } from "../../process/command.ts";
import { filterStream } from "../../process/filter-stream.ts";
import { findSevenZip, openSevenZip } from "../../process/seven-zip.ts";
import type { TaskInputs } from "./task-inputs.ts";

export interface PackingTools {
  /** `[tools] bzip2`; empty for our own. */
  readonly bzip2: string;
  /** `[tools] lbzip2`; empty: not used. */
  readonly lbzip2: string;
  /** `lbzip2threads`; 0: lbzip2 is not used. */
  readonly lbzip2Threads: number;
  /** `[tools] sevenzip`; empty: looked for in PATH when it is needed. */
  readonly sevenzip: string;
  /** Threads for our own bzip2, both ways; without it one does. */
  readonly pool?: WorkerPool | undefined;
}

type BytesPair = ReadableWritablePair<Uint8Array, Uint8Array>;

/** Packs what is piped through it to one bzip2 stream. */
export function bzip2Packer(tools: PackingTools, signal: AbortSignal): BytesPair {
  const { bzip2, lbzip2, lbzip2Threads, pool } = tools;
  if (lbzip2 !== "" && lbzip2Threads > 0) {
    return filterStream(command(lbzip2, "-n", String(lbzip2Threads), "-c"), { signal });
  }
  if (bzip2 !== "") return filterStream(command(bzip2, "-c"), { signal });
  return pool === undefined ? new Bzip2EncoderStream() : parallelBzip2Encoder(pool);
}

/** The plain bytes of an input: bzip2 (our decoder, which checks more than the native ones), gzip, 7z, or as it is, by its name. */
export function openPlain(
  path: string,
  { inputs, tools, signal }: {
    readonly inputs: TaskInputs;
    readonly tools: PackingTools;
    readonly signal: AbortSignal;
  },
): ReadableStream<Uint8Array> {
  if (path.endsWith(".7z")) {
    inputs.countWhole(path);
    return openSevenZip(path, { tool: findSevenZip(tools.sevenzip), signal });
  }
  const stored = inputs.open(path);
  if (path.endsWith(".gz")) return stored.pipeThrough(gunzipStream({ path }));
  if (!path.endsWith(".bz2")) return stored;
  const options = { trailing: "error" } as const;
  return stored.pipeThrough(
    tools.pool === undefined ? new Bzip2DecoderStream(options) : parallelBzip2Decoder(tools.pool, options),
  );
}
