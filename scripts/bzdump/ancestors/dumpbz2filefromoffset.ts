/**
 * dumpbz2filefromoffset: the header of a compressed dump, then its pages from an offset in the file on; or with "raw" what the
 * blocks hold, up to the end of the stream.
 *
 * An offset is what the old tools print: the byte of a block, less one if the block begins on a byte. The exit code is 0 whatever
 * is wrong with the data; what it is goes to stderr.
 */
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { BlockAccess, type BlockPosition, streamLevel } from "../../../lib/dump/blocks/block-access.ts";
import { BlockSearch } from "../../../lib/dump/blocks/block-search.ts";
import { DUMP_END } from "../../../lib/dump/reading/dump-end.ts";
import { readDumpHeader } from "../../../lib/dump/reading/dump-header.ts";
import { type FromOffsetProgress, readFromOffset } from "../../../lib/dump/blocks/from-offset.ts";
import { cutTagOffset, indexOfPageTag } from "../../../lib/dump/reading/page-heads.ts";
import { startOfBlanks } from "../../../lib/dump/reading/page-window.ts";
import { Bzip2Error, DumpFormatError } from "../../../lib/errors.ts";
import type { ByteSource } from "../../../lib/streams/byte-source.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";
import { DumpSplitter } from "../../../lib/xml/dump-splitter.ts";
import { type Ancestor, type AncestorCall, AncestorError, OLD_USAGE, usageError } from "./ancestor.ts";
import { HELP, oldNumber, openOldFile } from "./old-file.ts";
import { unverifiedBlock } from "./unverified-block.ts";

const NAME = "dumpbz2filefromoffset";
const NO_HEADER = "incomplete or no mediawiki header found\n";
const NO_FILE = "failed to initialize bz2file\n";
const DATA_ERROR = "error from BZ decompress -4 (1)\n";
/** "BZh9". */
const HEADER_BYTES = 4;
/** Of a page, as MediaWiki writes it. */
const INDENT_LENGTH = 2;
/** A text that is no dump is written if it is not longer: the old tool had it in its buffer when it noticed. */
const OLD_BUFFER_BYTES = 5000;

export const DUMPBZ2FILEFROMOFFSET: Ancestor = {
  name: NAME,
  options: [HELP, { name: "version", short: "v" }],
  usage: `Usage: ${NAME} [--help] [--version] FILE OFFSET [raw]
Writes the header of a dump and the pages that begin behind OFFSET, a byte of the compressed file. With "raw": what the blocks
behind OFFSET hold, without header, up to the end of the stream.
`,
  async run(call) {
    const { positionals } = call.arguments;
    const [path, offsetText, form] = positionals;
    if (path === undefined || positionals.length > 3) throw usageError("Missing option or argument.");
    if (offsetText === undefined) throw usageError("Missing offset argument.");
    const offset = oldNumber(offsetText);
    if (offset < 0) throw usageError("Please specify an offset >= 0.");
    const file = await openOldFile(path, { signal: call.signal, exitCode: OLD_USAGE });
    if (file === undefined) {
      throw new AncestorError(`lseek of file failed\n${form === "raw" ? "" : NO_HEADER}${NO_FILE}`.trimEnd(), 0);
    }
    try {
      await new Dumping(file.source, offset, call).run(form === "raw");
      return 0;
    } finally {
      await file.close();
    }
  },
};

class Dumping {
  readonly #source: ByteSource;
  readonly #offset: number;
  readonly #call: AncestorCall;
  #progress: FromOffsetProgress | undefined;
  #hasHeader = false;
  /** A page is looked for before anything is written. */
  #isSeeking = false;
  #isAtStart = true;
  #carry: Uint8Array = new Uint8Array();
  /** The text so far, while it is so short that all of it would be written; only of a text that is no dump. */
  #shortText: Uint8Array | undefined;
  /** What was said already. */
  #told: string | undefined;

  constructor(source: ByteSource, offset: number, call: AncestorCall) {
    this.#source = source;
    this.#offset = offset;
    this.#call = call;
  }

  async run(isRaw: boolean): Promise<void> {
    const { stderr } = this.#call;
    try {
      const header = await this.#source.read(0, Math.min(HEADER_BYTES, this.#source.size));
      if (streamLevel(header) === undefined) {
        return await stderr.write(`${NO_FILE}${isRaw ? "" : `${NO_HEADER}${NO_FILE}`}`);
      }
      if (!isRaw) await this.#beginWithHeader();
      await this.#copy(isRaw);
    } catch (error) {
      await this.#complain(error);
    }
  }

  async #beginWithHeader(): Promise<void> {
    this.#isSeeking = true;
    try {
      const { header } = await readDumpHeader(new BlockAccess(this.#source, this.#call.signal));
      await this.#writeHeader(header);
    } catch (error) {
      if (error instanceof Bzip2Error) await this.#writeDamagedHeader(error);
      else if (error instanceof DumpFormatError && error.code === "NO_MEDIAWIKI") await this.#beginWithoutHeader();
      else throw error;
    }
  }

  async #writeHeader(header: Uint8Array): Promise<void> {
    this.#hasHeader = true;
    await this.#call.stdout.write(header);
  }

  /** The pages behind the offset may be good all the same. The old tool did not wait for the checksum. */
  async #writeDamagedHeader(error: Bzip2Error): Promise<void> {
    await this.#tell(error);
    if (error.code !== "BLOCK_CRC") return;
    const header = headerIn(await unverifiedBlock(this.#source, error, this.#call.signal));
    if (header !== undefined) await this.#writeHeader(header);
  }

  /** The text is no dump. From the offset on, a short one is written all the same; of a long one, what looks like pages. */
  async #beginWithoutHeader(): Promise<void> {
    const { stderr, signal } = this.#call;
    let byteLength = 0;
    for await (const { length } of chunksOf(readFromOffset(this.#source, 0, { form: "raw", signal }))) {
      byteLength += length;
      if (byteLength > OLD_BUFFER_BYTES) break;
    }
    await stderr.write(byteLength <= OLD_BUFFER_BYTES ? NO_HEADER : "missing mediawiki header from bz2 xml file\n");
    this.#shortText = new Uint8Array();
  }

  async #copy(isRaw: boolean): Promise<void> {
    const { stdout, stderr, signal } = this.#call;
    // One bit further: a block on this very byte has the offset before.
    const fromBit = this.#offset * 8 + 1;
    const start = await new BlockSearch(this.#source, signal).nextMagic(fromBit, Infinity);
    if (start !== undefined) await this.#copyFromBlock(start, { fromBit, isRaw });
    if (this.#progress?.start === undefined) {
      if (this.#offset >= this.#source.size) await stderr.write("asked for position past end of file\n");
      return await stderr.write(NO_FILE);
    }
    if (this.#shortText !== undefined) await stdout.write(this.#shortText);
    // There was no page: the document ends here.
    else if (this.#isSeeking && this.#hasHeader) await stdout.write(DUMP_END);
  }

  /** The old tool began with the first block that it found, whether or not a damaged one lies between it and the offset. */
  async #copyFromBlock(start: BlockPosition, { fromBit, isRaw }: { fromBit: number; isRaw: boolean }): Promise<void> {
    try {
      await this.#copyFrom(fromBit, isRaw);
    } catch (error) {
      const isBefore = error instanceof Bzip2Error && error.bitOffset < start.bitOffset;
      if (!isBefore || this.#progress?.start !== undefined) throw error;
      await this.#tell(error);
      await this.#copyFrom(start.bitOffset, isRaw);
    }
  }

  async #copyFrom(fromBit: number, isStreamOnly: boolean): Promise<void> {
    const { signal } = this.#call;
    const onProgress = (progress: FromOffsetProgress): void => void (this.#progress = progress);
    const text = readFromOffset(this.#source, fromBit, { form: "raw", isStreamOnly, onProgress, signal });
    for await (const bytes of chunksOf(text)) await this.#write(bytes);
  }

  /** From the first page on; what is no page at all passes as it is. */
  async #write(bytes: Uint8Array): Promise<void> {
    if (!this.#isSeeking) return await this.#call.stdout.write(bytes);
    if (this.#shortText !== undefined) {
      const text = concatBytes([this.#shortText, bytes]);
      this.#shortText = text.length <= OLD_BUFFER_BYTES ? text : undefined;
      if (this.#shortText !== undefined) return;
      bytes = text;
    }
    const joined = concatBytes([this.#carry, bytes]);
    let page = indexOfPageTag(joined);
    // A page whose indent lies in the block before was passed over by the old tool: it begins there.
    const isCut = this.#isAtStart && page >= 0 && page < INDENT_LENGTH && startOfBlanks(joined, page) === 0;
    if (isCut) page = indexOfPageTag(joined, page + 1);
    if (page < 0) {
      this.#carry = joined.slice(startOfBlanks(joined, cutTagOffset(joined)));
      this.#isAtStart &&= !isCut && this.#carry.length === joined.length;
      return;
    }
    this.#isSeeking = false;
    await this.#call.stdout.write(joined.subarray(startOfBlanks(joined, page)));
  }

  async #complain(error: unknown): Promise<void> {
    const { stderr, signal } = this.#call;
    if (error instanceof DumpFormatError) return await stderr.write(`${NAME}: ${error.message}\n`);
    if (!(error instanceof Bzip2Error)) throw error;
    // The old tool wrote a block before it compared the checksum, in pieces of its buffer; the last piece was lost.
    if (error.code === "BLOCK_CRC") {
      const bytes = await unverifiedBlock(this.#source, error, signal);
      const before = this.#progress?.plainLength ?? 0;
      const pieces = Math.floor((before + bytes.length) / OLD_BUFFER_BYTES) * OLD_BUFFER_BYTES;
      await this.#write(bytes.subarray(0, Math.max(0, pieces - before)));
    }
    await stderr.write(DATA_ERROR);
    await this.#tell(error);
  }

  async #tell(error: Bzip2Error): Promise<void> {
    if (error.message === this.#told) return;
    this.#told = error.message;
    await this.#call.stderr.write(`${NAME}: ${error.message}\n`);
  }
}

/** The header of a dump; undefined if there is none, or it is damaged. */
function headerIn(bytes: Uint8Array): Uint8Array | undefined {
  try {
    for (const part of new DumpSplitter().push(bytes)) {
      if (part.type === "header") return part.bytes;
    }
  } catch (error) {
    if (!(error instanceof DumpFormatError)) throw error;
  }
  return undefined;
}
