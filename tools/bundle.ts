/** The bundles: one file per script, with everything inside, that Node and Deno run as it is. */
import { build } from "esbuild";
import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Bundles every script of scripts/ into a directory, and gives the names and sizes. */
export async function bundleScripts(directory: string): Promise<readonly { name: string; byteLength: number }[]> {
  const scripts = readdirSync(`${root}/scripts`).filter((name) => name.endsWith(".ts"));
  await build({
    entryPoints: scripts.map((name) => `${root}/scripts/${name}`),
    outdir: directory,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    charset: "utf8",
    // A bundle is the script that was started: there is no other module in it.
    define: { "import.meta.main": "true" },
    logLevel: "warning",
  });
  return scripts.map((name) => {
    const bundle = `${name.replace(/\.ts$/, "")}.mjs`;
    return { name: bundle, byteLength: statSync(`${directory}/${bundle}`).size };
  });
}
