/**
 * Sorts any number of short lines by their bytes in bounded memory: full buffers are sorted and go to scratch files, which
 * are merged at the end.
 *
 * A buffer holds lines one after another, each with its length in two bytes in front; so do the scratch files.
 */
import { openFileStream } from "../../host/read-file.ts";
import { removeFile } from "../../host/directory.ts";
import { sortedLinesName } from "../layout/scratch-names.ts";
import { writeScratchFile } from "../../host/scratch-file.ts";

const DEFAULT_BUFFER_BYTES = 8 * 1024 * 1024;
const LENGTH_BYTES = 2;
const MAX_LINE_BYTES = 0xffff;
const WRITE_BYTES = 64 * 1024;

export class LineSorter {
  readonly #scratchPath: string;
  readonly #buffer: Uint8Array;
  /** Where each line of the buffer starts; as many as fit if lines were empty would be far too many. */
  #starts: Uint32Array = new Uint32Array(4096);
  #lineCount = 0;
  #byteCount = 0;
  #runPaths: string[] = [];

  /** Scratch files are named `<scratchPath>.<number>.sort`. */
  constructor(scratchPath: string, options: { bufferBytes?: number } = {}) {
    this.#scratchPath = scratchPath;
    this.#buffer = new Uint8Array(options.bufferBytes ?? DEFAULT_BUFFER_BYTES);
  }

  /** Takes a line without its end; a promise when a scratch file is written first. */
  add(line: Uint8Array): Promise<void> | undefined {
    if (line.length > MAX_LINE_BYTES || line.length + LENGTH_BYTES > this.#buffer.length) {
      throw new RangeError(`A line of ${line.length} bytes is too long to sort`);
    }
    if (this.#byteCount + LENGTH_BYTES + line.length > this.#buffer.length) {
      return this.#spill().then(() => this.#put(line));
    }
    this.#put(line);
    return undefined;
  }

  /** All lines in order. To be called once. The bytes of a line are valid until the next one is asked for. */
  async *sorted(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#runPaths.length === 0) {
      for (const start of this.#sortedStarts()) yield this.#lineAt(start);
      return;
    }
    if (this.#lineCount > 0) await this.#spill();
    yield* mergeRuns(this.#runPaths);
  }

  /** Removes the scratch files. */
  async dispose(): Promise<void> {
    for (const path of this.#runPaths) await removeFile(path);
    this.#runPaths = [];
  }

  #put(line: Uint8Array): void {
    if (this.#lineCount === this.#starts.length) {
      const larger = new Uint32Array(this.#starts.length * 2);
      larger.set(this.#starts);
      this.#starts = larger;
    }
    this.#starts[this.#lineCount++] = this.#byteCount;
    this.#buffer[this.#byteCount] = line.length >>> 8;
    this.#buffer[this.#byteCount + 1] = line.length & 0xff;
    this.#buffer.set(line, this.#byteCount + LENGTH_BYTES);
    this.#byteCount += LENGTH_BYTES + line.length;
  }

  #lineAt(start: number): Uint8Array {
    const length = (this.#buffer[start]! << 8) | this.#buffer[start + 1]!;
    return this.#buffer.subarray(start + LENGTH_BYTES, start + LENGTH_BYTES + length);
  }

  #sortedStarts(): Uint32Array {
    return this.#starts.subarray(0, this.#lineCount).sort((a, b) => compareBytes(this.#lineAt(a), this.#lineAt(b)));
  }

  async #spill(): Promise<void> {
    const path = sortedLinesName(this.#scratchPath, this.#runPaths.length);
    this.#runPaths.push(path);
    await writeScratchFile(path, this.#sortedPieces());
    this.#lineCount = 0;
    this.#byteCount = 0;
  }

  *#sortedPieces(): Generator<Uint8Array, void, undefined> {
    const piece = new Uint8Array(WRITE_BYTES + LENGTH_BYTES + MAX_LINE_BYTES);
    let fill = 0;
    for (const start of this.#sortedStarts()) {
      const line = this.#lineAt(start);
      piece[fill] = line.length >>> 8;
      piece[fill + 1] = line.length & 0xff;
      piece.set(line, fill + LENGTH_BYTES);
      fill += LENGTH_BYTES + line.length;
      if (fill >= WRITE_BYTES) {
        yield piece.subarray(0, fill);
        fill = 0;
      }
    }
    if (fill > 0) yield piece.subarray(0, fill);
  }
}

/** Byte by byte; a line before those that it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}

/** The smallest line of all runs again and again: a heap of runs, ordered by their next line. */
async function* mergeRuns(paths: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  const heap: SortedRun[] = [];
  for (const path of paths) {
    const run = new SortedRun(path);
    if (await run.next()) siftUp(heap, heap.push(run) - 1);
  }
  while (heap.length > 0) {
    const smallest = heap[0]!;
    yield smallest.line;
    if (!(await smallest.next())) {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      if (last !== smallest) heap[0] = last;
    }
    siftDown(heap, 0);
  }
}

class SortedRun {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  line: Uint8Array = new Uint8Array(0);

  constructor(path: string) {
    this.#reader = openFileStream(path).getReader();
  }

  /** Steps to the next line; false at the end. */
  async next(): Promise<boolean> {
    if (this.#rest.length < LENGTH_BYTES && !(await this.#fill(LENGTH_BYTES))) return false;
    const end = LENGTH_BYTES + ((this.#rest[0]! << 8) | this.#rest[1]!);
    if (this.#rest.length < end) await this.#fill(end);
    this.line = this.#rest.subarray(LENGTH_BYTES, end);
    this.#rest = this.#rest.subarray(end);
    return true;
  }

  async #fill(wanted: number): Promise<boolean> {
    while (this.#rest.length < wanted) {
      const { done, value } = await this.#reader.read();
      if (done) return false;
      const joined = new Uint8Array(this.#rest.length + value.length);
      joined.set(this.#rest);
      joined.set(value, this.#rest.length);
      this.#rest = joined;
    }
    return true;
  }
}

function siftUp(heap: SortedRun[], at: number): void {
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (compareBytes(heap[parent]!.line, heap[at]!.line) <= 0) return;
    [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
    at = parent;
  }
}

function siftDown(heap: SortedRun[], at: number): void {
  for (;;) {
    let smallest = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && compareBytes(heap[child]!.line, heap[smallest]!.line) < 0) smallest = child;
    }
    if (smallest === at) return;
    [heap[smallest], heap[at]] = [heap[at]!, heap[smallest]!];
    at = smallest;
  }
}
