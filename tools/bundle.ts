/** The bundles: one file per script, with everything inside, that Node and Deno run as it is. */
import { build, type BuildOptions, type Plugin } from "esbuild";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { globalProcess } from "./global-process.ts";
import { INLINE_CONSTANTS, inlineConstants } from "./inline-constants.ts";
import { lazyBuiltins } from "./lazy-builtins.ts";
import { type PackedInputs, packedPart } from "./packed-part.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** One bundle, as it was written. */
export interface Bundle {
  /** File name, such as "worker.mjs". */
  readonly name: string;
  readonly byteLength: number;
  /** Every source that something was taken from, as a path from the root: to the bytes that it fills. */
  readonly contents: ReadonlyMap<string, number>;
}

/** What a run on a small file mostly does without. */
const LAZY_BUILTINS = ["node:child_process", "node:crypto", "node:v8", "node:worker_threads", "node:zlib"];

/** What all bundles, and their packed parts, are made with. */
export const BUNDLE_OPTIONS = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  // One byte a character: engines keep a source with a single wider one at twice the size, and read it more slowly.
  charset: "ascii",
  logLevel: "warning",
  ...INLINE_CONSTANTS,
} as const satisfies BuildOptions;

/** Bundles every script of scripts/ into a directory. */
export async function bundleScripts(directory: string): Promise<readonly Bundle[]> {
  const scripts = readdirSync(`${root}/scripts`).filter((name) => name.endsWith(".ts"));
  return await Promise.all(scripts.map((name) => bundleScript(name, directory)));
}

/** What is wanted now and then only: most verbs of bzdump, mail, and YAML. */
const PACKED_PARTS = /\/(?:late|lookups|mail|yaml-file)\.ts$/;

/** What a script and its packed parts are made with; `onPacked` is told what is in each part. */
export function scriptPlugins(script: string, onPacked: (inputs: PackedInputs) => void): Plugin[] {
  const options = { ...BUNDLE_OPTIONS, plugins: pluginsFor(script, "cjs") };
  return [...pluginsFor(script, "esm"), packedPart(PACKED_PARTS, options, onPacked)];
}

/** The start of bzdump counts: it is run for small files. */
function pluginsFor(script: string, format: "esm" | "cjs"): Plugin[] {
  return [inlineConstants(), globalProcess(), ...script === "bzdump.ts" ? [lazyBuiltins(LAZY_BUILTINS, format)] : []];
}

async function bundleScript(script: string, directory: string): Promise<Bundle> {
  const packed: PackedInputs[] = [];
  const { metafile } = await build({
    ...BUNDLE_OPTIONS,
    entryPoints: [`${root}/scripts/${script}`],
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    // A bundle is the script that was started: there is no other module in it.
    define: { "import.meta.main": "true" },
    plugins: scriptPlugins(script, (inputs) => void packed.push(inputs)),
    metafile: true,
  });
  const [[path, { bytes, inputs }] = raise(script)] = Object.entries(metafile.outputs);
  return { name: path.slice(path.lastIndexOf("/") + 1), byteLength: bytes, contents: contentsOf([inputs, ...packed]) };
}

function contentsOf(parts: readonly PackedInputs[]): Map<string, number> {
  const sources = parts.flatMap((inputs) => Object.entries(inputs));
  return new Map(
    sources.filter(([source, { bytesInOutput }]) =>
      bytesInOutput > 0 && !/^(?:packed-part|lazy-builtin|constants|global-process):/.test(source)
    )
      .map(([source, { bytesInOutput }]) => [source, bytesInOutput]),
  );
}

function raise(script: string): never {
  throw new Error(`Nothing came of scripts/${script}`);
}
