/** How each verb of bzdump is called, and which exit codes it may give for which file. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "../../support/scratch.ts";
import { type BadFile, badFilesOf, type FileName, FILES, LAST_ID, MULTISTREAM, PACKED_INDEX } from "./faults.ts";

export type Codes = readonly number[];

export const ROOT = scratchDirectory("bad-input");
export const INDEX = join(ROOT, "index.txt");
writeFileSync(INDEX, MULTISTREAM.index);

export const RANGE = `p1p${LAST_ID}`;
export const BAD_NAME = `bad.xml-${RANGE}.bz2`;
export const OUTPUT_NAME = "out.xml.bz2";

/** What a verb is told and what it may answer. */
export interface VerbTrial {
  /** `file` is bad; `out` does not exist: a file, or a directory to write to. */
  args(file: string, out: string): readonly string[];
  /** Which codes a kind of file may give. */
  readonly codes: Readonly<Record<BadFile["kind"], Codes>>;
  /** Exceptions. */
  readonly files?: Partial<Readonly<Record<FileName, Codes>>>;
  /** What `out` is. */
  readonly output: "file" | "directory" | "none";
  /** Whether standard input will do: if not, that is told as wrong usage. */
  readonly takesStdin: boolean;
  /** A file that is good for the verb; a dump of one stream without it. */
  readonly good?: Uint8Array;
  /** What the bad files should be, if not that dump. */
  readonly bad?: Readonly<Record<FileName, BadFile>>;
}

/** Of verbs that read bzip2 data to its end, whatever it holds. */
const ALL_DATA: VerbTrial["codes"] = {
  "other": [3],
  "cut": [4],
  "damaged": [3],
  "gzip": [3],
  "no dump": [0],
  "cut dump": [0],
};
/** Of verbs that read a dump to its end. */
const ALL_PAGES: VerbTrial["codes"] = { ...ALL_DATA, "gzip": [0], "no dump": [3], "cut dump": [4] };
/** Of verbs that read a bzip2 dump where they must. */
const SOME_PAGES: VerbTrial["codes"] = { ...ALL_PAGES, "gzip": [3] };
/** Damage in the middle, and checksums of streams, which a verb that looks at some blocks need not see. */
const UNSEEN: NonNullable<VerbTrial["files"]> = {
  "flip-in-first-magic": [0, 3],
  "flip-in-a-magic": [0, 3],
  "flip-in-a-crc": [0, 3],
  "flip-in-data": [0, 3],
  "flip-in-stream-crc": [0, 3],
};

/** Of verbs that read an index, where a dump is none. */
const NO_INDEX: VerbTrial["codes"] = {
  "other": [0, 1, 3],
  "cut": [3, 4],
  "damaged": [3],
  "gzip": [3],
  "no dump": [3],
  "cut dump": [3],
};

/** Verbs, and actions of verbs. */
export const VERBS: Readonly<Record<string, VerbTrial>> = {
  "decompress": {
    args: (file, out) => [file, "-o", out],
    codes: ALL_DATA,
    output: "file",
    takesStdin: true,
  },
  "compress": {
    args: (file, out) => [file, "-o", out, "-f"],
    codes: { "other": [0], "cut": [0], "damaged": [0], "gzip": [0], "no dump": [0], "cut dump": [0] },
    output: "file",
    takesStdin: true,
  },
  "cat": { args: (file) => [file], codes: ALL_DATA, output: "none", takesStdin: true },
  "test": { args: (file) => [file], codes: { ...ALL_DATA, gzip: [0] }, output: "none", takesStdin: true },
  "blocks": { args: (file) => [file], codes: ALL_DATA, output: "none", takesStdin: true },
  "pages": { args: (file, out) => [file, "1-", "-o", out], codes: ALL_PAGES, output: "file", takesStdin: true },
  "stats": { args: (file) => [file], codes: ALL_PAGES, output: "none", takesStdin: true },
  "revisions": { args: (file) => [file], codes: ALL_PAGES, output: "none", takesStdin: true },
  "find-page": {
    args: (file) => [file, String(LAST_ID)],
    codes: SOME_PAGES,
    files: { ...UNSEEN, "cut-by-one": [0], "flip-in-end-magic": [0], "no-dump-inside": [3, 4] },
    output: "none",
    takesStdin: false,
  },
  "last-id": {
    args: (file) => [file, "page"],
    codes: SOME_PAGES,
    files: { ...UNSEEN, "no-dump-inside": [3, 4], "xml-cut": [3, 4] },
    output: "none",
    takesStdin: false,
  },
  "check": { args: (file) => [file], codes: ALL_DATA, files: UNSEEN, output: "none", takesStdin: false },
  "check-range": {
    args: (file) => [file],
    codes: ALL_PAGES,
    files: { ...UNSEEN, "no-dump-inside": [3, 4], "xml-cut": [3, 4] },
    output: "none",
    takesStdin: false,
  },
  "last-block": {
    args: (file, out) => [file, "-o", out],
    codes: ALL_DATA,
    files: UNSEEN,
    output: "file",
    takesStdin: false,
  },
  "from-offset": { args: (file, out) => [file, "0", "-o", out], codes: SOME_PAGES, output: "file", takesStdin: false },
  "crcs": {
    args: (file) => [file],
    codes: ALL_DATA,
    files: { "flip-in-data": [0] },
    output: "none",
    takesStdin: false,
  },
  "index build": {
    args: (file, out) => ["build", file, "-o", out],
    codes: ALL_PAGES,
    files: { "gzip": [3] },
    output: "file",
    takesStdin: true,
    good: MULTISTREAM.bytes,
    bad: badFilesOf(MULTISTREAM.bytes),
  },
  "index check": {
    args: (file) => ["check", file, INDEX],
    codes: { ...ALL_PAGES, "gzip": [3], "cut dump": [1] },
    output: "none",
    takesStdin: true,
    good: MULTISTREAM.bytes,
    bad: badFilesOf(MULTISTREAM.bytes),
  },
  "index search": {
    args: (file) => ["search", file, `--id=${LAST_ID}`],
    codes: NO_INDEX,
    // It ends when it has found what it wants.
    files: { "cut-by-one": [0, 4], "flip-in-end-magic": [0, 3], "flip-in-stream-crc": [0, 3] },
    output: "none",
    takesStdin: true,
    good: PACKED_INDEX,
    bad: badFilesOf(PACKED_INDEX),
  },
  "index convert": {
    args: (file, out) => ["convert", file, "--to=json", "-o", out],
    codes: NO_INDEX,
    output: "file",
    takesStdin: true,
    good: PACKED_INDEX,
    bad: badFilesOf(PACKED_INDEX),
  },
  "append": {
    args: (file, out) => [file, "--close", "-o", out],
    // To mend such files is what it is for.
    codes: { ...ALL_DATA, "cut": [0, 4], "damaged": [0, 3], "no dump": [3] },
    output: "file",
    takesStdin: false,
    good: FILES["cut-in-the-middle"].bytes,
  },
  "recompress": { args: (file, out) => [file, "-o", out], codes: ALL_PAGES, output: "file", takesStdin: true },
  "split": {
    args: (file, out) => [file, "--pages=20", "-d", out],
    codes: ALL_PAGES,
    output: "directory",
    takesStdin: true,
  },
};

export function fileFor(trial: VerbTrial, name: FileName): BadFile {
  return (trial.bad ?? FILES)[name];
}

export function codesFor(trial: VerbTrial, name: FileName): Codes {
  return trial.files?.[name] ?? trial.codes[fileFor(trial, name).kind];
}
