/**
 * A plugin for esbuild: modules of Node that a script mostly does not need are loaded at the first use of a function, not at the start.
 *
 * Each costs two to three milliseconds, and a run of `bzdump` on a small file has few of them. The sources stay plain: they import as ever.
 */
import { createRequire } from "node:module";
import type { Plugin } from "esbuild";

const NAMESPACE = "lazy-builtin";
const require = createRequire(import.meta.url);

/** Where a bundle in this format has `require` from: packed parts, which are CommonJS, are given it by lib/host/packed-code.ts. */
const LOADERS = {
  esm: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`,
  cjs: "",
};

/** Makes these modules lazy, such as "node:zlib", in a bundle of this format. What they export that is no function is looked up at each access. */
export function lazyBuiltins(names: readonly string[], format: keyof typeof LOADERS): Plugin {
  return {
    name: NAMESPACE,
    setup(build): void {
      build.onResolve(
        { filter: /^node:/ },
        ({ path, namespace }) =>
          names.includes(path) && namespace !== NAMESPACE ? { path, namespace: NAMESPACE } : null,
      );
      build.onLoad(
        { filter: /.*/, namespace: NAMESPACE },
        ({ path }) => ({ contents: LOADERS[format] + standIn(path) }),
      );
    },
  };
}

/** A module with the same exports. A function stands for a class, too: `new` gives what the class gives. */
function standIn(name: string): string {
  const exports = Object.entries(require(name) as Record<string, unknown>);
  const lines = exports.filter(([key]) => /^[A-Za-z]\w*$/.test(key)).map(([key, value]) =>
    typeof value === "function"
      ? `export function ${key}(...args) { return new.target ? Reflect.construct(load().${key}, args) : load().${key}(...args); }`
      : `export const ${key} = new Proxy({}, { get: (_, part) => load().${key}[part] });`
  );
  return [
    `let loaded;`,
    `const load = () => loaded ??= require(${JSON.stringify(name)});`,
    ...lines,
  ].join("\n");
}
