/**
 * `npm run build`: the library as JavaScript with types in dist/lib, and the scripts as single files in dist/.
 *
 * Run by `npm ci` too, through `prepare`. Everything is made in a directory beside, which takes the place of dist/ at the end:
 * a build that fails leaves the old one.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { bundleScripts } from "./bundle.ts";
import { writeWorkerProgram } from "./worker-program.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const fresh = join(root, `dist.${process.pid}`);

if (await writeWorkerProgram()) console.log("lib/streams/worker-program.ts  written again");
try {
  for (const { name, byteLength } of await bundleScripts(fresh)) {
    chmodSync(join(fresh, name), 0o755);
    console.log(`dist/${name}  ${Math.ceil(byteLength / 1024)} KiB`);
  }
  compileLibrary(join(fresh, "lib"));
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function compileLibrary(directory: string): void {
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  const args = [join(typescript, "bin/tsc"), "-p", "tsconfig.build.json", "--outDir", directory];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`tsc ended with ${status}`);
  console.log("dist/lib  the library");
}
