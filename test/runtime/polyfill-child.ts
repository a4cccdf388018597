/**
 * Makes web-streams-polyfill the only streams of the process, then puts the library through its paces. See polyfill.test.ts.
 *
 * The native classes stay reachable through node:stream/web, so they are broken on purpose: whoever uses one fails.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import process from "node:process";
import * as polyfill from "web-streams-polyfill";

const scope = globalThis as unknown as Record<string, { prototype: Record<string, unknown> }>;
for (
  const [name, methods] of [["ReadableStream", ["getReader", "pipeTo", "pipeThrough", "tee"]], ["WritableStream", [
    "getWriter",
  ]]] as const
) {
  for (const method of methods) {
    scope[name]!.prototype[method] = () => {
      throw new Error(`The native ${name} was used (${method})`);
    };
  }
}
for (const [name, value] of Object.entries(polyfill)) {
  if (name in globalThis) Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

const [archive = "", gzipped = ""] = process.argv.slice(2);
const {
  Bzip2DecoderStream,
  Bzip2EncoderStream,
  bytesSource,
  compress,
  decodeFrom,
  decompress,
  findBlocks,
  PageSplitterStream,
  readDump,
  sniff,
  sourceStream,
} = await import("../../lib/mod.ts");
const { extractRange } = await import("../../lib/dump/pages/extract-range.ts");
const { gunzipStream, openFileStream } = await import("../../lib/node.ts");

assert.equal(ReadableStream, polyfill.ReadableStream as unknown);
const stored = new Uint8Array(await readFile(archive));
const plain = decompress(stored);

await check("the decoder stream decodes", async () => {
  assert.deepEqual(await collect(streamOf(stored).pipeThrough(new Bzip2DecoderStream())), plain);
});
await check("the encoder stream encodes", async () => {
  const start = plain.subarray(0, 100_000);
  assert.deepEqual(
    await collect(streamOf(start).pipeThrough(new Bzip2EncoderStream({ level: 1 }))),
    compress(start, { level: 1 }),
  );
});
await check("both joined give back what went in", async () => {
  const round = streamOf(plain.subarray(0, 200_000)).pipeThrough(new Bzip2EncoderStream()).pipeThrough(
    new Bzip2DecoderStream(),
  );
  assert.deepEqual(await collect(round), plain.slice(0, 200_000));
});
await check("a damaged file fails after its good bytes", async () => {
  const damaged = stored.slice();
  damaged[damaged.length - 6]! ^= 0xff;
  await assert.rejects(collect(streamOf(damaged).pipeThrough(new Bzip2DecoderStream())), { name: "Bzip2Error" });
});
await check("a dump is read page by page, and left early", async () => {
  const titles: string[] = [];
  const { pages } = await readDump(streamOf(stored).pipeThrough(new Bzip2DecoderStream()));
  for await (const page of pages) titles.push(page.title);
  assert.ok(titles.length > 20);
  const again = await readDump(streamOf(stored).pipeThrough(new Bzip2DecoderStream()));
  for await (const page of again.pages) {
    assert.equal(page.title, titles[0]);
    break;
  }
});
await check("the page splitter gives back every byte", async () => {
  const parts: Uint8Array[] = [];
  const reader = streamOf(plain).pipeThrough(new PageSplitterStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) parts.push(part.value.bytes.slice());
  assert.equal(parts.reduce((sum, part) => sum + part.length, 0), plain.length);
});
await check("sniffing, sources and blocks work", async () => {
  const { format, stream } = await sniff(streamOf(stored));
  assert.equal(format, "bzip2");
  assert.deepEqual(await collect(stream), stored);
  const source = bytesSource(stored);
  assert.deepEqual(await collect(sourceStream(source, { chunkByteLength: 1000 })), stored);
  for await (const block of findBlocks(source)) {
    assert.deepEqual(await collect(decodeFrom(source, block)), plain);
    break;
  }
});
await check("pages are taken out", async () => {
  let pages = 0;
  const xml = await collect(extractRange(bytesSource(stored), { first: 5, last: 8 }, { onPage: () => pages++ }));
  assert.ok(pages > 0 && xml.length > 0);
});
await check("files and gzip are read", async () => {
  const { pages } = await readDump(openFileStream(gzipped).pipeThrough(gunzipStream()));
  let count = 0;
  for await (const _page of pages) count++;
  assert.ok(count > 10);
});

async function check(name: string, act: () => Promise<void>): Promise<void> {
  let trouble: string | undefined;
  try {
    await act();
  } catch (error) {
    trouble = error instanceof Error ? error.stack ?? error.message : String(error);
  }
  process.stdout.write(`${JSON.stringify({ name, trouble })}\n`);
}

/** Chunks of 10,007 bytes, so that nothing fits. */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller): void {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += 10_007));
    },
  });
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) parts.push(chunk.value);
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
