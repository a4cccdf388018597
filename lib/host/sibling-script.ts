/** How a person starts a script that lies beside the one that runs: for commands that are printed, to be copied. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { selfCommand } from "./self.ts";

/**
 * The words that start it with the same runtime and the same rights, such as `node /srv/wikidump/worker.mjs`; the bare name where no
 * such script is found.
 */
export function siblingScript(name: string): readonly string[] {
  try {
    const { file, args } = selfCommand([]);
    const script = realpathSync(args.at(-1) ?? "");
    const sibling = join(dirname(script), `${name}${extname(script)}`);
    return existsSync(sibling) ? [file, ...args.slice(0, -1), sibling] : [name];
  } catch {
    return [name];
  }
}
