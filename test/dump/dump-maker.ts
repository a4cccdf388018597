/** Makes small dumps of known content, compressed in every way that the tests of random access want. */
import { concatBytes } from "../../lib/bits/bytes.ts";
import { compress } from "../../lib/bzip2/compress.ts";
import type { Level } from "../../lib/bzip2/format.ts";

const encoder = new TextEncoder();

export const HEADER = `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en">
  <siteinfo>
    <sitename>Test</sitename>
    <dbname>testwiki</dbname>
  </siteinfo>
`;
export const FOOTER = "</mediawiki>\n";

/** Numbers that look random and are the same in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A page with one revision, whose text does not compress well. */
export function pageXml(id: number, textLength: number): string {
  const random = randomFrom(id);
  let text = "";
  while (text.length < textLength) text += random().toString(36).slice(2) + " &lt;page&gt; ";
  return `  <page>
    <title>Page: ${id}</title>
    <ns>0</ns>
    <id>${id}</id>
    <revision>
      <id>${id * 10}</id>
      <timestamp>2020-01-01T00:00:00Z</timestamp>
      <contributor><username>U</username><id>${id + 7}</id></contributor>
      <text bytes="${textLength}" xml:space="preserve">${text.slice(0, textLength).replace(/&[^;]{0,3}$/, "")}</text>
    </revision>
  </page>
`;
}

export interface MadeDump {
  readonly ids: readonly number[];
  readonly pages: readonly string[];
  readonly xml: string;
}

/** A dump with pages of these ids; `textLength` says how long their texts are. */
export function makeDump(ids: readonly number[], textLength: (id: number) => number): MadeDump {
  const pages = ids.map((id) => pageXml(id, textLength(id)));
  return { ids, pages, xml: HEADER + pages.join("") + FOOTER };
}

/** What a dump of some pages of it is. */
export function expectedDocument(dump: MadeDump, isTaken: (id: number) => boolean): string {
  return HEADER + dump.pages.filter((_, i) => isTaken(dump.ids[i]!)).join("") + FOOTER;
}

/** One stream. */
export function oneStream(dump: MadeDump, level: Level = 1): Uint8Array {
  return compress(encoder.encode(dump.xml), { level });
}

/** Streams that are cut anywhere, in tags too, with an empty one in between: what parallel compressors make. */
export function cutStreams(dump: MadeDump, pieceLength: number, levels: readonly Level[] = [1]): Uint8Array {
  const bytes = encoder.encode(dump.xml);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceLength) {
    const level = levels[parts.length % levels.length]!;
    parts.push(compress(bytes.subarray(at, at + pieceLength), { level }));
    if (parts.length === 3) parts.push(compress(new Uint8Array(), { level }));
  }
  return concatBytes(parts);
}

export interface MadeMultistream {
  readonly bytes: Uint8Array;
  readonly index: string;
}

/** A multistream dump: header, pages in groups, footer, each a stream; and its index. */
export function multistream(dump: MadeDump, pagesPerStream: number): MadeMultistream {
  const parts = [compress(encoder.encode(HEADER))];
  let byteOffset = parts[0]!.length;
  let index = "";
  for (let i = 0; i < dump.pages.length; i += pagesPerStream) {
    const group = dump.pages.slice(i, i + pagesPerStream);
    parts.push(compress(encoder.encode(group.join("")), { level: 9 }));
    index += group.map((_, k) => `${byteOffset}:${dump.ids[i + k]}:Page: ${dump.ids[i + k]}\n`).join("");
    byteOffset += parts.at(-1)!.length;
  }
  parts.push(compress(encoder.encode(FOOTER)), compress(new Uint8Array()));
  return { bytes: concatBytes(parts), index };
}

/** All of a stream as text. */
export function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream as BodyInit).text();
}
