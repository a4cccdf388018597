/**
 * findpageidinbz2xml: the old tool that told from which block on to read for a page.
 *
 * It names the last block whose first page has a smaller id than the wanted one: where the wanted page is the first of its block,
 * that is the block before. Neither a stub file nor the API of a wiki is needed here; their options are accepted.
 */
import { oldPosition } from "../../../lib/dump/blocks/old-position.ts";
import { findPageHeads } from "../../../lib/dump/reading/page-heads.ts";
import { PageSearch } from "../../../lib/dump/pages/page-search.ts";
import { Bzip2Error, DumpFormatError, SourceError } from "../../../lib/errors.ts";
import type { ByteSource } from "../../../lib/streams/byte-source.ts";
import { versionLine } from "../../../lib/cli/run-command.ts";
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

function settingsOf({ arguments: { options, positionals } }: AncestorCall): Settings {
  const value = (name: string): string | undefined => options.findLast((one) => one.name === name)?.value;
  const has = (name: string): boolean => options.some((one) => one.name === name);
  if (has("help")) throw usageError("");
  if (has("version")) throw new AncestorError(versionLine("findpageidinbz2xml"), OLD_USAGE);
  const file = value("filename");
  // As the old tools read numbers: up to the first other character.
  const digits = /^\d+/.exec(value("pageid") ?? "")?.[0];
  const pageId = Number(digits ?? "0");
  if (file === undefined || pageId === 0 || positionals.length > 0) throw usageError("");
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
    if (error instanceof DumpFormatError && error.code === "ID_ORDER") {
      throw new AncestorError(`Error encountered during search: ${error.message}`, OLD_USAGE);
    }
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

async function search(
  source: ByteSource,
  { pageId, isVerbose }: Settings,
  { stderr, signal }: AncestorCall,
): Promise<{ bitOffset: number; pageId: number }> {
  const pages = new PageSearch(source, {
    signal,
    onProbe: isVerbose
      ? ({ position, pageIds: [first] }) =>
        void stderr.write(`block after offset ${oldPosition(position.bitOffset)}: ${first ?? "no page"}\n`)
      : undefined,
  });
  const start = await firstBlock(pages, source, signal);
  // Half an id less: the block that begins with the wanted page counts as one of bigger ids.
  const { at, below, above } = await pages.bounds(pageId - 0.5);
  const found = at ?? below;
  if (found !== undefined) return { bitOffset: found.bitOffset, pageId: found.pageIds[0]! };
  const first = start.pageId ?? above?.pageIds[0];
  if (first !== undefined && first > pageId) {
    throw new AncestorError("Page requested is less than first page id in file", OLD_USAGE);
  }
  if (first === undefined) throw new AncestorError(NO_PAGE, FAILED);
  const { fault } = start;
  if (fault !== undefined && start.pageId === undefined) {
    throw new AncestorError(`Error encountered during search: ${fault.message}`, OLD_USAGE);
  }
  if (fault !== undefined) await stderr.write(`the block that the page may be in is damaged: ${fault.message}\n`);
  // The first page of all is found from the start of the file.
  return { bitOffset: start.bitOffset ?? above!.bitOffset, pageId: first };
}

/** Where reading a file begins. */
interface FirstBlock {
  readonly bitOffset?: number;
  /** Its first page, and what is wrong with it: only told of a damaged block. */
  readonly pageId?: number | undefined;
  readonly fault?: Bzip2Error;
}

/** The first block. The old tool did not wait for the checksum of a block, so the first page of a damaged one is told, too. */
async function firstBlock(
  { blocks: { access } }: PageSearch,
  source: ByteSource,
  signal: AbortSignal,
): Promise<FirstBlock> {
  let bitOffset: number | undefined;
  try {
    const first = await access.first();
    if (first === undefined) throw new AncestorError(NO_PAGE, FAILED);
    bitOffset = first.bitOffset;
    access.recycle(await access.read(first));
    return { bitOffset };
  } catch (error) {
    if (!(error instanceof Bzip2Error)) throw error;
    if (error.code === "NOT_BZIP2") throw new AncestorError(NO_PAGE, FAILED);
    if (bitOffset === undefined || error.code !== "BLOCK_CRC") return { fault: error };
    const [head] = findPageHeads(await unverifiedBlock(source, error, signal)).heads;
    return { bitOffset, pageId: head?.pageId, fault: error };
  }
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
