/**
 * How fast XML is split into parts and read into revisions, in memory, on one thread; beside it saxes, which only parses.
 *
 *     npx tsx bench/split.ts [--bytes 200000000] [--runs 3]
 *
 * Two inputs of the seeded corpus: full history, where text dominates, and the same history as stubs, where tags do. Each case is
 * run several times after one run to warm up; the median counts.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import saxes from "saxes";
import { concatBytes } from "../lib/bits/bytes.ts";
import { DumpReader } from "../lib/dump/dump-reader.ts";
import { DumpSplitter } from "../lib/xml/dump-splitter.ts";
import { makeCorpus } from "./corpus.ts";

const CHUNK_BYTES = 256 * 1024;
/** saxes is slow: it gets the beginning of the input only. */
const SAXES_BYTES = 20_000_000;

interface Result {
  readonly name: string;
  readonly megabytesPerSecond: number;
  /** By the processor's time, which other work on the machine does not change. */
  readonly megabytesPerCpuSecond: number;
  readonly found: string;
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

function split(bytes: Uint8Array): string {
  const splitter = new DumpSplitter();
  let parts = 0;
  for (const chunk of chunksOf(bytes)) for (const _ of splitter.push(chunk)) parts++;
  for (const _ of splitter.finish()) parts++;
  return `${parts} parts`;
}

function read(bytes: Uint8Array): string {
  const reader = new DumpReader();
  let revisions = 0;
  for (const chunk of chunksOf(bytes)) {
    for (const event of reader.push(chunk)) if (event.type === "revision") revisions++;
  }
  for (const _ of reader.finish());
  return `${revisions} revisions`;
}

function readTexts(bytes: Uint8Array): string {
  const reader = new DumpReader();
  let byteLength = 0;
  for (const chunk of chunksOf(bytes)) {
    for (const event of reader.push(chunk)) {
      if (event.type === "revision") byteLength += event.revision.textBytes().length;
    }
  }
  for (const _ of reader.finish());
  return `${byteLength} bytes of text`;
}

function parseBySaxes(bytes: Uint8Array): string {
  const parser = new saxes.SaxesParser();
  const decoder = new TextDecoder();
  let revisions = 0;
  parser.on("closetag", ({ name }) => {
    if (name === "revision") revisions++;
  });
  for (const chunk of chunksOf(bytes)) parser.write(decoder.decode(chunk, { stream: true }));
  return `${revisions} revisions`;
}

function measure(name: string, bytes: Uint8Array, runs: number, work: (bytes: Uint8Array) => string): Result {
  const times: number[] = [];
  const cpuTimes: number[] = [];
  let found = work(bytes);
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const cpuStart = process.cpuUsage();
    found = work(bytes);
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpuStart);
    cpuTimes.push((user + system) / 1000);
  }
  const speed = (millis: readonly number[]): number => bytes.length / 1000 / median(millis);
  return { name, megabytesPerSecond: speed(times), megabytesPerCpuSecond: speed(cpuTimes), found };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

/** The same history without its texts. */
function toStubs(bytes: Uint8Array): Uint8Array {
  const reader = new DumpReader();
  const parts: Uint8Array[] = [];
  const empty = new TextEncoder().encode('<text bytes="0" id="1" />');
  const take = (event: ReturnType<DumpReader["push"]> extends Generator<infer E> ? E : never): void => {
    if (event.type !== "revision") parts.push(event.bytes);
    else parts.push(event.bytes.subarray(0, event.text.tagStart), empty, event.bytes.subarray(event.text.elementEnd));
  };
  for (const event of reader.push(bytes)) take(event);
  for (const event of reader.finish()) take(event);
  return concatBytes(parts);
}

function report(title: string, bytes: Uint8Array, runs: number): void {
  const results = [
    measure("split", bytes, runs, split),
    measure("read revisions", bytes, runs, read),
    measure("read and decode texts", bytes, runs, readTexts),
    measure("saxes, parse only", bytes.subarray(0, SAXES_BYTES), runs, parseBySaxes),
  ];
  const base = results.at(-1)!.megabytesPerCpuSecond;
  console.log(`${title}, ${(bytes.length / 1e6).toFixed(1)} MB`);
  for (const { name, megabytesPerSecond, megabytesPerCpuSecond, found } of results) {
    const speed = `${megabytesPerSecond.toFixed(0)} MB/s`.padStart(11) +
      `${megabytesPerCpuSecond.toFixed(0)} MB/cpu-s`.padStart(14);
    console.log(
      `  ${name.padEnd(22)}${speed}  ${(megabytesPerCpuSecond / base).toFixed(1).padStart(5)} × saxes   ${found}`,
    );
  }
}

function main(): void {
  const { values } = parseArgs({ options: { bytes: { type: "string" }, runs: { type: "string" } } });
  const byteLength = Number(values.bytes ?? 200_000_000);
  const runs = Number(values.runs ?? 3);
  const history = concatBytes([...makeCorpus({ byteLength })]);
  console.log(`Node ${process.version}, chunks of ${CHUNK_BYTES / 1024} KiB, median of ${runs}`);
  report("Full history", history, runs);
  report("Stubs", toStubs(history), runs);
}

main();
