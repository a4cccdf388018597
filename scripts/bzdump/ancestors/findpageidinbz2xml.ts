/**
 * findpageidinbz2xml: the old tool that told from which block on to read for a page.
 *
 * It names the last block whose first page has a smaller id than the wanted one: where the wanted page is the first of its block,
 * that is the block before. Neither a stub file nor the API of a wiki is needed here; their options are accepted.
 */
import { oldPosition } from "../../../lib/dump/blocks/old-position.ts";
import type { BlockPosition } from "../../../lib/dump/blocks/block-access.ts";
import { requireRising } from "../../../lib/dump/reading/id-order.ts";
import { findPageHeads, indexOfPageTag } from "../../../lib/dump/reading/page-heads.ts";
import { type PageBlock, PageSearch } from "../../../lib/dump/pages/page-search.ts";
import { Bzip2Error, DumpFormatError, SourceError } from "../../../lib/errors.ts";
import type { ByteSource } from "../../../lib/streams/byte-source.ts";
import type { OutputSink } from "../../../lib/host/terminal.ts";
import { openSource } from "../io/open-source.ts";
import { type Ancestor, type AncestorCall, AncestorError, OLD_USAGE, usageError } from "./ancestor.ts";
import { unverifiedBlock } from "./unverified-block.ts";

const FAILED = 1;
const NO_PAGE = "Failed to find any page from start of file, exiting";

interface Settings {
  readonly file: string;
  readonly pageId: number;
  readonly isVerbose: boolean;
}

function settingsOf({ arguments: { options } }: AncestorCall): Settings {
  const value = (name: string): string | undefined => options.findLast((one) => one.name === name)?.value;
  const has = (name: string): boolean => options.some((one) => one.name === name);
  const file = value("filename");
  // As the old tools read numbers: up to the first other character.
  const digits = /^\d+/.exec(value("pageid") ?? "")?.[0];
  const pageId = Number(digits ?? "0");
  if (file === undefined || pageId === 0) throw usageError("");
  return { file, pageId, isVerbose: has("verbose") };
}

async function run(call: AncestorCall): Promise<number> {
  const settings = settingsOf(call);
  const { source, close } = await open(settings.file, call.signal);
  try {
    const { bitOffset, pageId } = await search(source, settings, call);
    await call.stdout.write(`position:${oldPosition(bitOffset)} page_id:${pageId}\n`);
    return 0;
  } catch (error) {
    if (error instanceof DumpFormatError && error.code === "ID_ORDER") throw searchError(error);
    throw error;
  } finally {
    await close();
  }
}

async function open(file: string, signal: AbortSignal): ReturnType<typeof openSource> {
  try {
    return await openSource(file, { signal });
  } catch (error) {
    if (error instanceof SourceError) throw new AncestorError(error.message, FAILED);
    throw error;
  }
}

interface Place {
  readonly bitOffset: number;
  readonly pageId: number;
}

async function search(
  source: ByteSource,
  { pageId, isVerbose }: Settings,
  { stderr, signal }: AncestorCall,
): Promise<Place> {
  const pages = new PageSearch(source, {
    signal,
    onProbe: isVerbose
      ? ({ position, pageIds: [first] }) =>
        void stderr.write(`block after offset ${oldPosition(position.bitOffset)}: ${first ?? "no page"}\n`)
      : undefined,
  });
  const start = await startOf(pages, source, signal);
  const { fault } = start;
  if (start.pageId !== undefined && pageId < start.pageId) throw tooSmall();
  if (start.bitOffset !== undefined && start.pageId === pageId) {
    if (fault !== undefined) await stderr.write(`the block that the page may be in is damaged: ${fault.message}\n`);
    return { bitOffset: start.bitOffset, pageId };
  }
  // Half an id less: the block that begins with the wanted page counts as one of bigger ids.
  const { at, below, above } = await pages.bounds(pageId - 0.5);
  const found = at ?? below;
  if (found !== undefined) {
    // The first page may be the first of this block, too.
    requireRising([start.pageId === found.pageIds[0] ? undefined : start.pageId, ...found.pageIds]);
    if (at === undefined) await tellOfDamage(pages, found, { isLast: above === undefined, stderr });
    return { bitOffset: found.bitOffset, pageId: found.pageIds[0]! };
  }
  const first = start.pageId ?? above?.pageIds[0];
  if (first === undefined) throw new AncestorError(NO_PAGE, FAILED);
  if (fault !== undefined && start.pageId === undefined) throw searchError(fault);
  if (first > pageId) throw tooSmall();
  if (fault !== undefined) await stderr.write(`the block that the page may be in is damaged: ${fault.message}\n`);
  // The first page of all is found from the start of the file.
  return { bitOffset: start.bitOffset ?? above!.bitOffset, pageId: first };
}

function tooSmall(): AncestorError {
  return new AncestorError("Page requested is less than first page id in file", OLD_USAGE);
}

function searchError(error: Error): AncestorError {
  return new AncestorError(`Error encountered during search: ${error.message}`, OLD_USAGE);
}

/**
 * The page comes after those that begin in a block: whether it can be read depends on the next one.
 *
 * A damaged block between good ones was an error for the old tool; what it could not find was not, nor what lies at the end.
 */
async function tellOfDamage(
  { blocks: { access } }: PageSearch,
  below: PageBlock,
  { isLast, stderr }: { readonly isLast: boolean; readonly stderr: OutputSink },
): Promise<void> {
  let next: BlockPosition | undefined;
  try {
    next = await access.next({ ...below, ...below.position, crc: 0, bytes: new Uint8Array() });
    if (next !== undefined) access.recycle(await access.read(next));
  } catch (error) {
    if (!(error instanceof Bzip2Error)) throw error;
    if (next !== undefined && !isLast) throw searchError(error);
    await stderr.write(`the page may be in what is damaged behind this block: ${error.message}\n`);
  }
}

/** How a file begins. */
interface Start {
  /** Of its first block. */
  readonly bitOffset?: number;
  /** Its first page; undefined if there is none before the damage. */
  readonly pageId?: number | undefined;
  /** What is wrong with the block in which that page is, or should be. */
  readonly fault?: Bzip2Error;
}

/** The old tool did not wait for the checksum of a block, so the first page of a damaged one is told, too. */
async function startOf(pages: PageSearch, source: ByteSource, signal: AbortSignal): Promise<Start> {
  const { access } = pages.blocks;
  let bitOffset: number | undefined;
  try {
    const first = await access.first();
    if (first === undefined) throw new AncestorError(NO_PAGE, FAILED);
    bitOffset = first.bitOffset;
    for await (const block of access.blocksFrom(first)) {
      const pageId = (await pages.pagesOf(block))?.pageIds[0];
      access.recycle(block);
      if (pageId !== undefined) return { bitOffset, pageId };
    }
    throw new AncestorError(NO_PAGE, FAILED);
  } catch (error) {
    if (!(error instanceof Bzip2Error)) throw error;
    if (error.code === "NOT_BZIP2") throw new AncestorError(NO_PAGE, FAILED);
    if (bitOffset === undefined || error.code !== "BLOCK_CRC") return { fault: error };
    return { bitOffset, pageId: firstPageIn(await unverifiedBlock(source, error, signal)), fault: error };
  }
}

/** The first page with a readable head; there may be others in what is damaged. */
function firstPageIn(bytes: Uint8Array): number | undefined {
  for (let at = indexOfPageTag(bytes); at >= 0;) {
    const next = indexOfPageTag(bytes, at + 1);
    try {
      const [head] = findPageHeads(bytes.subarray(at, next < 0 ? bytes.length : next)).heads;
      if (head !== undefined) return head.pageId;
    } catch (error) {
      if (!(error instanceof DumpFormatError)) throw error;
    }
    at = next;
  }
  return undefined;
}

export const FINDPAGEIDINBZ2XML: Ancestor = {
  name: "findpageidinbz2xml",
  options: [
    { name: "filename", short: "f", takesValue: true },
    { name: "help", short: "h" },
    { name: "pageid", short: "p", takesValue: true },
    { name: "stubfile", short: "s", takesValue: true },
    { name: "useapi", short: "a" },
    { name: "verbose", short: "v" },
    { name: "version", short: "V" },
  ],
  usage: `Usage: findpageidinbz2xml --filename FILE --pageid ID [--verbose]
       findpageidinbz2xml --help | --version

Tells from which block of a bzip2 dump on to read for a page: "position:N page_id:N", where page_id is the
first page that begins in that block. Works on files with rising page ids.

  -f, --filename FILE  the dump
  -p, --pageid ID      the page
  -s, --stubfile FILE  accepted; not needed
  -a, --useapi         accepted; not needed
  -v, --verbose        show the blocks that are looked at
  -h, --help           this text
  -V, --version        the version
`,
  run,
};
