/**
 * A plugin for esbuild: numbers that have names stand in the code that uses them, as if there had been no names.
 *
 * esbuild makes a variable of each constant of a module that imports something. In a bundle V8 must then read it, look whether it is a
 * small integer, and shift by it as by any variable, at every use: in the kernels that was a fifteenth of their time. Constants of
 * a module that imports nothing are put in their places by `minifySyntax`; so they are moved into such modules. See docs/decisions/070.
 */
import { readFileSync } from "node:fs";
import type { BuildOptions, Plugin } from "esbuild";

const NAMESPACE = "constants";
/** A line such as `export const NAME: number = 1 << 4;`. */
const CONSTANT = /^(export )?const ([A-Z][A-Z0-9_]*)(?:: number)? = ([^;"'`[{]+);$/gm;
/** Numbers, operators, and names of constants. */
const TOKENS = /^(?:[-+*/|<>~()\s]|0x[\da-f]+\b|\d[\d_]*(?:\.\d+)?\b|[A-Z][A-Z0-9_]*\b)+$/;

/** What to add to the options of a build. */
export const INLINE_CONSTANTS = { minifySyntax: true } as const satisfies BuildOptions;

/** Makes the plugin; `INLINE_CONSTANTS` goes with it. */
export function inlineConstants(): Plugin {
  return {
    name: NAMESPACE,
    setup(build): void {
      const modules = new Map<string, string>();
      build.onLoad({ filter: /\/(?:lib|scripts)\/.*\.ts$/, namespace: "file" }, ({ path }) => {
        const { code, constants, names } = takeConstants(readFileSync(path, "utf8"));
        modules.set(path, constants);
        const imports = names.length === 0 ? "" : `\nimport { ${names.join(", ")} } from "${NAMESPACE}:${path}";`;
        return { contents: code + imports, loader: "ts" };
      });
      build.onResolve({ filter: /^constants:/ }, ({ path }) => ({
        path: path.slice(NAMESPACE.length + 1),
        namespace: NAMESPACE,
      }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: modules.get(path)! }));
    },
  };
}

/** A module without its constants, and a module of these. Lines stay where they are. */
export function takeConstants(source: string): { code: string; constants: string; names: readonly string[] } {
  const names: string[] = [];
  let constants = "";
  const code = source.replaceAll(
    CONSTANT,
    (line: string, isExported: string | undefined, name: string, value: string) => {
      const used = value.match(/\b[A-Z][A-Z0-9_]*\b/g) ?? [];
      if (!TOKENS.test(value) || !used.every((one) => names.includes(one))) return line;
      names.push(name);
      constants += `export const ${name} = ${value};\n`;
      return isExported === undefined ? "" : `export { ${name} };`;
    },
  );
  return { code, constants, names };
}
