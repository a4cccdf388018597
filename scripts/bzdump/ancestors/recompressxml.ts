/**
 * recompressxml: a dump in streams of N pages, with an index of them.
 *
 * It takes what is no whole dump, too, as the old tool did: a header or footer that is missing is not missed, and raw tags in a
 * text are text. What is damaged or cut is told, and the exit code is 1; what came before is written.
 */
import { recompressDump, type RecompressSummary } from "../../../lib/dump/packing/recompress.ts";
import { SourceError } from "../../../lib/errors.ts";
import { sniff } from "../../../lib/streams/sniff.ts";
import { chunksOf, streamFrom } from "../../../lib/streams/stream-from.ts";
import { type AnyInput, openAnyInput } from "../io/any-input.ts";
import { decodeForPacking } from "../packing/decode-for-packing.ts";
import { plainXml } from "../io/open-xml.ts";
import { type Output, standardOutputAs } from "../io/output.ts";
import { PackedText, packerFor, type Packing, packingOf } from "../packing/packed-output.ts";
import { discardAll, type RecompressOutputs, writeRecompressed } from "../packing/recompress-output.ts";
import { Threads, withThreads } from "../io/threads.ts";
import { type Ancestor, type AncestorCall, AncestorError, OLD_USAGE, usageError } from "./ancestor.ts";
import { isSpecial, oldOutput } from "./old-output.ts";

const FAILED = 1;
const LINE_FEED = 0x0a;
/** Below it, one thread is done before the others have begun. */
const SMALLEST_FOR_THREADS = 1_000_000;

const USAGE = `Usage: recompressxml -p N [-i IN] [-o OUT] [-b INDEX] [-H] [-F] [-v]

Divides a dump into streams of N pages each. Header and footer have streams of their own.

  -p, --pagesperstream N   pages in each stream
  -i, --inpath IN          read this file (.bz2, .gz or plain) instead of stdin
  -o, --outpath OUT        write this file (.bz2, .gz or plain) instead of plain text to stdout
  -b, --buildindex INDEX   write a line "offset:id:title" for each page into this file
  -H, --noheader           leave the header out
  -F, --nofooter           leave the footer out
  -v, --verbose            has no effect
  -h, --help               this text
  -V, --version            the version
`;

/** One further ending is seen through, as in `pages.xml.bz2.inprog`. */
function oldPackingOf(name: string): Packing {
  const packing = packingOf(name);
  return packing === "plain" ? packingOf(name.replace(/\.[^./]*$/, "")) : packing;
}

interface Settings {
  readonly pagesPerStream: number;
  readonly inPath: string | undefined;
  readonly outPath: string | undefined;
  readonly indexPath: string | undefined;
  readonly isHeaderLeftOut: boolean;
  readonly isFooterLeftOut: boolean;
}

function settingsOf({ arguments: { options } }: AncestorCall): Settings {
  const value = (name: string): string | undefined => options.findLast((one) => one.name === name)?.value;
  const isSet = (name: string): boolean => options.some((one) => one.name === name);
  const count = value("pagesperstream") ?? "0";
  // The old tool gave no reason for this.
  if (!/^\d/.test(count)) throw usageError("");
  // As C reads numbers: what follows the digits does not matter.
  const pagesPerStream = Number.parseInt(count, 10);
  if (pagesPerStream < 1) throw usageError("bad or no argument given for count.\n");
  return {
    pagesPerStream,
    inPath: value("inpath"),
    outPath: value("outpath"),
    indexPath: value("buildindex"),
    isHeaderLeftOut: isSet("noheader"),
    isFooterLeftOut: isSet("nofooter"),
  };
}

async function openInput(path: string | undefined, signal: AbortSignal): Promise<AnyInput> {
  try {
    return await openAnyInput(path ?? "-", { signal, isTerminalWelcome: true, chunks: "borrowed" });
  } catch (error) {
    if (!(error instanceof SourceError) || path === undefined) throw error;
    const isPacked = oldPackingOf(path) !== "plain";
    const what = isPacked ? `error trying to open ${path}` : `failed to open ${path}`;
    throw new AncestorError(`${what} for decompression`, OLD_USAGE);
  }
}

async function openOutputs({ outPath, indexPath }: Settings, call: AncestorCall): Promise<RecompressOutputs> {
  if (indexPath !== undefined && indexPath === outPath && !await isSpecial(indexPath)) {
    throw new AncestorError(`${outPath} cannot be both the dump and its index`, OLD_USAGE);
  }
  const dump = outPath === undefined ? standardOutputAs(call.stdout, { isBinary: false }) : await openFile(outPath);
  if (indexPath === undefined) return { dump, index: undefined };
  try {
    return { dump, index: new PackedText(await openFile(indexPath), oldPackingOf(indexPath)) };
  } catch (error) {
    await dump.discard();
    throw error;
  }
}

async function openFile(path: string): Promise<Output> {
  try {
    return await oldOutput(path);
  } catch (error) {
    throw new AncestorError(`failed to open ${path} for writing: ${(error as Error).message}`, OLD_USAGE);
  }
}

/** The XML of an input, as far as it can be read. */
class ReadableXml {
  readonly stream: ReadableStream<Uint8Array>;
  failure: unknown;
  #byteLength = 0;
  #lastByte = LINE_FEED;

  constructor(xml: ReadableStream<Uint8Array>) {
    this.stream = streamFrom(this.#read(xml));
  }

  get isEmpty(): boolean {
    return this.#byteLength === 0;
  }

  /** Whether the old tool, which reads lines, would have to look once more to see that its input has ended. */
  get endsWithLine(): boolean {
    return this.#lastByte === LINE_FEED;
  }

  async *#read(xml: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const bytes of chunksOf(xml)) {
        this.#byteLength += bytes.length;
        this.#lastByte = bytes.at(-1) ?? this.#lastByte;
        yield bytes;
      }
    } catch (error) {
      this.failure = error;
      if (this.#byteLength === 0) throw error;
    }
  }
}

async function recompress(call: AncestorCall, settings: Settings, threads: Threads): Promise<number> {
  const { inPath, outPath } = settings;
  const input = await openInput(inPath, call.signal);
  const outputs = await openOutputs(settings, call);
  try {
    const { format, stream } = await sniff(input.stream);
    const pool = threads.poolFor(input.byteLength);
    const isNamedBzip2 = inPath !== undefined && oldPackingOf(inPath) === "bzip2";
    const data = isNamedBzip2 || format === "bzip2"
      ? streamFrom(decodeForPacking(stream, pool))
      : plainXml(stream, format, input.name);
    const xml = new ReadableXml(data);
    const summary = await writeRecompressed(
      recompressDump(xml.stream, {
        ...settings,
        packer: packerFor(outPath === undefined ? "plain" : oldPackingOf(outPath), { pool }),
        hasIndex: settings.indexPath !== undefined,
        // The old tool learns from bzip2 data that they end, from others when it finds nothing more.
        // No text at all makes one empty stream: a file without any is no bzip2 file.
        hasEmptyEnd: () => xml.isEmpty || (!isNamedBzip2 && xml.endsWithLine),
        isLenient: true,
      }),
      outputs,
    );
    return await tell(xml, summary, call);
  } finally {
    await discardAll(outputs);
  }
}

/**
 * What was wrong with the input. A missing header or footer, text after the footer, or what is not well-formed is not, unless pages
 * could not be told apart.
 */
async function tell(
  xml: ReadableXml,
  { fault, pages, unclosedAt }: RecompressSummary,
  { stderr, signal }: AncestorCall,
): Promise<number> {
  signal.throwIfAborted();
  const isDump = fault !== undefined && fault.code !== "TRUNCATED" && pages > 0 && unclosedAt === undefined;
  const trouble = xml.failure ?? (isDump ? undefined : fault);
  if (trouble === undefined) return 0;
  const reason = trouble instanceof Error ? trouble.message : String(trouble);
  const message = unclosedAt === undefined ? reason : `${reason}; pages behind byte ${unclosedAt} were not told apart`;
  await stderr.write(`recompressxml: the input is not whole, what could be read of it is written: ${message}\n`);
  return FAILED;
}

export const RECOMPRESSXML: Ancestor = {
  name: "recompressxml",
  options: [
    { name: "buildindex", short: "b", takesValue: true },
    { name: "inpath", short: "i", takesValue: true },
    { name: "outpath", short: "o", takesValue: true },
    { name: "pagesperstream", short: "p", takesValue: true },
    { name: "noheader", short: "H" },
    { name: "nofooter", short: "F" },
    { name: "verbose", short: "v" },
    { name: "help", short: "h" },
    { name: "version", short: "V" },
  ],
  usage: USAGE,
  async run(call) {
    const settings = settingsOf(call);
    return await withThreads(
      new Threads(undefined, SMALLEST_FOR_THREADS),
      (threads) => recompress(call, settings, threads),
    );
  },
};
