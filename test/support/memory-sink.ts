/** An output that keeps what is written, with the properties of whatever terminal a test wants. */
import type { OutputSink } from "../../lib/host/terminal.ts";

export interface MemorySink extends OutputSink {
  /** All that was written, as text. */
  text(): string;
  /** What each write wrote. */
  readonly writes: readonly string[];
}

export function memorySink(traits: Partial<Omit<OutputSink, "write">> = {}): MemorySink {
  const writes: string[] = [];
  return {
    isTerminal: false,
    columns: 80,
    hasCursor: false,
    hasColor: false,
    ...traits,
    writes,
    text: () => writes.join(""),
    write: (data) => {
      writes.push(typeof data === "string" ? data : new TextDecoder().decode(data));
      return Promise.resolve();
    },
  };
}
