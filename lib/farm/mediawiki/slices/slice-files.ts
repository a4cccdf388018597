/**
 * The file of one slice: whether it is there, begins and ends as it must, and where its header ends and its footer begins.
 */
import { asciiBytes, concatBytes, equalBytes, indexOfBytes, startsWithBytes } from "../../../bits/bytes.ts";
import { SourceError } from "../../../errors.ts";
import { fileFacts } from "../../../host/directory.ts";
import { openFileStream } from "../../../host/read-file.ts";
import type { SliceKind } from "./slice-kind.ts";
import type { PlannedSlice } from "./slice-plan.ts";

const HEADER_START = asciiBytes("<mediawiki");
const HEADER_END = asciiBytes("</siteinfo>\n");
const FOOTER = asciiBytes("</mediawiki>\n");
/** A header has a line for each namespace, and no more. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024;

/** A file of a slice that was found to be whole, in its outlines. */
export interface SliceFile {
  readonly path: string;
  readonly byteLength: number;
  /** Where items begin: 0 in a slice without header. */
  readonly bodyStart: number;
  /** Where items end, and the footer begins if the slice has one. */
  readonly bodyEnd: number;
}

/** Looks at the file. Throws SourceError NOT_FOUND or READ if it is not what a slice leaves. */
export async function findSliceFile(path: string, kind: SliceKind, slice: PlannedSlice): Promise<SliceFile> {
  const facts = await fileFacts(path);
  // Not NOT_FOUND, which no new attempt would cure.
  if (facts === undefined) throw fault(path, "was not written, though php ended without an error");
  const { byteLength } = facts;
  const bodyEnd = slice.isLast ? byteLength - FOOTER.length : byteLength;
  const tailStart = Math.max(0, bodyEnd - kind.itemEnd.length);
  const tail = bodyEnd < 0 ? new Uint8Array(0) : await readBytes(path, tailStart, byteLength);
  if (slice.isLast && !equalBytes(tail.subarray(Math.max(0, bodyEnd - tailStart)), FOOTER)) {
    throw fault(path, 'does not end with "</mediawiki>"');
  }
  const bodyStart = slice.isFirst ? await findHeaderEnd(path, byteLength) : 0;
  const isEmpty = bodyStart === bodyEnd;
  if (!isEmpty && !equalBytes(tail.subarray(0, bodyEnd - tailStart), asciiBytes(kind.itemEnd))) {
    throw fault(path, `does not end with ${JSON.stringify(kind.itemEnd.trim())}`);
  }
  return { path, byteLength, bodyStart, bodyEnd };
}

/** What is wrong with a file of a slice, as an error. */
export function sliceFault(path: string, what: string): SourceError {
  return fault(path, what);
}

async function findHeaderEnd(path: string, byteLength: number): Promise<number> {
  const head = await readBytes(path, 0, Math.min(byteLength, MAX_HEADER_BYTES));
  const end = startsWithBytes(head, HEADER_START) ? indexOfBytes(head, HEADER_END) : -1;
  if (end < 0) throw fault(path, 'does not begin with a header, "<mediawiki …" to "</siteinfo>"');
  return end + HEADER_END.length;
}

async function readBytes(path: string, start: number, end: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const reader = openFileStream(path, { start, end }).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) pieces.push(next.value);
  return concatBytes(pieces);
}

function fault(path: string, what: string): SourceError {
  return new SourceError("READ", `${path} ${what}`, path, {
    remedy: "See whether the temporary directory has room, and whether php dies while it writes",
  });
}
