/**
 * Checksums of files and of bytes on their way to a file: md5 and sha1, the two that dumps publish.
 *
 * Used by output-file.ts while writing; `hashFile` reads a file again, for files that somebody else wrote.
 */
import * as crypto from "node:crypto";
import { createHash, type Hash } from "node:crypto";
import { openFileStream } from "./read-file.ts";

const hashAtOnce: ((algorithm: string, bytes: Uint8Array) => string) | undefined = crypto.hash;

/** Checksums in lower-case hex. */
export interface Checksums {
  readonly md5: string;
  readonly sha1: string;
}

/** Takes bytes in pieces, gives both checksums of all of them. */
export class ChecksumBuilder {
  readonly #md5: Hash = createHash("md5");
  readonly #sha1: Hash = createHash("sha1");

  update(bytes: Uint8Array): void {
    this.#md5.update(bytes);
    this.#sha1.update(bytes);
  }

  /** The checksums; to be called once, nothing can be added afterwards. */
  finish(): Checksums {
    return { md5: this.#md5.digest("hex"), sha1: this.#sha1.digest("hex") };
  }
}

/**
 * Reads a whole file and gives its length and checksums. Throws `SourceError` NOT_FOUND or READ.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mkdtemp, writeFile } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { hashFile } from "wikidump/node";
 *
 * const path = join(await mkdtemp(join(tmpdir(), "example-")), "hello.txt");
 * await writeFile(path, "hello");
 * const { byteLength, md5 } = await hashFile(path);
 * assert.equal(byteLength, 5);
 * assert.equal(md5, "5d41402abc4b2a76b9719d911017c592");
 * ```
 */
export async function hashFile(
  path: string,
  options: { signal?: AbortSignal } = {},
): Promise<Checksums & { readonly byteLength: number }> {
  const builder = new ChecksumBuilder();
  let byteLength = 0;
  for await (const chunk of openFileStream(path, options)) {
    builder.update(chunk);
    byteLength += chunk.byteLength;
  }
  return { byteLength, ...builder.finish() };
}

/** SHA-1 of bytes, in lower-case hex. */
export function sha1Hex(bytes: Uint8Array): string {
  // From Node 20.12 on: no object is made for each hash, which for short texts is most of the cost.
  return hashAtOnce?.("sha1", bytes) ?? createHash("sha1").update(bytes).digest("hex");
}

/** A SHA-1 in the making. */
export interface Sha1Builder {
  update(bytes: Uint8Array): void;
  /** The 20 bytes; to be called once. */
  digest(): Uint8Array;
}

/** Makes a SHA-1, for bytes that come in pieces. */
export function makeSha1(): Sha1Builder {
  const hash = createHash("sha1");
  return {
    update: (bytes) => void hash.update(bytes),
    // Not the `Buffer` that Node would make: V8 throws compiled code away when the first array of bytes gets another prototype.
    digest: () => bytesOfHex(hash.digest("hex")),
  };
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
