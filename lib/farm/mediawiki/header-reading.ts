/**
 * The reading that gives the header of the wiki's dumps alone: its name and its namespaces, without any page.
 */
import { DumpReader } from "../../dump/reading/dump-reader.ts";
import { captureText } from "../process/capture.ts";
import { DOCUMENT_FOOTER } from "../source/footer.ts";
import type { Reading, ReadingOptions, ReadingSummary, SourceConsumer, SourceEvent } from "../source/source.ts";
import { phpScript, type PhpTools } from "./php-script.ts";

/** Longest time of the script. */
const TIMEOUT_MS = 120_000;

export class HeaderReading implements Reading {
  readonly #wiki: string;
  readonly #php: PhpTools;

  constructor(wiki: string, php: PhpTools) {
    this.#wiki = wiki;
    this.#php = php;
  }

  async run(consumers: readonly SourceConsumer[], { signal }: ReadingOptions): Promise<ReadingSummary> {
    // The end does not count: a range without a page.
    const args = ["--full", "--stub", "--quiet", "--start=1", "--end=1"];
    const script = await phpScript(this.#php, this.#wiki, "dumpBackup.php", args);
    const xml = await captureText([script], { signal, timeoutMs: TIMEOUT_MS });
    const reader = new DumpReader();
    for (const event of [...reader.push(new TextEncoder().encode(xml)), ...reader.finish()]) {
      if (event.type === "start") await handOut(consumers, { ...event, footer: DOCUMENT_FOOTER });
      else if (event.type === "end") await handOut(consumers, event);
    }
    return { pages: 0, revisions: 0, notices: [] };
  }
}

async function handOut(consumers: readonly SourceConsumer[], event: SourceEvent): Promise<void> {
  for (const consumer of consumers) await consumer.take(event);
}
