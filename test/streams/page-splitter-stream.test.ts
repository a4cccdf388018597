import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes } from "../../lib/bits/bytes.ts";
import { DumpFormatError } from "../../lib/errors.ts";
import { PageSplitterStream } from "../../lib/streams/page-splitter-stream.ts";
import type { DumpPart } from "../../lib/xml/dump-splitter.ts";
import { chunkings } from "../support/chunkings.ts";

const XML =
  "<mediawiki>\n<page>\n<id>7</id>\n<revision><id>1</id><text>a &lt; b</text></revision>\n</page>\n</mediawiki>\n";

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller): void {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function partsOf(stream: ReadableStream<DumpPart>): Promise<DumpPart[]> {
  const parts: DumpPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

test("the parts of the stream join to its input, however it is cut", async () => {
  const bytes = new TextEncoder().encode(XML);
  for (const { name, chunks } of chunkings(bytes)) {
    const parts = await partsOf(streamOf(chunks).pipeThrough(new PageSplitterStream()));
    assert.deepEqual(concatBytes(parts.map((part) => part.bytes)), bytes, name);
    const ends = parts.filter((part) => !("isEnd" in part) || part.isEnd).map(({ type }) => type);
    assert.deepEqual(ends, ["header", "page", "revision", "page-end", "footer"], name);
  }
});

test("the stream delivers what is good and then fails with the splitter's error", async () => {
  const bytes = new TextEncoder().encode(XML.slice(0, XML.indexOf(" b</text>")));
  const types: string[] = [];
  const loop = async (): Promise<void> => {
    for await (const part of streamOf([bytes]).pipeThrough(new PageSplitterStream())) types.push(part.type);
  };
  await assert.rejects(
    loop,
    (error) => error instanceof DumpFormatError && error.code === "TRUNCATED" && error.pageId === 7,
  );
  assert.deepEqual(types, ["header", "page", "revision"]);
});

test("a fragment needs no root", async () => {
  const bytes = new TextEncoder().encode("<page><id>7</id></page>\n");
  const parts = await partsOf(streamOf([bytes]).pipeThrough(new PageSplitterStream({ isFragment: true })));
  assert.deepEqual(parts.map(({ type }) => type), ["page", "page-end"]);
});

test("all parts before markup that is wrong come out, also when they were in one chunk", async () => {
  const bytes = new TextEncoder().encode("<mediawiki>\n<page><id>7</id></page>\n<page><id>8</id></page>\n</wrong>");
  const types: string[] = [];
  const loop = async (): Promise<void> => {
    for await (const part of streamOf([bytes]).pipeThrough(new PageSplitterStream())) types.push(part.type);
  };
  await assert.rejects(loop, (error) => error instanceof DumpFormatError && error.code === "BAD_TAG");
  assert.deepEqual(types, ["header", "page", "page-end", "page", "page-end"]);
});
