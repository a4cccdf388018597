/**
 * Looks at what mysql and mysqldump print while it goes to its file: whether it begins and ends as it must.
 *
 * mysqldump prints a good-looking head before it fails, and a client that was cut off leaves rows that look whole.
 */
import { asciiBytes, concatBytes } from "../../bits/bytes.ts";
import { CommandError } from "../../errors.ts";
import type { PipelineSink } from "../process/pipeline.ts";

const TAIL_BYTES = 256;

/** What the output must look like. */
export interface ExpectedOutput {
  /** Its first bytes; "" for any. */
  readonly start: string;
  /** What must stand near its end. */
  readonly end: RegExp;
  /** In words, for the message. */
  readonly endName: string;
  readonly remedy: string;
}

/** A finished dump of mysqldump. */
export const TABLE_DUMP: ExpectedOutput = {
  start: "",
  end: /\n-- Dump completed[^\n]*\n$/,
  endName: 'the line "-- Dump completed"',
  remedy: "Dump the table again; if it never ends so, take skip-comments or compact out of mysqldump's option files",
};

/** Rows of mysql below a header line. */
export function rowsBelow(header: string): ExpectedOutput {
  return {
    start: `${header}\n`,
    end: /\n$/,
    endName: "a line end",
    remedy: "Try again; if it is always so, look for options that change mysql's output in its option files",
  };
}

/** Passes bytes on to a sink and remembers the first and the last ones. */
export class DatabaseOutput implements PipelineSink {
  readonly #sink: PipelineSink;
  readonly #expected: ExpectedOutput;
  #head: Uint8Array = new Uint8Array(0);
  #tail: Uint8Array = new Uint8Array(0);

  constructor(sink: PipelineSink, expected: ExpectedOutput) {
    this.#sink = sink;
    this.#expected = expected;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    const missing = this.#expected.start.length - this.#head.length;
    if (missing > 0) this.#head = concatBytes([this.#head, bytes.subarray(0, missing)]);
    const tail = bytes.length >= TAIL_BYTES ? bytes : concatBytes([this.#tail, bytes]);
    this.#tail = tail.slice(Math.max(0, tail.length - TAIL_BYTES));
    return this.#sink.write(bytes);
  }

  /** Throws CommandError when the output that has passed is not what was expected. */
  verify(commandLine: string): void {
    const { start, end, endName, remedy } = this.#expected;
    const head = new TextDecoder().decode(this.#head);
    if (head !== new TextDecoder().decode(asciiBytes(start))) {
      const message = `${commandLine} began with ${JSON.stringify(head)}, expected ${JSON.stringify(start)}`;
      throw new CommandError("EXIT", message, { commandLine }, { remedy });
    }
    if (end.test(new TextDecoder().decode(this.#tail))) return;
    const message = `${commandLine} ended without an error, but its output does not end with ${endName}`;
    throw new CommandError("EXIT", message, { commandLine }, { remedy });
  }
}
