/**
 * Writes lib/streams/worker-program.ts: the program of a worker as text, bundled from lib/bzip2/worker-entry.ts.
 *
 *     npx tsx tools/worker-program.ts            writes it; `npm run build` does so, too
 *     npx tsx tools/worker-program.ts --check    says whether it is what the sources give
 */
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { isMain } from "../lib/host/is-main.ts";
import { inlineConstants } from "./inline-constants.ts";

const TARGET = fileURLToPath(new URL("../lib/streams/worker-program.ts", import.meta.url));
const ENTRY = fileURLToPath(new URL("../lib/bzip2/worker-entry.ts", import.meta.url));

/** The text of the module, made from the sources. */
export async function makeWorkerProgram(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    globalName: "wikidumpWorker",
    target: "es2022",
    charset: "ascii",
    logLevel: "warning",
    plugins: [inlineConstants()],
  });
  return [
    "/** The program of a worker, as text. Written by tools/worker-program.ts from lib/bzip2/worker-entry.ts; do not edit. */",
    "// deno-fmt-ignore-file",
    `export const WORKER_PROGRAM: string = ${JSON.stringify(outputFiles[0]!.text.trimEnd())};`,
    "",
  ].join("\n");
}

/** Writes the module where it is not what the sources give; whether it was not. */
export async function writeWorkerProgram(): Promise<boolean> {
  const text = await makeWorkerProgram();
  if (text === currentText()) return false;
  writeFileSync(TARGET, text);
  return true;
}

function currentText(): string {
  try {
    return readFileSync(TARGET, "utf8");
  } catch {
    return "";
  }
}

if (isMain(import.meta)) {
  if (!process.argv.includes("--check")) await writeWorkerProgram();
  else if (await makeWorkerProgram() !== currentText()) {
    console.error("lib/streams/worker-program.ts is not what the sources give: run npx tsx tools/worker-program.ts");
    process.exitCode = 1;
  }
}
