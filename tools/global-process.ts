/**
 * A plugin for esbuild: `node:process` is the global `process`, which Node, Deno and Bun have.
 *
 * To import the module, Node reads every property of it, and so opens stdin, stdout and stderr as streams, needed or not: a tenth of the
 * time of a short run.
 */
import type { Plugin } from "esbuild";

const NAMESPACE = "global-process";

/** Makes the plugin. Sources import it as ever, by its default export. */
export function globalProcess(): Plugin {
  return {
    name: NAMESPACE,
    setup(build): void {
      build.onResolve({ filter: /^node:process$/ }, ({ path }) => ({ path, namespace: NAMESPACE }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({ contents: "export default globalThis.process;" }));
    },
  };
}
