import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { test } from "node:test";
import { type DataFormat, sniff, sniffFormat } from "../../lib/streams/sniff.ts";
import { chunkings } from "../support/chunkings.ts";
import { textOf } from "../dump/dump-maker.ts";

const encoder = new TextEncoder();
const CASES: readonly (readonly [DataFormat, string, Uint8Array])[] = [
  ["empty", "nothing", new Uint8Array()],
  ["bzip2", "a stream", encoder.encode("BZh91AY&SY")],
  ["bzip2", "an empty stream", Uint8Array.of(0x42, 0x5a, 0x68, 0x39, 0x17, 0x72, 0x45)],
  ["bzip2", "a header alone", encoder.encode("BZh5")],
  ["bzip2", "two bytes of a header", encoder.encode("BZ")],
  ["unknown", "a level that does not exist", encoder.encode("BZh0")],
  ["unknown", "text that begins like bzip2", encoder.encode("BZh9 is a header")],
  ["gzip", "gzip", gzipSync("x")],
  ["zstd", "zstd", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0)],
  ["xz", "xz", Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0)],
  ["7z", "7z", Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0)],
  ["xml", "a dump", encoder.encode("<mediawiki>")],
  ["xml", "a declaration after a byte order mark", encoder.encode("\ufeff<?xml?>")],
  ["xml", "blanks first", encoder.encode("\r\n \t<x>")],
  ["unknown", "text", encoder.encode("hello")],
];

test("sniffFormat tells what data is by its first bytes", () => {
  for (const [format, name, bytes] of CASES) assert.equal(sniffFormat(bytes), format, name);
});

test("sniff gives the whole stream back, however it is cut", async () => {
  const bytes = encoder.encode(`<mediawiki>${"x".repeat(200)}</mediawiki>`);
  for (const { name, chunks } of chunkings(bytes)) {
    const source = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    const { format, stream } = await sniff(source);
    assert.equal(format, "xml", name);
    assert.equal(await textOf(stream), new TextDecoder().decode(bytes), name);
  }
});

test("sniff passes cancellation and errors on", async () => {
  let reason: unknown;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100)),
    cancel: (given) => void (reason = given),
  });
  await (await sniff(endless)).stream.cancel("done");
  assert.equal(reason, "done");
  let count = 0;
  const failing = new ReadableStream<Uint8Array>({
    pull: (controller) => count++ === 0 ? controller.enqueue(new Uint8Array(100)) : controller.error(new Error("torn")),
  });
  await assert.rejects(textOf((await sniff(failing)).stream), /torn/);
});
