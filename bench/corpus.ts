/**
 * Writes a made-up wiki with full history as MediaWiki's XML export (schema 0.11), of any size, the same for the same seed.
 *
 *     npx tsx bench/corpus.ts --bytes 2000000000 [--seed 7] [--one-page | --current] > file.xml
 *
 * Lengths and SHA-1 of all texts are right. There are pages of several namespaces, redirects, contributors without account,
 * hidden texts, comments and names, empty texts, pages with one revision and with thousands, and texts of some bytes and of many
 * kilobytes. Revisions of a page resemble each other, as they do in a real history.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import process from "node:process";
import { parseArgs } from "node:util";
import { isMain } from "../lib/host/is-main.ts";
import { encodeEntities } from "../lib/xml/entities.ts";
import { Chance, makeName, makeParagraph, makePhrase, makeWord } from "./corpus-text.ts";

/** What to write. */
export interface CorpusOptions {
  /** Size to reach; the corpus ends with the first revision after it, or a little later. */
  readonly byteLength: number;
  readonly seed?: number;
  /** "history" (the default): pages with one revision and with thousands; "current": one revision a page; "one-page": all in one page. */
  readonly kind?: CorpusKind;
}

export type CorpusKind = "history" | "current" | "one-page";

interface Paragraph {
  readonly plain: Uint8Array;
  readonly encoded: Uint8Array;
}

const NAMESPACES: readonly (readonly [number, string])[] = [
  [-2, "Media"],
  [-1, "Special"],
  [0, ""],
  [1, "Talk"],
  [2, "User"],
  [3, "User talk"],
  [4, "Seedwiki"],
  [5, "Seedwiki talk"],
  [6, "File"],
  [7, "File talk"],
  [8, "MediaWiki"],
  [9, "MediaWiki talk"],
  [10, "Template"],
  [11, "Template talk"],
  [12, "Help"],
  [13, "Help talk"],
  [14, "Category"],
  [15, "Category talk"],
  [828, "Module"],
  [829, "Module talk"],
];
const PAGE_NAMESPACES = [0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4, 8, 10, 12, 14, 828];
const CHUNK_BYTES = 256 * 1024;
const MAX_PARAGRAPHS = 200;
const MAX_REVISIONS = 4096;
const START_SECONDS = 1_000_000_000;

const encoder = new TextEncoder();

/** The corpus in chunks of about 256 KiB. */
export function* makeCorpus(options: CorpusOptions): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const writer = new CorpusWriter(options);
  yield* writer.write();
}

/** A SHA-1 as MediaWiki writes it: base 36, 31 digits. */
function base36(digest: string): string {
  return BigInt("0x" + digest).toString(36).padStart(31, "0");
}

function escapeText(text: string): string {
  return new TextDecoder().decode(encodeEntities(encoder.encode(text)));
}

class CorpusWriter {
  readonly #options: CorpusOptions;
  readonly #chance: Chance;
  #chunk: Uint8Array<ArrayBuffer> = new Uint8Array(CHUNK_BYTES);
  #length = 0;
  #written = 0;
  #ready: Uint8Array<ArrayBuffer>[] = [];
  #pageId = 0;
  #revisionId = 0;
  #seconds = START_SECONDS;
  #paragraphs: Paragraph[] = [];

  constructor(options: CorpusOptions) {
    this.#options = options;
    this.#chance = new Chance(options.seed ?? 1);
  }

  *write(): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    this.#putHeader();
    do {
      yield* this.#putPage();
    } while (!this.#isEnough());
    this.#put("</mediawiki>\n");
    yield* this.#takeReady();
    yield this.#chunk.subarray(0, this.#length);
  }

  #isEnough(): boolean {
    return this.#written >= this.#options.byteLength;
  }

  *#takeReady(): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const ready = this.#ready;
    this.#ready = [];
    yield* ready;
  }

  #putHeader(): void {
    const address = "http://www.mediawiki.org/xml/export-0.11/";
    this.#put(`<mediawiki xmlns="${address}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `);
    this.#put(
      `xsi:schemaLocation="${address} http://www.mediawiki.org/xml/export-0.11.xsd" version="0.11" xml:lang="en">\n`,
    );
    this.#put("  <siteinfo>\n    <sitename>Seedwiki</sitename>\n    <dbname>seedwiki</dbname>\n");
    this.#put(
      "    <base>http://seedwiki.example/wiki/Main_Page</base>\n    <generator>MediaWiki 1.39.17</generator>\n",
    );
    this.#put("    <case>first-letter</case>\n    <namespaces>\n");
    for (const [id, name] of NAMESPACES) {
      this.#put(`      <namespace key="${id}" case="first-letter"${name === "" ? " />" : `>${name}</namespace>`}\n`);
    }
    this.#put("    </namespaces>\n  </siteinfo>\n");
  }

  *#putPage(): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const chance = this.#chance;
    this.#pageId += 1 + (chance.once(6) ? chance.below(5) : 0);
    const namespace = chance.pick(PAGE_NAMESPACES);
    const prefix = NAMESPACES.find(([id]) => id === namespace)![1];
    const name = `${makeName(this.#pageId)}${chance.once(3) ? "" : " " + makePhrase(chance, 1 + chance.below(3))}`;
    const title = prefix === "" ? name : `${prefix}:${name}`;
    const { kind = "history" } = this.#options;
    const isRedirect = kind !== "one-page" && chance.once(8);
    const target = makeName(chance.below(5000)) + (chance.once(9) ? ' & "more"' : "");
    this.#put(
      `  <page>\n    <title>${escapeText(title)}</title>\n    <ns>${namespace}</ns>\n    <id>${this.#pageId}</id>\n`,
    );
    if (isRedirect) this.#put(`    <redirect title="${escapeText(target)}" />\n`);
    this.#startText(isRedirect ? `#REDIRECT [[${target}]]` : undefined);
    const revisions = kind === "history" ? this.#historyLength(isRedirect) : kind === "current" ? 1 : Infinity;
    for (let number = 0; number < revisions; number++) {
      if (number > 0) this.#editText();
      this.#putRevision(number);
      yield* this.#takeReady();
      if (this.#isEnough()) break;
    }
    this.#put("  </page>\n");
  }

  #historyLength(isRedirect: boolean): number {
    return isRedirect ? 1 + this.#chance.below(2) : this.#chance.skewed(MAX_REVISIONS);
  }

  #startText(text: string | undefined): void {
    if (text !== undefined) this.#paragraphs = [toParagraph(text)];
    else {
      this.#paragraphs = [];
      const count = this.#chance.skewed(MAX_PARAGRAPHS / 2);
      for (let i = 0; i < count; i++) this.#paragraphs.push(toParagraph(makeParagraph(this.#chance)));
    }
  }

  /** Changes one or two paragraphs, as an edit does. */
  #editText(): void {
    const chance = this.#chance;
    const paragraphs = this.#paragraphs;
    const fresh = toParagraph(makeParagraph(chance));
    const at = chance.below(paragraphs.length + 1);
    const kind = chance.below(8);
    if (kind === 0 && paragraphs.length > 1) paragraphs.splice(at, 1 + chance.below(2));
    else if ((kind < 5 || paragraphs.length === 0) && paragraphs.length < MAX_PARAGRAPHS) {
      paragraphs.splice(at, 0, fresh);
    } else paragraphs[Math.min(at, paragraphs.length - 1)] = fresh;
    if (chance.once(400)) this.#paragraphs = [];
  }

  #putRevision(number: number): void {
    const chance = this.#chance;
    this.#revisionId++;
    // Time goes on, but stays before 2030 in a history of any length.
    this.#seconds = START_SECONDS + (this.#seconds - START_SECONDS + 1 + chance.below(5000)) % 880_000_000;
    const timestamp = new Date(this.#seconds * 1000).toISOString().replace(".000Z", "Z");
    const parent = number === 0 ? "" : `      <parentid>${this.#revisionId - 1}</parentid>\n`;
    this.#put(
      `    <revision>\n      <id>${this.#revisionId}</id>\n${parent}      <timestamp>${timestamp}</timestamp>\n`,
    );
    this.#putContributor();
    if (chance.once(4)) this.#put("      <minor/>\n");
    if (chance.once(500)) this.#put('      <comment deleted="deleted" />\n');
    else if (!chance.once(3)) {
      this.#put(`      <comment>/* ${makeWord(chance)} */ ${makePhrase(chance, 1 + chance.below(9))}</comment>\n`);
    }
    this.#put(
      `      <origin>${this.#revisionId}</origin>\n      <model>wikitext</model>\n      <format>text/x-wiki</format>\n`,
    );
    this.#putText(chance.once(300));
  }

  #putContributor(): void {
    const chance = this.#chance;
    if (chance.once(700)) return this.#put('      <contributor deleted="deleted" />\n');
    const octet = chance.below(256);
    const user = chance.skewed(20_000);
    const who = chance.once(5)
      ? `        <ip>${
        chance.once(4) ? `2001:DB8:0:0:0:0:0:${octet.toString(16).toUpperCase()}` : `192.0.2.${octet}`
      }</ip>\n`
      : `        <username>${makeName(user * 7)}${
        user % 9 === 0 ? " &amp; Co" : ""
      }</username>\n        <id>${user}</id>\n`;
    this.#put(`      <contributor>\n${who}      </contributor>\n`);
  }

  #putText(isHidden: boolean): void {
    const hash = createHash("sha1");
    let byteLength = 0;
    for (const { plain } of this.#paragraphs) {
      hash.update(plain);
      byteLength += plain.length;
    }
    const sha1 = base36(hash.digest("hex"));
    const stated = `      <text bytes="${byteLength}" sha1="${sha1}"`;
    if (isHidden) return this.#put(`${stated} deleted="deleted" />\n      <sha1/>\n    </revision>\n`);
    if (byteLength === 0) this.#put(`${stated} xml:space="preserve" />`);
    else {
      this.#put(`${stated} xml:space="preserve">`);
      for (const { encoded } of this.#paragraphs) this.#putBytes(encoded);
      this.#put("</text>");
    }
    this.#put(`\n      <sha1>${sha1}</sha1>\n    </revision>\n`);
  }

  #put(text: string): void {
    this.#putBytes(encoder.encode(text));
  }

  #putBytes(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > CHUNK_BYTES - this.#length) {
      const room = CHUNK_BYTES - this.#length;
      this.#chunk.set(rest.subarray(0, room), this.#length);
      this.#ready.push(this.#chunk);
      this.#chunk = new Uint8Array(CHUNK_BYTES);
      this.#length = 0;
      rest = rest.subarray(room);
    }
    this.#chunk.set(rest, this.#length);
    this.#length += rest.length;
    this.#written += bytes.length;
  }
}

function toParagraph(text: string): Paragraph {
  const plain = encoder.encode(text);
  return { plain, encoded: encodeEntities(plain) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      bytes: { type: "string" },
      seed: { type: "string" },
      "one-page": { type: "boolean" },
      current: { type: "boolean" },
    },
  });
  const byteLength = Number(values.bytes);
  const seed = Number(values.seed ?? 1);
  if (!Number.isSafeInteger(byteLength) || byteLength < 0 || !Number.isSafeInteger(seed)) {
    process.stderr.write(
      "Usage: npx tsx bench/corpus.ts --bytes NUMBER [--seed NUMBER] [--one-page | --current] > file.xml\n",
    );
    process.exitCode = 2;
    return;
  }
  const kind = values["one-page"] ? "one-page" : values.current ? "current" : "history";
  for (const chunk of makeCorpus({ byteLength, seed, kind })) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
}

if (isMain(import.meta)) await main();
