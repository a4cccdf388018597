/**
 * Compares two dumps page by page, revision by revision, log item by log item. It says what differs in words that a reader can
 * act upon, and counts what was tolerated and why.
 *
 * Both files are parsed by saxes. In the same go our own reader reads them, and must see the same texts: else both could be
 * wrong in the same way, and no user could read them.
 */
import { createHash, type Hash } from "node:crypto";
import { type DumpItem, dumpItems, plainBytes, type XmlElement } from "./dump-items.ts";
import { libraryTexts } from "./library-texts.ts";
import { revisionFaults } from "./revision-order.ts";
import { describeTexts } from "./text-difference.ts";
import type { Tolerance } from "./tolerated.ts";

/** One difference. */
export interface XmlDifference {
  /** Such as `page 12 (Main Page), revision 34`. */
  readonly place: string;
  /** Such as `revision/contributor/username`; what a tolerance matches. */
  readonly field: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
  /** All of it in one line. */
  readonly message: string;
}

/** What a comparison found. */
export interface XmlComparison {
  readonly differences: readonly XmlDifference[];
  /** There were more than `differences` holds. */
  readonly isCutShort: boolean;
  /** Id of a tolerance → how often it was used. */
  readonly tolerated: ReadonlyMap<string, number>;
  /** Of the left file. */
  readonly counts: { readonly pages: number; readonly revisions: number; readonly logItems: number };
  /** Whether the plain bytes are the same too: the same blanks, the same way of writing. */
  readonly hasSameBytes: boolean;
}

/** Choices of `compareXml`. */
export interface CompareXmlOptions {
  readonly tolerated?: readonly Tolerance[];
  /** So many differences are kept; then the comparison ends. Default 50. */
  readonly limit?: number;
}

/** Compares two files: xml, gz, bz2 or 7z, each by its name. */
export async function compareXml(
  left: string,
  right: string,
  options: CompareXmlOptions = {},
): Promise<XmlComparison> {
  const run = new Comparison(options);
  const [leftSide, rightSide] = [new Side(left), new Side(right)];
  try {
    await run.compare(leftSide, rightSide);
  } finally {
    await leftSide.close();
    await rightSide.close();
  }
  const isWhole = !run.isFull;
  if (isWhole) {
    for (const side of [leftSide, rightSide]) await side.requireLibraryAgrees();
  }
  return {
    differences: run.differences,
    isCutShort: run.isFull,
    tolerated: run.tolerated,
    counts: leftSide.counts,
    hasSameBytes: isWhole && await plainSha1(left) === await plainSha1(right),
  };
}

/** Throws with all differences when there is one. */
export async function assertSameXml(
  left: string,
  right: string,
  options: CompareXmlOptions = {},
): Promise<XmlComparison> {
  const comparison = await compareXml(left, right, options);
  if (comparison.differences.length > 0) {
    const lines = comparison.differences.map((difference) => `  ${difference.message}`);
    if (comparison.isCutShort) lines.push("  … and more");
    throw new Error(`${left} and ${right} differ:\n${lines.join("\n")}`);
  }
  return comparison;
}

async function plainSha1(path: string): Promise<string> {
  const hash = createHash("sha1");
  for await (const chunk of plainBytes(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** One file that is being read. */
class Side {
  readonly path: string;
  readonly counts = { pages: 0, revisions: 0, logItems: 0 };
  readonly #items: AsyncGenerator<DumpItem, void, undefined>;
  readonly #texts: Hash = createHash("sha1");
  #next: Promise<IteratorResult<DumpItem, void>> | undefined;

  constructor(path: string) {
    this.path = path;
    this.#items = dumpItems(path);
  }

  /** The item that comes next; the same until `advance`. */
  async peek(): Promise<DumpItem | undefined> {
    this.#next ??= this.#items.next();
    const { done, value } = await this.#next;
    return done === true ? undefined : value;
  }

  async advance(): Promise<void> {
    const item = await this.peek();
    if (item !== undefined && item.kind === "page") this.#countPage(item.id, item.element);
    if (item?.kind === "logitem") this.counts.logItems++;
    this.#next = undefined;
  }

  #countPage(pageId: number, page: XmlElement): void {
    this.counts.pages++;
    this.#texts.update(`page ${pageId}\n`);
    for (const revision of page.children.filter((child) => child.name === "revision")) {
      this.counts.revisions++;
      this.#texts.update(`${child(revision, "id")?.text} ${child(revision, "text")?.text ?? ""}\n`);
    }
  }

  async close(): Promise<void> {
    await this.#items.return();
  }

  /** Our reader must see the same pages, revisions and texts. Dumps of log items have none. */
  async requireLibraryAgrees(): Promise<void> {
    if (this.counts.pages === 0) return;
    const ours = await libraryTexts(this.path);
    if (ours !== this.#texts.digest("hex")) throw new Error(`${this.path}: our reader sees other texts than saxes`);
  }
}

function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((candidate) => candidate.name === name);
}

class Comparison {
  readonly differences: XmlDifference[] = [];
  readonly tolerated = new Map<string, number>();
  isFull = false;
  readonly #tolerances: readonly Tolerance[];
  readonly #limit: number;

  constructor(options: CompareXmlOptions) {
    this.#tolerances = options.tolerated ?? [];
    this.#limit = options.limit ?? 50;
  }

  async compare(left: Side, right: Side): Promise<void> {
    while (!this.isFull) {
      const [one, other] = [await left.peek(), await right.peek()];
      if (one === undefined && other === undefined) return;
      const order = whichFirst(one, other);
      if (order === 0) this.#items(one!, other!);
      else {
        const [here, item] = order < 0 ? ["left", one!] as const : ["right", other!] as const;
        const place = itemPlace(item);
        this.#add({
          place,
          field: item.kind,
          left: order < 0 ? place : undefined,
          right: order < 0 ? undefined : place,
        }, `only ${here}`);
      }
      if (order <= 0) await left.advance();
      if (order >= 0) await right.advance();
    }
  }

  #items(left: DumpItem, right: DumpItem): void {
    const place = itemPlace(left);
    if (left.kind !== "page") return this.#elements(left.element, right.element, { place, path: left.kind });
    const isRevision = ({ name }: XmlElement) => name === "revision";
    const rest = (element: XmlElement): XmlElement => ({
      ...element,
      children: element.children.filter((candidate) => !isRevision(candidate)),
    });
    this.#elements(rest(left.element), rest(right.element), { place, path: "page" });
    this.#revisions(left.element.children.filter(isRevision), right.element.children.filter(isRevision), place);
  }

  #revisions(left: readonly XmlElement[], right: readonly XmlElement[], page: string): void {
    for (const fault of revisionFaults(left, right)) {
      const revision = `revision ${fault.id}`;
      this.#add({
        place: `${page}, ${revision}`,
        field: "revision",
        left: fault.isLeft ? revision : undefined,
        right: fault.isRight ? revision : undefined,
      }, fault.what);
    }
    const byId = new Map(right.map((revision) => [child(revision, "id")?.text, revision]));
    for (const revision of left) {
      const id = child(revision, "id")?.text;
      const other = byId.get(id);
      if (other !== undefined) this.#elements(revision, other, { place: `${page}, revision ${id}`, path: "revision" });
    }
  }

  #elements(left: XmlElement, right: XmlElement, at: { readonly place: string; readonly path: string }): void {
    const { place, path } = at;
    for (const name of new Set([...Object.keys(left.attributes), ...Object.keys(right.attributes)])) {
      this.#values(place, `${path}@${name}`, left.attributes[name], right.attributes[name]);
    }
    this.#values(place, path, left.text, right.text);
    const order = (element: XmlElement) => element.children.map(({ name }) => name).join(" ");
    const [ours, theirs] = [groups(left), groups(right)];
    for (const key of new Set([...ours.keys(), ...theirs.keys()])) {
      const [one, other] = [ours.get(key), theirs.get(key)];
      const below = { place, path: `${path}/${key.replace(/#.*/, "")}` };
      if (one !== undefined && other !== undefined) this.#elements(one, other, below);
      else this.#values(place, below.path, one && shown(one), other && shown(other));
    }
    const isSameSet = ours.size === theirs.size && [...ours.keys()].every((key) => theirs.has(key));
    if (isSameSet && order(left) !== order(right)) {
      this.#values(place, `${path} (order of elements)`, order(left), order(right));
    }
  }

  #values(place: string, field: string, left: string | undefined, right: string | undefined): void {
    if (left !== right) this.#add({ place, field, left, right }, describeTexts(left, right));
  }

  #add(found: Omit<XmlDifference, "message">, what: string): void {
    const tolerance = this.#tolerances.find(({ where, accepts }) =>
      where.test(found.field) && accepts(found.left, found.right)
    );
    if (tolerance !== undefined) {
      this.tolerated.set(tolerance.id, (this.tolerated.get(tolerance.id) ?? 0) + 1);
      return;
    }
    if (this.differences.length >= this.#limit) {
      this.isFull = true;
      return;
    }
    this.differences.push({ ...found, message: `${found.place}: ${found.field}: ${what}` });
  }
}

/** Children by name; the second of a name has `#2` behind it. A namespace is known by its key, a slot by its role. */
function groups(element: XmlElement): Map<string, XmlElement> {
  const all = new Map<string, XmlElement>();
  for (const candidate of element.children) {
    const known = candidate.attributes["key"] ?? candidate.children.find(({ name }) => name === "role")?.text;
    let key = known === undefined ? candidate.name : `${candidate.name}#${known}`;
    for (let count = 2; all.has(key); count++) key = `${candidate.name}#${known ?? ""}#${count}`;
    all.set(key, candidate);
  }
  return all;
}

/** An element as a reader wants to see it. */
function shown(element: XmlElement): string {
  const attributes = Object.entries(element.attributes).map(([name, value]) => ` ${name}="${value}"`).join("");
  return `<${element.name}${attributes}>${element.text}${element.children.map(shown).join("")}`;
}

function itemPlace(item: DumpItem): string {
  if (item.kind === "header") return "header";
  const title = child(item.element, item.kind === "page" ? "title" : "logtitle")?.text;
  return `${item.kind} ${item.id}${title === undefined ? "" : ` (${title})`}`;
}

/** Below 0: the left item has no partner; above 0: the right one; 0: they are partners. Files are sorted by kind and id. */
function whichFirst(left: DumpItem | undefined, right: DumpItem | undefined): number {
  if (left === undefined) return 1;
  if (right === undefined) return -1;
  const kinds = KINDS.indexOf(left.kind) - KINDS.indexOf(right.kind);
  if (kinds !== 0) return kinds;
  return left.kind === "header" || right.kind === "header" ? 0 : left.id - right.id;
}

const KINDS: readonly DumpItem["kind"][] = ["header", "page", "logitem"];
