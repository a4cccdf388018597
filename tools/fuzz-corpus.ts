/**
 * Makes test/fuzz-corpus/, the small files that tools/fuzz.ts damages: `npx tsx tools/fuzz-corpus.ts`.
 *
 * All are our own making, of every structure that the format has; the same script makes the same files.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { concatBytes } from "../lib/bits/bytes.ts";
import { compress } from "../lib/bzip2/compress.ts";
import type { Level } from "../lib/bzip2/format.ts";
import { bits } from "../test/support/bit-script.ts";
import { utf8 } from "../test/support/collect.ts";
import { hardInputs, randomBytes } from "../test/support/hard-inputs.ts";
import { BLOCK_A, crcOf, endAfter, FILE_A, MAP_OF_A, TREES_OF_A } from "../test/support/small-blocks.ts";
import { tinyDump } from "../test/support/tiny-dump.ts";

const CORPUS = fileURLToPath(new URL("../test/fuzz-corpus/", import.meta.url));

function words(count: number): string {
  const random = randomBytes(2 * count, 7);
  return Array.from({ length: count }, (_, i) => `w${random[2 * i]! % 97}${"ing".slice(0, random[2 * i + 1]! % 4)}`)
    .join(" ");
}

function* bzip2Files(): Generator<readonly [name: string, bytes: Uint8Array]> {
  const empty = compress(new Uint8Array());
  const text = utf8(words(600));
  yield ["empty", empty];
  yield ["one-byte", FILE_A.bytes];
  yield ["text", compress(text, { level: 1 })];
  yield ["short-text", compress(utf8("banana bandana, to be or not to be"))];
  yield ["all-bytes", compress(Uint8Array.from({ length: 1024 }, (_, i) => (i * 7) & 255))];
  yield ["random", compress(randomBytes(600, 5))];
  yield ["runs", compress(concatBytes([3, 4, 5, 254, 255, 256, 259, 260, 1000].map((n) => new Uint8Array(n).fill(n))))];
  yield ["zeros", compress(new Uint8Array(5000), { level: 1 })];
  for (const { name, bytes } of hardInputs(700)) yield [`hard-${name.replaceAll(/[^a-zA-Z]+/g, "-")}`, compress(bytes)];
  // Several blocks in one stream, at every bit: made by hand, because a block of the encoder is long.
  yield ["blocks", bits`"BZh1" ${BLOCK_A}*5 ${endAfter(5)} |`.bytes];
  yield [
    "streams",
    concatBytes(([1, 9, 5] as Level[]).map((level, i) => compress(text.subarray(i * 300, i * 300 + 300), { level }))),
  ];
  yield ["streams-and-empty-ones", concatBytes([empty, FILE_A.bytes, empty, empty, compress(utf8("tail")), empty])];
  yield ["trailing", concatBytes([FILE_A.bytes, utf8("BZ trailing bytes")])];
  yield ["cut-second-stream", concatBytes([FILE_A.bytes, FILE_A.bytes.subarray(0, 20)])];
  yield [
    "six-tables",
    bits`"BZh9" x314159265359 ${crcOf("a")}:32 0 0:24 ${MAP_OF_A} 6:3 8:15 0 10 110 1110 11110 111110 0 0
    (2:5 0 0 0)*6 00 10 ${endAfter(1)} |`.bytes,
  ];
  yield [
    "long-codes",
    bits`"BZh9" x314159265359 ${crcOf("a")}:32 0 0:24 ${MAP_OF_A} 2:3 1:15 0
    (20:5 0 0 0)*2 0*20 0*18 10 ${endAfter(1)} |`.bytes,
  ];
  yield [
    "randomised",
    bits`"BZh9" x314159265359 ${crcOf("a")}:32 1 0:24 ${MAP_OF_A} 2:3 1:15 0 ${TREES_OF_A} 00 10 ${endAfter(1)} |`
      .bytes,
  ];
  yield [
    "two-blocks-of-level-1",
    compress(
      concatBytes([
        new Uint8Array(60_000).map((_, i) => (i >> 9) & 15),
        new Uint8Array(60_000)
          .map((_, i) => (i * i) >> 12),
      ]),
      { level: 1 },
    ),
  ];
}

function* dumps(): Generator<readonly [name: string, bytes: Uint8Array]> {
  const xml = tinyDump();
  yield ["tiny-dump", utf8(xml)];
  yield ["two-dumps", utf8(xml.slice(0, xml.indexOf("<page>")).trimEnd() + "\n</mediawiki>\n" + xml)];
  yield ["header-only", utf8("<mediawiki>\n</mediawiki>\n")];
  yield [
    "one-line",
    utf8("<mediawiki><page><title>A</title><id>1</id><revision><id>2</id><text>x</text></revision></page></mediawiki>"),
  ];
  yield [
    "odd-markup",
    utf8(`\ufeff<?xml version="1.0"?>\r\n<!-- <page> -->\r\n<mediawiki a='>' b="/>">\r
 <page x='&lt;'><title/><id>1</id><revision><id>3</id><text a=">"><![CDATA[</text></page>]]]><!-- </revision> --></text></revision>\r
 <upload><text>u</text></upload><empty/></page><logitem><id>1</id></logitem><board>a <b>b</b></board></mediawiki>\r\n\r\n`),
  ];
  yield [
    "history",
    utf8(
      `<mediawiki><siteinfo><namespaces><namespace key="0"/></namespaces></siteinfo>${
        Array.from({ length: 6 }, (_, page) =>
          `<page><title>P${page}</title><ns>0</ns><id>${page + 1}</id>${
            Array.from({ length: 4 }, (_, i) =>
              `<revision><id>${
                page * 10 + i + 1
              }</id><timestamp>2020-01-01T00:00:0${i}Z</timestamp><contributor><ip>::1</ip></contributor><minor/><comment deleted="deleted"/><text bytes="3" xml:space="preserve">a&amp;${i}</text></revision>`)
              .join("\n")
          }</page>`).join("\n")
      }</mediawiki>`,
    ),
  ];
}

mkdirSync(CORPUS, { recursive: true });
for (const name of readdirSync(CORPUS)) if (/\.(?:bz2|dump)$/.test(name)) rmSync(CORPUS + name);
let byteLength = 0;
for (const [files, suffix] of [[bzip2Files(), "bz2"], [dumps(), "dump"]] as const) {
  for (const [name, bytes] of files) {
    writeFileSync(`${CORPUS}${name}.${suffix}`, bytes);
    byteLength += bytes.length;
  }
}
console.log(`test/fuzz-corpus: ${readdirSync(CORPUS).length} files, ${byteLength} bytes`);
