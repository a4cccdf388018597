/** The three corpora, as files: wiki XML, text like English, bytes that cannot be compressed. Made when first asked for. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { concatBytes, indexOfBytes } from "../lib/bits/bytes.ts";
import { compress } from "../lib/bzip2/compress.ts";
import { decompress } from "../lib/bzip2/whole.ts";
import { type CorpusKind, makeCorpus } from "./corpus.ts";
import { Chance } from "./corpus-text.ts";
import { makeEnglish } from "./english.ts";

const EXPORTS = fileURLToPath(new URL("../examples/farm/exports", import.meta.url));
const encoder = new TextEncoder();

/** The corpora by name. Each is as long as asked for, to within a page. */
export const CORPORA: Readonly<Record<string, (byteLength: number) => Uint8Array>> = {
  "wiki.xml": makeWiki,
  "english.txt": makeEnglish,
  "random.bin": makeRandom,
};

/** Writes a corpus to a directory, once; gives its path. */
export function plainFile(directory: string, name: string, byteLength: number): string {
  const path = join(directory, `${byteLength}-${name}`);
  if (!existsSync(path)) writeFileSync(path, CORPORA[name]!(byteLength));
  return path;
}

/** Writes a dump with one revision a page, its ids rising, to a directory, once; gives its path. */
export function dumpFile(directory: string, byteLength: number): string {
  const path = join(directory, `${byteLength}-dump.xml`);
  if (!existsSync(path)) writeFileSync(path, concatBytes([...makeCorpus({ byteLength, kind: "current" })]));
  return path;
}

/** The same file as `bzip2 -9` packs it, or our encoder where there is no bzip2. */
export function packedFile(path: string): string {
  const packed = `${path}.bz2`;
  if (existsSync(packed)) return packed;
  const { status, stdout } = spawnSync("bzip2", ["-9c", path], { maxBuffer: 2 ** 31 });
  writeFileSync(packed, status === 0 ? stdout : compress(readFileSync(path)));
  return packed;
}

/** One dump: seeded articles and seeded histories in equal parts, and as many pages of the demo wikis as are a quarter of it. */
function makeWiki(byteLength: number): Uint8Array {
  const demo = demoPages(byteLength / 4);
  const seeded = (kind: CorpusKind): Uint8Array =>
    concatBytes([...makeCorpus({ byteLength: (byteLength - demo.length) / 2, kind })]);
  const [articles, history] = [seeded("current"), seeded("history")];
  const end = indexOfBytes(articles, encoder.encode("</mediawiki>"));
  return concatBytes([articles.subarray(0, end), demo, pagesOf(history), articles.subarray(end)]);
}

function demoPages(mostBytes: number): Uint8Array {
  const exports = readdirSync(EXPORTS).sort().map((name) => pagesOf(unpack(readFileSync(join(EXPORTS, name)), name)));
  const pages = concatBytes(exports);
  const start = encoder.encode("  <page>");
  let end = pages.length > mostBytes ? 0 : pages.length;
  for (let next = 0; end < pages.length && next >= 0 && next <= mostBytes;) {
    end = next;
    next = indexOfBytes(pages, start, next + 1);
  }
  return pages.subarray(0, end);
}

function unpack(bytes: Uint8Array, name: string): Uint8Array {
  return name.endsWith(".bz2") ? decompress(bytes) : name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

/** The pages of a dump, without what is around them. */
function pagesOf(dump: Uint8Array): Uint8Array {
  const [start, end] = ["  <page>", "</mediawiki>"].map((text) => indexOfBytes(dump, encoder.encode(text)));
  return dump.subarray(start, end);
}

function makeRandom(byteLength: number): Uint8Array {
  const chance = new Chance(5);
  return Uint8Array.from({ length: byteLength }, () => chance.below(256));
}
