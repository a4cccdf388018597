/** An output as the place where a source's bytes go. */
import type { ByteSink, DocumentSink } from "../source/source.ts";
import type { DumpOutput } from "./dump-output.ts";

/** All bytes one after another. */
export function outputSink(output: DumpOutput): ByteSink {
  return { write: (bytes) => added(output, bytes) };
}

/** Header, items (perhaps none) and footer each as a gzip member of its own: what joins parts by their members relies on it. */
export function memberSink(output: DumpOutput): DocumentSink {
  return {
    header(bytes) {
      output.add(bytes);
      output.endStream();
      return output.settled();
    },
    items: (bytes) => added(output, bytes),
    footer(bytes) {
      output.endStream();
      return added(output, bytes);
    },
  };
}

function added(output: DumpOutput, bytes: Uint8Array): Promise<void> | undefined {
  output.add(bytes);
  return output.settled();
}
