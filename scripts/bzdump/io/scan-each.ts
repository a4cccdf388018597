/**
 * What verbs share that read dumps from start to end and count: threads, files one after the other, progress, names in errors.
 */
import { basename } from "node:path";
import { ProgressLine, type ProgressMode } from "../../../lib/cli/progress-line.ts";
import type { OutputSink } from "../../../lib/host/terminal.ts";
import { eachFile } from "./each-file.ts";
import { nameFile } from "./file-error.ts";
import { openScan } from "./scan-input.ts";
import { Threads, withThreads } from "./threads.ts";
import { progressMode } from "../common-options.ts";

/** A file is worth its threads from here on. */
const SMALLEST_BYTES = 4_000_000;

/** A command line that names dumps to be scanned. */
export interface ScanCall {
  readonly command: string;
  readonly files: readonly string[];
  readonly options: {
    readonly json: boolean;
    readonly quiet: boolean;
    readonly threads: number | undefined;
    readonly progress: ProgressMode | undefined;
  };
  readonly stderr: OutputSink;
  readonly signal: AbortSignal;
}

/** What a scan is told, and what it tells. */
export interface Scan {
  /** The XML; its chunks are borrowed. */
  readonly xml: ReadableStream<Uint8Array>;
  /** Says how many pages were seen so far. */
  onPages(count: number): void;
}

/** A dump's result, told when the progress line is gone. */
export interface Scanned<Result> {
  readonly file: string;
  readonly result: Result;
  readonly bytesIn: number;
}

/** Scans each file; gives the exit code of the first that failed, or 0. `tell` is called for each file that was read to its end. */
export async function scanEach<Result>(
  call: ScanCall,
  work: (scan: Scan) => Promise<Result>,
  tell: (scanned: Scanned<Result>) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const { command, files, options, stderr, signal } = call;
  const context = { command, isJson: options.json, stderr, signal };
  return await withThreads(
    new Threads(options.threads, SMALLEST_BYTES),
    (threads) => eachFile(files, context, async (file) => tell(await scanFile(file, { call, threads }, work))),
  );
}

async function scanFile<Result>(
  file: string,
  { call, threads }: { readonly call: ScanCall; readonly threads: Threads },
  work: (scan: Scan) => Promise<Result>,
): Promise<Scanned<Result>> {
  const { options, stderr, signal } = call;
  let bytesIn = 0;
  let pages = 0;
  let progress: ProgressLine | undefined;
  const onRead = (byteLength: number): void => {
    bytesIn += byteLength;
    progress?.update({ bytesIn, pages });
  };
  try {
    const { xml, byteLength } = await openScan(file, { threads, signal, onRead, chunks: "borrowed" });
    const mode = progressMode(options);
    progress = new ProgressLine({ sink: stderr, label: basename(file), totalBytesIn: byteLength, mode });
    return { file, result: await work({ xml, onPages: (count) => pages = count }), bytesIn };
  } catch (error) {
    throw nameFile(error, file === "-" ? "standard input" : file);
  } finally {
    progress?.finish();
  }
}
