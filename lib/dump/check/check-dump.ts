/**
 * Reads a dump to its end and says all that is wrong with it: with its packing, its XML, and its texts.
 *
 *     bytes → salvage (blocks, damage) → DocumentChecker (XML, pages, texts) → problems with places
 */
import { DumpFormatError, GzipError } from "../../errors.ts";
import type { ByteSource } from "../../streams/byte-source.ts";
import { type DataFormat, SNIFF_BYTE_LENGTH, sniffFormat } from "../../streams/sniff.ts";
import { chunksOf, streamFrom } from "../../streams/stream-from.ts";
import type { WorkerPool } from "../../streams/worker-pool.ts";
import { BlockSearch } from "../blocks/block-search.ts";
import { DocumentChecker } from "./check-document.ts";
import type { CheckProgress, DumpCheck, DumpLoss } from "./check-report.ts";
import { type ForwardSource, forwardSource } from "./forward-source.ts";
import { ProblemList, TooManyProblems } from "./problem-list.ts";
import { Salvage, type SalvagePiece, sourceChunks } from "./salvage.ts";
import type { Sha1 } from "./text-digest.ts";

/** How to check a dump. */
export interface CheckDumpOptions {
  /** Decode bzip2 with these workers. */
  readonly pool?: WorkerPool | undefined;
  /**
   * Makes a SHA-1, such as `() => createHash("sha1")` of node:crypto. Without it, texts are only held against their length.
   */
  readonly makeSha1?: (() => Sha1) | undefined;
  /** Beside `makeSha1`, for speed: the SHA-1 of some bytes in hexadecimal, such as `(bytes) => hash("sha1", bytes)` of node:crypto. */
  readonly sha1Hex?: ((bytes: Uint8Array) => string) | undefined;
  /** Makes a decoder for gzip, such as `gunzipStream` of "wikidump/node". Without it, gzip is refused. */
  readonly makeGunzip?: (() => ReadableWritablePair<Uint8Array, Uint8Array>) | undefined;
  /**
   * End after so many errors.
   *
   * @default {100}
   */
  readonly maxErrors?: number | undefined;
  /** Told now and then how far the check is. */
  readonly onProgress?: ((progress: CheckProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_MAX_ERRORS = 100;
/** Data of no known kind is searched for bzip2 blocks up to here: the header may be what is damaged. */
const SEARCHED_BYTES = 2 * 1024 * 1024;

/**
 * Checks a dump: every checksum of bzip2 or gzip, tags that fit each other, what a page and a revision must have, page ids that rise,
 * the closing tag, bytes after the end, and each text against the length and the SHA-1 that are stated.
 *
 * Goes on after what can be survived: behind a damaged block, and behind a fault of the XML, with the next page. Memory does not
 * grow with the file, its pages or their texts. Damage is in the result; what is thrown are the errors of the source, and
 * DumpFormatError NO_MEDIAWIKI for data of a kind that is not read (xz, 7z, zstd).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bytesSource, checkDump, compress } from "wikidump";
 *
 * const xml = `<mediawiki><page><title>A</title><ns>0</ns><id>7</id><revision><id>1</id>
 *   <timestamp>2026-01-01T00:00:00Z</timestamp><contributor><ip>192.0.2.1</ip></contributor><text bytes="3">x</text>
 *   </revision></page></mediawiki>`;
 * const check = await checkDump(bytesSource(compress(new TextEncoder().encode(xml))));
 * assert.equal(check.verdict, "wrong");
 * assert.equal(check.problems[0]?.message, "The text has 1 bytes, the dump states 3");
 * assert.equal(check.problems[0]?.place.pageId, 7);
 * ```
 */
export async function checkDump(
  input: ByteSource | ReadableStream<Uint8Array>,
  options: CheckDumpOptions = {},
): Promise<DumpCheck> {
  const forward = "getReader" in input ? forwardSource(input) : undefined;
  const run = new CheckRun(forward ?? input as ByteSource, forward, options);
  try {
    return await run.run();
  } finally {
    await forward?.cancel();
  }
}

class CheckRun {
  readonly #source: ByteSource;
  readonly #forward: ForwardSource | undefined;
  readonly #options: CheckDumpOptions;
  readonly #problems: ProblemList;
  readonly #document: DocumentChecker;
  readonly #salvage: Salvage;
  #format: DataFormat = "unknown";
  #bytesIn = 0;
  #trailingBytes = 0;
  /** Its end was told as a problem. */
  #isCut = false;

  constructor(source: ByteSource, forward: ForwardSource | undefined, options: CheckDumpOptions) {
    const { pool, signal, makeSha1, sha1Hex, maxErrors = DEFAULT_MAX_ERRORS } = options;
    this.#source = source;
    this.#forward = forward;
    this.#options = options;
    this.#problems = new ProblemList(maxErrors);
    this.#document = new DocumentChecker(this.#problems, makeSha1 && { makeSha1, sha1Hex });
    this.#salvage = new Salvage(source, { pool, signal, onRelease: (byteOffset) => this.#passed(byteOffset) });
  }

  async run(): Promise<DumpCheck> {
    let isStopped = false;
    try {
      await this.#read();
    } catch (error) {
      if (!(error instanceof TooManyProblems)) throw error;
      isStopped = true;
    }
    return this.#report(isStopped);
  }

  async #read(): Promise<void> {
    const { signal } = this.#options;
    const start = await this.#source.read(0, SNIFF_BYTE_LENGTH, { signal });
    this.#format = sniffFormat(start);
    if (this.#format === "unknown" && await this.#hasBlocks()) this.#format = "bzip2";
    if (this.#format === "bzip2") await this.#readBzip2();
    else if (this.#format === "gzip") await this.#readGzip();
    else if (this.#format === "xml" || this.#format === "unknown" || this.#format === "empty") await this.#readPlain();
    else throw refusal(this.#format);
    this.#document.finish({ isCut: this.#isCut });
  }

  /** Whether the data looks like bzip2 whose first bytes are damaged. */
  async #hasBlocks(): Promise<boolean> {
    const search = new BlockSearch(this.#source, this.#options.signal);
    return await search.nextBlock(0, SEARCHED_BYTES * 8) !== undefined;
  }

  async #readBzip2(): Promise<void> {
    for await (const piece of this.#salvage.pieces()) {
      if (piece.type === "block") {
        const { bytes, blockIndex, bitOffset } = piece;
        this.#document.push(bytes, { blockIndex, bitOffset });
        this.#tell();
      } else if (piece.type === "damage") this.#noteDamage(piece);
      else this.#noteTrailing(piece);
    }
    if (Number.isFinite(this.#source.size)) this.#bytesIn = this.#source.size;
  }

  async #readGzip(): Promise<void> {
    const { makeGunzip } = this.#options;
    if (makeGunzip === undefined) throw refusal("gzip");
    try {
      for await (const bytes of chunksOf(streamFrom(this.#packed()).pipeThrough(makeGunzip()))) {
        this.#document.push(bytes);
        this.#tell();
      }
    } catch (error) {
      if (!(error instanceof GzipError)) throw error;
      this.#isCut = true;
      const { code, message } = error;
      const index = this.#problems.add({
        severity: "error",
        kind: "packing",
        code,
        message,
        place: this.#document.place(),
        loss: this.#loss(0),
      });
      this.#document.lose(index);
    }
  }

  async #readPlain(): Promise<void> {
    for await (const bytes of this.#packed()) {
      this.#document.push(bytes);
      this.#tell();
    }
  }

  /** The bytes as they are. */
  async *#packed(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of sourceChunks(this.#source, { start: 0, signal: this.#options.signal })) {
      yield bytes;
      this.#passed(this.#bytesIn + bytes.length);
    }
  }

  #passed(byteOffset: number): void {
    this.#bytesIn = byteOffset;
    this.#forward?.release(byteOffset);
  }

  #noteDamage({ error, fromBit, resumeBit }: Extract<SalvagePiece, { type: "damage" }>): void {
    const { code, bitOffset, blockIndex } = error;
    this.#isCut = resumeBit === undefined;
    const isHole = code !== "STREAM_CRC" && resumeBit !== fromBit;
    const end = resumeBit ?? this.#source.size * 8;
    // Where more blocks follow, what looked like the end is damage.
    const isNoEnd = code === "TRUNCATED" && resumeBit !== undefined;
    // The bit is told as the place.
    const what = error.message.replace(/ \([^()]*bit [0-9]+\)$/, "");
    const index = this.#problems.add({
      severity: "error",
      kind: "packing",
      code: isNoEnd ? "BAD_SYMBOL" : code,
      message: isNoEnd ? "The block does not end before the file does, but more blocks follow" : what,
      place: { ...this.#document.place(), blockIndex, bitOffset },
      loss: isHole ? this.#loss(Math.ceil((end - fromBit) / 8)) : undefined,
    });
    if (isHole) this.#document.lose(index);
  }

  #noteTrailing({ byteOffset, byteLength }: Extract<SalvagePiece, { type: "trailing" }>): void {
    this.#trailingBytes = byteLength;
    this.#problems.add({
      severity: "error",
      kind: "packing",
      code: "TRAILING_DATA",
      message: `${byteLength} bytes follow the last stream, and are none`,
      place: { ...this.#document.place(), bitOffset: byteOffset * 8 },
    });
  }

  #loss(compressedBytes: number): DumpLoss {
    return { compressedBytes, skippedBytes: 0, ...this.#document.neighbours, nextPageId: undefined };
  }

  #tell(): void {
    const { tally, byteLength } = this.#document;
    this.#options.onProgress?.({ bytesIn: this.#bytesIn, bytesOut: byteLength, pages: tally.pages });
  }

  #report(isStopped: boolean): DumpCheck {
    const document = this.#document;
    const { tally } = document;
    const { problems, errors, notices, verdict } = this.#problems;
    return {
      verdict,
      format: this.#format,
      problems,
      errors,
      notices,
      isStopped,
      lastGoodPage: document.lastGoodPage,
      bytesIn: this.#bytesIn,
      bytesOut: document.byteLength,
      streams: this.#salvage.streams,
      blocks: this.#salvage.blocks,
      trailingBytes: this.#trailingBytes,
      pages: tally.pages,
      revisions: tally.revisions,
      textsChecked: tally.textsChecked,
      textsAbsent: tally.textsAbsent,
      firstPageId: tally.firstPageId,
      lastPageId: tally.lastPageId,
      schemaVersion: document.schemaVersion,
    };
  }
}

function refusal(format: DataFormat): DumpFormatError {
  const tool = format === "7z" ? "7z x -so" : format === "gzip" ? "gzip -dc" : `${format} -dc`;
  return new DumpFormatError("NO_MEDIAWIKI", `The data is ${format}, expected bzip2, gzip or plain XML`, {
    byteOffset: 0,
  }, {
    remedy: `Unpack it with ${tool} and pass the output on: … | bzdump check --deep -`,
  });
}
