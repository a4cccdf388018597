/** The bundles: one file per script, with everything inside, that Node and Deno run as it is. */
import { build } from "esbuild";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** One bundle, as it was written. */
export interface Bundle {
  /** File name, such as "worker.mjs". */
  readonly name: string;
  readonly byteLength: number;
  /** Every source that something was taken from, as a path from the root: to the bytes that it fills. */
  readonly contents: ReadonlyMap<string, number>;
}

/** Bundles every script of scripts/ into a directory. */
export async function bundleScripts(directory: string): Promise<readonly Bundle[]> {
  const scripts = readdirSync(`${root}/scripts`).filter((name) => name.endsWith(".ts"));
  const { metafile } = await build({
    entryPoints: scripts.map((name) => `${root}/scripts/${name}`),
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    charset: "utf8",
    // A bundle is the script that was started: there is no other module in it.
    define: { "import.meta.main": "true" },
    logLevel: "warning",
    metafile: true,
  });
  return Object.entries(metafile.outputs).map(([path, { bytes, inputs }]) => ({
    name: path.slice(path.lastIndexOf("/") + 1),
    byteLength: bytes,
    contents: new Map(
      Object.entries(inputs).map(([source, { bytesInOutput }]) => [source, bytesInOutput] as const)
        .filter(([, byteLength]) => byteLength > 0),
    ),
  }));
}
