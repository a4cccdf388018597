/** Small pieces of a dump, as files: packed in members, in streams, or in one stream. */
import type { FinishedOutput } from "../../../../lib/farm/jobs/dump-output.ts";
import type { FileTask, FileTaskContext } from "../../../../lib/farm/jobs/recombine/file-task.ts";
import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { compress } from "../../../../lib/bzip2/compress.ts";
import { tinyHeader, tinyPage } from "../../../support/tiny-dump.ts";

export const HEADER = tinyHeader();
export const FOOTER = "</mediawiki>\n";

/** Some pages, with a text that hardly packs, so that they take some room. */
export function pagesText(ids: readonly number[], textBytes = 300): string {
  return ids.map((id) => tinyPage({ id, title: `Page ${id}`, revisions: [{ id, text: noise(id, textBytes) }] })).join(
    "",
  );
}

/** Letters as if at random, the same for the same number. */
export function noise(seed: number, length: number): string {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(97 + (state >>> 24) % 26);
  }).join("");
}

/** The numbers from `first` to `last`. */
export function upTo(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export function gzipPiece(body: string, header = HEADER, footer = FOOTER): Buffer {
  return Buffer.concat([header, body, footer].map((text) => gzipSync(text)));
}

export function bzip2Of(...streams: readonly string[]): Buffer {
  return Buffer.concat(streams.map((text) => compress(new TextEncoder().encode(text))));
}

/** Header, streams of two pages, footer, and the empty stream that follows; with its index. */
export function multistreamPiece(ids: readonly number[], header = HEADER): { file: Buffer; index: Buffer } {
  const parts = [bzip2Of(header)];
  let lines = "";
  for (let at = 0; at < ids.length; at += 2) {
    const offset = Buffer.concat(parts).length;
    const pair = ids.slice(at, at + 2);
    for (const id of pair) lines += `${offset}:${id}:Page ${id}\n`;
    parts.push(bzip2Of(pagesText(pair)));
  }
  parts.push(bzip2Of(FOOTER), bzip2Of(""));
  return { file: Buffer.concat(parts), index: bzip2Of(lines) };
}

export function put(directory: string, name: string, bytes: Uint8Array | string): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

/** A context that nobody ends. */
export function quiet(more: Partial<FileTaskContext> = {}): FileTaskContext {
  return { signal: new AbortController().signal, ...more };
}

/** The same task, which gives its files their names by itself. */
export function publishing<Options>(make: (options: Options) => FileTask) {
  return (options: Options) => {
    const task = make(options);
    const run = async (context: FileTaskContext): Promise<readonly FinishedOutput[]> => {
      const files = await task.run(context);
      await files.publish();
      return files.files;
    };
    return { ...task, run };
  };
}
