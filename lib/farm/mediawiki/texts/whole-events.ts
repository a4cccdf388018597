/** The events of a dump with elements of unknown names put together: the reader hands them out in pieces. */
import { concatBytes } from "../../../bits/bytes.ts";
import type { DumpEvent, DumpReader } from "../../../dump/reading/dump-reader.ts";
import { DumpFormatError } from "../../../errors.ts";

/** Bytes of such elements, one after another. */
const MAX_OTHER_BYTES = 16 * 1024 * 1024;

/** All events of a stream of plain XML, which is cancelled when the generator is left. */
export async function* wholeEvents(
  reader: DumpReader,
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<DumpEvent, void, undefined> {
  const plain = stream.getReader();
  const others = new OtherPieces();
  try {
    for (let chunk = await plain.read(); !chunk.done; chunk = await plain.read()) {
      for (const event of reader.push(chunk.value)) yield* others.pass(event);
    }
    for (const event of reader.finish()) yield* others.pass(event);
  } finally {
    await plain.cancel().catch(() => undefined);
  }
}

class OtherPieces {
  #pieces: Uint8Array[] = [];
  #byteLength = 0;

  *pass(event: DumpEvent): Generator<DumpEvent, void, undefined> {
    if (event.type === "other") return this.#gather(event.bytes);
    if (this.#pieces.length > 0) {
      yield { type: "other", bytes: concatBytes(this.#pieces) };
      this.#pieces = [];
      this.#byteLength = 0;
    }
    yield event;
  }

  #gather(bytes: Uint8Array): void {
    this.#byteLength += bytes.length;
    if (this.#byteLength > MAX_OTHER_BYTES) {
      const message = `More than ${MAX_OTHER_BYTES} bytes of elements that are no revisions`;
      throw new DumpFormatError("TOO_LARGE", message, { byteOffset: 0 });
    }
    this.#pieces.push(bytes.slice());
  }
}
