/**
 * `npm run build`: the library as JavaScript with types in dist/lib, and the scripts as single files in dist/.
 *
 * Run by `npm ci` too, through `prepare`.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { bundleScripts } from "./bundle.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

rmSync(join(root, "dist"), { recursive: true, force: true });
for (const { name, byteLength } of await bundleScripts()) {
  chmodSync(join(root, "dist", name), 0o755);
  console.log(`dist/${name}  ${Math.ceil(byteLength / 1024)} KiB`);
}
compileLibrary();

function compileLibrary(): void {
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  const { status } = spawnSync(process.execPath, [join(typescript, "bin/tsc"), "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
  console.log("dist/lib  the library");
}
