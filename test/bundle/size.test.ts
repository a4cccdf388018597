/** How much a browser loads for the decoder: what esbuild makes of an import of it from the package, minified and packed. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const MOST_BYTES = 12_000;
const DOOR = fileURLToPath(new URL("../../dist/lib/mod.js", import.meta.url));

interface Sizes {
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
}

async function sizesOf(name: string): Promise<Sizes> {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${name} } from ${JSON.stringify(DOOR)};`, resolveDir: "/" },
    bundle: true,
    minify: true,
    platform: "browser",
    format: "esm",
    // As package.json says for the package.
    treeShaking: true,
    write: false,
    logLevel: "error",
  });
  const { contents } = outputFiles[0]!;
  return {
    minified: contents.length,
    gzip: gzipSync(contents, { level: 9 }).length,
    brotli: brotliCompressSync(contents).length,
  };
}

describe("the decoder alone, minified and packed, is at most 12 kB", () => {
  before(() => assert.ok(existsSync(DOOR), "dist/lib is missing: run npm run build"));

  for (const name of ["Bzip2Decoder", "decompress", "Bzip2DecoderStream"]) {
    test(name, async (context) => {
      const { minified, gzip, brotli } = await sizesOf(name);
      const figures = `${name}: ${minified} bytes minified, ${gzip} with gzip -9, ${brotli} with brotli`;
      context.diagnostic(figures);
      assert.ok(gzip <= MOST_BYTES && brotli <= MOST_BYTES, figures);
      assert.ok(brotli > 2000, `${figures}: too small to be a decoder`);
    });
  }
});
