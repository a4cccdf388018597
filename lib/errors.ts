/**
 * The errors of this library: one class per kind of trouble, each with a stable `code` and the place where it happened.
 *
 * `code` is part of the API and documented in docs/errors.md with cause and remedy; `message` is for people.
 * Every class carries a brand, so that `isWikidumpError()` works for errors that come from another copy of the library.
 */

const BRAND = Symbol.for("wikidump.error");

/** What every error of this library has: a stable code, and often a sentence that says what to do. */
export class WikidumpError extends Error {
  readonly code: string;
  /** What the reader of the message can do about it; empty where there is nothing to say. */
  readonly remedy: string;

  constructor(code: string, message: string, options?: ErrorOptions & { remedy?: string }) {
    super(message, options);
    this.code = code;
    this.remedy = options?.remedy ?? "";
  }
}
Object.defineProperty(WikidumpError.prototype, "name", { value: "WikidumpError" });
Object.defineProperty(WikidumpError.prototype, BRAND, { value: true });

/** Whether a value is an error of this library, also when it was made by another copy of it. */
export function isWikidumpError(value: unknown): value is WikidumpError {
  return typeof value === "object" && value !== null && BRAND in value;
}

/** What can be wrong with bzip2 data. */
export type Bzip2ErrorCode =
  | "NOT_BZIP2"
  | "BAD_LEVEL"
  | "BAD_MAGIC"
  | "BAD_SYMBOL_MAP"
  | "BAD_TREE_COUNT"
  | "BAD_SELECTOR"
  | "BAD_CODE_LENGTH"
  | "BAD_SYMBOL"
  | "BLOCK_TOO_LONG"
  | "BAD_ORIGIN"
  | "BLOCK_CRC"
  | "STREAM_CRC"
  | "TRUNCATED"
  | "TRAILING_DATA"
  | "OUTPUT_LIMIT";

/** Where in a bzip2 file something went wrong. */
export interface Bzip2Place {
  /** Bits from the start of the input to the structure at fault. */
  readonly bitOffset: number;
  /** Number of the stream, from 0. */
  readonly streamIndex: number;
  /** Number of the block within the file, from 0. */
  readonly blockIndex: number;
  /** Plain bytes that were good and delivered before the error. */
  readonly bytesBefore: number;
}

/** bzip2 data that cannot be decoded. All bytes before the place have been delivered. */
export class Bzip2Error extends WikidumpError implements Bzip2Place {
  declare readonly code: Bzip2ErrorCode;
  readonly bitOffset: number;
  readonly streamIndex: number;
  readonly blockIndex: number;
  readonly bytesBefore: number;

  constructor(
    code: Bzip2ErrorCode,
    message: string,
    place: Bzip2Place,
    options?: ErrorOptions & { remedy?: string },
  ) {
    super(code, message, options);
    this.bitOffset = place.bitOffset;
    this.streamIndex = place.streamIndex;
    this.blockIndex = place.blockIndex;
    this.bytesBefore = place.bytesBefore;
  }
}
Object.defineProperty(Bzip2Error.prototype, "name", { value: "Bzip2Error" });

/** What can be wrong with the XML of a dump, or with a file beside it (a multistream index). */
export type DumpFormatErrorCode =
  | "NO_MEDIAWIKI"
  | "UNCLOSED_PAGE"
  | "BAD_TAG"
  | "BAD_ID"
  | "ID_ORDER"
  | "BAD_ENTITY"
  | "BAD_INDEX"
  | "TOO_LARGE"
  | "TRUNCATED";

/** A dump whose XML is not what MediaWiki writes. */
export class DumpFormatError extends WikidumpError {
  declare readonly code: DumpFormatErrorCode;
  /** Plain bytes from the start of the XML. */
  readonly byteOffset: number;
  /** The page that was being read, where one was. */
  readonly pageId: number | undefined;

  constructor(
    code: DumpFormatErrorCode,
    message: string,
    place: { byteOffset: number; pageId?: number | undefined },
    options?: ErrorOptions & { remedy?: string },
  ) {
    super(code, message, options);
    this.byteOffset = place.byteOffset;
    this.pageId = place.pageId;
  }
}
Object.defineProperty(DumpFormatError.prototype, "name", { value: "DumpFormatError" });

/** What can be wrong with gzip data. */
export type GzipErrorCode = "TRUNCATED" | "CORRUPT";

/** gzip data that cannot be expanded; `path` is the name of the data in messages. */
export class GzipError extends WikidumpError {
  declare readonly code: GzipErrorCode;
  readonly path: string;

  constructor(code: GzipErrorCode, message: string, path: string, options?: ErrorOptions & { remedy?: string }) {
    super(code, message, options);
    this.path = path;
  }
}
Object.defineProperty(GzipError.prototype, "name", { value: "GzipError" });

/** A byte source, a file or a URL that cannot be read or written as asked. */
export type SourceErrorCode =
  | "DENIED"
  | "NOT_FOUND"
  | "NO_RANGES"
  | "CHANGED"
  | "READ"
  | "WRITE"
  | "NO_SPACE"
  | "READ_ONLY"
  | "EXISTS"
  | "UNFIT";

/** Reading or writing failed; `path` is a file name or a URL. */
export class SourceError extends WikidumpError {
  declare readonly code: SourceErrorCode;
  readonly path: string;

  constructor(code: SourceErrorCode, message: string, path: string, options?: ErrorOptions & { remedy?: string }) {
    super(code, message, options);
    this.path = path;
  }
}
Object.defineProperty(SourceError.prototype, "name", { value: "SourceError" });

export type ConfigErrorCode = "SYNTAX" | "UNKNOWN_OPTION" | "BAD_VALUE" | "MISSING" | "UNREADABLE";

/** A configuration file that does not say what it should. */
export class ConfigError extends WikidumpError {
  declare readonly code: ConfigErrorCode;
  readonly file: string;
  /** From 1; 0 where the trouble is not on a line (a missing key, an unreadable file). */
  readonly line: number;
  readonly section: string;
  readonly key: string;

  constructor(
    code: ConfigErrorCode,
    message: string,
    place: { file: string; line?: number; section?: string; key?: string },
    options?: ErrorOptions & { remedy?: string },
  ) {
    super(code, message, options);
    this.file = place.file;
    this.line = place.line ?? 0;
    this.section = place.section ?? "";
    this.key = place.key ?? "";
  }
}
Object.defineProperty(ConfigError.prototype, "name", { value: "ConfigError" });

export type LockErrorCode = "HELD" | "LOST" | "NOT_OURS";

/** A lock that cannot be had, or that was taken away. */
export class LockError extends WikidumpError {
  declare readonly code: LockErrorCode;
  readonly path: string;

  constructor(code: LockErrorCode, message: string, path: string, options?: ErrorOptions & { remedy?: string }) {
    super(code, message, options);
    this.path = path;
  }
}
Object.defineProperty(LockError.prototype, "name", { value: "LockError" });

export type CommandErrorCode = "EXIT" | "SIGNAL" | "NOT_FOUND" | "TIMEOUT" | "ABORTED";

/** An external command, or one of a pipeline, that failed. Secrets are redacted from every field. */
export class CommandError extends WikidumpError {
  declare readonly code: CommandErrorCode;
  /** The pipeline as a person would type it. */
  readonly commandLine: string;
  /** Exit code of each command; -1 for one that did not start or was ended by a signal. */
  readonly exitCodes: readonly number[];
  /** The last lines that the commands wrote to stderr. */
  readonly stderrTail: readonly string[];

  constructor(
    code: CommandErrorCode,
    message: string,
    details: { commandLine: string; exitCodes?: readonly number[]; stderrTail?: readonly string[] },
    options?: ErrorOptions & { remedy?: string },
  ) {
    super(code, message, options);
    this.commandLine = details.commandLine;
    this.exitCodes = details.exitCodes ?? [];
    this.stderrTail = details.stderrTail ?? [];
  }
}
Object.defineProperty(CommandError.prototype, "name", { value: "CommandError" });

export type JobErrorCode =
  | "UNKNOWN_WIKI"
  | "PREREQUISITE"
  | "FAILED"
  | "INTERRUPTED"
  | "MISMATCH"
  | "LAYOUT"
  | "NO_EXPORT"
  | "MAINTENANCE";

/** A job of a run that could not be done. */
export class JobError extends WikidumpError {
  declare readonly code: JobErrorCode;
  readonly wiki: string;
  readonly job: string;

  constructor(
    code: JobErrorCode,
    message: string,
    place: { wiki: string; job?: string },
    options?: ErrorOptions & { remedy?: string },
  ) {
    super(code, message, options);
    this.wiki = place.wiki;
    this.job = place.job ?? "";
  }
}
Object.defineProperty(JobError.prototype, "name", { value: "JobError" });

/** A command line that cannot be understood. */
export class UsageError extends WikidumpError {
  declare readonly code: "USAGE";
  readonly option: string;

  constructor(message: string, options?: ErrorOptions & { option?: string; remedy?: string }) {
    super("USAGE", message, options);
    this.option = options?.option ?? "";
  }
}
Object.defineProperty(UsageError.prototype, "name", { value: "UsageError" });
