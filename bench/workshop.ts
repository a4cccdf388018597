/** What a benchmark is, and what it is given to work with. */
import { symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Figure } from "./figures.ts";
import { CORPORA, dumpFile, packedFile, plainFile } from "./inputs.ts";

/** One benchmark: gives its figures as they become known. */
export type Bench = (shop: Workshop) => AsyncIterable<Figure> | Iterable<Figure>;

/** The options of all benchmarks. */
export interface BenchOptions {
  /** Length of each corpus. */
  readonly byteLength: number;
  readonly rounds: number;
  /** Plain files in place of the corpora. */
  readonly files: readonly string[];
}

/** An input: its plain file, its packed one, its name. */
export interface Input {
  readonly name: string;
  readonly plain: string;
  readonly packed: string;
}

/** A directory with inputs and bundled programs. */
export class Workshop {
  readonly directory: string;
  readonly rounds: number;
  readonly byteLength: number;
  readonly #options: BenchOptions;

  constructor(directory: string, options: BenchOptions) {
    this.directory = directory;
    this.rounds = options.rounds;
    this.byteLength = options.byteLength;
    this.#options = options;
    // Packages of npm that a program asks for are found here.
    symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(directory, "node_modules"));
  }

  /** The corpora, or the files that were named. `share`: what part of the usual length. */
  *inputs(share = 1): Generator<Input, void, undefined> {
    const { byteLength, files } = this.#options;
    for (const path of files) yield { name: basename(path), plain: path, packed: packedFile(path) };
    if (files.length > 0) return;
    for (const name of Object.keys(CORPORA)) {
      const plain = plainFile(this.directory, name, Math.ceil(byteLength * share));
      yield { name, plain, packed: packedFile(plain) };
    }
  }

  /** One dump whose pages rise, or the files that were named: for tools that look at pages. */
  *dumps(): Generator<Input, void, undefined> {
    const { byteLength, files } = this.#options;
    if (files.length > 0) return yield* this.inputs();
    const plain = dumpFile(this.directory, byteLength);
    yield { name: "dump.xml", plain, packed: packedFile(plain) };
  }

  /** A program of bench/programs/ as one file, so that what is timed is node and the program, no loader. */
  async program(name: string): Promise<string> {
    const outfile = join(this.directory, `${name}.mjs`);
    const entry = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
    await build({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", outfile, logLevel: "error" });
    return outfile;
  }
}
