/**
 * A plugin for esbuild: a module that is imported only now and then goes into the bundle packed, as a string.
 *
 * An engine looks at every character of a program before it runs the first line, which costs a millisecond for each 60 kB of code. A
 * string of packed code is passed over at once. The module and all that it imports are bundled apart, in the format of CommonJS, and
 * unpacked by lib/host/packed-code.ts when they are wanted. See docs/decisions/042.
 */
import { gzipSync } from "node:zlib";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";

const NAMESPACE = "packed-part";
const UNPACK = fileURLToPath(new URL("../lib/host/packed-code.ts", import.meta.url));

/** What a packed module brought in, for a look at the contents of a bundle. */
export type PackedInputs = Metafile["outputs"][string]["inputs"];

/** Packs the modules whose path matches, where they are imported with `import()`. `onPacked` is told what is in each. */
export function packedPart(filter: RegExp, options: BuildOptions, onPacked: (inputs: PackedInputs) => void): Plugin {
  return {
    name: NAMESPACE,
    setup(outer): void {
      outer.onResolve({ filter }, async ({ kind, path, resolveDir, pluginData }) => {
        if (kind !== "dynamic-import" || pluginData === NAMESPACE) return null;
        const found = await outer.resolve(path, { kind, resolveDir, pluginData: NAMESPACE });
        return { path: found.path, namespace: NAMESPACE };
      });
      outer.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => {
        const { code, inputs } = await bundle(path, options);
        onPacked(inputs);
        return { contents: standIn(path, code, Object.keys(await import(path) as object)), resolveDir: dirname(path) };
      });
    },
  };
}

async function bundle(path: string, options: BuildOptions): Promise<{ code: string; inputs: PackedInputs }> {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: [path],
    outfile: "packed.cjs",
    bundle: true,
    platform: "node",
    format: "cjs",
    // "import()" within such code would look for modules beside nothing.
    supported: { "dynamic-import": false },
    // Names stay, for stacks.
    minifySyntax: true,
    minifyWhitespace: true,
    write: false,
    metafile: true,
  });
  return { code: outputFiles[0]!.text, inputs: Object.values(metafile.outputs)[0]!.inputs };
}

function standIn(path: string, code: string, names: readonly string[]): string {
  const packed = gzipSync(code, { level: 9 }).toString("base64");
  const name = basename(path).replace(/\.ts$/, ".js");
  return [
    `import { unpackCode } from ${JSON.stringify(UNPACK)};`,
    `const part = unpackCode(${JSON.stringify(packed)}, ${JSON.stringify(name)});`,
    ...names.map((one) => `export const ${one} = part.${one};`),
  ].join("\n");
}
