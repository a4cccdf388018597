/**
 * Runs code that a bundle holds packed, because it is wanted only now and then: see tools/packed-part.ts.
 */
import { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import type { gunzipSync } from "node:zlib";

/**
 * What a packed module exports.
 *
 * @param packed a module in the format of CommonJS, as gzip in base64
 * @param name what the module is called in stacks
 */
export function unpackCode(packed: string, name: string): Readonly<Record<string, unknown>> {
  const require = createRequire(import.meta.url);
  // Not imported above: only who unpacks something pays for it.
  const zlib = require("node:zlib") as { gunzipSync: typeof gunzipSync };
  const code = zlib.gunzipSync(Buffer.from(packed, "base64")).toString();
  const module = { exports: {} };
  const run = new Function("module", "exports", "require", `${code}\n//# sourceURL=${name}`) as (
    module: { exports: object },
    exports: object,
    require: NodeJS.Require,
  ) => void;
  run(module, module.exports, require);
  return module.exports as Record<string, unknown>;
}
