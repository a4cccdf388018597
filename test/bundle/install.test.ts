/**
 * The package as a user gets it: packed by npm, installed by npm into a fresh folder, used under Node and Deno, through a bundler for
 * Node and for browsers, and by a type checker that finds modules as Node does and as bundlers do.
 *
 * Nothing comes from the network: the dependencies are packed from what is installed here. Bun and other versions of Node are tried by
 * `npm run test:runtimes`.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { denoPath, skipWithoutDeno } from "../support/child.ts";
import { scratchDirectory } from "../support/scratch.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { dependencies: object };

/** What works everywhere. It prints "hello". */
const LIBRARY = `import { compress, decompress, readDump } from "wikidump";
if (typeof readDump !== "function") throw new Error("readDump is no function");
console.log(new TextDecoder().decode(decompress(compress(new TextEncoder().encode("hello")))));
`;
/** What needs a host, with two threads. It prints "hello". */
const HOST = `import { parallelBzip2Decoder, parallelBzip2Encoder } from "wikidump";
import { createWorkerPool, loadConfig } from "wikidump/node";
if (typeof loadConfig !== "function") throw new Error("loadConfig is no function");
const pool = createWorkerPool({ size: 2 });
const text = new Blob(["hello ".repeat(100_000)]).stream();
const again = text.pipeThrough(parallelBzip2Encoder(pool, { level: 1 })).pipeThrough(parallelBzip2Decoder(pool));
console.log((await new Response(again).text()).slice(-6).trim());
await pool.close();
`;

const user = scratchDirectory("user");

before(() => {
  assert.ok(existsSync(join(ROOT, "dist/lib/mod.js")), "dist/lib is missing: run npm run build");
  writeFileSync(join(user, "package.json"), '{ "name": "user", "private": true, "type": "module" }');
  const packages = ["", ...Object.keys(dependencies).map((name) => join("node_modules", name))];
  const files = packages.map((path) => run("npm", ["pack", "--ignore-scripts", "--silent", join(ROOT, path)]).trim());
  run("npm", [
    "install",
    "--offline",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    ...files.map((file) => `./${file}`),
  ]);
  writeFileSync(join(user, "library.mjs"), LIBRARY);
  writeFileSync(join(user, "host.mjs"), HOST);
});

/** Runs a program in the user's folder; gives what it printed. */
function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: user, encoding: "utf8" });
  assert.equal(status, 0, `${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

describe("what npm pack makes, installed by npm in a fresh folder", () => {
  test("works under Node, both doors, with threads", () => {
    assert.equal(run(process.execPath, ["library.mjs"]), "hello\n");
    assert.equal(run(process.execPath, ["host.mjs"]), "hello\n");
  });

  test("works under Deno, both doors, with threads; the library without any right", { skip: skipWithoutDeno }, () => {
    assert.equal(run(denoPath()!, ["run", "--no-prompt", "library.mjs"]), "hello\n");
    assert.equal(
      run(denoPath()!, ["run", "--no-prompt", "--allow-read", "--allow-env", "--allow-sys", "host.mjs"]),
      "hello\n",
    );
  });

  test("its commands are linked", () => {
    for (const name of ["bzdump", "wikidump-worker", "wikidump-monitor"]) {
      assert.match(run(join(user, "node_modules/.bin", name), ["--version"]), /\d+\.\d+\.\d+/);
    }
  });

  test("is loaded by require, where Node can do that for ES modules", (context) => {
    writeFileSync(join(user, "old.cjs"), 'console.log(typeof require("wikidump").decompress);');
    if (!("require_module" in (process.features as object))) return context.skip("this Node cannot");
    assert.equal(run(process.execPath, ["--no-warnings", "old.cjs"]), "function\n");
  });

  for (const platform of ["node", "browser"] as const) {
    test(`goes through esbuild --platform=${platform}, and the bundle needs no other file`, async () => {
      const outfile = join(scratchDirectory("bundle"), "bundle.mjs");
      const entry = join(user, platform === "node" ? "host.mjs" : "library.mjs");
      await build({ entryPoints: [entry], bundle: true, platform, format: "esm", outfile, logLevel: "error" });
      assert.equal(run(process.execPath, [outfile]), "hello\n");
      if (platform === "browser") {
        assert.doesNotMatch(readFileSync(outfile, "utf8"), /["']node:|\bBuffer\b|\bprocess\./);
      }
    });
  }
});

describe("its types resolve, checked strictly with the declarations themselves", () => {
  const check = (file: string, ...options: readonly string[]): void => {
    const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
    const strict = ["--noEmit", "--strict", "--skipLibCheck", "false", "--target", "es2022", ...options];
    run(process.execPath, [compiler, "--ignoreConfig", ...strict, file]);
  };
  const RESOLUTIONS = {
    nodenext: ["--module", "nodenext"],
    bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
  };

  for (const [name, options] of Object.entries(RESOLUTIONS)) {
    test(`${name}: the library without the types of Node, as in a browser`, () => {
      writeFileSync(join(user, "library.mts"), LIBRARY);
      check("library.mts", ...options, "--lib", "es2022,dom,dom.iterable,dom.asynciterable", "--types", "");
    });

    test(`${name}: both doors, with the types of Node`, () => {
      for (const types of ["@types/node", "undici-types"]) {
        mkdirSync(join(user, "node_modules", types), { recursive: true });
        cpSync(join(ROOT, "node_modules", types), join(user, "node_modules", types), { recursive: true });
      }
      writeFileSync(join(user, "host.mts"), HOST);
      check("host.mts", ...options, "--types", "node");
    });
  }

  test("a wrong use is an error", () => {
    writeFileSync(join(user, "wrong.mts"), 'import { decompress } from "wikidump";\ndecompress("text");\n');
    assert.throws(() => check("wrong.mts", ...RESOLUTIONS.nodenext), /not assignable to parameter of type 'Uint8Array/);
  });
});
