/**
 * Plain bytes into one packed file, .bz2 or .7z by its name: packed, hashed, read back, and left under its provisional name.
 */
import { DumpTail } from "../../../dump/reading/dump-end.ts";
import { isWikidumpError, SourceError } from "../../../errors.ts";
import { ForeignOutput } from "../../../host/foreign-output.ts";
import { ChecksumBuilder } from "../../../host/hash.ts";
import { OutputFile } from "../../../host/output-file.ts";
import { findSevenZip, listSevenZip, openSevenZip, writeSevenZip } from "../../process/seven-zip.ts";
import { chunksOf, streamFrom } from "../../../streams/stream-from.ts";
import type { FinishedOutput } from "../dump-output.ts";
import type { VerifyLevel } from "../read-back.ts";
import { verifyFile } from "../verify-file.ts";
import type { UnpublishedFile } from "./file-task.ts";
import { bzip2Packer, type PackingTools } from "./packing-tools.ts";

export interface PackOptions {
  /** Final path; .bz2 or .7z. */
  readonly path: string;
  readonly tools: PackingTools;
  readonly verify: VerifyLevel;
  readonly signal: AbortSignal;
}

export interface PackedFile extends UnpublishedFile {
  readonly finished: FinishedOutput;
}

/** Packs the XML of a dump. Throws what the bytes fail with, CommandError, SourceError; nothing is left then. */
export async function packFile(
  plain: AsyncGenerator<Uint8Array, void, undefined>,
  options: PackOptions,
): Promise<PackedFile> {
  const input = new PlainInput(plain);
  try {
    return await (options.path.endsWith(".7z") ? packSevenZip(input, options) : packBzip2(input, options));
  } catch (error) {
    // What a packer says when its input fails is the consequence, not the cause.
    throw input.failure ?? error;
  } finally {
    await plain.return();
  }
}

async function packBzip2(input: PlainInput, options: PackOptions): Promise<PackedFile> {
  const { path, tools, verify, signal } = options;
  const file = await OutputFile.create(path);
  try {
    for await (const chunk of chunksOf(input.stream.pipeThrough(bzip2Packer(tools, signal)))) await file.write(chunk);
    const written = await file.close();
    await verifyFile(file.inProgressPath, {
      level: verify,
      extension: "bz2",
      root: "mediawiki",
      plainByteLength: input.byteLength,
      written,
      signal,
      pool: tools.pool,
    });
    return unpublished(file, { name: nameOf(path), ...written });
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function packSevenZip(input: PlainInput, options: PackOptions): Promise<PackedFile> {
  const { path, tools, verify, signal } = options;
  const tool = findSevenZip(tools.sevenzip);
  const file = await ForeignOutput.prepare(path);
  // As the reference names it: the archive's name without its last extension.
  const memberName = nameOf(path).replace(/\.7z$/, "");
  try {
    await writeSevenZip(input.stream, file.inProgressPath, { tool, memberName, signal });
    const written = await file.close({ signal });
    const archive = file.inProgressPath;
    const [member, ...others] = await listSevenZip(archive, { tool, signal });
    if (others.length > 0 || member?.name !== memberName || member.byteLength !== input.byteLength) {
      throw changed(archive, `it does not list ${memberName} with ${input.byteLength} bytes, and nothing else`);
    }
    if (verify === "full") await readBack(archive, input, { tool, signal });
    return unpublished(file, { name: nameOf(path), ...written });
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Unpacks an archive and compares it with what went in. */
async function readBack(
  archive: string,
  input: PlainInput,
  options: { readonly tool: string; readonly signal: AbortSignal },
): Promise<void> {
  const seen = new PlainDigest();
  for await (const chunk of chunksOf(openSevenZip(archive, options))) seen.add(chunk);
  if (seen.byteLength !== input.byteLength) {
    throw changed(archive, `it unpacks to ${seen.byteLength} bytes where ${input.byteLength} went in`);
  }
  if (seen.finish() !== input.finish()) throw changed(archive, "it does not unpack to what went in");
  try {
    seen.tail.requireEnd();
  } catch (error) {
    if (!isWikidumpError(error)) throw error;
    throw changed(archive, "its text does not end with </mediawiki>", error);
  }
}

/** Counts and hashes what goes by. */
class PlainDigest {
  readonly tail = new DumpTail();
  byteLength = 0;
  readonly #checksums = new ChecksumBuilder();
  #sha1: string | undefined;

  add(bytes: Uint8Array): void {
    this.byteLength += bytes.length;
    this.#checksums.update(bytes);
    this.tail.push(bytes);
  }

  /** SHA-1 of all of it. */
  finish(): string {
    return this.#sha1 ??= this.#checksums.finish().sha1;
  }
}

/** The bytes to pack, as they are read: digested, and their failure remembered. */
class PlainInput extends PlainDigest {
  readonly stream: ReadableStream<Uint8Array>;
  failure: unknown;

  constructor(plain: AsyncGenerator<Uint8Array, void, undefined>) {
    super();
    this.stream = streamFrom(this.#watch(plain));
  }

  async *#watch(plain: AsyncGenerator<Uint8Array, void, undefined>): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const bytes of plain) {
        this.add(bytes);
        yield bytes;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

function unpublished(file: UnpublishedFile, finished: FinishedOutput): PackedFile {
  return { finished, publish: () => file.publish(), discard: () => file.discard() };
}

function changed(path: string, what: string, cause?: unknown): SourceError {
  return new SourceError("CHANGED", `${path} failed its check: ${what}`, path, {
    cause,
    remedy: "Check the disk and the memory of this host; nothing was published, run the job again",
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
