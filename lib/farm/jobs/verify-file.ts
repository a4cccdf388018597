/**
 * Reads a finished output back before it is published.
 *
 * Always: the bytes on the disk are those that were written (length, MD5 and SHA-1), and the file has its trailer. Level
 * "full" also decodes it: every checksum of the format, the number of plain bytes, the closing tag.
 */
import type { WrittenFile } from "../../host/output-file.ts";
import { checkEnds, readBack, type ReadBackOptions, verifyError } from "./read-back.ts";

export interface Expectation extends ReadBackOptions {
  /** Root element of an XML file. */
  readonly root: string | undefined;
  readonly plainByteLength: number;
  readonly written: WrittenFile;
}

/** Throws SourceError CHANGED if the file is not what was written to it. */
export async function verifyFile(path: string, expected: Expectation): Promise<void> {
  const found = await readBack(path, expected);
  const { stored, plain } = found;
  const { written, plainByteLength, root } = expected;
  if (stored.byteLength !== written.byteLength || stored.md5 !== written.md5 || stored.sha1 !== written.sha1) {
    throw verifyError(path, "what is on the disk is not what was written");
  }
  if (plain !== undefined && plain.byteLength !== plainByteLength) {
    throw verifyError(path, `it decodes to ${plain.byteLength} bytes where ${plainByteLength} went in`);
  }
  checkEnds(path, found, root);
}
