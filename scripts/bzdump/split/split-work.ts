/**
 * The work of `bzdump split`: one pass over the dump that cuts it, or a plan without one where that is possible.
 */
import { join } from "node:path";
import type { ProgressState } from "../../../lib/cli/progress-line.ts";
import { findLastId } from "../../../lib/dump/pages/last-id.ts";
import { type CutEvent, DumpCutter } from "../../../lib/dump/split/split-cutter.ts";
import { parseSplitName, pieceName, tilingRanges } from "../../../lib/dump/split/split-name.ts";
import { planSplit } from "../../../lib/dump/split/split-plan.ts";
import type { SplitRule } from "../../../lib/dump/split/split-rule.ts";
import { UsageError } from "../../../lib/errors.ts";
import type { WorkerPool } from "../../../lib/streams/worker-pool.ts";
import { openSplitInput, requireSource, type SplitInput } from "./split-input.ts";
import { PieceFiles } from "./split-pieces.ts";
import { isUrl } from "../io/open-source.ts";
import type { Threads } from "../io/threads.ts";

/** How to cut, by the name of the option. */
export interface SplitMeasure {
  readonly by: "bytes" | "xml-bytes" | "pages" | "pieces";
  readonly count: number;
}

export interface SplitWorkOptions {
  readonly file: string;
  readonly measure: SplitMeasure;
  readonly directory: string;
  /** The name after which pieces are named. */
  readonly name: string;
  /** "bz2", "gz", "" for plain XML; undefined: as the dump is packed. */
  readonly extension: string | undefined;
  readonly isForced: boolean;
  readonly isVerified: boolean;
  readonly threads: Threads;
  readonly signal: AbortSignal;
  onProgress(state: ProgressState): void;
}

/** A piece, as it is reported; what a plan does not know is left out. */
export interface SplitRow {
  readonly output: string;
  readonly firstPageId: number;
  readonly lastPageId?: number;
  readonly pages?: number;
  readonly revisions?: number;
  readonly xmlBytes?: number;
  readonly inputOffset?: number;
  readonly bytesOut?: number;
  readonly md5?: string;
  readonly sha1?: string;
}

export interface SplitAnswer {
  readonly rows: readonly SplitRow[];
}

type CutPiece = Extract<CutEvent, { type: "end" }>["piece"];

/** Takes the events of the cutter. */
interface CutSink {
  begin(firstPageId: number): Promise<void> | undefined;
  write(bytes: Uint8Array): Promise<void> | undefined;
  end(piece: CutPiece): Promise<void> | undefined;
}

/** One dump to cut. */
export class SplitWork {
  readonly #options: SplitWorkOptions;
  readonly #name: ReturnType<typeof parseSplitName>;
  #bytesIn = 0;

  constructor(options: SplitWorkOptions) {
    this.#options = options;
    this.#name = parseSplitName(options.name);
  }

  /** Cuts, and writes the pieces. */
  async run(): Promise<SplitAnswer> {
    return await this.#withInput(async (input) => {
      const { directory, isForced, isVerified, signal, file } = this.#options;
      const pool = this.#poolFor(input);
      const extension = this.#extensionFor(input);
      const files = new PieceFiles({
        directory,
        provisionalName: (firstPageId) =>
          `${this.#name.stem}-p${firstPageId}${extension === "" ? "" : `.${extension}`}`,
        extension,
        pool,
        isForced,
        isVerified,
        sourcePath: file === "-" || isUrl(file) ? undefined : file,
        signal,
      });
      try {
        const pieces = await this.#cut(input, pool, this.#writingSink(files, extension));
        const names = this.#namesOf(pieces, pieces.at(-1)?.lastPageId, extension);
        await files.publish(names);
        const rows = files.finished.map(({ piece, written }, i) => ({
          ...rowOf(join(directory, names[i]!), piece),
          bytesOut: written.byteLength,
          md5: written.md5,
          sha1: written.sha1,
        }));
        return { rows };
      } finally {
        await files.discard();
      }
    });
  }

  /** Says what `run` would do. Reads little where the borders can be searched for, else all. */
  async plan(): Promise<SplitAnswer> {
    return await this.#withInput(async (input) => {
      const { measure, directory, signal } = this.#options;
      const extension = this.#extensionFor(input);
      const isSearch = input.format === "bzip2" && input.source !== undefined &&
        (measure.by === "bytes" || measure.by === "pieces");
      if (!isSearch) {
        const sink: CutSink = { begin: () => undefined, write: () => undefined, end: () => undefined };
        const pieces = await this.#cut(input, this.#poolFor(input), sink);
        const names = this.#namesOf(pieces, pieces.at(-1)?.lastPageId, extension);
        return { rows: pieces.map((piece, i) => rowOf(join(directory, names[i]!), piece)) };
      }
      const rule = await this.#ruleFor(input);
      const starts = await planSplit(input.source!, (rule as { inputBytes: number }).inputBytes, { signal });
      const last = starts.length === 0 ? undefined : await findLastId(input.source!, "page", { signal });
      const names = this.#namesOf(starts, last?.id, extension);
      const rows = starts.map(({ firstPageId, position }, i) => ({
        output: join(directory, names[i]!),
        firstPageId,
        inputOffset: Math.floor(position.bitOffset / 8),
      }));
      return { rows };
    });
  }

  async #withInput<T>(work: (input: SplitInput) => Promise<T>): Promise<T> {
    const input = await openSplitInput(this.#options.file, {
      signal: this.#options.signal,
      onRead: (byteLength) => this.#bytesIn += byteLength,
    });
    try {
      return await work(input);
    } finally {
      await input.close();
    }
  }

  async #cut(input: SplitInput, pool: WorkerPool | undefined, sink: CutSink): Promise<CutPiece[]> {
    const { signal, onProgress } = this.#options;
    const cutter = new DumpCutter(await this.#ruleFor(input));
    const pieces: CutPiece[] = [];
    let pages = 0;
    const feed = async (events: Iterable<CutEvent>): Promise<void> => {
      for (const event of events) {
        if (event.type === "bytes") await sink.write(event.bytes);
        else if (event.type === "piece") await sink.begin(event.firstPageId);
        else {
          pieces.push(event.piece);
          pages += event.piece.pages;
          await sink.end(event.piece);
        }
      }
    };
    for await (const { bytes, inputOffset } of input.chunks(pool)) {
      signal.throwIfAborted();
      await feed(cutter.push(bytes, inputOffset));
      onProgress({ bytesIn: this.#bytesIn, pages });
    }
    await feed(cutter.finish());
    return pieces;
  }

  #writingSink(files: PieceFiles, extension: string): CutSink {
    const { directory } = this.#options;
    const begun: { firstPageId: number }[] = [];
    return {
      write: (bytes) => files.write(bytes),
      end: (piece) => files.end(piece),
      begin: async (firstPageId) => {
        begun.push({ firstPageId });
        // A name that is taken is told as soon as it is known, not after hours.
        const known = this.#namesOf(begun, firstPageId, extension).at(-2);
        if (known !== undefined) await files.refuse(join(directory, known));
        await files.begin(firstPageId);
      },
    };
  }

  async #ruleFor(input: SplitInput): Promise<SplitRule> {
    const { by, count } = this.#options.measure;
    if (by === "pages") return { pages: count };
    if (by === "xml-bytes") return { xmlBytes: count };
    const isPlain = input.format !== "bzip2" && input.format !== "gzip";
    if (by === "bytes") {
      if (input.format !== "gzip") return isPlain ? { xmlBytes: count } : { inputBytes: count };
      throw new UsageError("Option --bytes cannot be used with gzip, which has no blocks to tell where a page is", {
        option: "bytes",
        remedy: "Use --xml-bytes, which counts bytes of XML",
      });
    }
    const source = requireSource(input, "pieces");
    if (input.format === "gzip") return { xmlBytes: await this.#xmlByteLength(input) / count };
    return isPlain ? { xmlBytes: source.size / count } : { inputBytes: source.size / count };
  }

  /** What gzip data holds is known only when it was unpacked. */
  async #xmlByteLength(input: SplitInput): Promise<number> {
    let byteLength = 0;
    for await (const { bytes } of input.chunks(undefined)) {
      this.#options.signal.throwIfAborted();
      byteLength += bytes.length;
      this.#options.onProgress({ bytesIn: this.#bytesIn });
    }
    return Math.max(1, byteLength);
  }

  #namesOf(
    pieces: readonly { readonly firstPageId: number }[],
    lastPageId: number | undefined,
    extension: string,
  ): string[] {
    const { range } = this.#name;
    const whole = { first: range?.first ?? Infinity, last: Math.max(range?.last ?? 0, lastPageId ?? 0) };
    return tilingRanges(pieces, whole).map((one) => pieceName(this.#name, one, extension));
  }

  #poolFor({ source }: SplitInput): WorkerPool | undefined {
    return this.#options.threads.poolFor(source?.size);
  }

  #extensionFor({ format }: SplitInput): string {
    return this.#options.extension ?? (format === "bzip2" ? "bz2" : format === "gzip" ? "gz" : "");
  }
}

function rowOf(output: string, piece: CutPiece): SplitRow {
  const { firstPageId, lastPageId, pages, revisions, xmlByteLength, inputOffset } = piece;
  return { output, firstPageId, lastPageId, pages, revisions, xmlBytes: xmlByteLength, inputOffset };
}
