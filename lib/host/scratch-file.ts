/** A file of scratch data: written once from pieces, read back as a stream (read-file.ts), removed by its owner. */
import { open } from "node:fs/promises";
import { sourceError } from "./system-error.ts";

/** Writes the pieces to a new file (an old one of that name is replaced). Throws SourceError. */
export async function writeScratchFile(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  try {
    const file = await open(path, "w");
    try {
      for (const piece of pieces) await writeWhole(file, piece);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw sourceError(error, path, "write");
  }
}

async function writeWhole(file: Awaited<ReturnType<typeof open>>, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}
