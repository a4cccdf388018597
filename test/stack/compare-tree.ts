/**
 * Compares the directory of a run, and `latest/` beside it, with the reference's: names of files, shapes of the JSON files, states of jobs,
 * checksum lists, links, feeds. The sums of our own files are computed again.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import saxes from "saxes";
import { TREE_TOLERANCES, type TreeTolerance } from "./tree-tolerances.ts";

/** One run of one wiki: `{root}/{date}` and `{root}/latest`. */
export interface RunPlace {
  /** The wiki's directory. */
  readonly root: string;
  readonly wiki: string;
  readonly date: string;
}

/** One difference. */
export interface TreeDifference {
  /** `run/NAME`, `latest/NAME`, with a path into the file behind a colon. */
  readonly place: string;
  readonly what: string;
}

/** What a comparison found. */
export interface TreeComparison {
  readonly differences: readonly TreeDifference[];
  /** Deliberate ones, by reason. */
  readonly tolerated: ReadonlyMap<string, readonly TreeDifference[]>;
}

/** Choices of `compareTree`. */
export interface CompareTreeOptions {
  readonly tolerances?: readonly TreeTolerance[];
  readonly isPrivate?: boolean;
  /** Neither run is the newest of its wiki: `latest/` is not looked at. */
  readonly isOld?: boolean;
}

const EXACT = ["tableinfo.json", "pagerangeinfo.json", "{wiki}-{date}-runsettings.txt"];
const SHAPED = ["dumpstatus.json", "report.json", "dumpruninfo.json", "dumpspecialfiles.json"];

/** Compares our run with one of the reference. */
export async function compareTree(
  ours: RunPlace,
  reference: RunPlace,
  options: CompareTreeOptions = {},
): Promise<TreeComparison> {
  const found: TreeDifference[] = [];
  const pair = new Pair(ours, reference, { found, isPrivate: options.isPrivate === true });
  pair.names("run");
  for (const name of EXACT) pair.sameJson(name);
  for (const name of SHAPED) pair.sameShape(name);
  pair.runInfoText();
  for (const kind of ["md5", "sha1"] as const) await pair.sums(kind);
  if (options.isOld !== true) {
    pair.names("latest");
    pair.links();
    pair.feeds();
  }
  return sorted(found, options.tolerances ?? TREE_TOLERANCES);
}

function sorted(found: readonly TreeDifference[], tolerances: readonly TreeTolerance[]): TreeComparison {
  const tolerated = new Map<string, TreeDifference[]>();
  const differences = found.filter((difference) => {
    const tolerance = tolerances.find(({ place, what }) => place.test(difference.place) && what.test(difference.what));
    if (tolerance === undefined) return true;
    tolerated.set(tolerance.reason, [...tolerated.get(tolerance.reason) ?? [], difference]);
    return false;
  });
  return { differences, tolerated };
}

type Part = "run" | "latest";

class Pair {
  readonly #ours: RunPlace;
  readonly #reference: RunPlace;
  readonly #to: { readonly found: TreeDifference[]; readonly isPrivate: boolean };

  constructor(
    ours: RunPlace,
    reference: RunPlace,
    to: { readonly found: TreeDifference[]; readonly isPrivate: boolean },
  ) {
    this.#ours = ours;
    this.#reference = reference;
    this.#to = to;
  }

  #note(place: string, what: string): void {
    this.#to.found.push({ place, what });
  }

  #onlyIn(isOurs: boolean, place: string, more = ""): void {
    this.#note(place, isOurs ? `only ours${more}` : `only in the reference${more}`);
  }

  #sets(ours: Iterable<string>, theirs: Iterable<string>, place: (name: string) => string): void {
    const [one, other] = [new Set(ours), new Set(theirs)];
    for (const name of one) if (!other.has(name)) this.#onlyIn(true, place(name));
    for (const name of other) if (!one.has(name)) this.#onlyIn(false, place(name));
  }

  names(part: Part): void {
    this.#sets(names(this.#ours, part), names(this.#reference, part), (name) => `${part}/${name}`);
  }

  /** Both files' text when both are there; a missing one was reported by `names`. */
  #texts(part: Part, name: string): readonly [ours: string, theirs: string] | undefined {
    const [ours, theirs] = [this.#ours, this.#reference].map((place) => {
      const path = join(directory(place, part), concrete(place, name));
      return existsSync(path) ? readFileSync(path, "utf8") : undefined;
    });
    return ours === undefined || theirs === undefined ? undefined : [ours, theirs];
  }

  sameJson(name: string): void {
    const texts = this.#texts("run", name);
    if (texts === undefined) return;
    const [ours, theirs] = texts.map((text) => JSON.stringify(JSON.parse(text)));
    if (ours !== theirs) this.#note(`run/${name}`, `${ours} / ${theirs}`);
  }

  sameShape(name: string): void {
    const texts = this.#texts("run", name);
    if (texts === undefined) return;
    const ours = shape(JSON.parse(generic(this.#ours, texts[0])));
    const theirs = shape(JSON.parse(generic(this.#reference, texts[1])));
    for (const [path, type] of ours) {
      const other = theirs.get(path);
      if (!hasParent(path, theirs)) continue;
      if (other === undefined) this.#onlyIn(true, `run/${name}:${path}`);
      else if (type !== other) this.#note(`run/${name}:${path}`, `${type} / ${other}`);
    }
    for (const path of theirs.keys()) {
      if (ours.has(path) || !hasParent(path, ours)) continue;
      this.#onlyIn(false, `run/${name}:${path}`, this.#to.isPrivate ? " (private wiki)" : "");
    }
  }

  runInfoText(): void {
    const texts = this.#texts("run", "dumpruninfo.txt");
    if (texts === undefined) return;
    const [ours, theirs] = texts.map((text) => {
      const lines = text.replace(/\n$/, "").split("\n");
      const bad = lines.find((line) => !/^name:[a-z0-9]+; status:[a-z-]+; updated:(?:[\d-]{10} [\d:]{8})?$/.test(line));
      if (bad !== undefined) this.#note("run/dumpruninfo.txt", `has a line ${JSON.stringify(bad)}`);
      return lines.map((line) => line.replace(/; updated:.*/, ""));
    }) as [string[], string[]];
    this.#sets(ours, theirs, (line) => `run/dumpruninfo.txt:${line}`);
    const isSameSet = [...ours].sort().join() === [...theirs].sort().join();
    if (isSameSet && ours.join() !== theirs.join()) {
      this.#note("run/dumpruninfo.txt", `the order is ${ours.join(", ")}, not ${theirs.join(", ")}`);
    }
  }

  /** The names in a list of sums, and whether our sums are true. */
  async sums(kind: "md5" | "sha1"): Promise<void> {
    const name = `{wiki}-{date}-${kind}sums`;
    const texts = this.#texts("run", `${name}.txt`);
    if (texts === undefined) return;
    const pattern = new RegExp(`^([0-9a-f]{${kind === "md5" ? 32 : 40}})  (\\S+)$`);
    const [ours, theirs] = texts.map((text) =>
      new Map(
        text.trim().split("\n").map((line) => {
          const match = pattern.exec(line);
          if (match === null) this.#note(`run/${name}.txt`, `has a line ${JSON.stringify(line)}`);
          return [match?.[2] ?? "", match?.[1] ?? ""];
        }),
      )
    ) as [Map<string, string>, Map<string, string>];
    this.#sets(
      [...ours.keys()].map((file) => generic(this.#ours, file)),
      [...theirs.keys()].map((file) => generic(this.#reference, file)),
      (file) => `run/${name}.txt:${file}`,
    );
    for (const [file, sum] of ours) {
      const path = join(directory(this.#ours, "run"), file);
      if (!existsSync(path)) this.#note(`run/${name}.txt:${file}`, "the file is not there");
      else if (await sumOf(path, kind) !== sum) this.#note(`run/${name}.txt:${file}`, "the sum is wrong");
    }
    const json = this.#texts("run", `${name}.json`);
    const listed = json === undefined
      ? undefined
      : (JSON.parse(json[0]) as Record<string, { files: Record<string, string> }>)[kind]?.files;
    if (JSON.stringify(listed) !== JSON.stringify(Object.fromEntries(ours))) {
      this.#note(`run/${name}.json`, `says something else than ${name}.txt`);
    }
  }

  links(): void {
    for (const name of names(this.#ours, "latest").filter((name) => !name.endsWith("-rss.xml"))) {
      const [ours, theirs] = [this.#ours, this.#reference].map((place) => linkTarget(place, name));
      if (theirs !== undefined && ours !== theirs) this.#note(`latest/${name}`, `${ours} / ${theirs}`);
      const target = join(directory(this.#ours, "latest"), concrete(this.#ours, name));
      if (!existsSync(target)) this.#note(`latest/${name}`, "is a link to nothing");
    }
  }

  feeds(): void {
    for (const name of names(this.#ours, "latest").filter((name) => name.endsWith("-rss.xml"))) {
      const texts = this.#texts("latest", name);
      if (texts === undefined) continue;
      const [ours, theirs] = [feedTexts(texts[0], this.#ours), feedTexts(texts[1], this.#reference)];
      this.#sets(ours.keys(), theirs.keys(), (path) => `latest/${name}:${path}`);
      for (const [path, text] of ours) {
        const other = theirs.get(path);
        if (other !== undefined && text !== other) this.#note(`latest/${name}:${path}`, `${text} / ${other}`);
      }
    }
  }
}

function directory(place: RunPlace, part: Part): string {
  return join(place.root, part === "run" ? place.date : "latest");
}

function names(place: RunPlace, part: Part): readonly string[] {
  const path = directory(place, part);
  return existsSync(path) ? readdirSync(path).map((name) => generic(place, name)).sort() : [];
}

/** A name or text without what differs from wiki to wiki and from run to run. */
function generic(place: RunPlace, text: string): string {
  return text.replaceAll(place.wiki, "{wiki}").replaceAll(place.date, "{date}");
}

function concrete(place: RunPlace, name: string): string {
  return name.replaceAll("{wiki}", place.wiki).replaceAll("{date}", place.date);
}

/** Where a link leads; in a copy of a tree, links may have become files with the target in them. */
function linkTarget(place: RunPlace, name: string): string | undefined {
  const path = join(directory(place, "latest"), concrete(place, name));
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return undefined;
  return generic(place, facts.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, "utf8"));
}

/** Every path of a JSON value, with its type. States of jobs are part of the shape: they say what the run did. */
function shape(value: unknown, path = "", all = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    all.set(path, "array");
    for (const item of value) shape(item, `${path}[]`, all);
  } else if (typeof value === "object" && value !== null) {
    if (path !== "") all.set(path, "object");
    for (const [key, item] of Object.entries(value)) shape(item, path === "" ? key : `${path}/${key}`, all);
  } else if (/^jobs\/[^/]+\/status$/.test(path) || path === "version") all.set(path, JSON.stringify(value));
  else all.set(path, value === null ? "null" : typeof value);
  return all;
}

/** Whether the value that a path is in is there: else that is what is missing. */
function hasParent(path: string, all: ReadonlyMap<string, string>): boolean {
  const parent = path.replace(/(?:\/[^/]*|\[\])$/, "");
  return parent === path || all.has(parent);
}

/** The text of each element of a feed, by its path; host, wiki, date, and times left out. */
function feedTexts(xml: string, place: RunPlace): Map<string, string> {
  const parser = new saxes.SaxesParser();
  const open: string[] = [];
  const texts = new Map<string, string>();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    open.push(tag.name);
    texts.set(open.join("/"), "");
  });
  parser.on("text", (text) => {
    if (open.length === 0) return;
    const plain = generic(place, text.trim())
      .replaceAll(/https?:\/\/[^/"<]+(?:\/[^/"<{]+)*\/\{wiki\}/g, "{web}/{wiki}")
      .replace(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/, "{time}");
    texts.set(open.join("/"), (texts.get(open.join("/")) ?? "") + plain);
  });
  parser.on("closetag", () => void open.pop());
  parser.write(xml).close();
  return texts;
}

async function sumOf(path: string, kind: "md5" | "sha1"): Promise<string> {
  const hash = createHash(kind);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
