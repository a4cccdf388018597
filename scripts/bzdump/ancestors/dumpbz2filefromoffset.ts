/**
 * dumpbz2filefromoffset: the header of a compressed dump, then its pages from an offset in the file on; or with "raw" what the
 * blocks hold, up to the end of the stream.
 *
 * An offset is what the old tools print: the byte of a block, less one if the block begins on a byte. The exit code is 0 whatever
 * is wrong with the data; what it is goes to stderr.
 */
import { concatBytes } from "../../../lib/bits/bytes.ts";
import { BlockAccess } from "../../../lib/dump/blocks/block-access.ts";
import { DUMP_END } from "../../../lib/dump/reading/dump-end.ts";
import { readDumpHeader } from "../../../lib/dump/reading/dump-header.ts";
import { type FromOffsetProgress, readFromOffset } from "../../../lib/dump/blocks/from-offset.ts";
import { cutTagOffset, indexOfPageTag } from "../../../lib/dump/reading/page-heads.ts";
import { startOfBlanks } from "../../../lib/dump/reading/page-window.ts";
import { Bzip2Error, DumpFormatError } from "../../../lib/errors.ts";
import type { ByteSource } from "../../../lib/streams/byte-source.ts";
import { chunksOf } from "../../../lib/streams/stream-from.ts";
import { type Ancestor, type AncestorCall, AncestorError, OLD_USAGE, usageError } from "./ancestor.ts";
import { HELP, oldNumber, openOldFile } from "./old-file.ts";
import { unverifiedBlock } from "./unverified-block.ts";

const NAME = "dumpbz2filefromoffset";
const NO_HEADER = "incomplete or no mediawiki header found\n";
const NO_FILE = "failed to initialize bz2file\n";
const DATA_ERROR = "error from BZ decompress -4 (1)\n";
/** Of a page, as MediaWiki writes it. */
const INDENT_LENGTH = 2;
/** A text that is no dump is written if it is shorter: the old tool had it in its buffer when it noticed. */
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
    if (path === undefined) throw usageError("Missing option or argument.");
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
  /** A page is looked for before anything is written. */
  #isSeeking = false;
  #isAtStart = true;
  #carry: Uint8Array = new Uint8Array();

  constructor(source: ByteSource, offset: number, call: AncestorCall) {
    this.#source = source;
    this.#offset = offset;
    this.#call = call;
  }

  async run(isRaw: boolean): Promise<void> {
    try {
      if (!isRaw) await this.#writeHeader();
      await this.#copy(isRaw);
    } catch (error) {
      if (error instanceof DumpFormatError && error.code === "NO_MEDIAWIKI") return await this.#withoutHeader();
      await this.#complain(error, isRaw);
    }
  }

  async #writeHeader(): Promise<void> {
    const { header } = await readDumpHeader(new BlockAccess(this.#source, this.#call.signal));
    await this.#call.stdout.write(header);
    this.#isSeeking = true;
  }

  async #copy(isRaw: boolean): Promise<void> {
    const { stdout, stderr, signal } = this.#call;
    const onProgress = (progress: FromOffsetProgress): void => void (this.#progress = progress);
    // One bit further: a block on this very byte has the offset before.
    const fromBit = this.#offset * 8 + 1;
    const text = readFromOffset(this.#source, fromBit, { form: "raw", isStreamOnly: isRaw, onProgress, signal });
    for await (const bytes of chunksOf(text)) await this.#write(bytes);
    if (this.#progress?.start !== undefined) {
      // There was no page: the document ends here.
      if (this.#isSeeking) await stdout.write(DUMP_END);
      return;
    }
    if (this.#offset >= this.#source.size) await stderr.write("asked for position past end of file\n");
    await stderr.write(NO_FILE);
  }

  /** From the first page on; what is no page at all passes as it is. */
  async #write(bytes: Uint8Array): Promise<void> {
    if (!this.#isSeeking) return await this.#call.stdout.write(bytes);
    const joined = concatBytes([this.#carry, bytes]);
    let page = indexOfPageTag(joined);
    // A page whose indent lies in the block before was passed over by the old tool: it begins there.
    const isCut = this.#isAtStart && page >= 0 && page < INDENT_LENGTH && startOfBlanks(joined, page) === 0;
    if (isCut) page = indexOfPageTag(joined, page + 1);
    this.#isAtStart = false;
    if (page < 0) {
      this.#carry = joined.slice(startOfBlanks(joined, cutTagOffset(joined)));
      return;
    }
    this.#isSeeking = false;
    await this.#call.stdout.write(joined.subarray(startOfBlanks(joined, page)));
  }

  /** The text is no dump. A short one is written all the same; of a long one, what looks like pages. */
  async #withoutHeader(): Promise<void> {
    const { stdout, stderr, signal } = this.#call;
    const chunks: Uint8Array[] = [];
    let byteLength = 0;
    try {
      for await (const bytes of chunksOf(readFromOffset(this.#source, 0, { form: "raw", signal }))) {
        chunks.push(bytes);
        byteLength += bytes.length;
        if (byteLength >= OLD_BUFFER_BYTES) break;
      }
      if (byteLength < OLD_BUFFER_BYTES) {
        await stdout.write(concatBytes(chunks));
        await stderr.write(NO_HEADER);
        return;
      }
      await stderr.write("missing mediawiki header from bz2 xml file\n");
      this.#isSeeking = true;
      await this.#copy(false);
    } catch (error) {
      await this.#complain(error, true);
    }
  }

  async #complain(error: unknown, isRaw: boolean): Promise<void> {
    const { stderr, signal } = this.#call;
    if (error instanceof DumpFormatError) return await stderr.write(`${NAME}: ${error.message}\n`);
    if (!(error instanceof Bzip2Error)) throw error;
    if (error.code === "NOT_BZIP2" || error.code === "BAD_LEVEL") {
      return await stderr.write(`${NO_FILE}${isRaw ? "" : `${NO_HEADER}${NO_FILE}`}`);
    }
    // The old tool wrote a block before it compared the checksum, and so did it say.
    // The old tool wrote a block before it compared the checksum, in pieces of its buffer; the last piece was lost.
    if (error.code === "BLOCK_CRC") {
      const bytes = await unverifiedBlock(this.#source, error, signal);
      const before = this.#progress?.plainLength ?? 0;
      const pieces = Math.floor((before + bytes.length) / OLD_BUFFER_BYTES) * OLD_BUFFER_BYTES;
      await this.#write(bytes.subarray(0, Math.max(0, pieces - before)));
    }
    await stderr.write(`${DATA_ERROR}${NAME}: ${error.message}\n`);
  }
}
