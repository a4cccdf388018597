/** Unpacks the farm's exports with the machine's own tools and cuts them into pages and revisions, for check.ts. */
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A revision as it stands in the file. */
export interface ExportRevision {
  readonly id: number;
  readonly time: string;
  /** From the blanks before <revision> to the line end after </revision>. */
  readonly xml: string;
}

/** A page as it stands in the file. */
export interface ExportPage {
  readonly title: string;
  readonly ns: number;
  readonly id: number;
  /** From the blanks before <page> up to the first revision. */
  readonly head: string;
  readonly revisions: readonly ExportRevision[];
}

/** One export. */
export interface ExportFile {
  readonly wiki: string;
  readonly name: string;
  readonly packed: Buffer;
  readonly plainByteLength: number;
  readonly header: string;
  readonly pages: readonly ExportPage[];
}

const PAGE_END = "  </page>\n";
const REVISION_START = "    <revision>\n";

/** All exports, by name. Angle brackets of texts are escaped in them, so that plain searches find the elements only. */
export function readExports(): ExportFile[] {
  const directory = new URL("../exports/", import.meta.url);
  return readdirSync(directory).sort().map((name) => {
    const packed = readFileSync(new URL(name, directory));
    const plain = unpack(name, packed);
    const [header = "", ...parts] = plain.toString("utf8").split("  <page>\n");
    const pages = parts.map((part) => page(`  <page>\n${part.slice(0, part.lastIndexOf(PAGE_END))}`));
    return { wiki: name.replace(/\..*$/, ""), name, packed, plainByteLength: plain.length, header, pages };
  });
}

function unpack(name: string, packed: Buffer): Buffer {
  if (name.endsWith(".xml")) return packed;
  const tool = name.endsWith(".gz") ? "gzip" : "bzip2";
  const done = spawnSync(tool, ["-dc"], { input: packed, maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`${tool} could not unpack ${name}: ${String(done.stderr)}`);
  return done.stdout;
}

function page(xml: string): ExportPage {
  const [head = "", ...revisions] = xml.split(REVISION_START);
  return {
    title: unescapeXml(element(head, "title")),
    ns: Number(element(head, "ns")),
    id: Number(element(head, "id")),
    head,
    revisions: revisions.map((part) => ({
      id: Number(element(part, "id")),
      time: element(part, "timestamp"),
      xml: REVISION_START + part,
    })),
  };
}

/** The content of the first element of that name, as it is written. */
export function element(xml: string, name: string): string {
  return new RegExp(`<${name}(?: [^>]*[^/>])?>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";
}

/** Text as it was before it was escaped. */
export function unescapeXml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#039;", "'")
    .replaceAll("&amp;", "&");
}
