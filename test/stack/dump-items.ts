/**
 * Reads a dump file item by item, with nothing of ours: the machine's tools unpack it, saxes parses it. For comparisons.
 */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import saxes from "saxes";
import { spawnTied } from "./run-program.ts";

/** An element with all that is in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text directly in it; blanks between elements are left out. */
  text: string;
  readonly children: XmlElement[];
}

/** The next thing in a file. The header has the attributes of `<mediawiki>` and `<siteinfo>`. */
export type DumpItem =
  | { readonly kind: "header"; readonly element: XmlElement }
  | { readonly kind: "page" | "logitem"; readonly id: number; readonly element: XmlElement };

/** What unpacks a file, by its name. */
const TOOLS: readonly { readonly ending: RegExp; readonly command: readonly string[] }[] = [
  { ending: /\.bz2$/, command: ["bzip2", "-dc"] },
  { ending: /\.gz$/, command: ["gzip", "-dc"] },
  { ending: /\.7z$/, command: ["7z", "x", "-so", "-bd"] },
];

/** The plain bytes of a dump file. Throws when the tool that unpacks it ends with an error: also in the middle of the output. */
export async function* plainBytes(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const tool = TOOLS.find(({ ending }) => ending.test(path));
  if (tool === undefined) {
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
    return;
  }
  const [file = "", ...args] = tool.command;
  const child = spawnTied(file, [...args, path]);
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => stderr += text);
  const failed = once(child, "error").then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  const closed = once(child, "close");
  try {
    for await (const chunk of child.stdout as Readable) yield chunk as Uint8Array;
    const [status] = await Promise.race([closed, failed]) as [number | null];
    if (status !== 0) throw new Error(`${file} could not read ${path}: ended with ${status}: ${stderr.trim()}`);
  } finally {
    child.kill("SIGKILL");
  }
}

/** The items of a dump file, in its order; at most one chunk and one item are in memory. Throws where the file is not well-formed. */
export async function* dumpItems(path: string): AsyncGenerator<DumpItem, void, undefined> {
  const parser = new ItemParser(path);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of plainBytes(path)) {
    parser.write(decoder.decode(chunk, { stream: true }));
    yield* parser.take();
  }
  parser.write(decoder.decode());
  parser.close();
  yield* parser.take();
}

class ItemParser {
  readonly #parser = new saxes.SaxesParser();
  readonly #open: XmlElement[] = [];
  readonly #path: string;
  #ready: DumpItem[] = [];
  #root: XmlElement | undefined;
  #isHeaderOut = false;

  constructor(path: string) {
    this.#path = path;
    this.#parser.on("error", (error) => {
      throw new Error(`${path} is not well-formed: ${error.message}`);
    });
    this.#parser.on("opentag", (tag) => this.#start(tag.name, tag.attributes as Record<string, string>));
    this.#parser.on("text", (text) => this.#text(text));
    this.#parser.on("cdata", (text) => this.#text(text));
    this.#parser.on("closetag", () => this.#end());
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  close(): void {
    this.#parser.close();
    if (this.#root === undefined) throw new Error(`${this.#path} has no root element`);
  }

  take(): DumpItem[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #start(name: string, attributes: Record<string, string>): void {
    const element: XmlElement = { name, attributes: { ...attributes }, text: "", children: [] };
    if (this.#open.length === 0) this.#root = element;
    // Items hang in the air: the root would else keep the whole dump.
    else if (this.#open.length > 1 || !isItem(name)) this.#open.at(-1)!.children.push(element);
    if (this.#open.length === 1 && isItem(name)) this.#header();
    this.#open.push(element);
  }

  #text(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += text;
  }

  #end(): void {
    const element = this.#open.pop()!;
    if (element.children.length > 0 && element.text.trim() === "") element.text = "";
    if (this.#open.length === 1 && isItem(element.name)) {
      const id = Number(element.children.find((child) => child.name === "id")?.text);
      if (!Number.isSafeInteger(id) || id < 1) throw new Error(`${this.#path}: a <${element.name}> has no id`);
      this.#ready.push({ kind: element.name as "page" | "logitem", id, element });
    }
    if (this.#open.length === 0) this.#header();
  }

  /** The header is whole when the first item starts, or at the end of a dump without items. */
  #header(): void {
    const root = this.#root;
    if (root === undefined || this.#isHeaderOut) return;
    this.#isHeaderOut = true;
    this.#ready.push({ kind: "header", element: { ...root, text: root.text.trim() } });
  }
}

function isItem(name: string): boolean {
  return name === "page" || name === "logitem";
}
