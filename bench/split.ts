/**
 * Splitting XML into parts and reading it into revisions, in memory, on one thread, against saxes, which only parses: processor time
 * per byte. Two inputs: full history, where text dominates, and the same history as stubs, where tags do.
 */
import process from "node:process";
import saxes from "saxes";
import { concatBytes } from "../lib/bits/bytes.ts";
import { type DumpEvent, DumpReader } from "../lib/dump/reading/dump-reader.ts";
import { DumpSplitter } from "../lib/xml/dump-splitter.ts";
import { makeCorpus } from "./corpus.ts";
import type { Figure } from "./figures.ts";
import { median } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

const CHUNK_BYTES = 256 * 1024;
/** saxes is slow: it gets the beginning of the input only. */
const SAXES_BYTES = 20_000_000;

const WORKS: Readonly<Record<string, (bytes: Uint8Array) => void>> = {
  split(bytes) {
    const splitter = new DumpSplitter();
    for (const chunk of chunksOf(bytes)) for (const _ of splitter.push(chunk));
    for (const _ of splitter.finish());
  },
  "read revisions": (bytes) => read(bytes, () => {}),
  "read and decode texts": (bytes) =>
    read(bytes, (event) => void (event.type === "revision" && event.revision.textBytes())),
};

export function* split(shop: Workshop): Generator<Figure, void, undefined> {
  const history = concatBytes([...makeCorpus({ byteLength: shop.byteLength })]);
  for (const [name, bytes] of [["history", history], ["stubs", stubsOf(history)]] as const) {
    const saxesMs = msPerMegabyte(parseBySaxes, bytes.subarray(0, SAXES_BYTES), shop.rounds);
    for (const [work, run] of Object.entries(WORKS)) {
      const ms = msPerMegabyte(run, bytes, shop.rounds);
      const detail = `${(1000 / ms).toFixed(0)} MB/s : ${(1000 / saxesMs).toFixed(0)} MB/s`;
      yield { what: `${work}, ${name} : saxes, parse only`, value: ms / saxesMs, unit: "×", detail };
    }
  }
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

function read(bytes: Uint8Array, take: (event: DumpEvent) => void): void {
  const reader = new DumpReader();
  for (const chunk of chunksOf(bytes)) for (const event of reader.push(chunk)) take(event);
  for (const event of reader.finish()) take(event);
}

function parseBySaxes(bytes: Uint8Array): void {
  const parser = new saxes.SaxesParser();
  const decoder = new TextDecoder();
  parser.on("closetag", () => {});
  for (const chunk of chunksOf(bytes)) parser.write(decoder.decode(chunk, { stream: true }));
}

/** By the processor's time, which other work on the machine changes less; after one run to warm up. */
function msPerMegabyte(work: (bytes: Uint8Array) => void, bytes: Uint8Array, rounds: number): number {
  work(bytes);
  const times = Array.from({ length: rounds }, () => {
    const start = process.cpuUsage();
    work(bytes);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return median(times) / (bytes.length / 1e6);
}

/** The same history without its texts. */
function stubsOf(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  const empty = new TextEncoder().encode('<text bytes="0" id="1" />');
  read(bytes, (event) => {
    if (event.type !== "revision") parts.push(event.bytes);
    else parts.push(event.bytes.subarray(0, event.text.tagStart), empty, event.bytes.subarray(event.text.elementEnd));
  });
  return concatBytes(parts);
}
