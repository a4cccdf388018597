/** The inputs of a task, opened one after another: what is read is counted, and must not change meanwhile. */
import { SourceError } from "../../../errors.ts";
import { fileFacts } from "../../../host/directory.ts";
import { openFileStream } from "../../../host/read-file.ts";
import { countBytes } from "../../../streams/count-bytes.ts";
import type { FileTaskContext } from "./file-task.ts";

interface InputState {
  readonly byteLength: number;
  readonly modifiedAt: Date;
}

export class TaskInputs {
  readonly #context: FileTaskContext;
  readonly #states: ReadonlyMap<string, InputState>;
  readonly #bytesTotal: number;
  #bytesRead = 0;

  /** Used by `look`. */
  private constructor(states: ReadonlyMap<string, InputState>, context: FileTaskContext) {
    this.#states = states;
    this.#context = context;
    this.#bytesTotal = [...states.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Looks at all inputs. Throws SourceError NOT_FOUND for one that is not there. */
  static async look(paths: readonly string[], context: FileTaskContext): Promise<TaskInputs> {
    const states = new Map<string, InputState>();
    for (const path of paths) {
      const facts = await fileFacts(path);
      if (facts === undefined || facts.isDirectory) {
        throw new SourceError("NOT_FOUND", `Cannot read ${path}: no such file`, path, {
          remedy: "Run the job that makes it first",
        });
      }
      states.set(path, { byteLength: facts.byteLength, modifiedAt: facts.modifiedAt });
    }
    return new TaskInputs(states, context);
  }

  /** All bytes of an input, counted. Chunks are lent, as by `openFileStream`. */
  open(path: string): ReadableStream<Uint8Array> {
    return countBytes(this.openRange(path), (byteLength) => this.count(byteLength));
  }

  /** Some bytes of an input that was read already: not counted again. */
  openRange(path: string, range?: { readonly start: number; readonly end: number }): ReadableStream<Uint8Array> {
    const unchangedSince = this.#states.get(path)!;
    return openFileStream(path, { ...range, unchangedSince, signal: this.#context.signal, chunks: "borrowed" });
  }

  /** All of an input is being read by somebody else, who cannot tell how far he is. */
  countWhole(path: string): void {
    this.count(this.#states.get(path)!.byteLength);
  }

  count(byteLength: number): void {
    this.#bytesRead += byteLength;
    this.#context.onProgress?.({ bytesRead: this.#bytesRead, bytesTotal: this.#bytesTotal });
  }
}
