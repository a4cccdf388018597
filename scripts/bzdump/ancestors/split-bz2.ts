/**
 * split_bz2: the old script that cut bzip2 dumps into page ranges, at about every so many bytes.
 *
 * What it started other programs for is done in this process; with -v and -d it still says what it would have started.
 */
import { lstat, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { extractRange } from "../../../lib/dump/pages/extract-range.ts";
import { findLastId } from "../../../lib/dump/pages/last-id.ts";
import { requireRising } from "../../../lib/dump/reading/id-order.ts";
import { type PageStart, PageStarts } from "../../../lib/dump/split/split-plan.ts";
import { openFileSource } from "../../../lib/host/file-source.ts";
import type { ByteSource } from "../../../lib/streams/byte-source.ts";
import { Bzip2EncoderStream } from "../../../lib/streams/bzip2-encoder-stream.ts";
import { parallelBzip2Encoder } from "../../../lib/streams/parallel-encoder.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";
import { fileOutput, type Output } from "../io/output.ts";
import { Threads, withThreads } from "../io/threads.ts";
import { type Ancestor, type AncestorCall, AncestorError } from "./ancestor.ts";

const FAILED = 1;
/** Files below this size are done sooner than threads are warm. */
const SMALLEST_FOR_THREADS = 2_000_000;
/** A last piece below this size is not made; of files below twice this size, a tenth counts. */
const MARGIN_BYTES = 25_000_000;
const SMALL_FILE_BYTES = 50_000_000;
const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9 };

interface Settings {
  readonly files: readonly { readonly path: string; readonly lastPageId: number }[];
  readonly sizeBytes: number;
  readonly directory: string;
  readonly utilities: string;
  readonly batchSize: number;
  readonly isDryRun: boolean;
  readonly isVerbose: boolean;
}

interface Work {
  readonly settings: Settings;
  readonly call: AncestorCall;
  readonly threads: Threads;
}

/** A piece to be written: what comes from this offset on, up to the last page. */
interface Piece {
  readonly offset: number;
  readonly first: number;
  readonly last: number;
  readonly name: string;
}

function refuse(reason: string): AncestorError {
  return new AncestorError(reason, FAILED, { hasUsage: true, isClose: true });
}

function settingsOf({ arguments: { options, positionals } }: AncestorCall): Settings {
  const value = (name: string): string | undefined => options.findLast((one) => one.name === name)?.value;
  const needed = (name: string, title = name): string => {
    const given = value(name);
    if (given === undefined || given === "") throw refuse(`Mandatory ${title} argument not specified`);
    return given;
  };
  if (positionals.length > 0) throw refuse(`Unknown option(s) specified: ${positionals.join(" ")}`);
  const names = needed("files");
  const size = needed("size", "splitsize");
  const directory = needed("odir");
  const batchSize = value("batchsize") ?? "1";
  if (!/^\d+$/.test(batchSize)) throw refuse("batchsize must be an number");
  return {
    files: names.split(",").map(fileOf),
    sizeBytes: sizeOf(size),
    directory,
    utilities: value("utilsdir") ?? ".",
    // 0 was taken for 1.
    batchSize: Math.max(1, Number(batchSize)),
    isDryRun: options.some(({ name }) => name === "dryrun"),
    isVerbose: options.some(({ name }) => name === "verbose"),
  };
}

function sizeOf(text: string): number {
  const match = /^(\d+)([KMG]?)$/.exec(text);
  const bytes = match === null ? 0 : Number(match[1]) * UNITS[match[2]!]!;
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw refuse(`Bad size ${text}, expected bytes above 0, with K, M or G if you like`);
}

async function requireDirectory(path: string): Promise<void> {
  const isThere = await stat(resolve(path)).then((status) => status.isDirectory(), () => false);
  if (!isThere) throw refuse(`No such directory: ${resolve(path)}`);
}

/** "FILE" with the last page in its name, or "FILE:LAST". */
function fileOf(text: string): { path: string; lastPageId: number } {
  const given = /^(.+):(\d+)$/.exec(text);
  if (given !== null) return { path: given[1]!, lastPageId: Number(given[2]) };
  const part = basename(text).split(".").find((one) => one.startsWith("xml-p"));
  const digits = part === undefined ? null : /p(\d+)$/.exec(part);
  if (digits !== null) return { path: text, lastPageId: Number(digits[1]) };
  throw refuse(`Failed to get last page from filename ${text} Is it a valid name?`);
}

/** The program that the old script would have started, as its words. */
function dumpCommand({ utilities }: Settings, path: string, offset: number): readonly string[] {
  return [join_(utilities, "dumpbz2filefromoffset"), path, String(offset)];
}

/** As Python joins: "./x" stays what it is. */
function join_(directory: string, name: string): string {
  return directory.endsWith("/") || directory === "" ? `${directory}${name}` : `${directory}/${name}`;
}

type Quotable = string | readonly Quotable[];

/** A list as Python prints it. */
function quoted(value: Quotable): string {
  if (typeof value !== "string") return `[${value.map(quoted).join(", ")}]`;
  const plain = value.replaceAll("\\", "\\\\");
  return plain.includes("'") && !plain.includes('"') ? `"${plain}"` : `'${plain.replaceAll("'", "\\'")}'`;
}

/** Splits one file. Returns whether all went well. */
async function splitFile(file: Settings["files"][number], work: Work): Promise<boolean> {
  const { settings, call } = work;
  const source = await openFileSource(file.path);
  try {
    const margin = source.size < SMALL_FILE_BYTES ? source.size / 10 : MARGIN_BYTES;
    if (source.size <= settings.sizeBytes + margin) {
      await call.stdout.write(`File ${file.path} smaller than or not much bigger than splitsize, skipping\n`);
      return true;
    }
    const pieces = await piecesOf(source, file, { settings, call, margin });
    const pairsOf = (batch: readonly Piece[]): string => quoted(batch.map((one) => pairOf(one, file, settings)));
    let isGood = true;
    for (let i = 0; i < pieces.length; i += settings.batchSize) {
      const batch = pieces.slice(i, i + settings.batchSize);
      if (settings.isDryRun) {
        await call.stderr.write(`would run: ${pairsOf(batch)}\n`);
      } else {
        if (settings.isVerbose) await call.stderr.write(`running commands: ${pairsOf(batch)}\n`);
        const results = await Promise.all(batch.map((one) => writePiece(source, one, { file, ...work })));
        isGood &&= results.every((one) => one);
      }
    }
    return isGood;
  } finally {
    await source.close();
  }
}

function pairOf({ offset, first, last, name }: Piece, file: { path: string }, settings: Settings): Quotable {
  const { utilities, directory } = settings;
  const write = [join_(utilities, "writeuptopageid"), "-o", directory, "-f", `${name}:${first}:${last + 1}`];
  return [dumpCommand(settings, file.path, offset), write];
}

interface PlanContext {
  readonly settings: Settings;
  readonly call: AncestorCall;
  readonly margin: number;
}

async function piecesOf(
  source: ByteSource,
  file: Settings["files"][number],
  { settings, call, margin }: PlanContext,
): Promise<Piece[]> {
  const { sizeBytes, isVerbose } = settings;
  const tell = async (text: string): Promise<void> => void (isVerbose && await call.stderr.write(`${text}\n`));
  const offsets: number[] = [];
  for (let offset = 0; offset < source.size; offset += sizeBytes) offsets.push(offset);
  if (source.size - offsets.at(-1)! < margin) offsets.pop();
  const finder = new PageStarts(source, { signal: call.signal });
  const starts: (PageStart & { offset: number })[] = [];
  for (const offset of offsets) {
    // The old tools count from the byte before a block that begins on a byte.
    const start = await nextStart(finder, offset, starts.at(-1));
    if (start === undefined) {
      await tell(`no page begins behind offset: ${offset} of file: ${file.path}`);
      continue;
    }
    const commands: Quotable = [
      dumpCommand(settings, file.path, offset),
      ["/bin/grep", "-m", "1", "-A", "5", "-a", "<page>"],
    ];
    await tell(
      `got first page id ${start.pageId} for offset: ${offset} of file: ${file.path} with commands ${quoted(commands)}`,
    );
    starts.push({ ...start, offset });
  }
  await tell(`offsets are: [${starts.map(({ offset }) => offset).join(", ")}]`);
  const kept = starts.filter(({ pageId }, i) => pageId !== starts[i + 1]?.pageId);
  for (const { offset } of starts.filter((one) => !kept.includes(one))) {
    await tell(`chunk at offset ${offset} skipped, same page id as next offset`);
  }
  requireRising(kept.map(({ pageId }) => pageId));
  await warnOfLast(source, file, call);
  return kept.filter(({ pageId }) => pageId <= file.lastPageId).map(({ offset, pageId: first }, i, all) => {
    const last = i + 1 < all.length ? all[i + 1]!.pageId - 1 : file.lastPageId;
    return { offset, first, last, name: `${stemOf(file.path)}.xml-p${first}p${last}.bz2` };
  });
}

/** The first page behind an offset; what is known of the page before is not looked for again. */
async function nextStart(
  finder: PageStarts,
  offset: number,
  before: PageStart | undefined,
): Promise<PageStart | undefined> {
  const bitOffset = offset * 8 + 1;
  return before !== undefined && before.position.bitOffset >= bitOffset ? before : await finder.from(bitOffset);
}

/** The old script took LAST for the last piece only. */
async function warnOfLast(
  source: ByteSource,
  file: { path: string; lastPageId: number },
  call: AncestorCall,
): Promise<void> {
  const last = await findLastId(source, "page", { incomplete: "accept", signal: call.signal });
  if (last === undefined || last.id <= file.lastPageId) return;
  await call.stderr.write(`pages of ${file.path} behind ${file.lastPageId} are left out; the last one is ${last.id}\n`);
}

/** Up to ".xml" or, without it, the extension. */
function stemOf(path: string): string {
  const name = basename(path);
  const xml = name.indexOf(".xml");
  return xml >= 0 ? name.slice(0, xml) : name.replace(/\.[^.]*$/, "");
}

async function writePiece(
  source: ByteSource,
  piece: Piece,
  { file, settings, call, threads }: Work & { file: { path: string } },
): Promise<boolean> {
  const path = join(settings.directory, piece.name);
  const isThere = await lstat(path).then(() => true, () => false);
  if (isThere) {
    if (settings.isVerbose) await call.stderr.write(`output file ${path} exists already, skipping\n`);
    return true;
  }
  const { first, last } = piece;
  const pool = threads.poolFor(source.size);
  const packer = pool === undefined ? new Bzip2EncoderStream() : parallelBzip2Encoder(pool);
  let output: Output | undefined;
  try {
    output = await fileOutput(path, { isForced: false });
    const xml = extractRange(source, { first, last }, { signal: call.signal });
    for await (const bytes of chunksOf(xml.pipeThrough(packer))) await output.write(bytes);
    await output.finish();
    return true;
  } catch (error) {
    await output?.discard();
    if (call.signal.aborted) throw error;
    const message = error instanceof Error ? error.message : String(error);
    await call.stderr.write(`split_bz2: ${path} from ${file.path}: ${message}\n`);
    return false;
  }
}

export const SPLIT_BZ2: Ancestor = {
  name: "split_bz2",
  options: [
    { name: "files", short: "f", takesValue: true },
    { name: "size", short: "s", takesValue: true },
    { name: "odir", short: "o", takesValue: true },
    { name: "utilsdir", short: "u", takesValue: true },
    { name: "batchsize", short: "b", takesValue: true },
    { name: "dryrun", short: "d" },
    { name: "verbose", short: "v" },
    { name: "help", short: "h" },
  ],
  usageExitCode: 1,
  isClose: true,
  usage: `Usage: split_bz2 -f FILE[:LAST][,FILE…] -s SIZE -o DIR [-u UTILS] [-b N] [-d] [-v]

Cuts bzip2 dumps into page ranges, one for about every SIZE bytes of FILE (with K, M or G: powers of 1000).

  -f, --files      dumps, with commas; LAST is the last page, if it is not in the name (…xml-p1p500.bz2)
  -s, --size       bytes of FILE for a piece
  -o, --odir       where the pieces go; existing ones are left alone
  -u, --utilsdir   nothing is started from there, it is only named by -v and -d
  -b, --batchsize  so many pieces at once; 1 without it
  -d, --dryrun     only say what would be done; -v, --verbose: say more
`,
  async run(call) {
    const settings = settingsOf(call);
    await requireDirectory(settings.utilities);
    await requireDirectory(settings.directory);
    return await withThreads(new Threads(undefined, SMALLEST_FOR_THREADS), async (threads) => {
      let isGood = true;
      for (const file of settings.files) {
        if (!await splitFile(file, { settings, call, threads })) isGood = false;
      }
      return isGood ? 0 : FAILED;
    });
  },
};
